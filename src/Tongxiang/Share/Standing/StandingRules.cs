using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Protect;

namespace Tongxiang.Share;

/// <summary>What a standing consent may say, and whether an application lies wholly within it: pure rules over values.</summary>
public static class StandingRules
{
    private const int LongestTermDays = 5 * 366;
    private const int LongestYears = 3;
    private const int MostMatters = 50;
    private const int MostAgencies = 500;
    private const int MostOneIn = 100;

    /// <summary>Everything that keeps a rule from being signed, each by its field.</summary>
    /// <param name="isKnown">Whether an agency is one of government.</param>
    public static IReadOnlyList<FieldError> Check(StandingRule rule, Entry entry, Func<Id<Agency>, bool> isKnown, DateOnly today, AssuranceSettings? floors = null)
    {
        List<FieldError> found = [];
        if (rule.Agencies.Count == 0 && rule.Kind is null) found.Add(new("agencies", "share.standing.who"));
        if (rule.Kind == AgencyKind.Company) found.Add(new("kind", "share.standing.government"));
        if (rule.Agencies.Count > MostAgencies) found.Add(new("agencies", "share.field.too-many", MostAgencies, rule.Agencies.Count));
        else if (rule.Agencies.Any(a => !isKnown(a))) found.Add(new("agencies", "share.standing.government"));
        if (rule.Division.Length > 0 && (rule.Division.Length is not (6 or 9 or 12) || !rule.Division.All(char.IsAsciiDigit))) found.Add(new("division", "share.standing.division", Short(rule.Division)));
        if (rule.Matters.Count == 0 || rule.Matters.Any(string.IsNullOrWhiteSpace)) found.Add(new("matters", "share.field.matter"));
        if (rule.Matters.Count > MostMatters) found.Add(new("matters", "share.field.too-many", MostMatters, rule.Matters.Count));
        if (rule.Matters.FirstOrDefault(m => m.Length > 200) is { } longest) found.Add(new("matters", "kernel.too-long", 200, longest.Length));
        if (rule.LongestDays is < 1 or > LongestTermDays) found.Add(new("longestDays", "share.standing.days", LongestTermDays));
        if (rule.Until <= today || rule.Until > today.AddYears(LongestYears)) found.Add(new("until", "share.standing.until", LongestYears));
        if (rule.OneIn is < 1 or > MostOneIn) found.Add(new("oneIn", "share.standing.one-in", MostOneIn));
        if (rule.Highest == Grade.Core) found.Add(new("highest", "share.standing.core"));
        if (rule.Fields.Count == 0) found.Add(new("fields", "share.field.none"));
        if (rule.Fields.Any(f => f.Answer == FieldAnswer.NotGiven)) found.Add(new("fields", "share.standing.given"));
        if (rule.Modes.Count == 0) found.Add(new("modes", "share.field.mode"));
        else if (entry.Content.Sharing.Modes is { Count: > 0 } offered && rule.Modes.Except(offered).Any()) found.Add(new("modes", "share.field.mode-not-offered", rule.Modes.Except(offered).First(), string.Join(", ", offered)));
        // The reply it will give must be one that a person could give.
        var sample = Sample(rule, entry, today);
        found.AddRange(ReplyRules.Check(sample, entry, ReplyOf(rule, sample.Wish), floors).Where(e => found.All(f => f.Field != e.Field)));
        return found;
    }

    /// <summary>In what an application lies outside the rule; empty when it lies wholly within.</summary>
    public static IReadOnlyList<Difference> Outside(StandingRule rule, Application now, Agency? applicant, Entry entry, DateOnly today)
    {
        List<Difference> found = [];
        if (now.Lane != Lane.Sharing || applicant is null || !Covers(rule, applicant)) found.Add(new("applicant", "share.outside.applicant", [applicant?.Name ?? ""]));
        var wish = now.Wish;
        if (!rule.Matters.Contains(wish.Matter, StringComparer.Ordinal)) found.Add(new("matter", "share.outside.matter", [wish.Matter, string.Join("、", rule.Matters)]));
        var covered = rule.Fields.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        if (wish.Fields.Where(f => !covered.Contains(f)).ToList() is { Count: > 0 } more) found.Add(new("fields", "share.outside.fields", [Titles(entry, more)]));
        var above = entry.Content.Fields.Where(f => wish.Fields.Contains(f.Name, StringComparer.Ordinal) && Measures.GradeOf(entry, f) > rule.Highest).Select(f => f.Name).ToList();
        if (above.Count > 0) found.Add(new("grade", "share.outside.grade", [Titles(entry, above)]));
        var demanded = Conditions(RowFilter.Both(rule.Rows, RowBindings.Filter(rule.Bound, applicant?.Division ?? "", wish.Matter)));
        // All conditions of a wish hold together: with at least the rule's among them it can only be narrower.
        if (demanded.Except(Conditions(wish.Rows), StringComparer.Ordinal).ToList() is { Count: > 0 } lacking) found.Add(new("rows", "share.outside.rows", [string.Join(" & ", lacking)]));
        if (wish.Modes.Except(rule.Modes).ToList() is { Count: > 0 } modes) found.Add(new("modes", "share.outside.modes", [string.Join(", ", modes)]));
        var days = wish.Until.DayNumber - today.DayNumber;
        if (days > rule.LongestDays) found.Add(new("until", "share.outside.term", [Number(days), Number(rule.LongestDays)]));
        return found;
    }

    /// <summary>The reply that the rule gives to a wish within it.</summary>
    public static Reply ReplyOf(StandingRule rule, Wish wish) => new(
        true, null, "", [.. rule.Fields.Where(f => wish.Fields.Contains(f.Name, StringComparer.Ordinal))], rule.Rows, null, rule.Limits, rule.NeedsCase, rule.LowestAssurance, rule.ProviderResponsible)
    {
        Bound = rule.Bound,
    };

    /// <summary>Whether an answer is one of those laid before the provider: told from both ids alone, so anyone can draw the sample again.</summary>
    public static bool IsSampled(Id<StandingConsent> standing, Id<Application> application, int oneIn)
    {
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes($"{standing}/{application}"));
        return BinaryPrimitives.ReadUInt64BigEndian(digest) % (ulong)oneIn == 0;
    }

    private static bool Covers(StandingRule rule, Agency applicant) => rule.Agencies.Count > 0
        ? rule.Agencies.Contains(applicant.Id)
        : rule.Kind == applicant.Kind && applicant.Division.StartsWith(RowBindings.Prefix(rule.Division), StringComparison.Ordinal);

    private static string[] Conditions(string rows) => rows.Length == 0 ? [] : rows.Split('&');

    private static string Titles(Entry entry, IEnumerable<string> names) =>
        string.Join("、", names.Select(n => entry.Content.Fields.FirstOrDefault(f => f.Name == n) is { } f ? $"{f.Title}（{n}）" : n));

    private static Application Sample(StandingRule rule, Entry entry, DateOnly today)
    {
        var matter = rule.Matters is [var first, ..] ? first : "";
        var wish = new Wish("", "", matter, "", [.. rule.Fields.Select(f => f.Name)], "", rule.Modes, today.AddDays(1), rule.Limits, "", false);
        // Somebody stands for any applicant; only that it is an agency matters here.
        return new Application(default, "", Lane.Sharing, entry.Id, entry.Agency, entry.Agency, default, ApplicationState.Submitted, wish, false, false, null, null, null, false, default, null, default, null, null);
    }

    private static string Short(string text) => text.Length > 20 ? text[..20] : text;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
