using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Calendar = Tongxiang.Agencies.Calendar;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>A demand that was registered, or the open one that says the same.</summary>
/// <param name="IsNew">False when it was there already.</param>
public sealed record FiledDemand(Demand Demand, bool IsNew);

/// <summary>The register of demands (供需对接): one for departments, companies and the public, from the registration to the data or to a reason why not.</summary>
public sealed partial class Demands(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, RulePack rules, Calendar calendar, NodeSettings settings, EntrySource entries, CurrentVersion current, DemandOwners owners, Notices notices)
{
    /// <summary>A flood must not bury what others wrote.</summary>
    public const int MostPublicWaiting = 200;
    public const int MostADay = 20;

    // A reviewer reads a list of what is alike, not thousands of lines.
    private const int MostCompared = 3_000;

    /// <summary>Registers a demand; the same words while one is open are that one, with one more voice.</summary>
    public async Task<Outcome<FiledDemand>> File(Caller caller, NewDemand said, CancellationToken ct)
    {
        if (caller.Client is not null) return Refusal.Forbidden("share.demand-people");
        var now = clock.GetUtcNow();
        said = said with { What = said.What.Trim(), Matter = said.Matter.Trim(), Contact = said.Contact.Trim() };
        var errors = DemandRules.Check(said, WorkCalendar.Day(now)).ToList();
        if (BureauFor(caller) is not { } bureau) return Refusal.Conflict("share.demand-no-bureau");
        if (said.Owner is { } wish && !owners.Under(bureau).Any(a => a.Id == wish && a.Id != caller.Agency)) errors.Add(new FieldError("owner", "share.field.demand-owner"));
        if (errors.Count > 0) return Refusal.Invalid([.. errors]);
        var digest = Applications.Digest(DemandLikeness.Same(said.What));
        var proposed = said.Owner ?? (owners.Propose($"{said.What} {said.Matter}", bureau, caller.Agency, 1) is [var best] ? best.Agency : null);
        return await db.Commit<Outcome<FiledDemand>>(async tx =>
        {
            if (await Same(tx, bureau, digest) is { } same) return new FiledDemand(await Voice(tx, caller, same, now), IsNew: false);
            if (await TooMany(tx, caller, bureau, now) is { } refusal) return refusal;
            var made = Dated(new Demand(
                Id<Demand>.New(clock), await Number(tx, now), said.What, said.Matter, said.Contact, said.WantedBy, DemandRules.OriginOf(caller), caller.Person, caller.Person is null ? null : caller.Agency, bureau,
                proposed, null, DemandState.Filed, 1, now, now));
            if (await DemandRows.Insert(tx, made, digest) == 0) return await Same(tx, bureau, digest) is { } other ? new FiledDemand(await Voice(tx, caller, other, now), IsNew: false) : Refusal.Conflict("share.demand-state", made.Number, DemandRules.Say(DemandStep.File), DemandRules.Say(DemandState.Filed));
            await AddVoice(tx, made.Id, DemandRules.VoterOf(caller) ?? $"demand:{made.Id}", now);
            var proof = await Witness(tx, caller, DemandStep.File, made, made, "", now);
            await DemandRows.Record(tx, made.Id, new DemandTaken(1, DemandStep.File, made.State, made.State, caller.Actor, caller.Name, caller.Agency, proposed, "", now, proof));
            await Tell(tx, made, DemandStep.File, now);
            return new FiledDemand(made, IsNew: true);
        }, ct);
    }

    /// <summary>The demand of this number; who may read what of it says <see cref="Show"/>.</summary>
    public Task<Demand?> Find(string number, CancellationToken ct) => db.One($"select {DemandRows.Columns} from share_demand d where d.number = {number}", DemandRows.Read, ct);

    public Task<Demand?> Find(Id<Demand> id, CancellationToken ct) => db.One($"select {DemandRows.Columns} from share_demand d where d.id = {id}", DemandRows.Read, ct);

    /// <summary>What happened so far, oldest first, as this caller may know it: names of people and the reasons between offices stay with the offices.</summary>
    public async Task<IReadOnlyList<DemandTaken>> Steps(Caller caller, Demand of, CancellationToken ct)
    {
        var all = await db.List($"select {DemandRows.StepColumns} from share_demand_step where demand = {of.Id} order by number", DemandRows.ReadStep, ct);
        if (DemandRules.Sides(caller, of).Overlaps([DemandSide.Bureau, DemandSide.Owner])) return all;
        var isPublic = of.Origin != DemandOrigin.Department && !caller.IsGovernment;
        return [.. all.Select(s => s with
        {
            Actor = "", ActorName = "",
            Agency = s.Step is DemandStep.File or DemandStep.Reopen or DemandStep.Satisfy && isPublic ? null : s.Agency,
            Owner = s.Step == DemandStep.File ? null : s.Owner,
            Reason = s.Step == DemandStep.Join || (s.Step == DemandStep.Refuse && of.IsShown) || (s.Step == DemandStep.Decline && caller.IsGovernment && s.Agency == caller.Agency) ? s.Reason : "",
        })];
    }

