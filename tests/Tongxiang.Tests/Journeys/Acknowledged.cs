using System.Collections.Concurrent;
using Tongxiang.Evidence;

namespace Tongxiang.Tests.Journeys;

/// <summary>A delivery that the node said it has.</summary>
internal sealed record Delivery(string Slug, string Run, string Batch, long Size);

/// <summary>Everything the node has answered for, through all its lives: nothing of it may ever be missing.</summary>
internal sealed class Acknowledged
{
    public ConcurrentQueue<Receipt> Receipts { get; } = new();

    /// <summary>Id of a created entry, by the key it was created under.</summary>
    public ConcurrentDictionary<string, string> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys whose answer never came.</summary>
    public ConcurrentQueue<string> Unanswered { get; } = new();

    /// <summary>State of an application, by id.</summary>
    public ConcurrentDictionary<string, string> Applications { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, Delivery> Deliveries { get; } = new(StringComparer.Ordinal);

    /// <summary>Deliveries that became a version.</summary>
    public ConcurrentDictionary<(string Slug, long Number), Delivery> Versions { get; } = new();

    /// <summary>The newest version of a resource that was said to be current.</summary>
    public ConcurrentDictionary<string, long> Current { get; } = new(StringComparer.Ordinal);

    /// <summary>Digests as they were first seen.</summary>
    public ConcurrentDictionary<(string Slug, long Number), string> Digests { get; } = new();

    /// <summary>Answers that should never be.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    public long OpenReads;

    public override string ToString() =>
        $"{Entries.Count} entries, {Applications.Count} applications, {Deliveries.Count} landings, {Versions.Count} versions, {Receipts.Count} receipts, {Interlocked.Read(ref OpenReads)} open reads, {Unanswered.Count} creations unanswered";
}
