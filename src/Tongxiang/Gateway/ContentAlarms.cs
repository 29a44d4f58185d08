using System.Collections.Concurrent;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Gateway;

/// <summary>A contractor, administrator or inspector who reached for rows is refused, and that is an alarm (Order 809 art. 36): collected on the path of the call, told by a chore.</summary>
[Core.Enforces(31)]
public sealed class ContentAlarms
{
    /// <summary>The refusal that is one.</summary>
    public const string Code = "gateway.reads-no-content";

    private readonly ConcurrentDictionary<(string Actor, Id<Entry> Entry, DateTimeOffset Hour), (Caller Caller, Entry Entry, DateTimeOffset At)> waiting = new();

    /// <summary>Once an hour for a person and a resource; never waits.</summary>
    internal void Note(Call call)
    {
        if (call.Entry is { } entry) waiting.TryAdd((call.Caller.Actor, entry.Id, new DateTimeOffset(call.At.Year, call.At.Month, call.At.Day, call.At.Hour, 0, 0, call.At.Offset)), (call.Caller, entry, call.At));
    }

    /// <summary>Puts the alarms on record and tells security and audit administrator of the data authority, and the provider's sharing office.</summary>
    public async Task Tell(Db db, EvidenceLog evidence, Notices notices, Directory directory, CancellationToken ct)
    {
        foreach (var (key, (caller, entry, at)) in waiting)
        {
            var provider = directory.Find(entry.Agency);
            var bureau = provider?.Kind == AgencyKind.Bureau ? provider.Id : provider?.Bureau;
            await db.Commit(async tx =>
            {
                await evidence.Append(tx, new Happening("gateway.content-alarm", caller.Actor, caller.Agency?.ToString(), $"entry:{entry.Id}", at, new Dictionary<string, string>
                {
                    ["resource"] = entry.Slug,
                    ["roles"] = string.Join(' ', caller.Roles.Order()),
                })
                { Parties = [.. new[] { entry.Agency, bureau }.OfType<Id<Agency>>().Select(a => a.ToString()).Distinct()] });
                var about = new About($"content-alarm/{key.Actor}/{key.Entry}/{key.Hour.ToUnixTimeSeconds()}", "/bureau/evidence?kind=gateway.content-alarm", [caller.Name, entry.Content.Name, ""], IsInside: true);
                await notices.Tell(tx, new Telling(NoticeKind.ContentAlarm, new Recipient(null, entry.Agency, Role.SharingOfficeHead)), about, at);
                if (bureau is not { } office) return;
                foreach (var role in new[] { Role.SecurityAdmin, Role.AuditAdmin }) await notices.Tell(tx, new Telling(NoticeKind.ContentAlarm, new Recipient(null, office, role)), about, at);
            }, ct);
            waiting.TryRemove(key, out _);
        }
    }
}
