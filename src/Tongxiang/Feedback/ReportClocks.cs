using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Feedback;

/// <summary>The running clocks of error reports, for whoever changes a number or the calendar.</summary>
public sealed class ReportClocks(Db db, EntrySource entries)
{
    public const string Kind = "report";
    private const string Rule = "FEEDBACK-01";

    /// <summary>Reports whose due day is not what these numbers and this calendar say.</summary>
    public async Task<IReadOnlyList<Shift>> Shifts(Reckoning law, CancellationToken ct)
    {
        var open = await db.List(
            $"select id, number, entry, provider, created_at, due_at, due_provisional from feedback_report where state in ('Open', 'Accepted') order by id",
            r => (Id: r.Id<Report>(0), Number: r.GetString(1), Entry: r.Id<Entry>(2), Provider: r.Id<Agency>(3), At: r.Instant(4), Due: r.Instant(5), IsProvisional: r.Flag(6)), ct);
        var shifts = new List<Shift>();
        foreach (var report in open)
        {
            var due = law.Due(Rule, report.At);
            if (due.DueAt == report.Due && due.IsProvisional == report.IsProvisional) continue;
            var name = (await entries(report.Entry, ct))?.Content.Name ?? "";
            shifts.Add(new Shift(
                new ClockMove(Kind, $"report:{report.Id}", report.Number, name, report.Provider, Rule, report.Due, due.DueAt, due.IsProvisional),
                async tx => await tx.Run(
                    $"update feedback_report set due_at = {due.DueAt}, due_provisional = {due.IsProvisional} where id = {report.Id} and state in ('Open', 'Accepted') and due_at = {report.Due}") == 1));
        }
        return shifts;
    }
}
