using System.Data.Common;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

/// <summary>The register of source departments: named by the bureau per element, segment and period, never two at once.</summary>
[Enforces(16)]
public sealed class SourcesOfRecord(Db db, TimeProvider clock, NodeSettings settings, EvidenceLog evidence, Directory directory, Catalogue catalogue)
{
    private static readonly Sql Columns = Part($"id, element, segment_field, segment, department, bureau, ground, valid_from, valid_to, revision, appointed_by, appointed_at, end_reason");

    /// <summary>Names a source department; refused, with the one that stands, where the segment and period would have two.</summary>
    public async Task<Outcome<SourceOfRecord>> Appoint(Caller caller, NewSource wish, CancellationToken ct)
    {
        var department = directory.Find(wish.Department);
        if (SourceRules.Who(caller, BureauOf(department)) is { } who) return who;
        if (department is not { IsGovernment: true }) return Refusal.Invalid(new FieldError("department", "catalog.source-department"));
        var errors = SourceRules.Check(wish, directory.Find(caller.Agency!.Value)!.Division, settings.Division, BoundTo(wish.Element ?? ""));
        if (errors.Count > 0) return Refusal.Invalid([.. errors]);
        if (wish.Assists.Any(a => directory.Find(a.Agency) is not { IsGovernment: true })) return Refusal.Invalid(new FieldError("assists", "catalog.source-department"));
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<SourceOfRecord>>(async tx =>
        {
            // The element's row stays locked until the commit: of two who name at the same instant the second sees the first's.
            await tx.Run(
                $"""
                insert into catalog_source_element (element, changes) values ({wish.Element}, {1})
                on conflict (element) do update set changes = catalog_source_element.changes + 1
                """);
            var all = await tx.List($"select {Columns} from catalog_source where element = {wish.Element} order by valid_from, id", Read);
            if (SourceRules.Standing(all, wish) is { } standing) return Refuse("catalog.source-stands", standing, wish);
            var before = all.LastOrDefault(s => s.Segment == wish.Segment);
            if (before is not null && before.From > wish.From) return Refuse("catalog.source-in-order", before, wish);
            var made = new SourceOfRecord(
                Id<SourceOfRecord>.New(clock), wish.Element!, wish.Segment, wish.Department, caller.Agency.Value, wish.Ground.Trim(), wish.From, wish.To ?? DateOnly.MaxValue, 1, caller.Actor, now, null);
            await Insert(tx, made, before?.To);
            foreach (var assist in wish.Assists)
                await tx.Run($"insert into catalog_source_assist (source, agency, duty, named_by, named_at) values ({made.Id}, {assist.Agency}, {assist.Duty.Trim()}, {caller.Actor}, {now})");
            await Witness(tx, "catalog.source-appointed", caller, made, [.. wish.Assists.Select(a => a.Agency)], now);
            return made;
        }, ct);
    }

