using Tongxiang.Core.Elements;
using Tongxiang.Kernel;

namespace Tongxiang.Feedback;

/// <summary>What a report and its answer must be like.</summary>
public static class ReportRules
{
    public const int BodyMost = 2_000;
    public const int PlaceMost = 300;
    public const int ContactMost = 120;
    public const int AnswerMost = 2_000;
    private const int least = 5;

    public static IReadOnlyList<FieldError> Check(NewReport said)
    {
        var found = new List<FieldError>();
        if (said.Kind is not { } kind || !Enum.IsDefined(kind)) found.Add(new FieldError("kind", "feedback.field.kind"));
        Words("body", said.Body, least, BodyMost, found);
        Words("place", said.Place, 0, PlaceMost, found);
        if (said.Contact.Length > 0 && !IsAddress(said.Contact)) found.Add(new FieldError("contact", "feedback.field.contact", ContactMost));
        return found;
    }

    public static IReadOnlyList<FieldError> CheckAnswer(string answer)
    {
        var found = new List<FieldError>();
        Words("answer", answer, least, AnswerMost, found);
        return found;
    }

    private static void Words(string field, string text, int fewest, int most, List<FieldError> found)
    {
        var name = new TextKey("feedback.name." + field);
        if (text.Length < fewest) found.Add(new FieldError(field, "feedback.field.short", name, fewest));
        else if (text.Length > most) found.Add(new FieldError(field, "feedback.field.long", name, most, text.Length));
        else if (text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'))) found.Add(new FieldError(field, "feedback.field.control", name));
        else if (HoldsCitizenId(text)) found.Add(new FieldError(field, "feedback.field.citizen-id", name));
    }

    /// <summary>A valid identity number among the words: reports are read by several people and kept, so it must not come in at all.</summary>
    internal static bool HoldsCitizenId(string text) => CitizenIds.AreIn(text);

    // Whether it reaches anybody only a letter tells; here is kept out what cannot be an address.
    internal static bool IsAddress(string text) =>
        text.Length <= ContactMost && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at == text.LastIndexOf('@') && at < text.Length - 1
        && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or '"' or ',' or ';');
}
