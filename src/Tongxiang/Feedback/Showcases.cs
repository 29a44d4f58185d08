using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Feedback;

/// <summary>Uses of the data (利用成果): whoever is signed in proposes one, the bureau decides, everybody sees what is shown beside the data.</summary>
public sealed class Showcases(Db db, TimeProvider clock, EvidenceLog evidence, EntrySource entries)
{
    // A reviewer must be able to read what waits, and one person must not fill the table by proposing and withdrawing.
    public const int MostWaiting = 5;
    public const int MostADay = 10;

    private static readonly Sql Columns = Part($"u.id, u.title, u.kind, u.summary, u.address, u.datasets, u.contact, u.proposer, u.agency, u.state, u.reason, u.revision, u.created_at, u.decided_at");
    private static readonly Sql Public = Part($"u.id, u.title, u.kind, u.summary, u.address, u.datasets, u.agency, u.decided_at");

    /// <summary>Keeps a proposal; the same one again is the one that waits or is shown already.</summary>
    public async Task<Outcome<Showcase>> Propose(Caller caller, NewShowcase said, CancellationToken ct)
    {
        if (caller.Person is not { } person) return new Refusal(401, "agencies.sign-in-first");
        if (ShowcaseRules.Check(said) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var datasets = said.Datasets.Distinct().ToArray();
        var providers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in datasets)
        {
            if (await entries(id, ct) is not { IsPublic: true } entry) return Refusal.Invalid(new FieldError("datasets", "feedback.field.dataset", id.ToString()));
            providers.Add(entry.Agency.ToString());
        }
        var now = clock.GetUtcNow();
        var address = ShowcaseRules.Link(said.Address)!;
        var digest = Digest(said.Title, said.Kind!.Value.ToString(), said.Summary, address, string.Join(',', datasets.Select(d => d.ToString()).Order(StringComparer.Ordinal)));
        var use = new Showcase(Id<Showcase>.New(clock), said.Title, said.Kind.Value, said.Summary, address, datasets, said.Contact, person, caller.Agency, ShowcaseState.Proposed, "", 1, now, null);
        return await db.Commit<Outcome<Showcase>>(async tx =>
        {
            if (await Same(tx, person, digest) is { } same) return same;
            if (await tx.One($"select count(*) from feedback_showcase where proposer = {person} and state = 'Proposed'", r => r.GetInt64(0)) >= MostWaiting) return new Refusal(429, "feedback.use-waiting", MostWaiting);
            if (await tx.One($"select count(*) from feedback_showcase where proposer = {person} and created_at > {now.AddDays(-1)}", r => r.GetInt64(0)) >= MostADay) return new Refusal(429, "feedback.use-day", MostADay);
            var kept = await tx.Run(
                $"""
                insert into feedback_showcase (id, title, kind, summary, address, datasets, contact, proposer, agency, digest, state, reason, revision, created_at)
                values ({use.Id}, {use.Title}, {use.Kind}, {use.Summary}, {address}, {JsonSerializer.Serialize(datasets, Wire.Json)}, {use.Contact}, {person}, {use.Agency}, {digest}, {use.State}, '', 1, {now})
                on conflict do nothing
                """);
            if (kept == 0) return await Same(tx, person, digest) is { } other ? other : Refusal.Conflict("feedback.use-step");
            foreach (var entry in datasets) await tx.Run($"insert into feedback_showcase_entry (entry, showcase) values ({entry}, {use.Id})");
            await Witness(tx, "feedback.use-proposed", caller, use, [.. providers], new() { ["kind"] = use.Kind.ToString(), ["datasets"] = datasets.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), ["digest"] = digest });
            return use;
        }, ct);
    }

    /// <summary>The bureau shows or declines a proposal, or it is taken back; a reason is asked for whatever is not shown, but of the proposer.</summary>
    /// <param name="seen">The revision that was decided on.</param>
    public async Task<Outcome<Showcase>> Decide(Caller caller, Id<Showcase> id, long seen, ShowcaseState to, string reason, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } use) return Refusal.NotFound(id.ToString());
        if (ShowcaseRules.Step(caller, use, to) is { } no) return no;
        reason = to == ShowcaseState.Shown || caller.Person == use.Proposer ? "" : reason;
        if (to != ShowcaseState.Shown && caller.Person != use.Proposer && ShowcaseRules.CheckReason(reason) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var providers = new HashSet<string>(StringComparer.Ordinal);
        var isPublic = true;
        foreach (var dataset in use.Datasets)
        {
            var entry = await entries(dataset, ct);
            isPublic &= entry is { IsPublic: true };
            if (entry is not null) providers.Add(entry.Agency.ToString());
        }
        if (to == ShowcaseState.Shown && !isPublic) return Refusal.Conflict("feedback.use-data");
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<Showcase>>(async tx =>
        {
            var changed = await tx.Run(
                $"""
                update feedback_showcase set state = {to}, reason = {reason}, decided_by = {caller.Actor}, decided_at = {now}, revision = revision + 1
                where id = {id} and revision = {seen} and state = {use.State}
                """);
            if (changed == 0) return Refusal.Conflict("feedback.use-step");
            var after = use with { State = to, Reason = reason, DecidedAt = now, Revision = seen + 1 };
            await Witness(tx, "feedback.use-" + to.ToString().ToLowerInvariant(), caller, after, [.. providers], reason.Length == 0 ? [] : new() { ["reason"] = Digest(reason) });
            return after;
        }, ct);
    }

    /// <summary>A use for its proposer or a bureau; null for everybody else.</summary>
    public async Task<Showcase?> Find(Caller caller, Id<Showcase> id, CancellationToken ct) =>
        await db.One($"select {Columns} from feedback_showcase u where u.id = {id}", Read, ct) is { } use && caller.Person is { } person && (use.Proposer == person || caller.IsBureau) ? use : null;

    /// <summary>What the caller proposed, newest first.</summary>
    public async Task<IReadOnlyList<Showcase>> Mine(Caller caller, int limit, CancellationToken ct) => caller.Person is not { } person ? []
        : await db.List($"select {Columns} from feedback_showcase u where u.proposer = {person} order by u.id desc limit {Math.Clamp(limit, 1, 500)}", Read, ct);

    /// <summary>Uses in one state for the bureau: those that wait oldest first, the others newest first.</summary>
    public async Task<IReadOnlyList<Showcase>> Queue(Caller caller, ShowcaseState state, int limit, CancellationToken ct)
    {
        if (caller.Person is null || !caller.IsBureau) return [];
        limit = Math.Clamp(limit, 1, 500);
        return state == ShowcaseState.Proposed
            ? await db.List($"select {Columns} from feedback_showcase u where u.state = 'Proposed' order by u.id limit {limit}", Read, ct)
            : await db.List($"select {Columns} from feedback_showcase u where u.state = {state} order by u.id desc limit {limit}", Read, ct);
    }

    /// <summary>How many proposals wait for the caller.</summary>
    public async Task<long> Waiting(Caller caller, CancellationToken ct) =>
        ShowcaseRules.IsReviewer(caller) ? await db.One($"select count(*) from feedback_showcase where state = 'Proposed'", r => r.GetInt64(0), ct) : 0;

    /// <summary>The uses shown beside a dataset, newest first.</summary>
    public async Task<IReadOnlyList<PublicShowcase>> OfEntry(Id<Entry> entry, int limit, CancellationToken ct) => await db.List(
        $"""
        select {Public} from feedback_showcase_entry l join feedback_showcase u on u.id = l.showcase
        where l.entry = {entry} and u.state = 'Shown' order by u.id desc limit {Math.Clamp(limit, 1, 500)}
        """, ReadPublic, ct);

    /// <summary>All uses that are shown, newest first.</summary>
    /// <param name="after">Cursor of the page before; null for the first.</param>
    public async Task<Page<PublicShowcase>> Shown(string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 100);
        // Above every hexadecimal digit, in every collation.
        var last = Cursor.Read(after, 1) is [var key] && Id<Showcase>.TryParse(key, null, out var id) ? id.ToString() : "g";
        var rows = await db.List($"select {Public} from feedback_showcase u where u.state = 'Shown' and u.id < {last} order by u.id desc limit {limit + 1}", ReadPublic, ct);
        return Page<PublicShowcase>.Of(rows, limit, u => [u.Id]);
    }

    private static Task<Showcase?> Same(Tx tx, Id<Person> person, string digest) =>
        tx.One($"select {Columns} from feedback_showcase u where u.proposer = {person} and u.digest = {digest} and u.state in ('Proposed', 'Shown')", Read);

    private Task<string> Witness(Tx tx, string kind, Caller caller, Showcase use, IReadOnlyList<string> providers, Dictionary<string, string> facts) => evidence.Append(
        tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"showcase:{use.Id}", clock.GetUtcNow(), facts) { Parties = use.Agency is { } agency ? [agency.ToString(), .. providers] : providers });

    private static string Digest(params string[] said) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', said))));

    private static Sql Part(Sql sql) => sql;

    private static Showcase Read(DbDataReader r) => new(
        r.Id<Showcase>(0), r.GetString(1), r.Kind<ShowcaseKind>(2), r.GetString(3), r.GetString(4), r.Json<IReadOnlyList<Id<Entry>>>(5), r.GetString(6), r.Id<Person>(7), r.IdOrNull<Agency>(8),
        r.Kind<ShowcaseState>(9), r.GetString(10), r.GetInt64(11), r.Instant(12), r.InstantOrNull(13));

    private static PublicShowcase ReadPublic(DbDataReader r) => new(
        r.Id<Showcase>(0), r.GetString(1), r.Kind<ShowcaseKind>(2), r.GetString(3), r.GetString(4), r.Json<IReadOnlyList<Id<Entry>>>(5), r.IdOrNull<Agency>(6), r.Instant(7));
}