    /// <summary>Sets the last day of a naming, not before today unless it has not begun; the bureau that named it does.</summary>
    /// <param name="seen">The revision that was decided on.</param>
    public async Task<Outcome<SourceOfRecord>> End(Caller caller, Id<SourceOfRecord> id, long seen, DateOnly last, string reason, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } source) return Refusal.NotFound(id.ToString());
        if (SourceRules.Who(caller, source.Bureau) is { } who) return who;
        if (source.Revision != seen) return Changed(source);
        var now = clock.GetUtcNow();
        var book = new RuleBook(Readiness.Complete);
        book.Text("reason", reason, 4, 500, isNeeded: true, always: true);
        if (last < source.From || last > source.To || (last < WorkCalendar.Day(now).AddDays(-1) && last != source.From)) book.Error("last", "catalog.source-last", Day(source.From), source.IsOpenEnded ? "–" : Day(source.To));
        if (!book.Findings.IsGood) return Refusal.Invalid([.. book.Findings.Errors]);
        var ended = source with { To = last, Revision = seen + 1, EndReason = reason.Trim() };
        var done = await db.Commit(async tx =>
        {
            var changed = await tx.Run(
                $"""
                update catalog_source set valid_to = {last}, revision = revision + 1, ended_by = {caller.Actor}, ended_at = {now}, end_reason = {ended.EndReason}
                where id = {id} and revision = {seen}
                """);
            if (changed == 1) await Witness(tx, "catalog.source-ended", caller, ended, [], now);
            return changed == 1;
        }, ct);
        return done ? ended : Changed((await Find(caller, id, ct))!);
    }

    /// <summary>The register by element and period, a page at a time; for departments.</summary>
    public async Task<Page<SourceOfRecord>> List(Caller caller, string? element, string? after, int limit, CancellationToken ct)
    {
        if (!Reads(caller)) return new([], null);
        limit = Math.Clamp(limit, 1, 200);
        var (from, id) = Cursor.Read(after, 2) is [var e, var i] ? (e, i) : ("", "");
        var only = string.IsNullOrWhiteSpace(element) ? Part($"") : Part($"and element = {element.Trim()}");
        var rows = await db.List($"select {Columns} from catalog_source where (element > {from} or (element = {from} and id > {id})) {only} order by element, id limit {limit + 1}", Read, ct);
        return Page<SourceOfRecord>.Of(rows, limit, s => [s.Element, s.Id]);
    }

    public async Task<SourceOfRecord?> Find(Caller caller, Id<SourceOfRecord> id, CancellationToken ct) =>
        Reads(caller) ? await db.One($"select {Columns} from catalog_source where id = {id}", Read, ct) : null;

    /// <summary>The holders the bureau named beside the source.</summary>
    public Task<IReadOnlyList<SourceAssist>> Assists(Id<SourceOfRecord> id, CancellationToken ct) =>
        db.List($"select source, agency, duty, named_at from catalog_source_assist where source = {id} order by named_at, agency", r => new SourceAssist(r.Id<SourceOfRecord>(0), r.Id<Agency>(1), r.GetString(2), r.Instant(3)), ct);

    /// <summary>Departments with a published entry that holds the element and are not the source: they assist, named or not.</summary>
    public IReadOnlyList<Id<Agency>> Holders(string element, Id<Agency> source) =>
        [.. catalogue.All.Where(e => e.Agency != source && e.Content.Fields.Any(f => SourceRules.KeyOf(f) == element)).Select(e => e.Agency).Distinct()];

    /// <summary>How the fields of an entry stand to the sources of today; fields without a source are left out.</summary>
    public async Task<IReadOnlyList<SourceMark>> Of(Entry entry, CancellationToken ct)
    {
        string[] keys = [.. entry.Content.Fields.Select(SourceRules.KeyOf).Distinct()];
        var today = WorkCalendar.Day(clock.GetUtcNow());
        var found = (await db.List($"select {Columns} from catalog_source where element in {keys} and valid_from <= {today} and valid_to >= {today} order by element, segment", Read, ct)).ToLookup(s => s.Element);
        return [.. entry.Content.Fields.Where(f => found.Contains(SourceRules.KeyOf(f))).Select(f => Mark(f, [.. found[SourceRules.KeyOf(f)]], entry.Agency))];
    }

    private static SourceMark Mark(Field field, IReadOnlyList<SourceOfRecord> sources, Id<Agency> own)
    {
        var isSource = sources.Any(s => s.Department == own);
        return new SourceMark(field, SourceRules.KeyOf(field), sources, isSource, !isSource);
    }

    private static bool Reads(Caller caller) => caller is { IsGovernment: true, Person: not null } || caller == Caller.Platform;

    // A field name that stands for a standard element is no key of its own.
    private string? BoundTo(string element) =>
        Elements.Find(element) is not null ? null : catalogue.All.SelectMany(e => e.Content.Fields).FirstOrDefault(f => f.Name == element && f.Element is not null)?.Element;

    private static Id<Agency>? BureauOf(Agency? agency) => agency switch { null => null, { Kind: AgencyKind.Bureau } own => own.Id, var other => other.Bureau };

    private Refusal Refuse(string code, SourceOfRecord standing, NewSource wish) =>
        (Refusal.Conflict(code, wish.Element, Name(standing.Department), standing.Segment.ToString(), Day(standing.From), standing.IsOpenEnded ? "–" : Day(standing.To))) with { Article = SourceRules.Article };

    private static Refusal Changed(SourceOfRecord stands) => Refusal.Conflict("catalog.source-changed", stands.Element, stands.IsOpenEnded ? "–" : Day(stands.To), stands.Revision);

    private string Name(Id<Agency> agency) => directory.Find(agency)?.Name ?? agency.ToString();

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Task<int> Insert(Tx tx, SourceOfRecord s, DateOnly? previous) => tx.Run(
        $"""
        insert into catalog_source (id, element, segment_field, segment, department, bureau, ground, valid_from, valid_to, previous_to, revision, appointed_by, appointed_at)
        values ({s.Id}, {s.Element}, {s.Segment.Field}, {s.Segment.Value}, {s.Department}, {s.Bureau}, {s.Ground}, {s.From}, {s.To}, {previous}, {s.Revision}, {s.AppointedBy}, {s.AppointedAt})
        """);

    private Task<string> Witness(Tx tx, string kind, Caller caller, SourceOfRecord source, Id<Agency>[] assists, DateTimeOffset at) =>
        evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"source:{source.Id}", at, new Dictionary<string, string>
        {
            ["element"] = source.Element,
            ["segment"] = source.Segment.ToString(),
            ["department"] = source.Department.ToString(),
            ["from"] = Day(source.From),
            ["to"] = Day(source.To),
            ["assists"] = string.Join(',', assists.Select(a => a.ToString())),
        })
        { Parties = [source.Department.ToString(), .. assists.Select(a => a.ToString())] });

    private static Sql Part(Sql sql) => sql;

    private static SourceOfRecord Read(DbDataReader r) => new(
        r.Id<SourceOfRecord>(0), r.GetString(1), new SourceSegment(r.GetString(2), r.GetString(3)), r.Id<Agency>(4), r.Id<Agency>(5), r.GetString(6), r.Day(7), r.Day(8), r.GetInt64(9), r.GetString(10),
        r.Instant(11), r.TextOrNull(12));
}
