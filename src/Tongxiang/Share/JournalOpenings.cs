using System.Data.Common;
using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Share;

/// <summary>Why the journal is opened: to name the persons a scope disclosed, to destroy a month's key, or to list whom an incident's handling must tell.</summary>
public enum JournalPurpose { Persons, Destroy, Incident }

/// <summary>What is asked for.</summary>
/// <param name="Resource">Name of the resource; its own rows are the candidates that pseudonyms are compared with.</param>
/// <param name="Scope">Which caller, grant or department; what is null does not matter.</param>
public sealed record NewJournalOpening(JournalPurpose Purpose, string Resource, DisclosureScope? Scope, DateTimeOffset From, DateTimeOffset Until, string Reason);

/// <summary>An opening: asked for by one, approved by another, and usable for three days by these two.</summary>
/// <param name="Resources">Names of the resources whose rows are the candidates; one, but for an incident that touches several.</param>
public sealed record JournalOpening(
    Id<JournalOpening> Id, JournalPurpose Purpose, IReadOnlyList<string> Resources, DisclosureScope Scope, DateTimeOffset From, DateTimeOffset Until, string Reason, string AskedBy, DateTimeOffset AskedAt,
    string? ApprovedBy, DateTimeOffset? ApprovedAt)
{
    /// <summary>The incident it is for, with the purpose of that name.</summary>
    public JournalIncident? Incident { get; init; }

    /// <summary>What the journal counted when it was asked for.</summary>
    public JournalExpected? Expected { get; init; }

    /// <summary>The resources in one line.</summary>
    public string Resource => string.Join(' ', Resources);

    /// <summary>When a request lapses, or an approval ends.</summary>
    public DateTimeOffset EndsAt => (ApprovedAt ?? AskedAt) + JournalRules.Usable;
}

/// <summary>The persons a scope disclosed.</summary>
/// <param name="Identifiers">Identity numbers, or the resource's own keys.</param>
/// <param name="Unresolved">Disclosed pseudonyms that no present row of the resource has: rows that left since, and persons asked for who are not in it.</param>
public sealed record AffectedPersons(IReadOnlyList<string> Identifiers, long Unresolved, bool IsCut)
{
    /// <summary>Calls of months whose key was destroyed, and entries that were changed: nobody can tell whom they disclosed.</summary>
    public Unnamed Unnamed { get; init; } = Unnamed.None;
}

