using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Something that lives depend on.</summary>
public sealed record Vital(FuseScope Scope, string Subject, string Reason, string SetByName, DateTimeOffset SetAt);

/// <summary>Resources and rights of use that lives depend on (急救、报警等): the bureau flags them, and no fuse does more than slow them.</summary>
public sealed class Vitals(Db db, TimeProvider clock, EvidenceLog evidence, Subjects subjects, Fuse fuse)
{
    public Task<IReadOnlyList<Vital>> All(CancellationToken ct) =>
        db.List($"select kind, subject, reason, set_by_name, set_at from watch_vital order by set_at", r => new Vital(r.Kind<FuseScope>(0), r.GetString(1), r.GetString(2), r.GetString(3), r.Instant(4)), ct);

    /// <summary>Flags a resource or a right of use, or takes the flag off.</summary>
    public async Task<Refusal?> Flag(Caller caller, FuseScope scope, string subject, bool isVital, string reason, CancellationToken ct)
    {
        if (!TripRules.IsGuard(caller)) return Refusal.Forbidden("watch.not-yours");
        if (scope is not (FuseScope.Resource or FuseScope.Grant)) return Refusal.Invalid(new FieldError("scope", "watch.field.vital-scope"));
        var found = subjects.Find(scope, subject);
        if (found.Refusal is { } refusal) return refusal;
        if (Trips.Say(reason) is { } unsaid) return unsaid;
        var at = clock.GetUtcNow();
        var key = found.Value.Key;
        await db.Commit(async tx =>
        {
            var facts = new Dictionary<string, string> { ["scope"] = scope.ToString(), ["subject"] = key, ["vital"] = isVital ? "true" : "false", ["reason"] = Trips.Digest(reason) };
            var witnessed = await evidence.Append(tx, new Happening("watch.vital", caller.Actor, caller.Agency?.ToString(), $"{scope.ToString().ToLowerInvariant()}:{key}", at, facts));
            await tx.Run($"delete from watch_vital where kind = {scope} and subject = {key}");
            if (isVital)
                await tx.Run($"insert into watch_vital (kind, subject, reason, set_by, set_by_name, set_at, evidence) values ({scope}, {key}, {reason.Trim()}, {caller.Actor}, {caller.Name}, {at}, {witnessed})");
            await Changes.Record(tx, "vital", key, at);
        }, ct);
        await fuse.Follow(CancellationToken.None);
        return null;
    }
}
