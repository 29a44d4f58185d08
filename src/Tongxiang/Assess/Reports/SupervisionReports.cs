using System.Data.Common;
using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>A monthly supervision report as it was made, with everything needed to make it again.</summary>
/// <param name="Number">JD202611-001; the last digits count the issues of the month.</param>
/// <param name="Content">The report's bytes as text; file <c>{number}.json</c>.</param>
/// <param name="Note">Signed note over their digest; file <c>{number}.note</c>.</param>
public sealed record MonthReport(Id<MonthReport> Id, string Number, Id<Agency> Bureau, string Month, long Issue, ReportInputs Inputs, string Rules, string Content, string Digest, string Note, string MadeBy, DateTimeOffset MadeAt, string Evidence);

/// <summary>What computing a report again gave.</summary>
/// <param name="SameFromInputs">The stored inputs give the stored bytes.</param>
/// <param name="SameFromRecords">The records, read anew, give the same inputs; false when something was recorded later.</param>
public sealed record ReportCheck(string Number, string Digest, bool SameFromInputs, bool SameFromRecords);

/// <summary>Makes, keeps and shows the monthly supervision reports (Order 809 art. 38 ¶2).</summary>
public sealed class SupervisionReports(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, Entries entries, FactsOf facts, PaperKey key)
{
    private static readonly Sql Columns = Part($"id, number, bureau, month, issue, inputs, rules, content, digest, note, made_by, made_at, evidence");

    /// <summary>Makes the report of a month for the caller's bureau; the same records make no second issue.</summary>
    /// <param name="month">As yyyy-MM; a month that runs gives a report up to now that says so.</param>
    public async Task<Outcome<MonthReport>> Make(Caller caller, string month, CancellationToken ct)
    {
        if (!Makes(caller) || caller.Agency is not { } bureau) return Refusal.Forbidden("assess.only-bureau");
        if (Begin(month) is not { } begin || begin > clock.GetUtcNow()) return Refusal.Invalid(new FieldError("month", "assess.field.month"));
        return await Make(caller, bureau, month, begin, ct);
    }

    /// <summary>Makes the report of the month that has just ended for every bureau that has none; safe to repeat.</summary>
    public async Task MakeDue(CancellationToken ct)
    {
        var begin = WorkCalendar.Begin(new DateOnly(Today.Year, Today.Month, 1).AddMonths(-1));
        var month = Named(begin);
        foreach (var bureau in directory.Agencies.Where(a => a.Kind == AgencyKind.Bureau))
        {
            var made = await db.One($"select count(*) from assess_report where bureau = {bureau.Id} and month = {month}", r => r.GetInt64(0), ct);
            if (made == 0) await Make(Caller.Platform, bureau.Id, month, begin, ct);
        }
    }

    /// <summary>Reports of the caller's bureau, newest first.</summary>
    public async Task<Page<MonthReport>> List(Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (!Reads(caller) || caller.Agency is not { } bureau) return new([], null);
        limit = Math.Clamp(limit, 1, 100);
        var last = Cursor.Read(after, 1) is [var place] && Id<MonthReport>.TryParse(place, null, out var id) ? id.ToString() : "g";
        var rows = await db.List($"select {Columns} from assess_report where bureau = {bureau} and id < {last} order by id desc limit {limit + 1}", Read, ct);
        return Page<MonthReport>.Of(rows, limit, r => [r.Id]);
    }

    public async Task<MonthReport?> Find(Caller caller, Id<MonthReport> id, CancellationToken ct) =>
        Reads(caller) && await db.One($"select {Columns} from assess_report where id = {id}", Read, ct) is { } found && found.Bureau == caller.Agency ? found : null;

