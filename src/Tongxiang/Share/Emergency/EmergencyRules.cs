using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Who may prepare, declare and end, and what an emergency switches on: pure rules.</summary>
public static class EmergencyRules
{
    private const int LongestDays = 180;

    public static IReadOnlyList<FieldError> Check(NewEmergency wish, DateOnly today, string own, Func<string, bool> isDivision)
    {
        List<FieldError> found = [];
        if ((wish.Document ?? "").Trim().Length is < 4 or > 100) found.Add(new("document", "share.emergency.document"));
        if ((wish.Reason ?? "").Trim().Length is < 4 or > 1000) found.Add(new("reason", "share.emergency.reason"));
        if (!isDivision(wish.Area ?? "") || !Within(wish.Area!, own)) found.Add(new("area", "share.emergency.area"));
        if (wish.Until < today || wish.Until > today.AddDays(LongestDays)) found.Add(new("until", "share.emergency.until", LongestDays));
        return found;
    }

    /// <summary>What a prepared grant lacks; its term is set by the emergency, not by the wish.</summary>
    public static IReadOnlyList<FieldError> Check(NewPrepared wish, Entry entry, DateOnly today, Func<string, bool> isDivision)
    {
        List<FieldError> found = [.. WishRules.Check(Lane.Sharing, wish.Wish with { Until = today.AddDays(1) }, entry, today), .. WishRules.CheckSize(wish.Wish)];
        if (!isDivision(wish.Area ?? "")) found.Add(new("area", "share.emergency.division"));
        if (wish.RegionField is { Length: > 0 } region && !entry.Content.Fields.Any(f => f.Name == region && f.Type == FieldType.Text)) found.Add(new("regionField", "share.bound.field"));
        return found;
    }

    /// <summary>Whether an emergency switches on a prepared grant: of its kind, with the areas one inside the other.</summary>
    public static bool Fits(PreparedGrant prepared, EmergencyKind kind, string area) => prepared.State == PreparedState.Ready && prepared.Kind == kind && (Within(prepared.Area, area) || Within(area, prepared.Area));

    /// <summary>The rows of the narrower of both areas; empty when they are not narrowed.</summary>
    public static string Rows(PreparedGrant prepared, string area)
    {
        var (one, other) = (RowBindings.Prefix(prepared.Area), RowBindings.Prefix(area));
        var narrower = one.Length > other.Length ? one : other;
        return prepared.RegionField is { Length: > 0 } field && narrower.Length > 0 ? $"{field}=like.{narrower}*" : "";
    }

    public static bool IsHeadOf(Caller caller, Id<Agency> bureau) => caller is { Person: not null, Client: null, IsBureau: true } && caller.Agency == bureau && caller.Has(Role.BureauHead);

    private static bool Within(string area, string of) => area.StartsWith(RowBindings.Prefix(of), StringComparison.Ordinal);
}
