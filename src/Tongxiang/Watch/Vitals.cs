using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Something that lives depend on.</summary>
/// <param name="Subject">Id of the resource or right of use.</param>
/// <param name="Name">What people call it; its id when it is gone.</param>
/// <param name="Handle">What it is flagged by: name of the resource in addresses, number of the right of use; its id when it is gone.</param>
public sealed record Vital(FuseScope Scope, string Subject, string Name, string Handle, string Reason, string SetByName, DateTimeOffset SetAt);

/// <summary>Resources and rights of use that lives depend on (急救、报警等): the bureau flags them, and no fuse does more than slow them.</summary>
public sealed class Vitals(Db db, TimeProvider clock, EvidenceLog evidence, Subjects subjects, Fuse fuse)
{
    /// <summary>What is flagged, oldest first, for those who see every fuse.</summary>
    public async Task<Outcome<Vital[]>> List(Caller caller, CancellationToken ct)
    {
        if (!TripRules.SeesAll(caller)) return Refusal.Forbidden("watch.not-yours");
        var rows = await db.List(
            $"select kind, subject, reason, set_by_name, set_at from watch_vital order by set_at, subject",
            r => new Vital(r.Kind<FuseScope>(0), r.GetString(1), r.GetString(1), r.GetString(1), r.GetString(2), r.GetString(3), r.Instant(4)), ct);
        return rows.Select(v => subjects.Find(v.Scope, v.Subject) is { IsRefused: false } found ? v with { Name = found.Value.Name, Handle = found.Value.Slug ?? found.Value.Name } : v).ToArray();
    }

    /// <summary>Flags a resource or a right of use, or takes the flag off; a flag outlives its subject, so it comes off by the subject's id too.</summary>
    public async Task<Refusal?> Flag(Caller caller, FuseScope scope, string subject, bool isVital, string reason, CancellationToken ct)
    {
        if (!TripRules.IsGuard(caller)) return Refusal.Forbidden("watch.not-yours");
        if (scope is not (FuseScope.Resource or FuseScope.Grant)) return Refusal.Invalid(new FieldError("scope", "watch.field.vital-scope"));
        var found = subjects.Find(scope, subject);
        if (found.IsRefused && isVital) return found.Refusal;
        if (Trips.Say(reason) is { } unsaid) return unsaid;
        var at = clock.GetUtcNow();
        var key = found.IsRefused ? subject.Trim() : found.Value.Key;
        var refusal = await db.Commit(async tx =>
        {
            if (await tx.Run($"delete from watch_vital where kind = {scope} and subject = {key}") == 0 && !isVital) return found.Refusal ?? Refusal.NotFound(found.Value.Name);
            var facts = new Dictionary<string, string> { ["scope"] = scope.ToString(), ["subject"] = key, ["vital"] = isVital ? "true" : "false", ["reason"] = Trips.Digest(reason) };
            if (!found.IsRefused && found.Value.Slug is { } slug) facts["resource"] = slug;
            var witnessed = await evidence.Append(tx, new Happening("watch.vital", caller.Actor, caller.Agency?.ToString(), $"{scope.ToString().ToLowerInvariant()}:{key}", at, facts));
            if (isVital)
                await tx.Run($"insert into watch_vital (kind, subject, reason, set_by, set_by_name, set_at, evidence) values ({scope}, {key}, {reason.Trim()}, {caller.Actor}, {caller.Name}, {at}, {witnessed})");
            await Changes.Record(tx, "vital", key, at);
            return null;
        }, ct);
        await fuse.Follow(CancellationToken.None);
        return refusal;
    }
}