    /// <summary>Computes it again, from what was kept and from the records.</summary>
    public async Task<ReportCheck?> Check(Caller caller, Id<MonthReport> id, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } report || Begin(report.Month) is not { } begin) return null;
        var again = PaperKey.Digest(SupervisionReport.Bytes(report.Inputs));
        var now = await Gather(report.Bureau, report.Month, begin, DateTimeOffset.FromUnixTimeMilliseconds(report.Inputs.Until), ct);
        return new ReportCheck(report.Number, report.Digest, again == report.Digest && PaperKey.Digest(Encoding.UTF8.GetBytes(report.Content)) == report.Digest, FindingRows.Json(now) == FindingRows.Json(report.Inputs));
    }

    public static bool Makes(Caller caller) => caller is { Person: not null, Client: null, IsBureau: true } && (caller.Has(Role.BureauHead) || caller.Has(Role.BureauReviewer));

    public static bool Reads(Caller caller) => Makes(caller) || (caller is { Person: not null, Client: null, IsBureau: true } && caller.Has(Role.AuditAdmin));

    internal async Task<MonthReport?> Newest(Id<Agency> bureau, string month, CancellationToken ct) =>
        await db.One($"select {Columns} from assess_report where bureau = {bureau} and month = {month} order by issue desc limit 1", Read, ct);

    private DateOnly Today => WorkCalendar.Day(clock.GetUtcNow());

    private async Task<Outcome<MonthReport>> Make(Caller caller, Id<Agency> bureau, string month, DateTimeOffset begin, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var inputs = await Gather(bureau, month, begin, now, ct);
        var bytes = SupervisionReport.Bytes(inputs);
        var digest = PaperKey.Digest(bytes);
        return await db.Commit<Outcome<MonthReport>>(async tx =>
        {
            // Two makings at once take turns: the second finds the first's report.
            await tx.Next($"assess.report-turn.{bureau}");
            var last = await tx.One($"select {Columns} from assess_report where bureau = {bureau} and month = {month} order by issue desc limit 1", Read);
            if (last?.Digest == digest) return last;
            var issue = await tx.Next($"assess.report.{bureau}.{month}");
            var count = await tx.Next($"assess.report.{month}");
            var number = string.Create(CultureInfo.InvariantCulture, $"JD{month.Replace("-", "", StringComparison.Ordinal)}-{count:000}");
            var (id, note) = (Id<MonthReport>.New(clock), key.Sign(number, [new PaperLine(number + ".json", digest)], now).ToString());
            var proof = await evidence.Append(tx, new Happening("assess.report-made", caller.Actor, bureau.ToString(), $"report:{id}", now, new Dictionary<string, string>
            {
                ["number"] = number,
                ["month"] = month,
                ["digest"] = digest,
                ["rules"] = inputs.Rules,
            }));
            var report = new MonthReport(id, number, bureau, month, issue, inputs, inputs.Rules, Encoding.UTF8.GetString(bytes), digest, note, caller.Actor, now, proof);
            await tx.Run(
                $"""
                insert into assess_report (id, number, bureau, month, issue, inputs, rules, content, digest, note, made_by, made_at, evidence)
                values ({id}, {number}, {bureau}, {month}, {issue}, {FindingRows.Json(inputs)}, {inputs.Rules}, {report.Content}, {digest}, {note}, {caller.Actor}, {now}, {proof})
                """);
            return report;
        }, ct);
    }

    private async Task<ReportInputs> Gather(Id<Agency> bureau, string month, DateTimeOffset begin, DateTimeOffset asOf, CancellationToken ct)
    {
        var own = directory.Find(bureau)!;
        var end = begin.AddMonths(1);
        Agency[] agencies = [.. directory.Agencies.Where(a => a.Bureau == bureau || a.Id == bureau)];
        // What came after the month, or after the making, is not looked at: a later look at the same records sees the same.
        var until = asOf < end ? asOf : end;
        var found = await facts.Between(until, begin.AddDays(-120), begin, until, ct);
        Id<Agency>[] ids = [.. agencies.Select(a => a.Id)];
        var uses = await facts.Uses([.. found.Grants.Where(g => ids.Contains(g.Consumer) && g.From < until && g.Until > begin)], begin, until, ct);
        var names = new Dictionary<Id<Entry>, Entry?>();
        foreach (var entry in found.Landings.Select(l => l.Entry).Distinct()) names[entry] = await entries.Find(entry, ct);
        return ReportInputs.Of(month, begin, end, own, agencies, found, uses, id => names.GetValueOrDefault(id), RulePack.Version);
    }

    // Begin of the month in Beijing time.
    internal static DateTimeOffset? Begin(string? month) =>
        month is { Length: 7 } && DateOnly.TryParseExact(month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 2020 and < 2100 ? WorkCalendar.Begin(day) : null;

    internal static string Named(DateTimeOffset begin) => begin.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static Sql Part(Sql sql) => sql;

    private static MonthReport Read(DbDataReader r) => new(
        r.Id<MonthReport>(0), r.GetString(1), r.Id<Agency>(2), r.GetString(3), r.GetInt64(4), r.Json<ReportInputs>(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetString(9), r.GetString(10), r.Instant(11), r.GetString(12));
}
