using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>A deputy (代理) signs for a head of the same sharing office from one day to another.</summary>
public sealed record Deputy(Id<Deputy> Id, Id<Agency> Agency, Id<Person> Principal, Id<Person> Stand, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset? EndedAt);

/// <summary>Who signs for whom, and since when.</summary>
public sealed class Deputies(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(92);

    /// <summary>The head names a deputy of the own agency; at most three months at a time.</summary>
    public async Task<Outcome<Deputy>> Appoint(Caller caller, Id<Person> deputy, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        if (caller.Person is not { } principal || caller.Agency is not { } agency || !caller.Has(Role.SharingOfficeHead)) return Refusal.Forbidden("share.only-head-deputises");
        if (directory.Person(deputy) is not { } person || person.Agency != agency || deputy == principal) return Refusal.Invalid(new FieldError("deputy", "share.field.deputy"));
        if (until <= from || until - from > Longest || until <= clock.GetUtcNow()) return Refusal.Invalid(new FieldError("until", "share.field.deputy-term", Longest.Days));
        var made = new Deputy(Id<Deputy>.New(clock), agency, principal, deputy, from, until, null);
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"insert into share_deputy (id, agency, principal, deputy, from_at, until_at) values ({made.Id}, {agency}, {principal}, {deputy}, {from}, {until})");
            await Witness(tx, "share.deputy-appointed", caller, made);
        }, ct);
        return made;
    }

    public async Task<Outcome<Deputy>> End(Caller caller, Id<Deputy> id, CancellationToken ct)
    {
        var found = await db.One($"select id, agency, principal, deputy, from_at, until_at, ended_at from share_deputy where id = {id}", Read, ct);
        if (found is null || found.Principal != caller.Person) return Refusal.NotFound(id.ToString());
        var now = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run($"update share_deputy set ended_at = {now} where id = {id} and ended_at is null");
            await Witness(tx, "share.deputy-ended", caller, found);
        }, ct);
        return found with { EndedAt = now };
    }

    /// <summary>Everyone who signs or signed for someone in the caller's agency, newest first.</summary>
    public async Task<IReadOnlyList<Deputy>> OfAgency(Caller caller, CancellationToken ct) => caller.Agency is { } agency && caller.Person is not null
        ? await db.List($"select id, agency, principal, deputy, from_at, until_at, ended_at from share_deputy where agency = {agency} order by from_at desc limit 200", Read, ct)
        : [];

    /// <summary>The heads the caller signs for now; a head that is one no more has no deputy.</summary>
    internal async Task<IReadOnlyList<Id<Person>>> Of(Caller caller, CancellationToken ct)
    {
        if (caller.Person is not { } person || caller.Agency is not { } agency) return [];
        var now = clock.GetUtcNow();
        var heads = await db.List(
            $"select principal from share_deputy where deputy = {person} and agency = {agency} and from_at <= {now} and until_at > {now} and ended_at is null", r => r.Id<Person>(0), ct);
        return [.. heads.Where(h => directory.Person(h) is { } head && head.Agency == agency && head.Roles.Contains(Role.SharingOfficeHead))];
    }

    /// <summary>For whom a step was signed; null when the caller signs as themselves.</summary>
    internal async Task<Id<Person>?> ActsFor(Caller caller, Move move, CancellationToken ct)
    {
        if (caller.Has(Role.SharingOfficeHead) || !move.Sides.Any(s => s is Side.ApplicantHead or Side.ProviderHead)) return null;
        return await Of(caller, ct) is [var head, ..] ? head : null;
    }

    private Task<string> Witness(Tx tx, string kind, Caller caller, Deputy deputy) => evidence.Append(tx, new Happening(
        kind, caller.Actor, caller.Agency?.ToString(), $"person:{deputy.Principal}", clock.GetUtcNow(),
        new Dictionary<string, string> { ["deputy"] = deputy.Stand.ToString(), ["until"] = deputy.Until.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture) }));

    private static Deputy Read(System.Data.Common.DbDataReader r) => new(
        r.Id<Deputy>(0), r.Id<Agency>(1), r.Id<Person>(2), r.Id<Person>(3), r.Instant(4), r.Instant(5), r.InstantOrNull(6));
}
