using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Feedback;

/// <summary>Error reports in the calendar of what is due.</summary>
internal static class ReportDues
{
    public static async Task<IReadOnlyList<DueItem>> Of(Reports reports, Directory directory, EntrySource entries, Caller caller, DueScope scope, CancellationToken ct)
    {
        var own = caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead) ? await reports.OfAgency(caller, closed: false, 500, ct) : [];
        var all = scope == DueScope.Own ? own : await reports.Overseen(caller, [.. directory.Agencies.Where(a => a.Bureau == caller.Agency || a.Id == caller.Agency).Select(a => a.Id)], 1000, ct);
        var items = new List<DueItem>();
        foreach (var report in all)
        {
            var entry = await entries(report.Entry, ct);
            items.Add(new DueItem(
                $"report:{report.Id}", new TextKey("due.todo.answer-report"), report.Number, entry?.Content.Name ?? "", entry?.Content.NameEn, report.Provider, new TextKey("due.began.reported"), report.CreatedAt,
                report.DueAt, report.DueIsProvisional, Reports.Due, $"/desk/reports/{report.Id}#form"));
        }
        return items;
    }
}
