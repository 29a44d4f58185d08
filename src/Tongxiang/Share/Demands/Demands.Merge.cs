using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>One demand goes into another that asks for the same.</summary>
public sealed partial class Demands
{
    /// <summary>Merges a demand into an open one of the same bureau: its voices go there, each counted once, and whatever was merged into it before.</summary>
    public async Task<Outcome<Demand>> Merge(Caller caller, string number, long? seen, string into, CancellationToken ct)
    {
        if (await Find(into.Trim(), ct) is not { } target) return Refusal.Invalid(new FieldError("into", "share.field.demand-into"));
        return await Take(caller, number, DemandStep.Merge, seen, "", async (m, token) =>
            {
                if (target.Id == m.Now.Id || target.Bureau != m.Now.Bureau || !target.IsOpen) return Refusal.Invalid(new FieldError("into", "share.field.demand-into"));
                // What answers departments only would leave the public with nothing.
                var isForPublic = m.Now.Origin != DemandOrigin.Department || await IsForPublic(m.Now, token);
                if (isForPublic && target.Entry is { } entry && await entries(entry, token) is not { IsPublic: true }) return Refusal.Invalid(new FieldError("into", "share.field.demand-into-closed"));
                return m.Now with { State = DemandState.Merged, MergedInto = target.Id, Owner = null };
            }, ct,
            async (tx, m) =>
            {
                // Always in the order of their ids: two merged into each other at once must wait, not lock each other out.
                foreach (var id in new[] { m.Now.Id, target.Id }.OrderBy(i => i.ToString(), StringComparer.Ordinal)) await tx.Run($"update share_demand set votes = votes where id = {id}");
                target = (await tx.One($"select {DemandRows.Columns} from share_demand d where d.id = {target.Id}", DemandRows.Read))!;
                return target.IsOpen ? null : Refusal.Conflict("share.demand-ended", target.Number, DemandRules.Say(target.State));
            },
            (tx, m) => Join(tx, m, target));
    }

    private async Task Join(Tx tx, Moment m, Demand target)
    {
        await tx.Run($"update share_demand set merged_into = {target.Id} where merged_into = {m.Now.Id}");
        await tx.Run(
            $"""
            insert into share_demand_vote (demand, voter, at)
            select {target.Id}, v.voter, v.at from share_demand_vote v where v.demand = {m.Now.Id}
            on conflict (demand, voter) do nothing
            """);
        var next = target with { Votes = await Count(tx, target.Id), Revision = target.Revision + 1, ChangedAt = m.At };
        await DemandRows.Save(tx, next, target.Revision);
        var proof = await Witness(tx, m.Caller, DemandStep.Join, target, next, "", m.At);
        await DemandRows.Record(tx, target.Id, new DemandTaken(next.Revision, DemandStep.Join, target.State, target.State, m.Caller.Actor, m.Caller.Name, m.Caller.Agency, target.Owner, m.Now.Number, m.At, proof));
    }
}
