using System.Data.Common;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

public sealed partial class Registrations
{
    private static readonly Sql Columns = Part(
        $"id, number, entry, agency, bureau, kind, renews, state, dossier, digest, entry_revision, code, revision, created_at, changed_at, due_at, due_rule, due_provisional, notice_from_at, notice_until_at");

    private static readonly Sql CodeColumns = Part($"code, entry, agency, bureau, registration, state, entry_revision, issued_at, valid_until_at, ended_at");

    private static readonly Sql ObjectionColumns = Part($"id, registration, person, agency, body, made_at, upheld, answer, answered_at");

    /// <summary>A registration with its steps and objections, for its registrant and its registrar.</summary>
    public async Task<Outcome<RegistrationCase>> Find(Caller caller, Id<Registration> id, CancellationToken ct) =>
        await Load(id, ct) is { } found && RegistrationRules.Sees(caller, found) ? await Whole(found, ct) : Refusal.NotFound("catalog.registration");

    /// <summary>The caller's own registrations, or for a bureau those that wait or once waited for it; newest first.</summary>
    public async Task<IReadOnlyList<Registration>> List(Caller caller, CancellationToken ct)
    {
        if (caller.Agency is not { } agency || !caller.IsGovernment) return [];
        return await db.List(
            $"select {Columns} from catalog_registration where agency = {agency} or (bureau = {agency} and state <> 'Draft') order by created_at desc, id desc limit {MostCases}", Read, ct);
    }

    /// <summary>What is in public notice now, for everybody.</summary>
    public Task<IReadOnlyList<Registration>> InNotice(CancellationToken ct) =>
        db.List($"select {Columns} from catalog_registration where state = 'Noticed' order by notice_until_at, id limit {MostCases}", Read, ct);

    /// <summary>A registration that is or was in public notice, with its objections, for everybody.</summary>
    public async Task<RegistrationCase?> Public(string number, CancellationToken ct) =>
        await db.One($"select {Columns} from catalog_registration where number = {number} and state in ('Noticed', 'Issued')", Read, ct) is { } found ? await Whole(found, ct) : null;

    /// <summary>Codes that were issued, newest first, for everybody.</summary>
    /// <param name="after">Cursor of the page before; null for the first.</param>
    public async Task<Page<RegistrationCode>> Codes(string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        var last = Cursor.Read(after, 2) is [var at, var code] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? (At: ms, Code: code) : (At: long.MaxValue, Code: "");
        var rows = await db.List(
            $"""
            select {CodeColumns} from catalog_registration_code where issued_at < {last.At} or (issued_at = {last.At} and code > {last.Code})
            order by issued_at desc, code limit {limit + 1}
            """, ReadCode, ct);
        return Page<RegistrationCode>.Of(rows, limit, c => [c.IssuedAt, c.Code]);
    }

    public async Task<RegistrationCode?> Code(string code, CancellationToken ct) => await db.One($"select {CodeColumns} from catalog_registration_code where code = {code}", ReadCode, ct);

    /// <summary>The code of an entry that is valid; null when there is none.</summary>
    public async Task<RegistrationCode?> ValidOf(Id<Entry> entry, CancellationToken ct) =>
        await db.One($"select {CodeColumns} from catalog_registration_code where entry = {entry} and state = 'Valid' and valid_until_at >= {clock.GetUtcNow()}", ReadCode, ct);

    /// <summary>Codes of the caller's agency, or of the agencies a bureau is in charge of, soonest end first.</summary>
    public async Task<IReadOnlyList<RegistrationCode>> CodesOf(Caller caller, CancellationToken ct) => caller.Agency is not { } agency || !caller.IsGovernment ? []
        : await db.List($"select {CodeColumns} from catalog_registration_code where agency = {agency} or bureau = {agency} order by valid_until_at, code limit {MostCases}", ReadCode, ct);

    /// <summary>The change detector: registrations that today's catalogue calls for, of the caller's agency or bureau.</summary>
    public async Task<IReadOnlyList<RegistrationProposal>> Proposals(Caller caller, CancellationToken ct)
    {
        var found = new List<RegistrationProposal>();
        foreach (var code in (await CodesOf(caller, ct)).Where(c => c.State == CodeState.Valid))
        {
            if (await entries.Find(code.Entry, ct) is not { } entry || (entry.Revision == code.EntryRevision && entry.State != EntryState.Retired && entry.Agency == code.Agency)) continue;
            var registered = await db.One($"select content from catalog_revision where entry = {code.Entry} and revision = {code.EntryRevision}", r => r.Json<EntryContent>(0), ct);
            if (registered is null || RegistrationRules.Drifts(code, registered, entry) is not { Count: > 0 } drifts) continue;
            found.Add(new RegistrationProposal(code, drifts.Contains(RegistrationDrift.Retired) ? RegistrationKind.Cancellation : RegistrationKind.Change, drifts));
        }
        return found;
    }

    /// <summary>Looks after the terms: says once that a code ends soon, and ends those that are over.</summary>
    public async Task Watch(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var days = rules.Find("REG-RENEW", WorkCalendar.Day(now)).Value ?? 0;
        var soon = await db.List(
            $"select {CodeColumns} from catalog_registration_code where state = 'Valid' and reminded_at is null and valid_until_at <= {now.AddDays(days)} order by valid_until_at limit 200", ReadCode, ct);
        foreach (var code in soon) await db.Commit(tx => Remind(tx, code, now), ct);
        var over = await db.List($"select {CodeColumns} from catalog_registration_code where state = 'Valid' and valid_until_at < {now} order by valid_until_at limit 200", ReadCode, ct);
        foreach (var code in over)
            await db.Commit(async tx =>
            {
                if (await tx.Run($"update catalog_registration_code set state = 'Expired', ended_at = {now} where code = {code.Code} and state = 'Valid' and valid_until_at = {code.ValidUntil}") == 1)
                    await Prove(tx, "catalog.registration-expired", code, now);
            }, ct);
    }

