using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

// How a sharing comes back: one duty officer to slow and step-up, two people in full, a window for a step-up.
public sealed partial class Trips
{
    /// <summary>Back to slow and step-up, by one duty officer, at once.</summary>
    public Task<Outcome<Trip>> Ease(Caller caller, Id<Trip> id, string reason, CancellationToken ct) => Change(caller, id, reason, TripRules.MayEase, async (tx, trip, at) =>
    {
        await tx.Run($"update watch_trip set state = {TripState.Eased}, eased_by = {caller.Actor}, eased_by_name = {caller.Name}, eased_at = {at} where id = {trip.Id}");
        await Witness(tx, "watch.eased", trip, caller.Actor, caller.Agency, at, ("reason", Digest(reason)));
    }, ct);

    /// <summary>Full restore: the first of two asks for it, the second does it; the same person cannot be both.</summary>
    public Task<Outcome<Trip>> Restore(Caller caller, Id<Trip> id, string reason, CancellationToken ct) => Change(caller, id, reason, (who, trip) =>
        TripRules.MayRestore(who, trip) ?? (trip.AskedBy == who.Actor ? Refusal.Conflict("watch.second-restorer", trip.Number) : null), async (tx, trip, at) =>
    {
        if (trip.AskedBy is null)
        {
            await tx.Run($"update watch_trip set asked_by = {caller.Actor}, asked_by_name = {caller.Name}, asked_at = {at} where id = {trip.Id}");
            await Witness(tx, "watch.restore-asked", trip, caller.Actor, caller.Agency, at, ("reason", Digest(reason)));
            return;
        }
        await tx.Run($"update watch_trip set state = {TripState.Restored}, restored_by = {caller.Actor}, restored_by_name = {caller.Name}, restored_at = {at} where id = {trip.Id}");
        await Witness(tx, "watch.restored", trip, caller.Actor, caller.Agency, at, ("reason", Digest(reason)), ("first", trip.AskedBy));
    }, ct);

    /// <summary>Lets calls pass a step-up for some minutes: a second person of the consumer's side answers for them.</summary>
    public async Task<Outcome<Trip>> Approve(Caller caller, Id<Trip> id, int minutes, string reason, CancellationToken ct)
    {
        if (minutes < 1 || minutes > settings.LongestWindowMinutes) return Refusal.Invalid(new FieldError("minutes", "watch.field.minutes", minutes, settings.LongestWindowMinutes));
        return await Change(caller, id, reason, (who, trip) => TripRules.MayApprove(who, trip, IsStopped(who, trip)), async (tx, trip, at) =>
        {
            var until = at.AddMinutes(minutes);
            var witnessed = await Witness(tx, "watch.window", trip, caller.Actor, caller.Agency, at, ("until", until.UtcDateTime.ToString("O")), ("reason", Digest(reason)));
            await tx.Run(
                $"""
                insert into watch_window (id, trip, from_at, until_at, approved_by, approved_by_name, reason, evidence)
                values ({Id<StepUpWindow>.New(clock)}, {trip.Id}, {at}, {until}, {caller.Actor}, {caller.Name}, {reason.Trim()}, {witnessed})
                """);
        }, ct);
    }

    // The person whose own calls are stopped is not the second one.
    private bool IsStopped(Caller caller, Trip trip) => trip.Scope switch
    {
        FuseScope.Caller => trip.Subject == caller.Actor,
        FuseScope.Operator => NamesOf(caller).Any(name => trip.Subject.EndsWith("/" + pseudonyms.Of(name), StringComparison.Ordinal)),
        _ => false,
    };

    // Systems name their operators by id, by user name or by name.
    private IEnumerable<string> NamesOf(Caller caller) => caller.Person is { } id ? new[] { id.ToString(), directory.Person(id)?.UserName, caller.Name }.OfType<string>().Where(t => t.Length > 0) : [];

    private async Task<Outcome<Trip>> Change(Caller caller, Id<Trip> id, string reason, Func<Caller, Trip, Refusal?> may, Func<Tx, Trip, DateTimeOffset, Task> change, CancellationToken ct)
    {
        if (caller.Person is null) return new Refusal(401, "watch.sign-in");
        if (Say(reason) is { } unsaid) return unsaid;
        if (await Find(caller, id, ct) is null) return Refusal.NotFound(id.ToString());
        var at = clock.GetUtcNow();
        var changed = await db.Commit(async tx =>
        {
            // The number of the change comes first: its row is locked, so two people cannot restore beside each other.
            await Changes.Record(tx, "trip", id.ToString(), at);
            var trip = (await TripRows.Find(tx, id))!;
            if (may(caller, trip) is { } refusal) return (Outcome<Trip>)refusal;
            await change(tx, trip, at);
            return (await TripRows.Find(tx, id))!;
        }, ct);
        await fuse.Follow(CancellationToken.None);
        return changed;
    }
}
