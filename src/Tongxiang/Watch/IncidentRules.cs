using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>An incident that a person noticed.</summary>
/// <param name="Resources">Names of resources; none: the whole platform.</param>
/// <param name="From">From when on the evidence is counted; null: an hour before it was detected.</param>
public sealed record HandOpening(
    string Title, IReadOnlyList<string> Resources, DateTimeOffset DetectedAt, DateTimeOffset AwareAt, DateTimeOffset? From = null, string? Client = null, string? Grant = null, string? Operator = null,
    Id<Agency>? Agency = null, bool IsDrill = false);

/// <summary>What people may write and when things can have happened.</summary>
[Enforces(32)]
public static class IncidentRules
{
    public const int TitleLeast = 4;
    public const int TitleMost = 100;
    public const int NoteLeast = 4;
    public const int NoteMost = 4000;
    public const int ResourcesMost = 50;
    private const int NameMost = 200;
    private static readonly TimeSpan Earliest = TimeSpan.FromDays(3 * 366);
    // Clocks of two machines differ a little; a minute is no future.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    public static bool IsBureau(IReadOnlySet<IncidentSide> sides) => sides.Contains(IncidentSide.SecurityAdmin) || sides.Contains(IncidentSide.BureauHead);

    public static IReadOnlyList<FieldError> Check(HandOpening said, DateTimeOffset now)
    {
        var found = new List<FieldError>(Text("title", said.Title, TitleLeast, TitleMost));
        found.AddRange(Times(said.DetectedAt, said.AwareAt, now));
        if (said.From is { } from && (from > said.DetectedAt || from < now - Earliest)) found.Add(new FieldError("from", "watch.field.from"));
        if (said.Resources.Count > ResourcesMost) found.Add(new FieldError("resources", "watch.field.many", ResourcesMost, said.Resources.Count));
        foreach (var (field, value) in new[] { ("client", said.Client), ("grant", said.Grant), ("operator", said.Operator) })
            if (value is not null) found.AddRange(Text(field, value, 1, NameMost));
        return found;
    }

    /// <summary>Nobody knows of what nobody found, and neither lies in the future.</summary>
    public static IReadOnlyList<FieldError> Times(DateTimeOffset detected, DateTimeOffset aware, DateTimeOffset now)
    {
        var found = new List<FieldError>();
        if (detected > now + Slack || detected < now - Earliest) found.Add(new FieldError("detectedAt", "watch.field.detected"));
        if (aware < detected || aware > now + Slack) found.Add(new FieldError("awareAt", "watch.field.aware"));
        return found;
    }

    public static IReadOnlyList<FieldError> Text(string field, string text, int least, int most = NoteMost)
    {
        if (text.Trim().Length < least) return [new FieldError(field, "watch.field.short", least, text.Trim().Length, Name(field))];
        if (text.Length > most) return [new FieldError(field, "watch.field.long", most, text.Length, Name(field))];
        return IsPlain(text) ? [] : [new FieldError(field, "watch.field.control", Name(field))];
    }

    private static TextKey Name(string field) => new((Texts.Parts.Has("watch.name." + field) ? "watch.name." : "watch.item.") + field);

    // Format characters too: some of them turn the order of what is read around.
    private static bool IsPlain(string text) => text.EnumerateRunes().All(r => r.Value is '\n' or '\r' || (r != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(r) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse)));
}
