using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Feedback;

/// <summary>Error reports (数据纠错): anybody writes one about public data, the provider answers in time, everybody reads the answer.</summary>
public sealed class Reports(Db db, TimeProvider clock, EvidenceLog evidence, Deadlines deadlines, EntrySource entries)
{
    internal const string Due = "FEEDBACK-01";

    // A flood must not bury what others wrote: beyond this the telephone remains.
    private const int MostOpen = 100;

    private static readonly Sql Columns = Part($"id, number, entry, provider, version, kind, place, body, contact, state, outcome, answer, revision, created_at, due_at, due_provisional, answered_at");

    /// <summary>Keeps a report; the same words about the same version are one report and get the same number.</summary>
    /// <param name="version">The version the reader looked at.</param>
    public async Task<Outcome<Report>> File(Caller caller, Id<Entry> id, long? version, NewReport said, CancellationToken ct)
    {
        if (await entries(id, ct) is not { IsPublic: true } entry) return Refusal.NotFound("catalog.entry");
        if (ReportRules.Check(said) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var now = clock.GetUtcNow();
        var due = deadlines.Due(Due, now);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{version}\n{said.Kind}\n{said.Place}\n{said.Body}")));
        return await db.Commit<Outcome<Report>>(async tx =>
        {
            if (await tx.One($"select {Columns} from feedback_report where entry = {id} and digest = {digest}", Read) is { } same) return same;
            if (await tx.One($"select count(*) from feedback_report where entry = {id} and state = 'Open'", r => r.GetInt64(0)) >= MostOpen) return new Refusal(429, "feedback.too-many-open");
            var day = WorkCalendar.Day(now).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            var next = await tx.Next($"feedback:{day}");
            var number = string.Create(CultureInfo.InvariantCulture, $"JC{day}-{next:0000}");
            var report = new Report(
                Id<Report>.New(clock), number, id, entry.Agency, version, said.Kind!.Value, said.Place, said.Body, said.Contact, ReportState.Open, null, "", 1, now, due.DueAt, due.IsProvisional, null);
            await tx.Run(
                $"""
                insert into feedback_report (id, number, entry, provider, version, kind, place, body, contact, digest, state, answer, revision, created_at, due_at, due_provisional)
                values ({report.Id}, {number}, {id}, {entry.Agency}, {version}, {report.Kind}, {said.Place}, {said.Body}, {said.Contact}, {digest}, {report.State}, '', 1, {now}, {due.DueAt}, {due.IsProvisional})
                """);
            await Witness(tx, "feedback.reported", caller, report, new() { ["number"] = number, ["kind"] = report.Kind.ToString() });
            return report;
        }, ct);
    }

    /// <summary>The provider takes a report up (<paramref name="outcome"/> null) or closes it; the answer is public.</summary>
    /// <param name="seen">The revision the answer was written on: two people must not answer past each other.</param>
    public async Task<Outcome<Report>> Answer(Caller caller, Id<Report> id, long seen, ReportOutcome? outcome, string answer, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } report) return Refusal.NotFound(id.ToString());
        if (!MayAnswer(caller, report)) return Refusal.Forbidden("feedback.only-provider");
        if (ReportRules.CheckAnswer(answer) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        if (report.State == ReportState.Closed) return Refusal.Conflict("feedback.closed", report.Number);
        var now = clock.GetUtcNow();
        var state = outcome is null ? ReportState.Accepted : ReportState.Closed;
        return await db.Commit<Outcome<Report>>(async tx =>
        {
            var changed = await tx.Run(
                $"""
                update feedback_report set state = {state}, outcome = {outcome?.ToString()}, answer = {answer}, answered_by = {caller.Actor}, answered_at = {now}, revision = revision + 1
                where id = {id} and revision = {seen} and state <> 'Closed'
                """);
            if (changed == 0) return Refusal.Conflict("feedback.changed", report.Number);
            var after = report with { State = state, Outcome = outcome, Answer = answer, AnsweredAt = now, Revision = seen + 1 };
            await Witness(tx, "feedback.answered", caller, after, new() { ["number"] = report.Number, ["outcome"] = outcome?.ToString() ?? "Accepted", ["answer"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(answer))) });
            return after;
        }, ct);
    }

    /// <summary>A report for its provider or a bureau; null for everybody else.</summary>
    public async Task<Report?> Find(Caller caller, Id<Report> id, CancellationToken ct) =>
        await db.One($"select {Columns} from feedback_report where id = {id}", Read, ct) is { } report && (Sees(caller, report.Provider) || caller.IsBureau) ? report : null;

    /// <summary>Reports about the caller's data: those without an end by time left, or those closed, newest first.</summary>
    public async Task<IReadOnlyList<Report>> OfAgency(Caller caller, bool closed, int limit, CancellationToken ct)
    {
        if (caller.Agency is not { } agency || !caller.IsGovernment) return [];
        limit = Math.Clamp(limit, 1, 500);
        return closed
            ? await db.List($"select {Columns} from feedback_report where provider = {agency} and state = 'Closed' order by answered_at desc, id desc limit {limit}", Read, ct)
            : await db.List($"select {Columns} from feedback_report where provider = {agency} and state in ('Open', 'Accepted') order by due_at, id limit {limit}", Read, ct);
    }

    /// <summary>Reports without an end about the data of these agencies, by time left: for their bureau.</summary>
    public async Task<IReadOnlyList<Report>> Overseen(Caller caller, IReadOnlyList<Id<Agency>> agencies, int limit, CancellationToken ct) => !caller.IsBureau || caller.Person is null || agencies.Count == 0 ? []
        : await db.List($"select {Columns} from feedback_report where provider in {agencies} and state in ('Open', 'Accepted') order by due_at, id limit {Math.Clamp(limit, 1, 1000)}", Read, ct);

    /// <summary>How many reports wait for the caller.</summary>
    public async Task<long> Waiting(Caller caller, CancellationToken ct) =>
        caller.Agency is { } agency && Answers(caller) ? await db.One($"select count(*) from feedback_report where provider = {agency} and state in ('Open', 'Accepted')", r => r.GetInt64(0), ct) : 0;

    /// <summary>What everybody may read of a dataset's reports, newest first; what was no report is left out.</summary>
    public async Task<IReadOnlyList<PublicReport>> OfEntry(Id<Entry> entry, int limit, CancellationToken ct) => await db.List(
        $"""
        select number, kind, state, outcome, answer, created_at, due_at, answered_at from feedback_report
        where entry = {entry} and (outcome is null or outcome <> 'Unusable') order by created_at desc, id desc limit {Math.Clamp(limit, 1, 500)}
        """,
        r => new PublicReport(r.GetString(0), r.Kind<ReportKind>(1), r.Kind<ReportState>(2), r.TextOrNull(3) is null ? null : r.Kind<ReportOutcome>(3), r.GetString(4), r.Instant(5), r.Instant(6), r.InstantOrNull(7)), ct);

    public static bool MayAnswer(Caller caller, Report report) => Sees(caller, report.Provider) && Answers(caller);

    private static bool Sees(Caller caller, Id<Agency> provider) => caller.Person is not null && caller.Agency == provider && caller.IsGovernment;

    private static bool Answers(Caller caller) => caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead);

    private Task<string> Witness(Tx tx, string kind, Caller caller, Report report, Dictionary<string, string> facts) => evidence.Append(
        tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"report:{report.Id}", clock.GetUtcNow(), facts) { Parties = [report.Provider.ToString()] });

    private static Sql Part(Sql sql) => sql;

    private static Report Read(DbDataReader r) => new(
        r.Id<Report>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.LongOrNull(4), r.Kind<ReportKind>(5), r.GetString(6), r.GetString(7), r.GetString(8), r.Kind<ReportState>(9),
        r.TextOrNull(10) is null ? null : r.Kind<ReportOutcome>(10), r.GetString(11), r.GetInt64(12), r.Instant(13), r.Instant(14), r.Flag(15), r.InstantOrNull(16));
}
