using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>The front door of corrections (校核): reported by whoever uses the data, verified by the provider in ten working days, told to every other user of the record.</summary>
[Enforces(15)]
public sealed partial class Corrections(
    Db db, TimeProvider clock, EvidenceLog evidence, NodeKey node, Directory directory, Deadlines deadlines, Agencies.Calendar calendar, EntrySource entries, Grants grants, Notices notices,
    OwnLooks looks, CorrectionMarks marks, RecordLook look, CurrentVersion current)
{
    private static readonly Sql Columns = Part(
        $"""
        id, number, entry, provider, consumer, reporter, grant_id, objection, key_mark, fields, version, state, due_at, due_provisional, told, revision, reported_at, closed_at, stale_through
        """);

    /// <summary>The request as this caller may know it; null: it does not exist for the caller.</summary>
    public async Task<CorrectionView?> Find(Caller caller, Id<Correction> id, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } found || await SideOf(caller, found, ct) is not { } side) return null;
        var content = SealedWords.Open<CorrectionContent>(node, Place(id), await db.One($"select content from share_correction where id = {id}", r => r.Bytes(0), ct) ?? []);
        var isOwn = side is CorrectionSide.Provider or CorrectionSide.Reporter;
        var steps = await db.List($"select number, step, to_state, actor_name, agency, at, words, evidence from share_correction_step where correction = {id} order by number", r => Step(id, r, isOwn), ct);
        var told = side is CorrectionSide.Provider or CorrectionSide.Bureau
            ? await db.List($"select agency from share_correction_told where correction = {id} and agency is not null order by agency", r => r.Id<Agency>(0), ct)
            : [];
        if (side == CorrectionSide.Told) return Told(caller, found, content);
        return new CorrectionView(
            found, side, isOwn ? content.Key : new Dictionary<string, string>(), isOwn ? content.Wrong : null, isOwn ? content.Proposed : null, isOwn ? content.Proof : null, steps, [.. told.Distinct()],
            CorrectionRules.Possible(caller, found, side));
    }

    /// <summary>What the caller's department reported, newest first.</summary>
    public Task<Page<Correction>> Reported(Caller caller, string? after, int limit, CancellationToken ct) =>
        Office(caller) is not { } agency ? Task.FromResult(new Page<Correction>([], null)) : List(Part($"consumer = {agency} and provider <> {agency}"), after, limit, ct);

    /// <summary>What reached the caller's department as the provider, newest first.</summary>
    public Task<Page<Correction>> Received(Caller caller, string? after, int limit, CancellationToken ct) =>
        Office(caller) is not { } agency ? Task.FromResult(new Page<Correction>([], null)) : List(Part($"provider = {agency}"), after, limit, ct);

    /// <summary>Requests whose result was pushed to the caller's department, newest first, as it may know them.</summary>
    public async Task<Page<Correction>> ToldOf(Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (Office(caller) is not { } agency) return new([], null);
        var page = await List(Part($"closed_at is not null and id in (select correction from share_correction_told where agency = {agency})"), after, limit, ct);
        return page with { Items = [.. page.Items.Select(c => Told(caller, c))] };
    }

    /// <summary>For the bureau: the requests to departments in its charge, without what stands in them.</summary>
    public Task<Page<Correction>> Overseen(Caller caller, bool overdueOnly, string? after, int limit, CancellationToken ct)
    {
        if (!caller.IsBureau || Office(caller) is not { } bureau) return Task.FromResult(new Page<Correction>([], null));
        var providers = directory.Agencies.Where(a => a.Bureau == bureau || a.Id == bureau).Select(a => a.Id).ToList();
        return List(overdueOnly ? Part($"provider in {providers} and closed_at is null and due_at < {clock.GetUtcNow()}") : Part($"provider in {providers}"), after, limit, ct);
    }

    /// <summary>Open requests that wait for the caller's department, or for a department in the bureau's charge; oldest first.</summary>
    public async Task<IReadOnlyList<Correction>> Due(Caller caller, DueScope scope, CancellationToken ct)
    {
        if (Office(caller) is not { } agency || !(scope == DueScope.Own ? caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead) : caller.IsBureau)) return [];
        var providers = scope == DueScope.Own ? [agency] : directory.Agencies.Where(a => a.Bureau == agency || a.Id == agency).Select(a => a.Id).ToList();
        return await db.List($"select {Columns} from share_correction where provider in {providers} and closed_at is null order by due_at, id limit 2000", Read, ct);
    }

    /// <summary>How many open requests wait for the caller's department.</summary>
    public async Task<long> Waiting(Caller caller, CancellationToken ct) =>
        Office(caller) is { } agency && (caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead))
            ? await db.One($"select count(*) from share_correction where provider = {agency} and closed_at is null", r => r.GetInt64(0), ct)
            : 0;

    internal async Task<Correction?> Load(Id<Correction> id, CancellationToken ct) => await db.One($"select {Columns} from share_correction where id = {id}", Read, ct);

    private async Task<CorrectionSide?> SideOf(Caller caller, Correction now, CancellationToken ct)
    {
        var isTold = caller.Agency is { } agency && !now.IsOpen && await db.One($"select count(*) from share_correction_told where correction = {now.Id} and agency = {agency}", r => r.GetInt64(0), ct) > 0;
        return CorrectionRules.SideOf(caller, now, BureauOf(now.Provider), isTold);
    }

    private async Task<Page<Correction>> List(Sql where, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        // Above every hexadecimal digit, in every collation.
        var last = Cursor.Read(after, 1) is [var key] && Id<Correction>.TryParse(key, null, out var id) ? id.ToString() : "g";
        return Page<Correction>.Of(await db.List($"select {Columns} from share_correction where {where} and id < {last} order by id desc limit {limit + 1}", Read, ct), limit, c => [c.Id]);
    }

    // Who reported it, and fields that the reader's own rights do not give, are nobody else's business.
    private Correction Told(Caller caller, Correction found)
    {
        var given = OwnFields(caller, found).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return found with { Consumer = null, Reporter = null, Grant = null, Objection = null, Fields = [.. found.Fields.Where(given.Contains)], Told = 0 };
    }

    // The key in clear only where the reader's own right gives it so.
    private CorrectionView Told(Caller caller, Correction found, CorrectionContent content)
    {
        var clear = OwnFields(caller, found).Where(f => f.Form == Protect.FieldForm.Plain).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        var key = content.Key.Keys.All(clear.Contains) ? content.Key : new Dictionary<string, string>();
        return new CorrectionView(Told(caller, found), CorrectionSide.Told, key, null, null, null, [], [], []);
    }

    private IEnumerable<GrantedField> OwnFields(Caller caller, Correction found) =>
        grants.Active.Of(found.Entry, caller).Where(g => g.State != GrantState.Ended).SelectMany(g => g.Fields);

    private static Id<Agency>? Office(Caller caller) => caller is { Person: not null, Client: null, Agency: { } agency } && Sides.IsOffice(caller) ? agency : null;

    private Id<Agency>? BureauOf(Id<Agency> agency) => directory.Find(agency) switch { null => null, { Kind: AgencyKind.Bureau } own => own.Id, var other => other.Bureau };

    private static string Place(Id<Correction> id) => $"correction:{id}";

    private CorrectionTaken Step(Id<Correction> id, DbDataReader r, bool isOwn) => new(
        r.GetInt64(0), r.Kind<CorrectionStep>(1), r.Kind<CorrectionState>(2), r.GetString(3), r.Id<Agency>(4), r.Instant(5),
        r.IsDBNull(6) || !isOwn ? null : SealedWords.Open<string>(node, $"{Place(id)}/{r.GetInt64(0)}", r.Bytes(6)), r.GetString(7));

    private static Sql Part(Sql sql) => sql;

    private static Correction Read(DbDataReader r) => new(
        r.Id<Correction>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.Id<Agency>(4), r.Id<Person>(5), r.IdOrNull<Grant>(6), r.IdOrNull<Objection>(7), !r.IsDBNull(8),
        r.GetString(9).Split(',', StringSplitOptions.RemoveEmptyEntries), r.LongOrNull(10), r.Kind<CorrectionState>(11), r.Instant(12), r.Flag(13), r.GetInt64(14), r.GetInt64(15), r.Instant(16), r.InstantOrNull(17))
    {
        StaleThrough = r.LongOrNull(18),
    };
}
