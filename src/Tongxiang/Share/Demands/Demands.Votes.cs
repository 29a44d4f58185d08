using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Voices for a demand: one for an agency, one for a person.</summary>
public sealed partial class Demands
{
    /// <summary>Adds the caller's voice; a second time changes nothing.</summary>
    public async Task<Outcome<Demand>> Vote(Caller caller, string number, CancellationToken ct)
    {
        if (caller is not { Person: not null, Client: null }) return new Refusal(401, "share.sign-in");
        if (await Find(number, ct) is not { } now) return Refusal.NotFound(number);
        if (!now.IsOpen) return Refusal.Conflict("share.demand-ended", now.Number, DemandRules.Say(now.State));
        if (!DemandRules.SeesWords(caller, now)) return Refusal.Conflict("share.demand-unread", now.Number);
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<Demand>>(async tx =>
        {
            // Writing nothing still locks the row: it may be merged meanwhile, and then its voices go elsewhere.
            if (await tx.Run($"update share_demand set votes = votes where id = {now.Id} and state in {Open}") == 0) return Refusal.Conflict("share.demand-ended", now.Number, DemandRules.Say(DemandState.Merged));
            return await Voice(tx, caller, now, at);
        }, ct);
    }

    public async Task<bool> HasVoted(Caller caller, Demand demand, CancellationToken ct) =>
        DemandRules.VoterOf(caller) is { } voter && await db.One($"select voter from share_demand_vote where demand = {demand.Id} and voter = {voter}", r => r.GetString(0), ct) is not null;

    private async Task<Demand> Voice(Tx tx, Caller caller, Demand to, DateTimeOffset at)
    {
        // Whoever has not signed in could vote without end.
        if (DemandRules.VoterOf(caller) is not { } voter || !await AddVoice(tx, to.Id, voter, at)) return to;
        var votes = await Count(tx, to.Id);
        await evidence.Append(tx, new Happening("share.demand-voted", caller.Actor, caller.Agency?.ToString(), $"demand:{to.Id}", at, new Dictionary<string, string> { ["number"] = to.Number }) { Parties = Parties(to) });
        return to with { Votes = votes };
    }

    private static async Task<bool> AddVoice(Tx tx, Id<Demand> demand, string voter, DateTimeOffset at) =>
        await tx.Run($"insert into share_demand_vote (demand, voter, at) values ({demand}, {voter}, {at}) on conflict (demand, voter) do nothing") == 1;

    private static async Task<long> Count(Tx tx, Id<Demand> demand)
    {
        await tx.Run($"update share_demand set votes = (select count(*) from share_demand_vote v where v.demand = {demand}) where id = {demand}");
        return await tx.One($"select votes from share_demand where id = {demand}", r => r.GetInt64(0));
    }
}
