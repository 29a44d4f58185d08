using System.Globalization;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Looks after open demands: data that became current are attached, silence becomes a yes, half time and overdue are told once each, provisional days become final.</summary>
public sealed partial class DemandWatch(Db db, TimeProvider clock, Demands demands, ILogger<DemandWatch> log)
{
    private const int Batch = 200;

    // Whether an entry has data is known in memory: those that wait must not hide the one behind them that has.
    private const int MostWithoutData = 5_000;

    /// <summary>One round; it is safe to repeat.</summary>
    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await demands.Redate(ct);
        foreach (var demand in await db.List($"select {DemandRows.Columns} from share_demand d where d.state = 'Catalogued' order by d.changed_at limit {MostWithoutData}", DemandRows.Read, ct))
            if (demands.HasData(demand)) await Try(demands.Attach(Caller.Platform, demand.Number, demand.Revision, ct), demand);
        foreach (var demand in await db.List($"select {DemandRows.Columns} from share_demand d where d.state = 'Attached' and d.due_at < {now} order by d.due_at limit {Batch}", DemandRows.Read, ct))
            await Try(demands.Satisfy(Caller.Platform, demand.Number, demand.Revision, ct), demand);
        foreach (var demand in await db.List($"select {DemandRows.Columns} from share_demand d where d.next_notice_at <= {now} order by d.next_notice_at limit {Batch}", DemandRows.Read, ct))
            await demands.Warn(demand, ct);
    }

    // A person may have been faster: then there is nothing to do.
    private async Task Try(Task<Outcome<Demand>> step, Demand demand)
    {
        if ((await step).Refusal is { } refusal) NotTaken(log, demand.Number, refusal.Code);
    }

    [LoggerMessage(3140, LogLevel.Information, "Demand {Number} was not moved on: {Code}.")]
    private static partial void NotTaken(ILogger log, string number, string code);
}

/// <summary>What time does to a demand, and who is told.</summary>
public sealed partial class Demands
{
    /// <summary>Whether the entry that answers it has data now.</summary>
    internal bool HasData(Demand demand) => demand.Entry is { } entry && current(entry) is not null;

    /// <summary>When the notice on a year's holidays is loaded, or the locality tightens a rule, running clocks move; each move is evidence.</summary>
    internal async Task Redate(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var demand in await db.List($"select {DemandRows.Columns} from share_demand d where d.state in {Open} order by d.id limit 5000", DemandRows.Read, ct))
        {
            var dated = Dated(demand);
            if (dated.DueIsProvisional == demand.DueIsProvisional && dated.DueAt == demand.DueAt) continue;
            await db.Commit(async tx =>
            {
                var moved = await tx.Run(
                    $"""
                    update share_demand set due_at = {dated.DueAt}, due_provisional = {dated.DueIsProvisional}, next_notice_at = {dated.NextNoticeAt}
                    where id = {demand.Id} and revision = {demand.Revision}
                    """);
                if (moved == 0) return;
                var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = demand.Number, ["rule"] = dated.DueRule ?? "", ["from"] = Day(demand.DueAt), ["to"] = Day(dated.DueAt) };
                await evidence.Append(tx, new Happening("share.demand-redated", Caller.Platform.Actor, null, $"demand:{demand.Id}", now, facts) { Parties = Parties(demand) });
            }, ct);
        }
    }

    /// <summary>Tells that half of the time or all of it is gone, in the commit that marks it as told.</summary>
    internal async Task Warn(Demand demand, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (DemandClocks.Of(demand) is not { } running || rules.TryFind(running.Rule, WorkCalendar.Day(running.From)) is not { Value: { } days }) return;
        var ticking = new Clock(running.Rule, running.From, days, 0, 0, null);
        var kinds = new List<NoticeKind>();
        var next = demand.NextNoticeAt;
        for (var noticed = demand.Noticed; next is { } at && at <= now; next = DemandClocks.Next(demand.State, ticking, ++noticed, calendar.Current))
            kinds.Add(noticed == 0 ? NoticeKind.DemandHalfTime : NoticeKind.DemandOverdue);
        await db.Commit(async tx =>
        {
            // A step taken meanwhile has its own times: then this round's notices are not wanted.
            var marked = await tx.Run(
                $"""
                update share_demand set noticed = {demand.Noticed + kinds.Count}, next_notice_at = {next}
                where id = {demand.Id} and revision = {demand.Revision} and noticed = {demand.Noticed}
                """);
            if (marked == 0) return;
            foreach (var kind in kinds)
                foreach (var telling in DemandTold.OfClock(kind, demand)) await Tell(tx, demand, telling, running.Rule, now);
        }, ct);
    }

    private async Task Tell(Tx tx, Demand now, DemandStep step, DateTimeOffset at)
    {
        // Whoever asked for the same hears how it ends.
        if (step is DemandStep.Attach or DemandStep.Satisfy or DemandStep.Refuse)
        {
            var others = await tx.List($"select demander, origin from share_demand where merged_into = {now.Id} and demander is not null", r => (Person: r.Id<Person>(0), Origin: r.Kind<DemandOrigin>(1)));
            foreach (var (person, origin) in others) await Tell(tx, now with { Origin = origin }, new Telling(step == DemandStep.Refuse ? NoticeKind.DemandRefused : NoticeKind.DemandMoved, new Recipient(person, null, null)), Occasion(now), at);
        }
        foreach (var telling in DemandTold.Of(step, now)) await Tell(tx, now, telling, Occasion(now), at);
    }

    private static string Occasion(Demand now) => now.Revision.ToString(CultureInfo.InvariantCulture);

    private Task Tell(Tx tx, Demand now, Telling telling, string occasion, DateTimeOffset at)
    {
        return notices.Tell(tx, telling, new About($"demand:{now.Id}/{occasion}", Page(now, telling.To), [now.Number, Short(now.What), Day(now.DueAt)]), at);
    }

    private static string Day(DateTimeOffset? at) => at is { } end ? WorkCalendar.Day(end).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";

    private static string Page(Demand now, Recipient to) => to switch
    {
        { Role: Role.BureauReviewer } => "/bureau/demands/" + now.Number,
        { Person: null } => "/desk/demands/" + now.Number,
        _ => (now.Origin == DemandOrigin.Department ? "/desk/demands/" : "/demands/") + now.Number,
    };

    // Enough to know it again; cut between characters, never inside one.
    private static string Short(string words)
    {
        const int most = 60;
        var info = new StringInfo(words);
        return info.LengthInTextElements <= most ? words : info.SubstringByTextElements(0, most) + "…";
    }
}
