using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>Findings (问题清单): what the records of arts. 39–42 show, from the finding by notice, rectification and recheck to its closing, or to a circular.</summary>
public sealed partial class FindingBook(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, Deadlines deadlines, FactsOf facts, Notices notices, Circulars circulars)
{
    /// <summary>Rule of the term that a notice gives when it names none; not verified.</summary>
    public const string Term = "FIND-TERM";

    private static readonly TimeSpan longestTerm = TimeSpan.FromDays(400);

    /// <summary>Looks through the records and keeps what is new; a second run over the same records keeps nothing.</summary>
    /// <returns>How many were new.</returns>
    public async Task<int> Run(CancellationToken ct)
    {
        var hits = Detectors.Run(await facts.Current(ct));
        var known = (await db.List($"select once_key from assess_finding", r => r.GetString(0), ct)).ToHashSet(StringComparer.Ordinal);
        var added = 0;
        foreach (var hit in hits.Where(h => !known.Contains(h.Key)))
        {
            var kept = await db.Commit(async tx => await Keep(tx, Caller.Platform, hit, "", clock.GetUtcNow()), ct);
            if (kept is not null) added++;
        }
        return added;
    }

    /// <summary>Looks through the records now, at the wish of somebody who oversees.</summary>
    public async Task<Outcome<int>> RunNow(Caller caller, CancellationToken ct) =>
        FindingFlow.Overseen(caller, directory).Count == 0 ? Refusal.Forbidden("assess.only-bureau") : await Run(ct);

