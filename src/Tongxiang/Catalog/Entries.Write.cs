using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

public sealed partial class Entries
{
    private const int LongestSlug = 80;

    /// <summary>Begins an entry of the caller's agency: it gets its code and its name in addresses, neither of which is ever used again.</summary>
    /// <param name="slug">Wished name in addresses; null: made from the English name.</param>
    public Task<Outcome<Entry>> Draft(Caller caller, EntryContent content, CancellationToken ct, string? slug = null) =>
        Run(tx => Draft(tx, caller, content, slug), caller, ct);

    /// <summary>Replaces the content of a draft, or begins a newer one beside a published content.</summary>
    /// <param name="revision">The revision the caller edited; when there is a newer one the edit is refused.</param>
    public Task<Outcome<Entry>> Edit(Caller caller, Id<Entry> id, long revision, EntryContent content, CancellationToken ct, string note = "") =>
        Run(tx => Edit(tx, caller, id, revision, content, note), caller, ct);

    /// <summary>Attaches one of the two assessments of art. 13 to the newest content.</summary>
    public Task<Outcome<Entry>> Assess(Caller caller, Id<Entry> id, AssessmentKind kind, string conclusion, CancellationToken ct) =>
        Run(tx => Assess(tx, caller, id, kind, conclusion), caller, ct);

    private async Task<Outcome<Entry>> Draft(Tx tx, Caller caller, EntryContent content, string? wished)
    {
        if (caller.Agency is not { } agency || !caller.IsGovernment || !(caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead))) return Refusal.Forbidden("catalog.not-steward");
        if (BureauOf(agency) is null || directory.Find(agency) is not { } provider) return Refusal.Forbidden("catalog.no-bureau");
        var (settled, _) = FieldNames.Settle(content);
        if (await Refuse(tx, caller, null, settled, Readiness.Draft) is { } refusal) return refusal;
        if (string.IsNullOrEmpty(settled.ClassPath)) return Refusal.Invalid(new FieldError("classPath", "kernel.required"));
        if (wished is not null && !IsSlug(wished)) return Refusal.Invalid(new FieldError("slug", "catalog.bad-slug", RuleBook.Short(wished)));