    /// <summary>Steps this caller can take now.</summary>
    public static IReadOnlyList<DemandStep> Possible(Caller caller, Demand now) => DemandRules.Possible(now, DemandRules.Sides(caller, now));

    /// <summary>Open demands of the same bureau with alike words, the most alike first: for the bureau to merge.</summary>
    public async Task<IReadOnlyList<(Demand Demand, double Likeness)>> Alike(Demand to, int most, CancellationToken ct)
    {
        var open = await db.List(
            $"select {DemandRows.Columns} from share_demand d where d.bureau = {to.Bureau} and d.state in {Open} and d.id <> {to.Id} order by d.id desc limit {MostCompared}", DemandRows.Read, ct);
        return [.. open.Select(d => (Demand: d, Likeness: DemandLikeness.Of(to.What, d.What))).Where(p => p.Likeness >= DemandLikeness.Alike).OrderByDescending(p => p.Likeness).ThenBy(p => p.Demand.Number, StringComparer.Ordinal).Take(most)];
    }

    /// <summary>Who probably holds it, the best first.</summary>
    public IReadOnlyList<OwnerProposal> OwnersOf(Demand demand) => owners.Propose($"{demand.What} {demand.Matter}", demand.Bureau, demand.DemanderAgency);

    /// <summary>Who can be named as owner.</summary>
    public IReadOnlyList<Agency> CouldOwn(Demand demand) => [.. owners.Under(demand.Bureau).Where(a => a.Id != demand.DemanderAgency)];

    /// <summary>Who a demander may propose.</summary>
    public IReadOnlyList<Agency> CouldPropose(Caller caller) => BureauFor(caller) is { } bureau ? [.. owners.Under(bureau).Where(a => a.Id != caller.Agency)] : [];

    /// <summary>The data authority that looks after the caller's demands: a department's own, else the one of this node's division.</summary>
    internal Id<Agency>? BureauFor(Caller caller)
    {
        if (caller.IsGovernment && caller.Agency is { } own && directory.Find(own) is { } agency) return agency.Bureau ?? (agency.Kind == AgencyKind.Bureau ? agency.Id : null);
        var bureaus = directory.Agencies.Where(a => a.Kind == AgencyKind.Bureau).ToList();
        return (bureaus.FirstOrDefault(b => b.Division == settings.Division) ?? bureaus.FirstOrDefault())?.Id;
    }

    internal static readonly DemandState[] Open = [DemandState.Filed, DemandState.Accepted, DemandState.Claimed, DemandState.Catalogued, DemandState.Attached];

    private Demand Dated(Demand now) =>
        DemandClocks.Dated(now, DemandClocks.Of(now) is { } running ? rules.TryFind(running.Rule, WorkCalendar.Day(running.From)) : null, calendar.Current);

    private static Task<Demand?> Same(Tx tx, Id<Agency> bureau, string digest) =>
        tx.One($"select {DemandRows.Columns} from share_demand d where d.bureau = {bureau} and d.digest = {digest} and d.state in {Open}", DemandRows.Read);

    private static async Task<Refusal?> TooMany(Tx tx, Caller caller, Id<Agency> bureau, DateTimeOffset now)
    {
        if (caller.Person is { } person)
            return await tx.One($"select count(*) from share_demand where demander = {person} and filed_at > {now.AddDays(-1)}", r => r.GetInt64(0)) >= MostADay ? new Refusal(429, "share.demand-day", MostADay) : null;
        return await tx.One($"select count(*) from share_demand where bureau = {bureau} and state = 'Filed' and origin = 'Public'", r => r.GetInt64(0)) >= MostPublicWaiting ? new Refusal(429, "share.demand-waiting") : null;
    }

    private static async Task<string> Number(Tx tx, DateTimeOffset at)
    {
        var day = WorkCalendar.Day(at).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var next = await tx.Next($"demand:{day}");
        return string.Create(CultureInfo.InvariantCulture, $"XQ{day}-{next:0000}");
    }

    private static Sql Where(Sql sql) => sql;
}
