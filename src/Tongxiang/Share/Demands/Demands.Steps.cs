using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The steps of a demand, each one commit with its evidence and notices.</summary>
public sealed partial class Demands
{
    /// <summary>The bureau takes the demand on and names who shall answer it.</summary>
    public Task<Outcome<Demand>> Accept(Caller caller, string number, long? seen, Id<Agency>? owner, CancellationToken ct) =>
        Take(caller, number, DemandStep.Accept, seen, "", (m, _) => Named(m, owner), ct);

    /// <summary>The bureau names another department; after the second that declined it decides, and that department cannot decline.</summary>
    public Task<Outcome<Demand>> Assign(Caller caller, string number, long? seen, Id<Agency>? owner, string reason, CancellationToken ct) =>
        Take(caller, number, DemandStep.Assign, seen, reason, async (m, token) =>
        {
            var decides = m.Now.Declined >= DemandRules.DeclinesUntilDecision;
            if (decides && DemandRules.CheckReason(reason) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
            if (owner == m.Now.Owner && owner is not null) return Refusal.Invalid(new FieldError("owner", "share.field.demand-owner-same"));
            if (!decides && owner is { } one && await HasDeclined(m.Now, one, token)) return Refusal.Invalid(new FieldError("owner", "share.field.demand-declined-before"));
            var named = await Named(m, owner);
            return named.IsRefused || !decides ? named : named.Value with { State = DemandState.Claimed };
        }, ct);

    /// <summary>The department says that it will catalogue and attach the data.</summary>
    public Task<Outcome<Demand>> Claim(Caller caller, string number, long? seen, CancellationToken ct) =>
        Take(caller, number, DemandStep.Claim, seen, "", (m, _) => Same(m.Now with { State = DemandState.Claimed }), ct);

    /// <summary>The department says why the data are not its own; the bureau names another.</summary>
    public Task<Outcome<Demand>> Decline(Caller caller, string number, long? seen, string reason, CancellationToken ct) =>
        Take(caller, number, DemandStep.Decline, seen, reason, (m, _) => Same(m.Now with { Owner = null, Declined = m.Now.Declined + 1 }), ct);

    /// <summary>Catalogued, and by nothing but an entry that stands published (Order 809 art. 16).</summary>
    public Task<Outcome<Demand>> Catalogue(Caller caller, string number, long? seen, Entry? entry, CancellationToken ct) =>
        Take(caller, number, DemandStep.Catalogue, seen, "", async (m, token) =>
        {
            var known = entry is null ? null : await entries(entry.Id, token);
            return DemandRules.CheckEntry(m.Now, known, await IsForPublic(m.Now, token)) is { } wrong ? Refusal.Invalid(wrong) : m.Now with { State = DemandState.Catalogued, Entry = known!.Id };
        }, ct);

    /// <summary>Attached, and by nothing but a version that is current now; the platform sees it by itself too.</summary>
    public Task<Outcome<Demand>> Attach(Caller caller, string number, long? seen, CancellationToken ct) =>
        Take(caller, number, DemandStep.Attach, seen, "", async (m, token) =>
        {
            if (await entries(m.Now.Entry!.Value, token) is not { IsPublished: true }) return Refusal.Conflict("share.demand-entry-gone", m.Now.Number);
            if (current(m.Now.Entry.Value) is not { } version) return Refusal.Conflict("share.demand-no-version", m.Now.Number);
            return m.Now with { State = DemandState.Attached, Version = version.Number, AttachedAt = m.At };
        }, ct);

    /// <summary>The demander says that it is what was asked for.</summary>
    public Task<Outcome<Demand>> Satisfy(Caller caller, string number, long? seen, CancellationToken ct) =>
        Take(caller, number, DemandStep.Satisfy, seen, "", (m, _) =>
            // The platform may only say so when the demander's time is over.
            Same(caller == Caller.Platform && !(m.Now.DueAt < m.At) ? Refusal.Conflict("share.demand-state", m.Now.Number, DemandRules.Say(DemandStep.Satisfy), DemandRules.Say(m.Now.State)) : m.Now with { State = DemandState.Satisfied }), ct);

    /// <summary>The demander says, once, that it is not what was asked for: the department goes on.</summary>
    public Task<Outcome<Demand>> Reopen(Caller caller, string number, long? seen, string reason, CancellationToken ct) =>
        Take(caller, number, DemandStep.Reopen, seen, reason, (m, _) => Same(m.Now.IsReopened
            ? Refusal.Conflict("share.demand-reopened", m.Now.Number)
            : m.Now with { State = DemandState.Claimed, IsReopened = true, Entry = null, Version = null, AttachedAt = null }), ct);

    /// <summary>The bureau refuses with a reason everybody reads; what a law forbids names the law and its article.</summary>
    public Task<Outcome<Demand>> Refuse(Caller caller, string number, long? seen, DemandGround? ground, string basis, string reason, Entry? entry, CancellationToken ct) =>
        Take(caller, number, DemandStep.Refuse, seen, reason, async (m, token) =>
        {
            var law = basis.Trim();
            if (DemandRules.CheckRefusal(ground, law) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
            var known = ground == DemandGround.AlreadyThere && entry is not null ? await entries(entry.Id, token) : null;
            if (ground == DemandGround.AlreadyThere && DemandRules.CheckEntry(m.Now with { Owner = null }, known) is { } wrong) return Refusal.Invalid(wrong);
            return m.Now with { State = DemandState.Refused, Ground = ground, Basis = law, Reason = reason.Trim(), Entry = known?.Id };
        }, ct);

    private Task<Outcome<Demand>> Named(Moment m, Id<Agency>? owner) => Same(
        owner is not { } one || !owners.Under(m.Now.Bureau).Any(a => a.Id == one) ? Refusal.Invalid(new FieldError("owner", "share.field.demand-owner"))
        : one == m.Now.DemanderAgency ? Refusal.Invalid(new FieldError("owner", "share.field.demand-own"))
        : m.Now with { State = DemandState.Accepted, Owner = one });

    private async Task<bool> HasDeclined(Demand demand, Id<Agency> agency, CancellationToken ct) =>
        await db.One($"select number from share_demand_step where demand = {demand.Id} and step = 'Decline' and agency = {agency}", r => (long?)r.GetInt64(0), ct) is not null;

    private async Task<bool> IsForPublic(Demand demand, CancellationToken ct) =>
        await db.One($"select id from share_demand where merged_into = {demand.Id} and origin <> 'Department' limit 1", r => r.GetString(0), ct) is not null;

    private static Task<Outcome<Demand>> Same(Outcome<Demand> outcome) => Task.FromResult(outcome);

    /// <summary>What a step works with.</summary>
    private sealed record Moment(Caller Caller, Demand Now, DemandMove Move, DateTimeOffset At);

    private async Task<Outcome<Demand>> Take(
        Caller caller, string number, DemandStep step, long? seen, string reason, Func<Moment, CancellationToken, Task<Outcome<Demand>>> change, CancellationToken ct,
        Func<Tx, Moment, Task<Refusal?>>? before = null, Func<Tx, Moment, Task>? after = null)
    {
        if (await Find(number, ct) is not { } now) return Refusal.NotFound(number);
        if (seen is { } revision && revision != now.Revision) return await Decided(now, ct);
        var found = DemandRules.Find(now, step, DemandRules.Sides(caller, now));
        if (found.Refusal is { } no) return no;
        reason = reason.Trim();
        if ((found.Value.NeedsReason || reason.Length > 0) && DemandRules.CheckReason(reason) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var moment = new Moment(caller, now, found.Value, clock.GetUtcNow());
        var changed = await change(moment, ct);
        if (changed.Refusal is { } refusal) return refusal;
        var next = Dated(changed.Value with { Revision = now.Revision + 1, ChangedAt = moment.At });
        var outcome = await db.Commit<Outcome<Demand>?>(async tx =>
        {
            // Nothing may be written before everything that could refuse has been asked.
            if (before is not null && await before(tx, moment) is { } conflict) return conflict;
            if (!await DemandRows.Save(tx, next, now.Revision)) return null;
            await Write(tx, moment, next, reason);
            if (after is not null) await after(tx, moment);
            return next;
        }, ct);
        return outcome ?? await Decided((await Find(number, ct))!, ct);
    }

    private async Task Write(Tx tx, Moment m, Demand next, string reason)
    {
        var proof = await Witness(tx, m.Caller, m.Move.Step, m.Now, next, reason, m.At);
        await DemandRows.Record(tx, next.Id, new DemandTaken(next.Revision, m.Move.Step, m.Now.State, next.State, m.Caller.Actor, m.Caller.Name, m.Caller.Agency, next.Owner ?? m.Now.Owner, reason, m.At, proof));
        await Tell(tx, next, m.Move.Step, m.At);
    }

    /// <summary>Somebody was faster: what they did, so that the second can look again.</summary>
    private async Task<Refusal> Decided(Demand now, CancellationToken ct)
    {
        var last = (await db.List($"select {DemandRows.StepColumns} from share_demand_step where demand = {now.Id} order by number desc limit 1", DemandRows.ReadStep, ct))[0];
        var at = last.At.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return Refusal.Conflict("share.demand-changed", now.Number, DemandRules.Say(last.Step), DemandRules.Say(now.State), at);
    }

    private Task<string> Witness(Tx tx, Caller caller, DemandStep step, Demand before, Demand after, string reason, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = after.Number, ["from"] = before.State.ToString(), ["to"] = after.State.ToString(), ["what"] = Applications.Digest(after.What) };
        if (after.Owner is { } owner) facts["owner"] = owner.ToString();
        if (after.Entry is { } entry) facts["entry"] = entry.ToString();
        if (after.Version is { } version) facts["version"] = version.ToString(CultureInfo.InvariantCulture);
        if (after.MergedInto is { } into) facts["into"] = into.ToString();
        if (after.Ground is { } ground) facts["ground"] = ground.ToString();
        if (after.Basis.Length > 0) facts["basis"] = after.Basis;
        if (after.DueRule is { } rule) facts["rule"] = rule;
        if (after.DueAt is { } due) facts["dueAt"] = due.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        // A reason is people's words: its digest proves it, its text stays with the register.
        if (reason.Length > 0) facts["reason"] = Applications.Digest(reason);
        var kind = "share.demand-" + step.ToString().ToLowerInvariant();
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"demand:{after.Id}", at, facts) { Parties = [.. Parties(before).Concat(Parties(after)).Distinct()] });
    }

    private static IReadOnlyList<string> Parties(Demand demand) => [.. new[] { demand.Bureau, demand.Owner, demand.DemanderAgency }.OfType<Id<Agency>>().Select(a => a.ToString()).Distinct()];
}