        var now = clock.GetUtcNow();
        var id = Id<Entry>.New(clock);
        var code = await NewCode(tx, id, settled.ClassPath, now);
        if (await NewSlug(tx, id, wished, settled, provider, code, now) is not { } slug) return Refusal.Conflict("catalog.slug-taken", wished);
        await tx.Run(
            $"""
            insert into catalog_entry (id, code, slug, agency, state, revision, assess_from, turn, created_at, changed_at)
            values ({id}, {code}, {slug}, {agency}, {EntryState.Draft}, 1, 1, 1, {now}, {now})
            """);
        await Keep(tx, caller, id, code, 1, settled, "catalog.drafted", "", now);
        return (await Load(tx, id))!.Entry;
    }

    private async Task<Outcome<Entry>> Edit(Tx tx, Caller caller, Id<Entry> id, long revision, EntryContent content, string note)
    {
        if (await Load(tx, id) is not { } row || BureauOf(row.Entry.Agency) is not { } bureau) return Refusal.NotFound("catalog.entry");
        var entry = row.Entry;
        if (EntryFlow.Writes(entry, caller, bureau) is { } not) return not;
        if (entry.LatestRevision != revision) return Refusal.Conflict("catalog.edited-meanwhile", revision, entry.LatestRevision);
        if (note.Length > 1000) return Refusal.Invalid(new FieldError("note", "kernel.too-long", 1000, note.Length));
        var (settled, _) = FieldNames.Settle(content);
        if (await Refuse(tx, caller, id, settled, Readiness.Draft) is { } refusal) return refusal;
        if (entry.IsPublished && settled.ClassPath != entry.Content.ClassPath) return Refusal.Invalid(new FieldError("classPath", "catalog.class-fixed", entry.Code));
        if (string.IsNullOrEmpty(settled.ClassPath)) return Refusal.Invalid(new FieldError("classPath", "kernel.required"));

        var now = clock.GetUtcNow();
        var next = await tx.One($"select max(revision) from catalog_revision where entry = {id}", r => r.GetInt64(0)) + 1;
        var code = settled.ClassPath == entry.Latest.ClassPath ? entry.Code : await NewCode(tx, id, settled.ClassPath, now);
        var assessFrom = EntryRules.VoidsAssessments(entry.Latest, settled) ? next : row.AssessFrom;
        if (!await Turn(tx, row)) return Refusal.Conflict("catalog.edited-meanwhile", revision, entry.LatestRevision);
        await Keep(tx, caller, id, code, next, settled, "catalog.edited", note, now);
        if (entry.IsPublished)
        {
            await tx.Run($"update catalog_entry set draft_revision = {next}, draft_state = {EntryState.Draft}, assess_from = {assessFrom}, changed_at = {now} where id = {id}");
            // A grade that the draft raises counts at once.
            await Announce(tx, id, now);
        }
        else
            await tx.Run($"update catalog_entry set revision = {next}, code = {code}, assess_from = {assessFrom}, changed_at = {now} where id = {id}");
        return (await Load(tx, id))!.Entry;
    }

    private async Task<Outcome<Entry>> Assess(Tx tx, Caller caller, Id<Entry> id, AssessmentKind kind, string conclusion, string? signing = null)
    {
        if (await Load(tx, id) is not { } row || BureauOf(row.Entry.Agency) is not { } bureau) return Refusal.NotFound("catalog.entry");
        if (EntryFlow.Writes(row.Entry, caller, bureau) is { } not) return not;
        if (row.Entry.LatestState != EntryState.Draft) return Refusal.Conflict("catalog.not-a-draft", row.Entry.LatestState);
        var book = new RuleBook(Readiness.Complete);
        book.Text("conclusion", conclusion, 2, 20_000, isNeeded: true, always: true);
        if (!book.Findings.IsGood) return Refusal.Invalid([.. book.Findings.Errors]);

        var now = clock.GetUtcNow();
        if (!await Turn(tx, row)) return Refusal.Conflict("catalog.edited-meanwhile", row.Entry.LatestRevision, row.Entry.LatestRevision);
        var facts = Facts(row.Entry.Code, row.Entry.LatestRevision);
        facts["assessment"] = kind.ToString();
        facts["digest"] = DigestOf(conclusion);
        if (signing is not null) facts["signing"] = signing;
        var proof = await Prove(tx, "catalog.assessed", caller, id, facts, now);
        await tx.Run(
            $"""
            insert into catalog_assessment (id, entry, revision, kind, conclusion, author, author_name, made_at, evidence)
            values ({Id<Assessment>.New(clock)}, {id}, {row.Entry.LatestRevision}, {kind}, {conclusion.Trim()}, {caller.Actor}, {caller.Name}, {now}, {proof})
            """);
        return row.Entry;
    }

    private async Task<Refusal?> Refuse(Tx tx, Caller caller, Id<Entry>? id, EntryContent content, Readiness readiness)
    {
        var findings = EntryRules.Check(content, readiness, IsDivision);
        if (findings.IsGood) return await Unreleased(tx, id, content);
        // An attempt to catalogue a secret is itself on record; only the attempt, nothing of the content.
        if (content.Secrecy != Secrecy.None)
        {
            var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["reason"] = "secrecy", ["declared"] = content.Secrecy.ToString() };
            await evidence.Append(tx, new Happening("catalog.refused", caller.Actor, caller.Agency?.ToString(), id is { } known ? $"entry:{known}" : "entry:new", clock.GetUtcNow(), facts));
        }
        return Refusal.Invalid([.. findings.Errors]);
    }

    private async Task Keep(Tx tx, Caller caller, Id<Entry> id, string code, long revision, EntryContent content, string kind, string note, DateTimeOffset now)
    {
        var digest = EntryRows.Digest(content);
        var facts = Facts(code, revision);
        facts["digest"] = digest;
        var proof = await Prove(tx, kind, caller, id, facts, now);
        await EntryRows.Insert(tx, id, revision, content, digest, caller.Actor, note, now, proof);
    }

    [Enforces(36)]
    private async Task<string> NewCode(Tx tx, Id<Entry> id, string classPath, DateTimeOffset now)
    {
        while (true)
        {
            var code = EntryNames.Code(settings.CodeTemplate, classPath, await tx.Next($"catalog.code.{classPath}"));
            if (await tx.Run($"insert into catalog_code (code, entry, made_at) values ({code}, {id}, {now}) on conflict (code) do nothing") == 1) return code;
        }
    }

    private static bool IsSlug(string text) =>
        text.Length is >= 2 and <= LongestSlug && text.All(c => c is '-' or (>= 'a' and <= 'z') or (>= '0' and <= '9')) && text[0] != '-' && text[^1] != '-' && !text.Contains("--", StringComparison.Ordinal);

    private static async Task<string?> NewSlug(Tx tx, Id<Entry> id, string? wished, EntryContent content, Agency provider, string code, DateTimeOffset now)
    {
        var stem = wished ?? EntryNames.Slug(content.NameEn) ?? $"{provider.Slug}-{EntryNames.Slug(code) ?? "entry"}";
        for (var i = 1; i <= 1000; i++)
        {
            var slug = i == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{i}");
            if (await tx.Run($"insert into catalog_slug (slug, entry, made_at) values ({slug}, {id}, {now}) on conflict (slug) do nothing") == 1) return slug;
            if (wished is not null) return null;
        }
        return null;
    }

    private static string DigestOf(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
