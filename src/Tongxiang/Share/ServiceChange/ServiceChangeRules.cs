using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What stops or breaks a running service, and what a filed change permits: pure rules.</summary>
public static class ServiceChangeRules
{
    private const int LongestAheadDays = 366;

    public static IReadOnlyList<FieldError> Check(NewServiceChange wish, Entry entry, DateOnly today)
    {
        List<FieldError> found = [];
        if ((wish.Reason ?? "").Trim().Length is < 4 or > 1000) found.Add(new("reason", "share.change.reason"));
        if (wish.Effective <= today || wish.Effective > today.AddDays(LongestAheadDays)) found.Add(new("effective", "share.change.effective", LongestAheadDays));
        if (wish.Kind == ChangeKind.Change && wish.Fields.Count == 0) found.Add(new("fields", "share.field.none"));
        foreach (var name in wish.Fields.Where(n => entry.Content.Fields.All(f => f.Name != n))) found.Add(new("fields", "share.field.unknown", name.Length > 60 ? name[..60] : name));
        return found;
    }

    /// <summary>The granted fields that a content would drop, rename, retype or withhold.</summary>
    /// <param name="granted">Names of the fields in force among the grants.</param>
    public static IReadOnlyList<string> Broken(Entry entry, EntryContent next, IReadOnlySet<string> granted)
    {
        var broken = new List<string>();
        foreach (var field in entry.Content.Fields.Where(f => granted.Contains(f.Name)))
        {
            var kept = next.Fields.FirstOrDefault(f => f.Name == field.Name);
            if (kept is null || kept.Type != field.Type || kept.Scale != field.Scale || ShareClassOf(next, kept) == ShareClass.Withheld) broken.Add(field.Name);
        }
        return broken;
    }

    /// <summary>Whether a filed change permits stopping now.</summary>
    public static bool PermitsStop(ServiceChange change, DateTimeOffset at) => change is { State: ChangeState.Filed, Kind: ChangeKind.Stop } && at >= change.EffectiveAt;

    /// <summary>The fields whose change is permitted now by what was filed; a filed stop permits all.</summary>
    public static IReadOnlyList<string> Unfiled(IReadOnlyList<string> broken, IReadOnlyList<ServiceChange> filed, DateTimeOffset at) =>
        filed.Any(c => PermitsStop(c, at)) ? [] : [.. broken.Except(filed.Where(c => c.State == ChangeState.Filed && at >= c.EffectiveAt).SelectMany(c => c.Fields), StringComparer.Ordinal)];

    /// <summary>Order 809 art. 27 ¶3: neither stopped nor changed without talks with the users and a filing.</summary>
    public static Refusal Stopping(Entry entry, int users, ServiceChange? later) => later is null
        ? new Refusal(409, "share.stop-unfiled", entry.Content.Name, users) { Article = Law.Order809(27) }
        : new Refusal(409, "share.stop-early", later.Filing, WorkCalendar.Day(later.EffectiveAt).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) { Article = Law.Order809(27) };

    public static Refusal Changing(Entry entry, IReadOnlyList<string> fields) =>
        new(409, "share.change-unfiled", entry.Content.Name, string.Join("、", fields.Select(n => entry.Content.Fields.FirstOrDefault(f => f.Name == n)?.Title ?? n))) { Article = Law.Order809(27) };

    /// <summary>Who decides: the head or a reviewer of the bureau in charge of the provider.</summary>
    public static bool IsReviewer(Caller caller, Id<Agency>? bureau) =>
        caller is { Person: not null, Client: null, IsBureau: true } && caller.Agency == bureau && (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead));

    private static ShareClass ShareClassOf(EntryContent content, Field field) => field.ShareClass is { } own && own > content.Sharing.Class ? own : content.Sharing.Class;
}
