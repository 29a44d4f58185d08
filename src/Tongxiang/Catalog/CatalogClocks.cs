using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>The running clocks of catalogue reviews and update duties, for whoever changes a number of the law or the calendar.</summary>
public sealed class CatalogClocks(Db db)
{
    public const string Reviews = "review";
    public const string Duties = "duty";

    /// <summary>Reviews whose due day is not what these numbers and this calendar say.</summary>
    public async Task<IReadOnlyList<Shift>> ReviewShifts(Reckoning law, CancellationToken ct)
    {
        var open = await db.List(
            $"""
            select e.id, e.code, e.agency, r.name, e.received_at, e.due_rule, e.due_at, e.due_provisional, e.turn from catalog_entry e
            join catalog_revision r on r.entry = e.id and r.revision = coalesce(e.draft_revision, e.revision)
            where e.due_at is not null and e.received_at is not null order by e.id
            """,
            r => (Id: r.Id<Entry>(0), Code: r.GetString(1), Agency: r.Id<Agency>(2), Name: r.GetString(3), From: r.Instant(4), Rule: r.GetString(5), Due: r.Instant(6), IsProvisional: r.Flag(7), Turn: r.GetInt64(8)), ct);
        var shifts = new List<Shift>();
        foreach (var review in open)
        {
            var due = law.Due(review.Rule, review.From);
            if (due.DueAt == review.Due && due.IsProvisional == review.IsProvisional) continue;
            shifts.Add(new Shift(
                new ClockMove(Reviews, $"entry:{review.Id}", review.Code, review.Name, review.Agency, review.Rule, review.Due, due.DueAt, due.IsProvisional),
                async tx => await tx.Run($"update catalog_entry set due_at = {due.DueAt}, due_provisional = {due.IsProvisional} where id = {review.Id} and turn = {review.Turn} and due_at = {review.Due}") == 1));
        }
        return shifts;
    }

    /// <summary>Update duties whose due day is not what these numbers and this calendar say; a granted extension is added by the same numbers.</summary>
    public async Task<IReadOnlyList<Shift>> DutyShifts(Reckoning law, CancellationToken ct)
    {
        var open = await db.List(
            $"""
            select d.id, e.code, e.agency, r.name, d.occurred_at, d.extension, d.due_at, d.due_provisional, e.id from catalog_duty d
            join catalog_entry e on e.id = d.entry join catalog_revision r on r.entry = e.id and r.revision = e.revision
            where d.met_at is null order by d.id
            """,
            r => (Id: r.Id<UpdateDuty>(0), Code: r.GetString(1), Agency: r.Id<Agency>(2), Name: r.GetString(3), From: r.Instant(4), Extension: r.Kind<ExtensionState>(5), Due: r.Instant(6), IsProvisional: r.Flag(7), Entry: r.Id<Entry>(8)), ct);
        var shifts = new List<Shift>();
        foreach (var duty in open)
        {
            var due = law.Due("DL-01", duty.From);
            var (dueAt, isProvisional) = (due.DueAt, due.IsProvisional);
            if (duty.Extension == ExtensionState.Granted)
            {
                var extended = law.Due("DL-01-EXT", dueAt);
                (dueAt, isProvisional) = (extended.DueAt, isProvisional || extended.IsProvisional);
            }
            if (dueAt == duty.Due && isProvisional == duty.IsProvisional) continue;
            shifts.Add(new Shift(
                new ClockMove(Duties, $"entry:{duty.Entry}", duty.Code, duty.Name, duty.Agency, "DL-01", duty.Due, dueAt, isProvisional),
                async tx => await tx.Run(
                    $"update catalog_duty set due_at = {dueAt}, due_provisional = {isProvisional} where id = {duty.Id} and met_at is null and extension = {duty.Extension} and due_at = {duty.Due}") == 1));
        }
        return shifts;
    }
}
