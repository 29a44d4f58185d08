using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Protect;

namespace Tongxiang.Share;

/// <summary>Which form a reply may give a field: one its kind can take, and none plainer than the measure of its grade without a ground.</summary>
public static class FieldForms
{
    private const int shortestGround = 10;
    private const int longestGround = 500;

    /// <summary>Sharing goes to departments, opening goes outside.</summary>
    public static Audience AudienceOf(Lane lane) => lane == Lane.Sharing ? Audience.Departments : Audience.Outside;

    /// <summary>The form an answer stands for.</summary>
    public static FieldForm FormOf(FieldAnswer answer) => answer switch
    {
        FieldAnswer.Plain => FieldForm.Plain,
        FieldAnswer.Masked => FieldForm.Masked,
        FieldAnswer.Generalised => FieldForm.Generalised,
        FieldAnswer.Pseudonym => FieldForm.Pseudonym,
        FieldAnswer.Token => FieldForm.Token,
        FieldAnswer.Encrypted => FieldForm.Encrypted,
        _ => FieldForm.Suppressed,
    };

    /// <summary>Why a field cannot be given so; null when it can.</summary>
    public static FieldError? Check(Lane lane, Entry entry, Field field, FieldDecision decision)
    {
        var (at, form) = ($"fields.{decision.Name}", FormOf(decision.Answer));
        if (Forms.Check(at, field, form, decision.Detail) is { } error) return error;
        var measure = Measures.Current.Of(entry, field, AudienceOf(lane));
        if (Measures.GradeOf(entry, field) == Grade.Core) return new FieldError(at, "protect.never-leaves", field.Title);
        if (Forms.Meets(form, measure.Least)) return null;
        var (grade, least) = (new TextKey("protect.grade." + measure.Grade.ToString().ToLowerInvariant()), new TextKey("protect.form." + measure.Least.ToString().ToLowerInvariant()));
        if (!measure.MayExcept) return new FieldError(at, "protect.no-exception", field.Title, grade, least);
        if (string.IsNullOrWhiteSpace(decision.Exception)) return new FieldError(at, "protect.plainer-than-grade", field.Title, grade, least);
        return decision.Exception.Trim().Length is < shortestGround or > longestGround ? new FieldError(at, "protect.exception-short", shortestGround, longestGround) : null;
    }

    /// <summary>The decision as it is signed for later use: a ground that is not needed today is not kept, and one that is holds for today's grade only.</summary>
    internal static FieldDecision Signed(FieldDecision decision, Lane lane, Entry entry)
    {
        if (entry.Content.Fields.FirstOrDefault(f => f.Name == decision.Name) is not { } field) return decision with { Exception = null, UpTo = null };
        var measure = Measures.Current.Of(entry, field, AudienceOf(lane));
        return Forms.Meets(FormOf(decision.Answer), measure.Least) ? decision with { Exception = null, UpTo = null } : decision with { UpTo = measure.Grade };
    }

    /// <summary>The field as the grant holds it; a ground that is not needed is not kept.</summary>
    internal static GrantedField Granted(FieldDecision decision, Lane lane, Entry entry)
    {
        var form = FormOf(decision.Answer);
        var granted = new GrantedField(decision.Name, form) { Detail = string.IsNullOrEmpty(decision.Detail) ? null : decision.Detail };
        if (entry.Content.Fields.FirstOrDefault(f => f.Name == decision.Name) is not { } field) return granted;
        var measure = Measures.Current.Of(entry, field, AudienceOf(lane));
        return Forms.Meets(form, measure.Least) || string.IsNullOrWhiteSpace(decision.Exception) ? granted : granted with { Exception = new FieldException(decision.UpTo is { } signed && signed < measure.Grade ? signed : measure.Grade, decision.Exception.Trim()) };
    }
}
