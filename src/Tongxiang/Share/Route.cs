using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Steps that move no state: the applicant urges, an office hands the work to one of its people or gives it back.</summary>
public sealed partial class Applications
{
    /// <summary>Reminds whoever must act; at most once a working day.</summary>
    public Task<Outcome<Application>> Urge(Caller caller, Id<Application> id, string? words, CancellationToken ct) =>
        Mark(caller, id, Step.Urge, null, words, async m =>
        {
            var waits = Workflow.WaitsFor(m.Now.Lane, m.Now.State);
            if (waits is null or Side.Applicant) return Refusal.Conflict("share.nothing-to-urge", m.Now.Number, Say.State(m.Now.State));
            if (!m.Sides.Contains(Side.Applicant)) return Refusal.Forbidden("share.not-yours", Say.Step(Step.Urge), Say.Side(Side.Applicant));
            var steps = await Steps(m.Now.Id, ct);
            return steps.Any(s => s.Step == Step.Urge && WorkCalendar.Day(s.At) == m.Day) ? Refusal.Conflict("share.urged-today", m.Now.Number) : m.Now;
        }, ct);

    /// <summary>Gives the work to one person of the office it waits for; null gives it back to the office.</summary>
    public Task<Outcome<Application>> Reassign(Caller caller, Id<Application> id, long? seen, Id<Person>? to, CancellationToken ct) =>
        Mark(caller, id, Step.Reassign, seen, null, m =>
        {
            if (Workflow.WaitsFor(m.Now.Lane, m.Now.State) is not { } side) return Task.FromResult<Outcome<Application>>(Refusal.Conflict("share.wrong-state", m.Now.Number, Say.Step(Step.Reassign), Say.State(m.Now.State)));
            if (!m.Sides.Contains(side)) return Task.FromResult<Outcome<Application>>(Refusal.Forbidden("share.not-yours", Say.Step(Step.Reassign), Say.Side(side)));
            if (to is { } person && !CanHold(person, caller, m.Now, side)) return Task.FromResult<Outcome<Application>>(Refusal.Invalid(new FieldError("to", "share.field.holder")));
            return Task.FromResult<Outcome<Application>>(m.Now with { Holder = to });
        }, ct);

    /// <summary>People of the caller's office who could take the work over.</summary>
    public IReadOnlyList<Person> CouldHold(Caller caller, Application now)
    {
        if (caller.Agency is not { } agency || Workflow.WaitsFor(now.Lane, now.State) is not { } side) return [];
        return [.. directory.People.Where(p => p.Agency == agency && CanHold(p.Id, caller, now, side)).OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    private bool CanHold(Id<Person> person, Caller caller, Application now, Side side) =>
        directory.Person(person) is { } found && found.Agency == caller.Agency && directory.Find(caller.Agency!.Value) is { } agency
        && Sides.Of(new Caller(person.ToString(), person, null, agency.Id, agency.Kind, found.Roles, found.Name), now, BureauOf(now), []).Contains(side);

    private async Task<Outcome<Application>> Mark(
        Caller caller, Id<Application> id, Step step, long? seen, string? reason, Func<Moment, Task<Outcome<Application>>> change, CancellationToken ct)
    {
        var now = await Load(id, ct);
        if (now is null || !Sides.MaySee(caller, now, BureauOf(now))) return Refusal.NotFound(id.ToString());
        if (seen is { } revision && revision != now.Revision) return await Decided(now, ct);
        if (reason is { Length: > 1000 }) return Refusal.Invalid(new FieldError("reason", "kernel.too-long", 1000, reason.Length));
        if (await entries(now.Entry, ct) is not { } entry) return Refusal.NotFound(now.Entry.ToString());
        var sides = await SidesOf(caller, now, ct);
        var moment = new Moment(caller, sides, now, entry, clock.GetUtcNow(), calendar.Current, new Move(step, now.State, now.State, false, null, [.. sides]));
        var changed = await change(moment);
        if (changed.IsRefused) return changed.Refusal!;
        var next = changed.Value with { Revision = now.Revision + 1, ChangedAt = moment.At };
        return await Commit(moment, next, reason, null, ct);
    }
}
