namespace Tongxiang.Gateway.Batching;

/// <summary>A version as a manifest names it.</summary>
public sealed record ManifestVersion(long Number, string Digest);

/// <summary>One file as a manifest names it.</summary>
/// <param name="Kind">rows or removed.</param>
public sealed record ManifestPart(string Name, string Kind, long Rows, long Bytes, string Sha256, string Sm3, string Path);

/// <summary>What a package holds, so that its receiver can count and check every byte.</summary>
/// <param name="Kind">full, or changes: added and changed rows in parts of rows, keys of the others in parts of removed rows.</param>
/// <param name="Since">The version whose rows the changes apply to.</param>
/// <param name="Key">Columns that tell rows apart; changes are put by them.</param>
/// <param name="SliceRows">Rows the receiver has once the package is taken in.</param>
/// <param name="Evidence">Id of the entry that recorded its making; its receipt is at <c>/log/by-id/{id}</c>.</param>
public sealed record Manifest(
    string Format, string Batch, string Grant, string Resource, long Sequence, string State, string Kind, ManifestVersion Version, ManifestVersion? Since, string Form, IReadOnlyList<string> Key,
    long Rows, long RemovedRows, long SliceRows, IReadOnlyList<ManifestPart> Parts, string? Evidence, DateTimeOffset MadeAt, DateTimeOffset? ExpiresAt, DateTimeOffset? AcknowledgedAt)
{
    public static Manifest Of(Batch batch, Package package, IReadOnlyList<string> key) => new(
        "tongxiang-package-1", batch.Number, batch.GrantNumber, batch.Slug, package.Sequence, package.State.ToString(), package.SinceNumber is null ? "full" : "changes",
        new ManifestVersion(package.VersionNumber, package.VersionDigest), package.SinceNumber is { } since ? new ManifestVersion(since, package.SinceDigest!) : null,
        BatchRules.NameOf(batch.Form), key, package.RowsOf(PartKind.Rows), package.RowsOf(PartKind.Removed), package.SliceRows,
        [.. package.Parts.Select(part => new ManifestPart(part.Name, part.Kind == PartKind.Rows ? "rows" : "removed", part.Rows, part.Bytes, part.Sha256, part.Sm3,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/batch/{batch.Number}/{package.Sequence}/{part.Name}")))],
        package.EvidenceId, package.MadeAt!.Value, package.ExpiresAt, package.AcknowledgedAt);
}

/// <summary>A package in a list; its manifest has the rest.</summary>
/// <param name="Code">Why it waits; null when it does not.</param>
public sealed record PackageLine(long Sequence, string State, long Version, long? Since, long Rows, long RemovedRows, long Bytes, string? Code, DateTimeOffset? MadeAt, DateTimeOffset? ExpiresAt, DateTimeOffset? AcknowledgedAt)
{
    public static PackageLine Of(Package p) => new(
        p.Sequence, p.State.ToString(), p.VersionNumber, p.SinceNumber, p.RowsOf(PartKind.Rows), p.RowsOf(PartKind.Removed), p.Bytes, p.Code, p.MadeAt, p.ExpiresAt, p.AcknowledgedAt);
}

/// <summary>A list of packages, newest first.</summary>
public sealed record PackageList(IReadOnlyList<PackageLine> Items, string? Next);

/// <summary>A list of batches.</summary>
public sealed record BatchList(IReadOnlyList<Batch> Items, string? Next);

/// <summary>A list of discrepancies.</summary>
public sealed record DiscrepancyList(IReadOnlyList<Discrepancy> Items, string? Next);

/// <summary>How a discrepancy was settled.</summary>
public sealed record SettleWish(string Resolution);
