using System.Globalization;
using System.Net;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Who may ask for what: pure rules over an entry and a wish.</summary>
public static class WishRules
{
    private const int LongText = 4000;
    private const int ShortText = 200;
    private const int LongestTermYears = 5;

    /// <summary>Whether this applicant may apply for this entry at all in this lane.</summary>
    public static Refusal? May(Lane lane, Entry entry, Agency provider, Agency? applicant)
    {
        if (!entry.IsPublished) return Refusal.NotFound(entry.Slug);
        return lane == Lane.Sharing ? MayShare(entry, provider, applicant) : MayOpen(entry, applicant);
    }

    /// <summary>The share class that holds for a field: its own where stricter, else the entry's.</summary>
    public static ShareClass ShareClassOf(Entry entry, Field field) =>
        field.ShareClass is { } own && own > entry.Content.Sharing.Class ? own : entry.Content.Sharing.Class;

    public static OpenClass OpenClassOf(Entry entry, Field field) =>
        field.OpenClass is { } own && own > entry.Content.Opening.Class ? own : entry.Content.Opening.Class;

    /// <summary>Whether a field can be wished for, and granted, in this lane.</summary>
    public static bool IsGrantable(Lane lane, Entry entry, Field field) =>
        lane == Lane.Sharing ? ShareClassOf(entry, field) != ShareClass.Withheld : OpenClassOf(entry, field) != OpenClass.Closed;

    /// <summary>The clock's class: one conditional field among the wished makes the whole reply a conditional one.</summary>
    public static bool IsConditional(Entry entry, Wish wish) =>
        entry.Content.Fields.Where(f => wish.Fields.Contains(f.Name, StringComparer.Ordinal)).Any(f => ShareClassOf(entry, f) != ShareClass.Unconditional);

    /// <summary>Everything that keeps the wish from being sent, each by its field.</summary>
    public static IReadOnlyList<FieldError> Check(Lane lane, Wish wish, Entry entry, DateOnly today) =>
    [
        .. Texts(lane, wish),
        .. Fields(lane, wish, entry),
        .. Modes(lane, wish, entry),
        .. Term(wish, today),
        .. Limits(wish.Limits),
        .. RowFilter.Check("rows", wish.Rows, name => entry.Content.Fields.Any(f => f.Name == name && IsGrantable(lane, entry, f))),
    ];

    /// <summary>What even a draft cannot hold.</summary>
    public static IReadOnlyList<FieldError> CheckSize(Wish wish) =>
    [
        .. TooLong("basis", wish.Basis, LongText), .. TooLong("scenario", wish.Scenario, LongText), .. TooLong("matter", wish.Matter, ShortText),
        .. TooLong("purpose", wish.Purpose, LongText), .. TooLong("safeguards", wish.Safeguards, LongText), .. TooLong("rows", wish.Rows, LongText),
        .. wish.Fields.Count > 2000 ? new[] { new FieldError("fields", "share.field.too-many", 2000, wish.Fields.Count) } : [],
        .. wish.Limits.Networks.Count > 100 ? new[] { new FieldError("limits.networks", "share.field.too-many", 100, wish.Limits.Networks.Count) } : [],
    ];

    private static Refusal? MayShare(Entry entry, Agency provider, Agency? applicant)
    {
        if (applicant is not { IsGovernment: true }) return Refusal.Forbidden("share.government-only") with { Article = Law.Order809(2) };
        if (applicant.Id == provider.Id) return Refusal.Conflict("share.own-entry", entry.Content.Name);
        if (entry.Content.Sharing.Class != ShareClass.Withheld) return null;
        var basis = string.Join("；", entry.Content.Sharing.Bases.Select(b => $"《{b.Title.Trim('《', '》')}》{b.Article}"));
        return Refusal.Forbidden("share.withheld", entry.Content.Name, entry.Content.Sharing.Reason, basis) with { Article = basis };
    }

    private static Refusal? MayOpen(Entry entry, Agency? applicant)
    {
        if (applicant is { IsGovernment: true }) return Refusal.Forbidden("share.not-for-departments");
        if (entry.Content.Opening.Class == OpenClass.Closed) return Refusal.NotFound(entry.Slug);
        var allOpen = entry.Content.Fields.All(f => OpenClassOf(entry, f) == OpenClass.Open);
        return entry.Content.Opening.Class == OpenClass.Open && allOpen ? Refusal.Conflict("share.open-needs-none", entry.Content.Name) : null;
    }

