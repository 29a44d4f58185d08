using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Batching;

/// <summary>Where a package stands.</summary>
public enum PackageState
{
    /// <summary>Its number and version are fixed, its files are being made; a crash leaves it here and it is made anew.</summary>
    Making,

    /// <summary>It cannot be made now; <see cref="Package.Code"/> says why and it is tried again.</summary>
    Waiting,

    /// <summary>Can be fetched.</summary>
    Ready,

    /// <summary>The consumer counted the same.</summary>
    Acknowledged,

    /// <summary>The consumer counted otherwise: a discrepancy is open.</summary>
    Differs,

    /// <summary>Its key is erased.</summary>
    Removed,
}

/// <summary>What a part holds.</summary>
public enum PartKind
{
    /// <summary>Rows of the slice; in a package of changes, those that were added or changed.</summary>
    Rows,

    /// <summary>Keys of rows that are no longer in the slice.</summary>
    Removed,
}

/// <summary>One file of a package, as the manifest states it.</summary>
/// <param name="File">Name of the sealed file on our disk; never shown.</param>
public sealed record PackagePart(string Name, PartKind Kind, long Rows, long Bytes, string Sha256, string Sm3, string File);

/// <summary>One package (批次包): exactly one for each sequence number of a batch.</summary>
/// <param name="SinceNumber">The version it builds on; null when it holds the whole slice.</param>
/// <param name="SliceRows">Rows the consumer has once it took this package in.</param>
public sealed record Package(
    Id<Package> Id, Id<Batch> Batch, long Sequence, PackageState State, long VersionNumber, string VersionDigest, long? SinceNumber, string? SinceDigest,
    IReadOnlyList<PackagePart> Parts, long SliceRows, string? Code, IReadOnlyList<string> Args, DateTimeOffset? AttemptAt, string? EvidenceId,
    DateTimeOffset? MadeAt, DateTimeOffset? ExpiresAt, DateTimeOffset? AcknowledgedAt, DateTimeOffset? RemovedAt)
{
    public long RowsOf(PartKind kind) => Parts.Where(p => p.Kind == kind).Sum(p => p.Rows);

    public long Bytes => Parts.Sum(p => p.Bytes);

    public bool IsFetchable => State is PackageState.Ready or PackageState.Acknowledged or PackageState.Differs;
}

/// <summary>What a consumer counted of one part: one of the two digests is enough.</summary>
public sealed record CountedPart(string Name, long Rows, long Bytes, string? Sha256 = null, string? Sm3 = null);

/// <summary>What a consumer counted of a package.</summary>
public sealed record Acknowledgement(IReadOnlyList<CountedPart> Parts);

/// <summary>One figure in which the two sides differ.</summary>
/// <param name="What">missing, unknown, twice, rows, bytes, sha256, sm3 or digest.</param>
public sealed record Difference(string Part, string What, string Sent, string Received);

/// <summary>Whether both sides counted the same, and in what not.</summary>
public sealed record Counted(bool IsEqual, IReadOnlyList<Difference> Differences);

/// <summary>A task for both sides: what was sent and what was received are not the same.</summary>
public sealed record Discrepancy(
    Id<Discrepancy> Id, Id<Batch> Batch, string BatchNumber, string Slug, long Sequence, IReadOnlyList<Difference> Differences, DateTimeOffset OpenedAt, DateTimeOffset DueAt,
    DateTimeOffset? ClosedAt, string? ClosedBy, string? Resolution);

/// <summary>Counting on both sides.</summary>
public static class Counting
{
    /// <summary>Every figure in which the receiver differs from what was sent; empty when it took in exactly the package.</summary>
    public static IReadOnlyList<Difference> Compare(IReadOnlyList<PackagePart> sent, IReadOnlyList<CountedPart> received)
    {
        var found = new List<Difference>();
        var byName = received.ToLookup(p => p.Name, StringComparer.Ordinal);
        foreach (var part in sent)
        {
            var counted = byName[part.Name].ToList();
            if (counted.Count == 0) found.Add(new Difference(part.Name, "missing", Text(part.Rows), "–"));
            else if (counted.Count > 1) found.Add(new Difference(part.Name, "twice", "1", Text(counted.Count)));
            else found.AddRange(Compare(part, counted[0]));
        }
        found.AddRange(byName.Where(p => sent.All(s => s.Name != p.Key)).Select(p => new Difference(Query.QueryFault.Clip(p.Key), "unknown", "–", Text(p.First().Rows))));
        return found;
    }

    private static IEnumerable<Difference> Compare(PackagePart sent, CountedPart received)
    {
        if (sent.Rows != received.Rows) yield return new Difference(sent.Name, "rows", Text(sent.Rows), Text(received.Rows));
        if (sent.Bytes != received.Bytes) yield return new Difference(sent.Name, "bytes", Text(sent.Bytes), Text(received.Bytes));
        if (received.Sha256 is null && received.Sm3 is null) yield return new Difference(sent.Name, "digest", sent.Sha256, "–");
        if (received.Sha256 is { } sha && !Same(sha, sent.Sha256)) yield return new Difference(sent.Name, "sha256", sent.Sha256, Query.QueryFault.Clip(sha));
        if (received.Sm3 is { } sm3 && !Same(sm3, sent.Sm3)) yield return new Difference(sent.Name, "sm3", sent.Sm3, Query.QueryFault.Clip(sm3));
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
