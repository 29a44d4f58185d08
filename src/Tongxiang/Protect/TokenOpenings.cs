using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Protect;

/// <summary>What is asked to lead a token back: which field of which resource, whose token, why.</summary>
/// <param name="Shape">Shape of the token, as the grant says.</param>
/// <param name="Case">Number of the case it is needed for.</param>
public sealed record OpeningWish(string Resource, string Field, string Shape, Id<Agency> Consumer, string Token, string Ground, string Case);

/// <summary>A token that somebody of the provider wants led back (令牌还原); a second person decides.</summary>
public sealed record TokenOpening(
    Id<TokenOpening> Id, Id<Entry> Entry, Id<Agency> Agency, string Field, string Shape, Id<Agency> Consumer, string Token, string Ground, string Case, string AskedBy, DateTimeOffset AskedAt,
    string? DecidedBy, DateTimeOffset? DecidedAt);

/// <summary>Leads tokens back: a steward of the provider asks with ground and case, the head of its sharing office opens; both are evidence, the value is never kept.</summary>
public sealed class TokenOpenings(Db db, TimeProvider clock, EvidenceLog evidence, Protections protections)
{
    private static readonly TimeSpan open = TimeSpan.FromHours(24);

    public async Task<Outcome<TokenOpening>> Ask(Caller caller, Entry? entry, OpeningWish wish, CancellationToken ct)
    {
        if (entry is null || caller.Person is null || caller.Agency != entry.Agency) return Refusal.NotFound(wish.Resource);
        if (!caller.Has(Role.Steward)) return Refusal.Forbidden("protect.steward-asks");
        if (Wrong(entry, wish) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var now = clock.GetUtcNow();
        var asked = new TokenOpening(Id<TokenOpening>.New(clock), entry.Id, entry.Agency, wish.Field, wish.Shape, wish.Consumer, wish.Token, wish.Ground.Trim(), wish.Case.Trim(), caller.Actor, now, null, null);
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into protect_opening (id, entry, agency, field, shape, consumer, token, ground, case_number, asked_by, asked_at)
                values ({asked.Id}, {asked.Entry}, {asked.Agency}, {asked.Field}, {asked.Shape}, {asked.Consumer}, {asked.Token}, {asked.Ground}, {asked.Case}, {asked.AskedBy}, {asked.AskedAt})
                """);
            await Witness(tx, "protect.opening-asked", caller, asked, now);
        }, ct);
        return asked;
    }

    /// <summary>Opens: only another person, the head of the provider's sharing office, within a day, and once.</summary>
    public async Task<Outcome<string>> Open(Caller caller, Id<TokenOpening> id, Func<Id<Entry>, Entry?> find, CancellationToken ct)
    {
        var asked = await db.One(
            $"select id, entry, agency, field, shape, consumer, token, ground, case_number, asked_by, asked_at, decided_by, decided_at from protect_opening where id = {id}", Read, ct);
        if (asked is null || caller.Agency != asked.Agency || caller.Person is null) return Refusal.NotFound(id.ToString());
        var now = clock.GetUtcNow();
        if (MayOpen(caller, asked, now) is { } refusal) return refusal;
        if (find(asked.Entry) is not { } entry || entry.Content.Fields.FirstOrDefault(f => f.Name == asked.Field) is not { } field) return Refusal.NotFound(asked.Entry.ToString());
        var taken = await db.Commit(async tx =>
        {
            if (await tx.Run($"update protect_opening set decided_by = {caller.Actor}, decided_at = {now} where id = {id} and decided_by is null") == 0) return false;
            await Witness(tx, "protect.opened", caller, asked, now);
            return true;
        }, ct);
        if (!taken) return Refusal.Conflict("protect.opened-already");
        return protections.Open(entry, field, asked.Shape, asked.Consumer.ToString(), asked.Token) is { } value ? value : new Refusal(422, "protect.no-such-token");
    }

    /// <summary>What the caller's agency asked and opened, newest first.</summary>
    public async Task<IReadOnlyList<TokenOpening>> OfAgency(Caller caller, CancellationToken ct) => caller.Agency is { } agency && (caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead))
        ? await db.List(
            $"select id, entry, agency, field, shape, consumer, token, ground, case_number, asked_by, asked_at, decided_by, decided_at from protect_opening where agency = {agency} order by asked_at desc limit 200", Read, ct)
        : [];

    /// <summary>Who may open what, and when.</summary>
    internal static Refusal? MayOpen(Caller caller, TokenOpening asked, DateTimeOffset now) =>
        !caller.Has(Role.SharingOfficeHead) ? Refusal.Forbidden("protect.head-opens")
        : caller.Actor == asked.AskedBy ? Refusal.Forbidden("protect.two-people")
        : asked.DecidedBy is not null ? Refusal.Conflict("protect.opened-already")
        : now - asked.AskedAt > open ? Refusal.Conflict("protect.opening-late", open.TotalHours)
        : null;

    private static List<FieldError> Wrong(Entry entry, OpeningWish wish)
    {
        var found = new List<FieldError>();
        if (entry.Content.Fields.FirstOrDefault(f => f.Name == wish.Field) is not { } field) found.Add(new FieldError("field", "protect.no-field"));
        else if (Forms.Check("shape", field, FieldForm.Token, wish.Shape) is { } shape) found.Add(shape);
        if (wish.Token is not { Length: > 0 and <= 40 }) found.Add(new FieldError("token", "protect.token"));
        if (wish.Ground is not { } ground || ground.Trim().Length is < 4 or > 500) found.Add(new FieldError("ground", "protect.reason", 4, 500));
        if (wish.Case is not { } number || number.Trim().Length is < 1 or > 100) found.Add(new FieldError("case", "protect.case", 100));
        return found;
    }

    // Neither token nor value: whoever reads the log learns that it was done, by whom and for what, not of whom.
    private Task<string> Witness(Tx tx, string kind, Caller caller, TokenOpening of, DateTimeOffset at) => evidence.Append(tx, new Happening(
        kind, caller.Actor, caller.Agency?.ToString(), $"entry:{of.Entry}", at,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["opening"] = of.Id.ToString(), ["field"] = of.Field, ["consumer"] = of.Consumer.ToString(), ["case"] = of.Case }));

    private static TokenOpening Read(DbDataReader r) => new(
        r.Id<TokenOpening>(0), r.Id<Entry>(1), r.Id<Agency>(2), r.GetString(3), r.GetString(4), r.Id<Agency>(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetString(9), r.Instant(10),
        r.TextOrNull(11), r.InstantOrNull(12));
}