    private static IEnumerable<FieldError> Texts(Lane lane, Wish wish)
    {
        if (lane == Lane.Sharing && Blank(wish.Basis)) yield return new FieldError("basis", "share.field.basis");
        if (lane == Lane.Sharing && Blank(wish.Scenario)) yield return new FieldError("scenario", "share.field.scenario");
        if (lane == Lane.Sharing && Blank(wish.Matter)) yield return new FieldError("matter", "share.field.matter");
        if (Blank(wish.Purpose)) yield return new FieldError("purpose", "share.field.purpose");
        if (lane == Lane.Opening && Blank(wish.Safeguards)) yield return new FieldError("safeguards", "share.field.safeguards");
        if (lane == Lane.Opening && !wish.AgreementAccepted) yield return new FieldError("agreementAccepted", "share.field.agreement");
        foreach (var error in CheckSize(wish)) yield return error;
    }

    private static IEnumerable<FieldError> Fields(Lane lane, Wish wish, Entry entry)
    {
        if (wish.Fields.Count == 0) yield return new FieldError("fields", "share.field.none");
        foreach (var name in wish.Fields.Distinct(StringComparer.Ordinal))
        {
            var field = entry.Content.Fields.FirstOrDefault(f => f.Name == name);
            if (field is null) yield return new FieldError("fields", "share.field.unknown", name);
            else if (!IsGrantable(lane, entry, field)) yield return new FieldError("fields", lane == Lane.Sharing ? "share.field.withheld" : "share.field.closed", field.Title, name);
        }
    }

    private static IEnumerable<FieldError> Modes(Lane lane, Wish wish, Entry entry)
    {
        if (wish.Modes.Count == 0) yield return new FieldError("modes", "share.field.mode");
        var offered = entry.Content.Sharing.Modes;
        if (lane == Lane.Opening || offered.Count == 0) yield break;
        foreach (var mode in wish.Modes.Except(offered)) yield return new FieldError("modes", "share.field.mode-not-offered", mode, string.Join(", ", offered));
    }

    private static IEnumerable<FieldError> Term(Wish wish, DateOnly today)
    {
        if (wish.Until == default) yield return new FieldError("until", "share.field.until");
        else if (wish.Until <= today) yield return new FieldError("until", "share.field.until-past", wish.Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        else if (wish.Until > today.AddYears(LongestTermYears)) yield return new FieldError("until", "share.field.until-far", LongestTermYears);
    }

    /// <summary>Hours, networks and volumes must mean something.</summary>
    public static IEnumerable<FieldError> Limits(GrantLimits limits)
    {
        if (limits.Hours is { } hours && (hours.From is < 0 or > 23 || hours.To is < 1 or > 24 || hours.From == hours.To))
            yield return new FieldError("limits.hours", "share.field.hours", hours.From, hours.To);
        foreach (var network in limits.Networks)
            if (!IsNetwork(network)) yield return new FieldError("limits.networks", "share.field.network", network.Length > 60 ? network[..60] : network);
        if (limits.CallsPerDay is < 1) yield return new FieldError("limits.callsPerDay", "share.field.positive", limits.CallsPerDay);
        if (limits.RowsPerDay is < 1) yield return new FieldError("limits.rowsPerDay", "share.field.positive", limits.RowsPerDay);
        if (limits.CallsPerMinute is < 1 or > 60_000) yield return new FieldError("limits.callsPerMinute", "share.field.per-minute", limits.CallsPerMinute);
    }

    // Host bits would be dropped in silence: 10.1.2.3/8 must not open 10.0.0.0/8.
    private static bool IsNetwork(string text) =>
        IPNetwork.TryParse(text, out var network) && IPAddress.TryParse(text.Split('/')[0], out var address) && address.Equals(network.BaseAddress);

    private static IEnumerable<FieldError> TooLong(string field, string text, int most)
    {
        if (text.Length > most) yield return new FieldError(field, "kernel.too-long", most, text.Length);
    }

    private static bool Blank(string text) => string.IsNullOrWhiteSpace(text);
}