    private async Task Remind(Tx tx, RegistrationCode code, DateTimeOffset now)
    {
        if (await tx.Run($"update catalog_registration_code set reminded_at = {now} where code = {code.Code} and reminded_at is null") == 0) return;
        await Prove(tx, "catalog.registration-expiring", code, now);
        if (notice is null) return;
        var name = await tx.One(EntryRows.Select.Then($" where e.id = {code.Entry}"), r => EntryRows.Read(r).Entry.Content.Name);
        await notice(tx, code.Agency, $"registration/{code.Code}/{code.ValidUntil.ToUnixTimeMilliseconds()}", "/desk/registrations", [code.Code, name ?? "", Day(code.ValidUntil)], now);
    }

    private Task<string> Prove(Tx tx, string kind, RegistrationCode code, DateTimeOffset at) => evidence.Append(
        tx, new Happening(kind, Caller.Platform.Actor, null, $"entry:{code.Entry}", at, new Dictionary<string, string> { ["code"] = code.Code, ["validUntil"] = Day(code.ValidUntil) }) { Parties = [code.Agency.ToString(), code.Bureau.ToString()] });

    /// <summary>What the entry itself says, in the words of the dossier; the registrant goes over it.</summary>
    private async Task<RegistrationDossier> Prefill(Entry entry, CancellationToken ct)
    {
        var (c, data) = (entry.Content, catalogue.Data(entry.Id));
        var provider = directory.Find(entry.Agency)?.Name ?? "";
        var assessed = await entries.Assessments(entry.Id, ct);
        var digest = await db.One($"select digest, evidence from catalog_revision where entry = {entry.Id} and revision = {entry.Revision}", r => (Digest: r.GetString(0), Evidence: r.GetString(1)), ct);
        return new RegistrationDossier(
            Say("source", provider), c.Abstract,
            data is null ? Say("scale-none", c.Fields.Count) : Say("scale", c.Fields.Count, data.Rows, data.Bytes),
            Say("promise-" + c.UpdatePromise), Say("grade", c.ClassPath, Say("grade-" + c.Grade)),
            c.Sharing.Class == ShareClass.Conditional ? c.Sharing.PermittedUse : Say("scene-" + c.Sharing.Class),
            data is null ? Say("deposit", digest.Digest, digest.Evidence) : Say("deposit-data", digest.Digest, digest.Evidence, data.Version, data.Digest),
            // The conclusions are between provider and bureau, and the dossier is open to all: it says that and when they were drawn.
            Made(assessed, AssessmentKind.SecrecyRisk), Made(assessed, AssessmentKind.PersonalInformationImpact));
    }

    private static string Made(IReadOnlyList<Assessment> all, AssessmentKind kind) => all.LastOrDefault(a => a.Kind == kind) is { } made ? Say("assessed-" + kind, Day(made.MadeAt)) : "";

    private static string Say(string key, params object?[] args) => Texts.Parts.Get(Texts.Chinese, "catalog.dossier." + key, args);

    private static string Day(DateTimeOffset at) => at.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<RegistrationCase> Whole(Registration found, CancellationToken ct)
    {
        var steps = await db.List(
            $"select kind, actor, actor_name, agency, note, taken_at, evidence from catalog_registration_step where registration = {found.Id} order by taken_at, id",
            r => new RegistrationStep(r.Kind<RegistrationState>(0), r.GetString(1), r.GetString(2), r.TextOrNull(3), r.GetString(4), r.Instant(5), r.GetString(6)), ct);
        return new RegistrationCase(found, steps, await db.List($"select {ObjectionColumns} from catalog_registration_objection where registration = {found.Id} order by made_at, id", ReadObjection, ct));
    }

    private async Task<Registration?> Load(Id<Registration> id, CancellationToken ct) => await db.One($"select {Columns} from catalog_registration where id = {id}", Read, ct);

    private static Task<IReadOnlyList<RegistrationObjection>> Objections(Tx tx, Id<Registration> id) =>
        tx.List($"select {ObjectionColumns} from catalog_registration_objection where registration = {id} order by made_at, id", ReadObjection);

    private static Sql Part(Sql sql) => sql;

    private static Registration Read(DbDataReader r) => new(
        r.Id<Registration>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.Id<Agency>(4), r.Kind<RegistrationKind>(5), r.Flag(6), r.Kind<RegistrationState>(7), r.Json<RegistrationDossier>(8),
        r.GetString(9), r.GetInt64(10), r.TextOrNull(11), r.GetInt64(12), r.Instant(13), r.Instant(14))
    {
        DueAt = r.InstantOrNull(15),
        DueRule = r.TextOrNull(16),
        DueIsProvisional = r.Flag(17),
        NoticeFrom = r.InstantOrNull(18),
        NoticeUntil = r.InstantOrNull(19),
    };

    private static RegistrationCode ReadCode(DbDataReader r) => new(
        r.GetString(0), r.Id<Entry>(1), r.Id<Agency>(2), r.Id<Agency>(3), r.Id<Registration>(4), r.Kind<CodeState>(5), r.GetInt64(6), r.Instant(7), r.Instant(8), r.InstantOrNull(9));

    private static RegistrationObjection ReadObjection(DbDataReader r) => new(
        r.Id<RegistrationObjection>(0), r.Id<Registration>(1), r.GetString(2), r.TextOrNull(3), r.GetString(4), r.Instant(5), r.IsDBNull(6) ? null : r.Flag(6), r.GetString(7), r.InstantOrNull(8));
}