    /// <summary>Opens a finding by hand, for items that no detector looks for or that came by a complaint.</summary>
    public async Task<Outcome<Finding>> Open(Caller caller, NewFinding said, CancellationToken ct)
    {
        if (FindingFlow.Overseen(caller, directory) is not { Count: > 0 } overseen) return Refusal.Forbidden("assess.only-bureau");
        if (FindingRules.Check(said, overseen, directory) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var hit = new Hit(Finding.ByHand, said.Item, "matter:" + Digest(said.Subject.Trim())[..16], said.Agency, clock.GetUtcNow(), null, [said.Subject.Trim()], []);
        var probe = Made(hit, "", "", clock.GetUtcNow());
        if (!FindingFlow.Sides(caller, probe, directory).Contains(FindingSide.Reviewer)) return Refusal.Forbidden("assess.not-yours", FindingFlow.Say(FindingStep.Open), FindingFlow.Say(FindingSide.Reviewer));
        var kept = await db.Commit(tx => Keep(tx, caller, hit, said.Statement.Trim(), clock.GetUtcNow()), ct);
        return kept is null ? Refusal.Conflict("assess.same-finding", said.Subject.Trim()) : kept;
    }

    /// <summary>Findings the caller may know of, newest first.</summary>
    /// <param name="open">Only those without an end, or only those with one; null: all.</param>
    public async Task<Page<Finding>> List(Caller caller, bool? open, Id<Agency>? agency, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        var last = Cursor.Read(after, 1) is [var key] && Id<Finding>.TryParse(key, null, out var id) ? id.ToString() : "g";
        if (Visible(caller) is not { } visible) return new([], null);
        var state = open switch { true => Part($"and state not in ('Closed', 'Dismissed')"), false => Part($"and state in ('Closed', 'Dismissed')"), _ => Part($"") };
        var whose = agency is { } one ? Part($"and agency = {one}") : Part($"");
        var rows = await db.List($"select {FindingRows.Columns} from assess_finding where {visible} {state} {whose} and id < {last} order by id desc limit {limit + 1}", FindingRows.Read, ct);
        return Page<Finding>.Of(rows, limit, f => [f.Id]);
    }

    /// <summary>A finding with its history; null for whoever may not know of it.</summary>
    public async Task<FindingView?> Find(Caller caller, Id<Finding> id, CancellationToken ct)
    {
        var found = await db.One($"select {FindingRows.Columns} from assess_finding where id = {id}", FindingRows.Read, ct);
        if (found is null || !FindingFlow.Sees(caller, found, directory)) return null;
        var events = await db.List($"select place, step, from_state, to_state, actor, actor_name, agency, at, note, evidence from assess_finding_event where finding = {id} order by place", FindingRows.ReadEvent, ct);
        var sides = FindingFlow.Sides(caller, found, directory);
        var circular = await circulars.NumberOf(id, ct);
        // How the bureau judged before it told is its own; from the notice on both read the same.
        var isOversight = sides.Contains(FindingSide.Reviewer) || sides.Contains(FindingSide.Head) || FindingFlow.Overseen(caller, directory).Contains(found.Agency);
        var shown = isOversight && !sides.Contains(FindingSide.Answerer) ? events : [.. events.SkipWhile(e => e.Step is not (FindingStep.Notify or FindingStep.Circulate))];
        return new FindingView(found, FindingFlow.ArticleOf(found), shown, FindingFlow.Possible(found, sides, circular is not null), circular);
    }

    /// <summary>Findings on which the caller has the next step.</summary>
    public async Task<long> Waiting(Caller caller, CancellationToken ct) => (await Open(caller, ct)).Count(f => Next(caller, f) is not null);

    /// <summary>Findings on which the caller has the next step, or, overseen, those whose rectification runs; with that step.</summary>
    public async Task<IReadOnlyList<(Finding Finding, FindingStep Step)>> Due(Caller caller, DueScope scope, CancellationToken ct) =>
    [
        .. from finding in await Open(caller, ct)
           let step = scope == DueScope.Own ? Next(caller, finding) : finding.State is FindingState.Noticed or FindingState.Circulated ? FindingStep.Rectify : null
           where step is not null
           select (finding, step.Value),
    ];

    private async Task<IReadOnlyList<Finding>> Open(Caller caller, CancellationToken ct) => Visible(caller) is not { } visible
        ? []
        : await db.List($"select {FindingRows.Columns} from assess_finding where {visible} and state not in ('Closed', 'Dismissed') order by id desc limit 500", FindingRows.Read, ct);

    // The step that leads on; what ends a matter otherwise is nobody's duty.
    private FindingStep? Next(Caller caller, Finding now)
    {
        var sides = FindingFlow.Sides(caller, now, directory);
        return FindingFlow.Moves.FirstOrDefault(m => m.From == now.State && m.Step is FindingStep.Notify or FindingStep.Rectify or FindingStep.Close && sides.Contains(m.Side))?.Step;
    }

    // What was never told to a department stays with those who oversee it.
    private Sql? Visible(Caller caller)
    {
        var overseen = FindingFlow.Overseen(caller, directory);
        var answers = caller is { Person: not null, Client: null, IsGovernment: true, Agency: not null } && (caller.Has(Role.SharingOfficeHead) || caller.Has(Role.AgencyHead) || caller.Has(Role.Steward) || caller.Has(Role.BureauHead));
        if (overseen.Count == 0 && !answers) return null;
        return answers ? Part($"(agency in {overseen} or (agency = {caller.Agency} and length(demand) > 0))") : Part($"agency in {overseen}");
    }

    private async Task<Finding?> Keep(Tx tx, Caller by, Hit hit, string statement, DateTimeOffset now)
    {
        // Two runs at once take turns, so that neither makes the other's finding again nor leaves a gap in the numbers.
        await tx.Next("assess.turn");
        if (await tx.One($"select id from assess_finding where once_key = {hit.Key}", r => r.GetString(0)) is not null) return null;
        var finding = Made(hit, await Number(tx, "WT", now), statement, now);
        if (!await FindingRows.Insert(tx, finding, hit.Key)) throw new InvalidOperationException($"{finding.Number} was found twice at once; the next run goes on.");
        await Record(tx, by, FindingStep.Open, finding, finding, statement, now);
        return finding;
    }

    private Finding Made(Hit hit, string number, string statement, DateTimeOffset now) => new(
        Id<Finding>.New(clock), number, hit.Detector, hit.Item, hit.Subject, hit.Agency, hit.Args, hit.Records, statement, hit.Since, FindingState.Found, 1, false, "", null, false, "", null, null, null, "", now, now);

    private async Task<string> Record(Tx tx, Caller by, FindingStep step, Finding before, Finding after, string note, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["number"] = after.Number,
            ["detector"] = after.Detector,
            ["article"] = after.Item,
            ["about"] = after.Subject,
            ["from"] = before.State.ToString(),
            ["to"] = after.State.ToString(),
            ["records"] = Digest(string.Join('\n', after.Records)),
        };
        if (note.Length > 0) facts["note"] = Digest(note);
        if (after.IsClean is not null && step is FindingStep.Recheck or FindingStep.Close) facts["clean"] = after.IsClean == true ? "true" : "false";
        // Before the notice it is the bureau's own matter: the department is no party of that entry.
        string[] parties = after.Demand.Length == 0 ? [] : [after.Agency.ToString()];
        var proof = await evidence.Append(tx, new Happening("assess.finding-" + step.ToString().ToLowerInvariant(), by.Actor, by.Agency?.ToString(), $"finding:{after.Id}", at, facts) { Parties = parties });
        await FindingRows.Record(tx, after.Id, new FindingEvent(await tx.Next("assess.finding." + after.Id), step, before.State, after.State, by.Actor, by.Name, by.Agency, at, note, proof));
        return proof;
    }

    internal static async Task<string> Number(Tx tx, string prefix, DateTimeOffset at)
    {
        var day = WorkCalendar.Day(at).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var next = await tx.Next($"assess.{prefix}.{day}");
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}{day}-{next:0000}");
    }

    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static Sql Part(Sql sql) => sql;
}
