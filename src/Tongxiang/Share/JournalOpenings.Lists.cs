using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Share;

/// <summary>The incident a list is made for.</summary>
public sealed record JournalIncident(string Id, string Number, bool IsDrill);

/// <summary>What the journal counted of an opening's scope: nothing of it names a person.</summary>
/// <param name="Persons">Different persons of each resource and month, added up.</param>
/// <param name="LostCalls">Calls whose month's key was destroyed.</param>
/// <param name="LostPersons">Persons in them; the same one in two calls counts twice.</param>
/// <param name="Changed">Entries that were changed beside the log.</param>
public sealed record JournalExpected(long Persons, long Records, long LostCalls, long LostPersons, long Changed);

/// <summary>What the handling of an incident asks for.</summary>
public sealed record NewIncidentOpening(JournalIncident Incident, IReadOnlyList<string> Resources, DisclosureScope Scope, DateTimeOffset From, DateTimeOffset Until, string Reason);

/// <summary>One use of an opening: who took it when, and what came of it.</summary>
/// <param name="EndedAt">Null while it runs, or when the node stopped in the middle of it.</param>
/// <param name="IsWhole">Everything was read and left.</param>
/// <param name="Uncompared">Names of resources that have no rows or no column to compare with.</param>
public sealed record JournalUse(
    Id<JournalUse> Id, Id<JournalOpening> Opening, string Actor, DateTimeOffset BegunAt, DateTimeOffset? EndedAt, bool IsWhole, long Named, Unnamed Unnamed, IReadOnlyList<string> Uncompared);

/// <summary>An opening with its uses, the newest first.</summary>
public sealed record JournalOpeningView(JournalOpening Opening, IReadOnlyList<JournalUse> Uses);

// Lists of persons to tell (告知名单): asked for, approved, written out as a file, and every use kept.
public sealed partial class JournalOpenings
{
    private sealed record Compared(Entry Entry, Tongxiang.Warehouse.Version Version, Field Field);

    /// <summary>Asks for the list of an incident's persons; refused where the journal has nobody to name.</summary>
    public async Task<Outcome<JournalOpening>> AskFor(Caller caller, NewIncidentOpening wish, CancellationToken ct)
    {
        if (JournalRules.Who(caller) is { } refusal) return refusal;
        if (JournalRules.Reason(wish.Reason) is { } error) return Refusal.Invalid(error);
        var expected = new JournalExpected(0, 0, 0, 0, 0);
        foreach (var resource in wish.Resources)
        {
            var counted = await disclosures.Count(wish.Scope with { Resource = resource }, wish.From, wish.Until, ct);
            expected = new(expected.Persons + counted.PersonsAtMost, expected.Records + counted.Records, expected.LostCalls + counted.Lost, expected.LostPersons + counted.LostPersons, expected.Changed + counted.Changed);
        }
        if (expected.Persons == 0) return expected.LostCalls > 0 ? Refusal.Conflict("share.list-lost", expected.LostCalls, expected.LostPersons) : Refusal.Conflict("share.list-nobody");
        return await Enter(caller, new JournalOpening(
            Id<JournalOpening>.New(clock), JournalPurpose.Incident, wish.Resources, wish.Scope, wish.From, wish.Until, wish.Reason.Trim(), caller.Actor, clock.GetUtcNow(), null, null)
        { Incident = wish.Incident, Expected = expected }, ct);
    }

    /// <summary>The file of the persons, for one of the two: on record before the first person is read, and again when the last has left.</summary>
    public async Task<Outcome<AffectedList>> Export(Caller caller, Id<JournalOpening> id, string language, CancellationToken ct)
    {
        var usable = await Usable(caller, id, [JournalPurpose.Persons, JournalPurpose.Incident], ct);
        if (usable.IsRefused) return usable.Refusal!;
        var opening = usable.Value;
        var use = await Begin(caller, opening, ct);
        return new AffectedList(AffectedList.NameOf(opening, clock.GetUtcNow()), (to, stop) => Write(caller, opening, use, language, to, stop));
    }

    /// <summary>An opening with its uses, for those who may ask for one.</summary>
    public async Task<JournalOpeningView?> Find(Caller caller, Id<JournalOpening> id, CancellationToken ct)
    {
        if (JournalRules.Who(caller) is not null || await db.One($"select {Columns} from share_journal_opening where id = {id}", Read, ct) is not { } found) return null;
        return new JournalOpeningView(found, await Uses(id, ct));
    }

    /// <summary>Openings, newest first, a page at a time.</summary>
    public async Task<Page<JournalOpening>> Newest(Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (JournalRules.Who(caller) is not null) return new([], null);
        // Above every hexadecimal digit, in every collation.
        var last = Cursor.Read(after, 1) is [var key] && Id<JournalOpening>.TryParse(key, null, out var id) ? id.ToString() : "g";
        limit = Math.Clamp(limit, 1, 200);
        return Page<JournalOpening>.Of(await db.List($"select {Columns} from share_journal_opening where id < {last} order by id desc limit {limit + 1}", Read, ct), limit, o => [o.Id]);
    }

