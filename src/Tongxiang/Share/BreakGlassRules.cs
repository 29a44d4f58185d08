using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Who may ask for an emergency access, who may allow it, and what it may be (Order 809 art. 36).</summary>
[Core.Enforces(31)]
public static class BreakGlassRules
{
    public const string Article = "Order 809 art. 36";
    public const long MostMinutes = 60;
    public const long MostRows = 1_000;

    /// <summary>Requests of one person that may wait at once.</summary>
    public const int MostWaiting = 3;

    /// <summary>A request that nobody answered for so long lapses.</summary>
    public static readonly TimeSpan Waits = TimeSpan.FromHours(24);

    // Those who keep the node and its data running without a right to read them; whoever has one asks by application.
    private static readonly Role[] askers = [Role.Vendor, Role.SystemAdmin, Role.SecurityAdmin];

    /// <summary>As what the caller asks; null for whoever has no such need.</summary>
    public static Role? AsksAs(Caller caller) => caller is { Person: not null, Client: null } ? askers.Where(caller.Has).Select(r => (Role?)r).FirstOrDefault() : null;

    /// <summary>As what the caller may decide: the provider's head of the sharing office, or head and security administrator of its data authority; never as what was asked.</summary>
    public static Role? DecidesAs(Caller caller, BreakGlass glass)
    {
        if (caller is not { Person: { } person, Client: null } || person == glass.AskedBy) return null;
        if (caller.Has(Role.SharingOfficeHead, glass.Provider)) return Role.SharingOfficeHead;
        if (glass.Bureau is not { } bureau || !caller.IsBureau) return null;
        return new[] { Role.BureauHead, Role.SecurityAdmin }.Where(r => caller.Has(r, bureau) && r != glass.AskedAs).Select(r => (Role?)r).FirstOrDefault();
    }

    /// <summary>Whether the caller may see it: who asked, who may decide, and the auditors of the data authority.</summary>
    public static bool Sees(Caller caller, BreakGlass glass) => caller is { Person: { } person, Client: null }
        && (person == glass.AskedBy || DecidesAs(caller, glass) is not null
            || (glass.Bureau is { } bureau && (caller.Has(Role.AuditAdmin, bureau) || caller.Has(Role.SecurityAdmin, bureau) || caller.Has(Role.BureauHead, bureau))));

    /// <summary>What is wrong with a wish by itself, whatever it is about.</summary>
    public static IReadOnlyList<FieldError> Wrong(BreakGlassWish wish)
    {
        List<FieldError> errors = [];
        if (wish.Resource.Trim().Length == 0) errors.Add(new("resource", "kernel.required"));
        if (wish.Fields.Count == 0) errors.Add(new("fields", "share.break-glass.fields-none"));
        if (wish.Reason.Trim().Length is < 10 or > 1000) errors.Add(new("reason", "share.break-glass.reason", wish.Reason.Trim().Length));
        if (wish.Occasion.Trim().Length is < 3 or > 100) errors.Add(new("occasion", "share.break-glass.occasion", wish.Occasion.Trim().Length));
        if (wish.Minutes is < 1 or > MostMinutes) errors.Add(new("minutes", "share.break-glass.minutes", MostMinutes, wish.Minutes));
        return errors;
    }

    /// <summary>What is wrong with its resource and fields. Whoever is not of government does not see closed resources: one answer, whether there is none of that name or it has no such field.</summary>
    public static IReadOnlyList<FieldError> Wrong(BreakGlassWish wish, Entry? entry, bool isGovernment)
    {
        var known = entry?.Content.Fields.Select(f => f.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        var unknown = wish.Fields.Where(f => !known.Contains(f)).Take(3).ToList();
        if (entry is not null && unknown.Count == 0) return [];
        if (!isGovernment) return [new("resource", "share.break-glass.unseen")];
        return entry is null ? [new("resource", "share.break-glass.resource", wish.Resource.Trim())] : [.. unknown.Select(f => new FieldError("fields", "share.break-glass.fields-unknown", f))];
    }
}
