using System.Data.Common;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What a department asks to keep from the persons it looks at, for a time and on a legal basis.</summary>
public sealed record NewHiding(string Grant, string Article, string Reason, DateTimeOffset Until);

/// <summary>A hiding: in force once two have approved it, over by itself at its end.</summary>
/// <param name="Grant">Number of the grant whose looks are hidden.</param>
/// <param name="Article">The law that says that persons are not told (PIPL art. 18 or 35, or a special law).</param>
public sealed record Hiding(
    Id<Hiding> Id, string Grant, Id<Agency> Agency, string Article, string Reason, DateTimeOffset Until, string AskedBy, DateTimeOffset AskedAt, string? FirstBy, string? SecondBy, DateTimeOffset? InForceAt)
{
    public bool IsInForce(DateTimeOffset now) => InForceAt is not null && now < Until;
}

/// <summary>Lawful hiding of looks: asked for by the department, approved by two of the bureau, with basis and end; after its end the looks show.</summary>
public sealed class Hidings(Db db, TimeProvider clock, EvidenceLog evidence, Grants grants)
{
    private static readonly Sql Columns = Part($"id, grant_number, agency, article, reason, until_at, asked_by, asked_at, first_by, second_by, in_force_at");

    public async Task<Outcome<Hiding>> Ask(Caller caller, NewHiding wish, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (caller is not { IsGovernment: true, Client: null, Agency: { } agency } || !caller.Has(Role.SharingOfficeHead)) return Refusal.Forbidden("share.hiding-only-head");
        if (HidingRules.Check(wish, now) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        if (!(await grants.Held(caller, ct)).Any(g => g.Number == wish.Grant && g.ConsumerAgency == agency)) return Refusal.NotFound(wish.Grant);
        var hiding = new Hiding(Id<Hiding>.New(clock), wish.Grant, agency, wish.Article.Trim(), wish.Reason.Trim(), wish.Until, caller.Actor, now, null, null, null);
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into share_hiding (id, grant_number, agency, article, reason, until_at, asked_by, asked_at)
                values ({hiding.Id}, {hiding.Grant}, {agency}, {hiding.Article}, {hiding.Reason}, {hiding.Until}, {hiding.AskedBy}, {now})
                """);
            await evidence.Append(tx, Said(caller, hiding, "share.hiding-asked", now));
        }, ct);
        return hiding;
    }

    /// <summary>One of the two approvals; the second puts it in force.</summary>
    public async Task<Outcome<Hiding>> Approve(Caller caller, Id<Hiding> id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<Hiding>>(async tx =>
        {
            if (!caller.IsBureau || await tx.One($"select {Columns} from share_hiding where id = {id}", Read) is not { } hiding) return Refusal.NotFound(id.ToString());
            if (HidingRules.MayApprove(caller, hiding, now) is { } refusal) return refusal;
            var changed = hiding.FirstBy is null
                ? await tx.Run($"update share_hiding set first_by = {caller.Actor} where id = {id} and first_by is null")
                : await tx.Run($"update share_hiding set second_by = {caller.Actor}, in_force_at = {now} where id = {id} and first_by = {hiding.FirstBy} and second_by is null");
            if (changed == 0) return Refusal.Conflict("share.hiding-changed", hiding.Grant);
            await evidence.Append(tx, Said(caller, hiding, hiding.FirstBy is null ? "share.hiding-first-approval" : "share.hiding-in-force", now));
            return (await tx.One($"select {Columns} from share_hiding where id = {id}", Read))!;
        }, ct);
    }

    /// <summary>Hidings of the caller's agency, or all for a bureau; newest first.</summary>
    public async Task<IReadOnlyList<Hiding>> List(Caller caller, CancellationToken ct)
    {
        if (caller is not { IsGovernment: true, Agency: { } agency }) return [];
        return caller.IsBureau
            ? await db.List($"select {Columns} from share_hiding order by asked_at desc, id desc limit 500", Read, ct)
            : await db.List($"select {Columns} from share_hiding where agency = {agency} order by asked_at desc, id desc limit 500", Read, ct);
    }

    internal Task<IReadOnlyList<Hiding>> InForce(DateTimeOffset now, CancellationToken ct) =>
        db.List($"select {Columns} from share_hiding where in_force_at is not null and until_at > {now}", Read, ct);

    private static Happening Said(Caller caller, Hiding hiding, string kind, DateTimeOffset at) =>
        new(kind, caller.Actor, caller.Agency?.ToString(), $"hiding:{hiding.Id}", at, new Dictionary<string, string> { ["grant"] = hiding.Grant, ["article"] = hiding.Article, ["until"] = hiding.Until.ToString("O", CultureInfo.InvariantCulture) })
        {
            Parties = [hiding.Agency.ToString()],
        };

    private static Sql Part(Sql sql) => sql;

    private static Hiding Read(DbDataReader r) => new(
        r.Id<Hiding>(0), r.GetString(1), r.Id<Agency>(2), r.GetString(3), r.GetString(4), r.Instant(5), r.GetString(6), r.Instant(7), r.TextOrNull(8), r.TextOrNull(9), r.InstantOrNull(10));
}

/// <summary>When a look may be kept from the person it was at.</summary>
public static class HidingRules
{
    // A case that lasts longer asks again: an end far away would be none.
    private const int MostMonths = 12;

    public static IReadOnlyList<FieldError> Check(NewHiding wish, DateTimeOffset now)
    {
        List<FieldError> found = [];
        if ((wish.Article ?? "").Trim().Length is < 4 or > 200) found.Add(new("article", "share.field.hiding-article"));
        if ((wish.Reason ?? "").Trim().Length is < 10 or > 500) found.Add(new("reason", "share.field.hiding-reason"));
        if (wish.Until <= now || wish.Until > now.AddMonths(MostMonths)) found.Add(new("until", "share.field.hiding-until", MostMonths));
        return found;
    }

    public static Refusal? MayApprove(Caller caller, Hiding hiding, DateTimeOffset now)
    {
        if (!(caller is { IsBureau: true, Client: null } && (caller.Has(Role.BureauHead) || caller.Has(Role.SecurityAdmin) || caller.Has(Role.AuditAdmin)))) return Refusal.Forbidden("share.hiding-only-bureau");
        if (hiding.SecondBy is not null || hiding.Until <= now) return Refusal.Conflict("share.hiding-changed", hiding.Grant);
        return caller.Actor == hiding.AskedBy || caller.Actor == hiding.FirstBy ? Refusal.Forbidden("share.hiding-other-person") : null;
    }

    public static bool Hides(IReadOnlyList<Hiding> all, Happening happening, DateTimeOffset now) =>
        happening.Facts.GetValueOrDefault("grant") is { } grant && all.Any(h => h.Grant == grant && h.IsInForce(now) && h.Agency.ToString() == happening.Agency);
}