    /// <summary>The openings of an incident with their uses, newest first.</summary>
    public async Task<IReadOnlyList<JournalOpeningView>> Of(Caller caller, string incident, CancellationToken ct)
    {
        if (JournalRules.Who(caller) is not null) return [];
        var found = new List<JournalOpeningView>();
        foreach (var opening in await db.List($"select {Columns} from share_journal_opening where incident = {incident} order by asked_at desc, id desc", Read, ct)) found.Add(new(opening, await Uses(opening.Id, ct)));
        return found;
    }

    private Task<IReadOnlyList<JournalUse>> Uses(Id<JournalOpening> id, CancellationToken ct) => db.List(
        $"select id, opening, actor, begun_at, ended_at, is_whole, named, unnamed, uncompared from share_journal_use where opening = {id} order by begun_at desc, id desc", ReadUse, ct);

    private async Task<JournalOpening> Enter(Caller caller, JournalOpening asked, CancellationToken ct)
    {
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into share_journal_opening (id, purpose, resources, scope, from_at, until_at, reason, asked_by, asked_at, incident, about, expected)
                values ({asked.Id}, {asked.Purpose}, {Json(asked.Resources)}, {Json(asked.Scope)}, {asked.From}, {asked.Until}, {asked.Reason}, {asked.AskedBy}, {asked.AskedAt},
                  {asked.Incident?.Id}, {(asked.Incident is null ? null : Json(asked.Incident))}, {(asked.Expected is null ? null : Json(asked.Expected))})
                """);
            await evidence.Append(tx, Said(caller, asked, "share.journal-asked"));
        }, ct);
        return asked;
    }

    // The log first: nobody is named whose naming is not on record for good.
    private async Task<JournalUse> Begin(Caller caller, JournalOpening opening, CancellationToken ct)
    {
        var use = new JournalUse(Id<JournalUse>.New(clock), opening.Id, caller.Actor, clock.GetUtcNow(), null, false, 0, Unnamed.None, []);
        await evidence.Witness(Said(caller, opening, "share.journal-opened", ("use", use.Id.ToString())), ct);
        await db.Commit(tx => tx.Run(
            $"""
            insert into share_journal_use (id, opening, actor, begun_at, is_whole, named, unnamed, uncompared)
            values ({use.Id}, {use.Opening}, {use.Actor}, {use.BegunAt}, {use.IsWhole}, {use.Named}, {Json(use.Unnamed)}, {Json(use.Uncompared)})
            """), ct);
        return use;
    }

    // Also when the reader went away in the middle: what had left by then has left.
    private Task End(Caller caller, JournalOpening opening, JournalUse use) => db.Commit(async tx =>
    {
        var now = clock.GetUtcNow();
        await tx.Run(
            $"""
            update share_journal_use set ended_at = {now}, is_whole = {use.IsWhole}, named = {use.Named}, unnamed = {Json(use.Unnamed)}, uncompared = {Json(use.Uncompared)}
            where id = {use.Id}
            """);
        await evidence.Append(tx, Said(
            caller, opening, "share.journal-closed", ("use", use.Id.ToString()), ("named", Text(use.Named)), ("unmatched", Text(use.Unnamed.Unmatched)), ("lost", Text(use.Unnamed.LostCalls)), ("changed", Text(use.Unnamed.Changed)),
            ("whole", use.IsWhole ? "true" : "false")));
    }, CancellationToken.None);

    private async Task Write(Caller caller, JournalOpening opening, JournalUse use, string language, Stream to, CancellationToken ct)
    {
        using var file = new AffectedFile(to, opening, language);
        try
        {
            await file.Head(ct);
            foreach (var resource in opening.Resources)
            {
                if (Comparable(resource) is not { } compared)
                {
                    use = use with { Uncompared = [.. use.Uncompared, resource] };
                    continue;
                }
                file.Of(compared.Entry, compared.Field);
                use = use with { Unnamed = use.Unnamed + await Name(opening, resource, compared, one => file.Add(one, ct), ct) };
            }
            await file.Send(ct);
            use = use with { IsWhole = true };
        }
        finally
        {
            await End(caller, opening, use with { Named = file.Lines });
        }
    }

    private Compared? Comparable(string resource) =>
        bySlug(resource) is { } entry && versions.Current(entry.Id) is { } version && Subjects.Of(version) is { } field ? new(entry, version, field) : null;

    private Task<Unnamed> Name(JournalOpening opening, string resource, Compared compared, Func<string, ValueTask> take, CancellationToken ct) =>
        disclosures.Name(opening.Scope with { Resource = resource }, opening.From, opening.Until, Subjects.KindOf(compared.Field), () => Candidates(compared, ct), take, ct);

    private static JournalUse ReadUse(DbDataReader r) => new(
        r.Id<JournalUse>(0), r.Id<JournalOpening>(1), r.GetString(2), r.Instant(3), r.InstantOrNull(4), r.Flag(5), r.GetInt64(6), r.Json<Unnamed>(7), r.Json<string[]>(8));

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
