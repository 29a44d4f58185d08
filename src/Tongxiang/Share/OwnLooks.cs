using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>One department's look at the reader's data.</summary>
/// <param name="Index">Place in the evidence log; the proof is at <c>/log/proof/{index}.tlog-proof</c>.</param>
/// <param name="Kind">As in the evidence: <c>answered</c>, <c>disclosed</c> (in a file), <c>refused</c> (asked for, and told only that there is not one row) …</param>
/// <param name="Agency">Who looked; null for a citizen with a right of use.</param>
/// <param name="Columns">Names of the fields that were shown; empty when the file's permission names them.</param>
/// <param name="Matter">The matter (事项) it was for.</param>
/// <param name="Case">The case number (办件编号), when one was named.</param>
/// <param name="IsChanged">The files of this node were changed after the call; the entry itself still stands.</param>
public sealed record OwnLook(
    long Index, DateTimeOffset At, string Kind, Id<Agency>? Agency, string Resource, IReadOnlyList<string> Columns, string? Matter, string? Case, string? Grant, bool IsChanged);

/// <summary>Who looked at the reader's data.</summary>
/// <param name="From">Since when the list is complete.</param>
/// <param name="Lost">Resources and months whose key was destroyed after its years: nobody can tell about them any more.</param>
/// <param name="HasMore">There are older ones than the list holds.</param>
public sealed record OwnLookPage(IReadOnlyList<OwnLook> Items, DateTimeOffset From, int Lost, bool HasMore);

/// <summary>Who looked at my data (谁看过我的数据): a verified person sees every disclosure of his data but those hidden by law for a time; the look itself is evidence.</summary>
public sealed class OwnLooks(TimeProvider clock, EvidenceLog evidence, Disclosures disclosures, Identities identities, Hidings hidings, RulePack rules)
{
    /// <summary>Looks of one page.</summary>
    public const int Most = 500;
    private const string Prefix = "gateway.";

    public async Task<Outcome<OwnLookPage>> Of(Caller caller, CancellationToken ct)
    {
        if (Who(caller) is not { } person) return new Refusal(caller.IsAnonymous ? 401 : 403, caller.IsAnonymous ? "share.sign-in" : "share.looks-only-citizen");
        if (await identities.Of(person, ct) is not { } number) return Refusal.Forbidden("share.identity-not-verified");
        var now = clock.GetUtcNow();
        var from = now.AddYears(-(rules.Find(UseLedger.Years, WorkCalendar.Day(now)).Value ?? 3));
        // On record before anything is looked up: nobody reads the journal unseen, not even for himself.
        await evidence.Witness(new Happening("share.own-look", caller.Actor, null, $"person:{person}", now, new Dictionary<string, string>()), ct);
        var looks = await disclosures.Of(SubjectKind.Citizen, number, from, now.AddSeconds(1), Most + 1, ct);
        var hidden = await hidings.InForce(now, ct);
        var items = looks.Items.Take(Most).Where(l => !HidingRules.Hides(hidden, l.Happening, now)).Select(Read).ToList();
        return new OwnLookPage(items, from, looks.Lost, looks.Items.Count > Most);
    }

    /// <summary>
    /// To whom a person's row went, so that a correction can be pushed to them: one pseudonym, looked up for the platform and on record like any other look.
    /// </summary>
    /// <param name="occasion">What is being corrected, e.g. <c>correction:0192…</c>.</param>
    public async Task<IReadOnlyList<Id<Agency>>> Receivers(Entry entry, string subject, string occasion, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await evidence.Witness(new Happening("share.correction-look", "system", entry.Agency.ToString(), occasion, now, new Dictionary<string, string> { ["resource"] = entry.Slug }), ct);
        var isCitizen = entry.Content.Fields.Any(f => f is { IsPersonal: true, Element: "citizen-id" });
        var looks = await disclosures.Of(isCitizen ? SubjectKind.Citizen : SubjectKind.OwnKey, subject, now.AddYears(-3), now.AddSeconds(1), 100_000, ct);
        return [.. looks.Items.Where(l => l.Happening.Facts.GetValueOrDefault("resource") == entry.Slug).Select(l => AgencyOf(l.Happening)).OfType<Id<Agency>>().Distinct()];
    }

    /// <summary>The reader's own look at that place, or null: it is another's, hidden, or none.</summary>
    internal async Task<OwnLook?> Find(Caller caller, long index, CancellationToken ct) => (await Of(caller, ct)) is { IsRefused: false } page ? page.Value.Items.FirstOrDefault(l => l.Index == index) : null;

    private static Id<Person>? Who(Caller caller) => caller.Client is null && caller.Agency is null && caller.Has(Role.Citizen) ? caller.Person : null;

    private static Id<Agency>? AgencyOf(Happening happening) => Id<Agency>.TryParse(happening.Agency, null, out var agency) ? agency : null;

    private static OwnLook Read(Look look)
    {
        var facts = look.Happening.Facts;
        return new(
            look.Index, look.Happening.At, look.Happening.Kind.StartsWith(Prefix, StringComparison.Ordinal) ? look.Happening.Kind[Prefix.Length..] : look.Happening.Kind, AgencyOf(look.Happening),
            facts.GetValueOrDefault("resource", ""), facts.GetValueOrDefault("columns", "").Split(',', StringSplitOptions.RemoveEmptyEntries), facts.GetValueOrDefault("matter"),
            facts.GetValueOrDefault("case"), facts.GetValueOrDefault("grant"), look.IsChanged);
    }
}
