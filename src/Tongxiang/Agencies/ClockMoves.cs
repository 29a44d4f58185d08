using System.Data.Common;
using System.Globalization;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>After a change of a number or of the calendar: recomputes every running clock through its owner, says which moved, and keeps that as evidence.</summary>
/// <remarks>A change stands in the feed <c>agencies_change</c>; whatever a crash left undone is done by the next round.</remarks>
public sealed class ClockMoves(Db db, TimeProvider clock, EvidenceLog evidence, Deadlines deadlines, RulePack rules, Calendar calendar, Directory directory, IEnumerable<OpenClocks> owners) : IDisposable
{
    // Another copy may have started a clock by the older number until it heard of the change: rounds go on a little longer than that takes.
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim round = new(1, 1);
    private bool began;

    /// <summary>What would move if these numbers and this calendar held.</summary>
    public async Task<IReadOnlyList<ClockMove>> Preview(Reckoning supposed, CancellationToken ct)
    {
        var moves = new List<ClockMove>();
        foreach (var owner in owners) moves.AddRange((await owner.Shifts(supposed, ct)).Select(s => s.Move));
        return [.. moves.OrderBy(m => m.Kind, StringComparer.Ordinal).ThenBy(m => m.Number, StringComparer.Ordinal)];
    }

    /// <summary>Takes in the changes since the last round; nothing to do costs one look at the feed.</summary>
    public async Task Follow(CancellationToken ct)
    {
        await round.WaitAsync(ct);
        try
        {
            var done = await db.One($"select coalesce(max(change), 0) from agencies_clock_round", r => r.GetInt64(0), ct);
            var changes = await db.List(
                $"select number, kind, subject, changed_at from agencies_change where number > {done} and kind in ('rule', 'calendar') order by number",
                r => (Number: r.GetInt64(0), Subject: r.GetString(2), At: r.Instant(3)), ct);
            // Once after each start: the shipped numbers and years may be newer than those the clocks were computed by.
            if (changes.Count == 0 && began) return;
            await rules.Refresh(ct);
            await calendar.Refresh(ct);
            var (number, subject, at) = changes is [.., var newest] ? newest : (done, RulePack.Version, clock.GetUtcNow());
            foreach (var owner in owners)
                foreach (var shift in await owner.Shifts(deadlines.Now, ct))
                    await Move(shift, number, subject, ct);
            began = true;
            if (clock.GetUtcNow() - at > Settles) await db.Run($"insert into agencies_clock_round (change, done_at) values ({number}, {clock.GetUtcNow()}) on conflict (change) do nothing", ct);
        }
        finally
        {
            round.Release();
        }
    }

    /// <summary>The clocks that moved with this change or after it.</summary>
    public Task<IReadOnlyList<MovedClock>> Since(long change, CancellationToken ct) =>
        db.List($"select change, cause, kind, subject, number, name, agency, rule, before_at, after_at, is_provisional, moved_at, evidence from agencies_clock_move where change >= {change} order by kind, number, id", Read, ct);

    /// <summary>Moves that the caller may know of, newest first: a bureau those of the agencies it serves, others their own.</summary>
    public async Task<Outcome<Page<MovedClock>>> List(Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (caller is not { IsGovernment: true, Agency: { } own }) return Refusal.Forbidden("agencies.only-government");
        limit = Math.Clamp(limit, 1, 200);
        Id<Agency>[] seen = [own, .. caller.IsBureau ? directory.Agencies.Where(a => a.Bureau == own).Select(a => a.Id) : []];
        var where = new Sql().Then($" where agency in {seen}");
        if (after is not null)
        {
            if (Cursor.Read(after, 1) is not [var last] || !Guid.TryParse(last, out var id)) return new Refusal(400, "kernel.bad-cursor");
            where = where.Then($" and id < {id.ToString("D")}");
        }
        var rows = await db.List(
            new Sql().Then($"select change, cause, kind, subject, number, name, agency, rule, before_at, after_at, is_provisional, moved_at, evidence, id from agencies_clock_move").Then(where).Then($" order by id desc limit {limit + 1}"),
            r => (Moved: Read(r), Id: r.GetString(13)), ct);
        var page = Page<(MovedClock Moved, string Id)>.Of(rows, limit, r => [r.Id]);
        return new Page<MovedClock>([.. page.Items.Select(r => r.Moved)], page.Next);
    }

    public void Dispose() => round.Dispose();

    private async Task Move(Shift shift, long change, string cause, CancellationToken ct)
    {
        var (move, now) = (shift.Move, clock.GetUtcNow());
        await db.Commit(async tx =>
        {
            if (!await shift.Write(tx)) return;
            var facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["rule"] = move.Rule,
                ["cause"] = cause,
                ["before"] = move.Before.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                ["after"] = move.After.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            };
            var proof = await evidence.Append(tx, new Happening("agencies.clock-moved", Caller.Platform.Actor, null, move.Subject, now, facts) { Parties = [move.Agency.ToString()] });
            await tx.Run(
                $"""
                insert into agencies_clock_move (id, change, cause, kind, subject, number, name, agency, rule, before_at, after_at, is_provisional, moved_at, evidence)
                values ({Id<MovedClock>.New(clock)}, {change}, {cause}, {move.Kind}, {move.Subject}, {move.Number}, {move.Name}, {move.Agency}, {move.Rule}, {move.Before}, {move.After}, {move.IsProvisional}, {now}, {proof})
                """);
        }, ct);
    }

    private static MovedClock Read(DbDataReader r) => new(
        r.GetInt64(0), r.GetString(1),
        new ClockMove(r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.Id<Agency>(6), r.GetString(7), r.Instant(8), r.Instant(9), r.Flag(10)), r.Instant(11), r.GetString(12));
}
