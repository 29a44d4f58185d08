using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Asked before open data about persons are published: whether the data that stand passed the release gate. Filled in by whoever owns the gate.</summary>
public delegate Task<Refusal?> PublicationGate(Entry entry, CancellationToken ct);

/// <summary>A result of the release gate that passes for anyone to read.</summary>
/// <param name="Fields">Digest of the fields it judged, see <see cref="Entries.FieldsDigest"/>.</param>
/// <param name="Level">3: the risk is acceptable; 4: figures about groups only.</param>
/// <param name="Smallest">Rows of the smallest class.</param>
/// <param name="ThresholdPercent">Largest risk allowed, in percent.</param>
public sealed record PassedRelease(string Id, Id<Entry> Entry, string Fields, int Level, long Smallest, int ThresholdPercent);

public sealed partial class Entries
{
    /// <summary>Keeps a passing release, in the commit of the assessment itself; the store refuses one that does not pass.</summary>
    public Task Admit(Tx tx, PassedRelease release) => tx.Run(
        $"""
        insert into catalog_release (id, entry, fields, level, smallest, threshold_percent, made_at)
        values ({release.Id}, {release.Entry}, {release.Fields}, {(long)release.Level}, {release.Smallest}, {(long)release.ThresholdPercent}, {clock.GetUtcNow()})
        """);

    /// <summary>What a release judged: names, types, elements and marks of the fields. Another set of fields needs another assessment.</summary>
    public static string FieldsDigest(IEnumerable<Field> fields) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', fields
        .OrderBy(f => f.Name, StringComparer.Ordinal)
        .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name}|{f.Type}|{f.Length}|{f.Scale}|{f.Element}|{f.CodeList}|{f.IsPersonal}|{f.OpenClass}"))))));

    /// <summary>Data about persons are open only by a passing release of this entry and of exactly these fields (PIPL art. 55, GB/T 42460-2023).</summary>
    [Enforces(34)]
    private static async Task<Refusal?> Unreleased(Tx tx, Id<Entry>? id, EntryContent content)
    {
        if (!content.OpensPersons) return null;
        var judged = id is { } entry ? await tx.One($"select fields from catalog_release where id = {content.Opening.Release} and entry = {entry}", r => r.GetString(0)) : null;
        var error = judged is null ? new FieldError("opening.release", "catalog.release-unknown", RuleBook.Short(content.Opening.Release!))
            : judged != FieldsDigest(content.Fields) ? new FieldError("opening.release", "catalog.release-fields")
            : null;
        return error is null ? null : Refusal.Invalid(error) with { Article = "GB/T 42460-2023" };
    }

    // Before the commit: the gate looks at versions, which live elsewhere. A version that comes meanwhile is held by the gate of promotion, because the draft is open already.
    private async Task<Refusal?> Held(Caller caller, Id<Entry> id, CancellationToken ct)
    {
        if (publication is null || await Find(id, ct) is not { } entry || !entry.Latest.OpensPersons) return null;
        return BureauOf(entry.Agency) is { } bureau && EntryFlow.Check(Step.Published, entry, caller, bureau) is null ? await publication(entry, ct) : null;
    }
}