/// <summary>Any opening of the disclosure journal but a person's own look needs two people of the bureau (security and audit), a reason, a scope, and is on record.</summary>
public sealed partial class JournalOpenings(
    Db db, TimeProvider clock, EvidenceLog evidence, Disclosures disclosures, RulePack rules, Func<string, Entry?> bySlug, Versions versions, ServingCopies copies)
{
    private const int MostPersons = 100_000;
    private const int PageRows = 10_000;
    private static readonly Sql Columns = Part($"id, purpose, resources, scope, from_at, until_at, reason, asked_by, asked_at, approved_by, approved_at, about, expected");

    public async Task<Outcome<JournalOpening>> Ask(Caller caller, NewJournalOpening wish, CancellationToken ct)
    {
        if (JournalRules.Who(caller) is { } refusal) return refusal;
        if (JournalRules.Check(wish) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        if (bySlug(wish.Resource) is null) return Refusal.NotFound(wish.Resource);
        var scope = (wish.Scope ?? new DisclosureScope()) with { Resource = wish.Resource };
        return await Enter(caller, new JournalOpening(Id<JournalOpening>.New(clock), wish.Purpose, [wish.Resource], scope, wish.From, wish.Until, wish.Reason.Trim(), caller.Actor, clock.GetUtcNow(), null, null), ct);
    }

    /// <summary>The second person's yes.</summary>
    public async Task<Outcome<JournalOpening>> Approve(Caller caller, Id<JournalOpening> id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<JournalOpening>>(async tx =>
        {
            if (JournalRules.Who(caller) is { } no) return no;
            if (await tx.One($"select {Columns} from share_journal_opening where id = {id}", Read) is not { } asked) return Refusal.NotFound(id.ToString());
            if (JournalRules.MayApprove(caller, asked, now) is { } refusal) return refusal;
            if (await tx.Run($"update share_journal_opening set approved_by = {caller.Actor}, approved_at = {now} where id = {id} and approved_by is null") == 0) return Refusal.Conflict("share.journal-decided");
            var approved = asked with { ApprovedBy = caller.Actor, ApprovedAt = now };
            await evidence.Append(tx, Said(caller, approved, "share.journal-approved"));
            return approved;
        }, ct);
    }

    /// <summary>The list of persons, for one of the two; each reading is on record before it begins.</summary>
    public async Task<Outcome<AffectedPersons>> Persons(Caller caller, Id<JournalOpening> id, CancellationToken ct)
    {
        var usable = await Usable(caller, id, [JournalPurpose.Persons], ct);
        if (usable.IsRefused) return usable.Refusal!;
        var opening = usable.Value;
        if (Comparable(opening.Resource) is not { } compared) return Refusal.NotFound(opening.Resource);
        var use = await Begin(caller, opening, ct);
        var (found, named) = (new List<string>(), 0L);
        try
        {
            var unnamed = await Name(opening, opening.Resource, compared, Take, ct);
            use = use with { IsWhole = true, Unnamed = unnamed };
            return new AffectedPersons(found, unnamed.Unmatched, named > MostPersons) { Unnamed = unnamed };
        }
        finally
        {
            await End(caller, opening, use with { Named = named });
        }

        ValueTask Take(string one)
        {
            if (named++ < MostPersons) found.Add(one);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Destroys the key of the resource and the month in which the opening's time begins; never before the years of the law are over.</summary>
    public async Task<Outcome<JournalKey>> Destroy(Caller caller, Id<JournalOpening> id, CancellationToken ct)
    {
        var usable = await Usable(caller, id, [JournalPurpose.Destroy], ct);
        if (usable.IsRefused) return usable.Refusal!;
        var (opening, now) = (usable.Value, clock.GetUtcNow());
        var month = KeyRetention.MonthOf(opening.From);
        var rule = rules.Find(UseLedger.Years, WorkCalendar.Day(now));
        if (!KeyRetention.MayDestroy(month, rule.Value ?? 3, now))
            return new Refusal(422, "share.journal-too-early", month, KeyRetention.Until(month, rule.Value ?? 3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) { Article = Law.Order809(29) };
        if (bySlug(opening.Resource) is not { } entry) return Refusal.NotFound(opening.Resource);
        var use = await Begin(caller, opening, ct);
        var gone = await disclosures.Destroy(entry.Id.ToString(), month, key => Said(caller, opening, "share.journal-key-destroyed", ("month", $"{month}"), ("print", key.Print)), ct);
        await End(caller, opening, use with { IsWhole = gone is not null });
        return gone is null ? Refusal.NotFound($"{opening.Resource} {month}") : gone;
    }

    /// <summary>Every opening, newest first, for those who may ask for one.</summary>
    public async Task<IReadOnlyList<JournalOpening>> List(Caller caller, CancellationToken ct) => JournalRules.Who(caller) is not null ? []
        : await db.List($"select {Columns} from share_journal_opening order by asked_at desc, id desc limit 500", Read, ct);

    private async Task<Outcome<JournalOpening>> Usable(Caller caller, Id<JournalOpening> id, JournalPurpose[] purposes, CancellationToken ct)
    {
        if (JournalRules.Who(caller) is { } no) return no;
        if (await db.One($"select {Columns} from share_journal_opening where id = {id}", Read, ct) is not { } found || !purposes.Contains(found.Purpose)) return Refusal.NotFound(id.ToString());
        return JournalRules.MayUse(caller, found, clock.GetUtcNow()) is { } refusal ? refusal : found;
    }

    private async IAsyncEnumerable<string> Candidates(Compared of, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (var plan = new Plan([], null, [], PageRows, 0, null, PlanCount.None) { Subject = of.Field, IsFile = true }; ;)
        {
            using var page = (await copies.Read(of.Version, plan, ct)).Value;
            foreach (var one in Texts(page)) yield return one;
            if (page.Next is null) yield break;
            plan = plan with { After = page.Next };
        }
    }

    private static List<string> Texts(ServedPage page)
    {
        var all = new List<string>(page.Rows);
        foreach (var subject in page.Subjects!) all.Add(Encoding.UTF8.GetString(subject.Utf8));
        return all;
    }

    private Happening Said(Caller caller, JournalOpening opening, string kind, params (string Name, string Value)[] more)
    {
        var facts = new Dictionary<string, string>
        {
            ["resource"] = opening.Resource,
            ["purpose"] = opening.Purpose.ToString(),
            ["reason"] = opening.Reason,
            ["from"] = opening.From.ToString("O", CultureInfo.InvariantCulture),
            ["until"] = opening.Until.ToString("O", CultureInfo.InvariantCulture),
            ["scope"] = System.Text.Json.JsonSerializer.Serialize(opening.Scope, Wire.Json),
        };
        if (opening.Incident is { } incident) facts["incident"] = incident.Number;
        if (opening.Incident is { IsDrill: true }) facts["drill"] = "true";
        foreach (var (name, value) in more) facts[name] = value;
        // Whose data it is may read of it; an incident is the bureau's until it tells them, and touches others too.
        string[] parties = opening.Incident is null && bySlug(opening.Resource) is { } entry ? [entry.Agency.ToString()] : [];
        return new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"journal-opening:{opening.Id}", clock.GetUtcNow(), facts) { Parties = parties };
    }

    private static Sql Part(Sql sql) => sql;

    private static JournalOpening Read(DbDataReader r) => new(
        r.Id<JournalOpening>(0), r.Kind<JournalPurpose>(1), r.Json<string[]>(2), r.Json<DisclosureScope>(3), r.Instant(4), r.Instant(5), r.GetString(6), r.GetString(7), r.Instant(8), r.TextOrNull(9), r.InstantOrNull(10))
    {
        Incident = r.IsDBNull(11) ? null : r.Json<JournalIncident>(11),
        Expected = r.IsDBNull(12) ? null : r.Json<JournalExpected>(12),
    };
}

/// <summary>Who may open the journal, and when: always two, of security and audit, and not for long.</summary>
public static class JournalRules
{
    // Long enough for an incident's notifications, short enough that a forgotten approval opens nothing.
    public static readonly TimeSpan Usable = TimeSpan.FromHours(72);

    public static Refusal? Who(Caller caller) =>
        caller is { IsBureau: true, Client: null } && (caller.Has(Role.SecurityAdmin) || caller.Has(Role.AuditAdmin)) ? null : Refusal.Forbidden("share.journal-only-security");

    public static IReadOnlyList<FieldError> Check(NewJournalOpening wish)
    {
        List<FieldError> found = [];
        if (wish.Purpose is not (JournalPurpose.Persons or JournalPurpose.Destroy)) found.Add(new("purpose", "share.field.journal-purpose"));
        if (string.IsNullOrWhiteSpace(wish.Resource)) found.Add(new("resource", "kernel.required"));
        if (wish.From >= wish.Until) found.Add(new("until", "share.field.journal-until"));
        if (Reason(wish.Reason) is { } wrong) found.Add(wrong);
        return found;
    }

    public static FieldError? Reason(string? reason) => (reason ?? "").Trim().Length is < 10 or > 500 ? new("reason", "share.field.journal-reason") : null;

    public static Refusal? MayApprove(Caller caller, JournalOpening asked, DateTimeOffset now) =>
        asked.ApprovedBy is not null || now > asked.AskedAt + Usable ? Refusal.Conflict("share.journal-decided")
        : caller.Actor == asked.AskedBy ? Refusal.Forbidden("share.journal-other-person") : null;

    public static Refusal? MayUse(Caller caller, JournalOpening opening, DateTimeOffset now) =>
        opening.ApprovedAt is not { } approved ? Refusal.Forbidden("share.journal-not-approved")
        : now > approved + Usable ? Refusal.Forbidden("share.journal-over")
        : caller.Actor == opening.AskedBy || caller.Actor == opening.ApprovedBy ? null : Refusal.Forbidden("share.journal-other-person");
}
