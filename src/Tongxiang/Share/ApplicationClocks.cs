using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The running clocks of applications, for whoever changes a number of the law or the calendar.</summary>
public sealed class ApplicationClocks(Db db, EntrySource entries)
{
    private const int Batch = 500;

    public const string Kind = "application";

    /// <summary>Applications whose due day is not what these numbers and this calendar say.</summary>
    public async Task<IReadOnlyList<Shift>> Shifts(Reckoning law, CancellationToken ct)
    {
        var shifts = new List<Shift>();
        for (var last = ""; ;)
        {
            var some = await db.List($"select {ApplicationRows.Columns} from share_application where due_at is not null and id > {last} order by id limit {Batch}", ApplicationRows.Read, ct);
            foreach (var application in some)
                if (await Of(application, law, ct) is { } shift) shifts.Add(shift);
            if (some.Count < Batch) return shifts;
            last = some[^1].Id.ToString();
        }
    }

    private async Task<Shift?> Of(Application a, Reckoning law, CancellationToken ct)
    {
        if (a.Clock is not { } running || a.DueAt is not { } before) return null;
        // The number that holds on the day the clock started; an extension that was granted stays what it is.
        var clock = running with { Days = Math.Min(running.Days, law.Number(running.Rule, running.From) ?? running.Days) };
        var dated = Applications.Dated(a with { Clock = clock }, clock.Rule, law.Calendar);
        if (dated.DueAt is not { } after || (after == before && dated.DueIsProvisional == a.DueIsProvisional && clock == running)) return null;
        var name = (await entries(a.Entry, ct))?.Content.Name ?? "";
        var move = new ClockMove(Kind, $"application:{a.Id}", a.Number, name, a.Provider, clock.Rule, before, after, dated.DueIsProvisional);
        return new Shift(move, async tx => await tx.Run(
            $"""
            update share_application set clock = {JsonSerializer.Serialize(clock, Wire.Json)}, due_at = {after}, due_provisional = {dated.DueIsProvisional}, next_notice_at = {dated.NextNoticeAt}
            where id = {a.Id} and revision = {a.Revision} and due_at = {before}
            """) == 1);
    }
}
