using Tongxiang.Protect;
using Tongxiang.Share;

namespace Tongxiang.Portal.Desk.Cases;

/// <summary>Forms of fields in words, and as the values of a form's choices.</summary>
internal static class FormText
{
    /// <summary>Forms that stand in the list of further ones; plain, masked and not given have their own buttons.</summary>
    public static readonly FieldAnswer[] Further = [FieldAnswer.Generalised, FieldAnswer.Pseudonym, FieldAnswer.Token, FieldAnswer.Encrypted, FieldAnswer.Suppressed];

    public static string Of(Visit visit, FieldForm form, string? detail)
    {
        var name = visit["protect.form." + form.ToString().ToLowerInvariant()];
        if (string.IsNullOrEmpty(detail)) return name;
        return $"{name} · {(detail[0] is >= '0' and <= '9' ? visit.T("protect.detail.band", detail) : visit["protect.detail." + detail])}";
    }

    public static string Of(Visit visit, FieldDecision decision) => decision.Answer == FieldAnswer.NotGiven ? visit["case.answer-not-given"] : Of(visit, FieldForms.FormOf(decision.Answer), decision.Detail);

    /// <summary>What a field can become besides, as <c>Generalised:month</c>.</summary>
    public static IEnumerable<(string Value, string Text)> Choices(Visit visit, Catalog.Field field) =>
        from answer in Further
        let form = FieldForms.FormOf(answer)
        from detail in Forms.Details(form, field)
        select ($"{answer}:{detail}", Of(visit, form, detail));

    /// <summary>Answer and parameter of such a value; null when it is none.</summary>
    public static (FieldAnswer Answer, string? Detail)? Read(string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !Enum.TryParse<FieldAnswer>(value[..colon], out var answer) || !Further.Contains(answer)) return null;
        return (answer, colon == value.Length - 1 ? null : value[(colon + 1)..]);
    }
}
