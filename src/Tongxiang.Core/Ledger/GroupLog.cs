using System.Buffers;
using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Tongxiang.Core.Ledger;

/// <summary>Where an entry stands: its index and its SHA-256 leaf hash.</summary>
public readonly record struct Placed(long Index, Digest Leaf);

/// <summary>
/// A durable Merkle log for many callers: whoever waits shares one flush with all that came meanwhile. An append completes only when its entry is on the disk;
/// after the first write error every waiting and future append fails: no evidence, no data.
/// </summary>
public sealed class GroupLog : IDisposable
{
    private const int MaxGroup = 4096;
    private const int MaxGroupBytes = 8 << 20;
    private const int MaxOpening = 1 << 20;
    private const int MaxAhead = 256;
    private static readonly TimeSpan LongestLinger = TimeSpan.FromMilliseconds(1);

    private readonly Segments segments;
    // Monitors and not semaphores: both threads wait some hundred times a second, and a semaphore yields the processor some thirty times before it sleeps.
    private readonly object gate = new();
    private readonly object ahead = new();
    private readonly Thread writer;
    private readonly Thread indexer;
    private List<(int Frame, Leafed[] Entries)> durableGroups = [];
    private bool isLast;
    private List<Waiting> pending = [];
    private List<Waiting> group = [];
    private int pendingCount;
    private int lastCount;
    private long durable;
    private bool closing;
    private Exception? fault;

    private GroupLog(Segments segments)
    {
        this.segments = segments;
        durable = segments.Size;
        writer = new Thread(Write) { IsBackground = true, Name = "evidence log" };
        indexer = new Thread(Index) { IsBackground = true, Name = "evidence trees" };
        writer.Start();
        indexer.Start();
    }

    /// <summary>Entries that are durable.</summary>
    public long Size => Volatile.Read(ref durable);

    /// <summary>Why the log takes nothing more; null while it does.</summary>
    public Exception? Fault => Volatile.Read(ref fault);

    /// <summary>Opens or creates the log in a folder; what a crash left half-written and unacknowledged is cut off. One process at a time.</summary>
    public static GroupLog Open(string folder, int segmentBytes = Segments.DefaultBytes) => new(Segments.Open(folder, segmentBytes));

    /// <summary>Completes when leaf and opening are durable; neither may be changed afterwards. Cancelling before the entry is taken prevents it; afterwards the outcome is awaited.</summary>
    public ValueTask<Placed> Append(ReadOnlyMemory<byte> leaf, ReadOnlyMemory<byte> opening, CancellationToken ct)
    {
        if (leaf.Length > Bundles.MaxEntry || opening.Length > MaxOpening)
            throw new ArgumentException($"An entry has at most {Bundles.MaxEntry} bytes and an opening {MaxOpening}; these have {leaf.Length} and {opening.Length}.");
        if (ct.IsCancellationRequested)
            return ValueTask.FromCanceled<Placed>(ct);
        // Hashing on the caller's thread keeps it off the writer's, which is busy with the disk.
        var waiting = new Waiting(leaf, opening);
        lock (gate)
        {
            if (fault is not null || closing)
                return ValueTask.FromException<Placed>(Stopped());
            pending.Add(waiting);
            Volatile.Write(ref pendingCount, pending.Count);
            if (pending.Count == 1)
                Monitor.Pulse(gate);
        }
        return waiting.Task;
    }

    public Digest Root(TreeHash hash, long size) => segments.Root(hash, Seen(size));

    public Digest[] ProveInclusion(TreeHash hash, long index, long size) => Merkle.ProveInclusion(hash, index, Seen(size), segments.Nodes(hash));

    public Digest[] ProveConsistency(TreeHash hash, long older, long newer) => Merkle.ProveConsistency(hash, older, Seen(newer), segments.Nodes(hash));

    /// <summary>The bytes of a tile or bundle, or null when the log is not that large.</summary>
    public byte[]? Tile(TreeHash hash, TileAddress address)
    {
        Seen(Size);
        return segments.Tile(hash, address);
    }

    public (byte[] Leaf, byte[] Opening) Read(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Seen(index + 1);
        (byte[], byte[]) entry = default;
        segments.Each(index, 1, (_, leaf, opening) => entry = (leaf.ToArray(), opening.ToArray()));
        return entry;
    }

    /// <summary>All entries from an index on, up to the present size.</summary>
    public void Each(long first, long count, Action<long, byte[], byte[]> take)
    {
        var end = Math.Min(Seen(Size), first + count);
        if (first < end)
            segments.Each(first, end - first, (index, leaf, opening) => take(index, leaf.ToArray(), opening.ToArray()));
    }

    /// <summary>Reads everything again; throws <see cref="InvalidDataException"/> when segments and trees differ.</summary>
    public void Audit()
    {
        Seen(Size);
        segments.Audit();
    }

    public void Dispose()
    {
        lock (gate)
        {
            closing = true;
            Monitor.Pulse(gate);
        }
        writer.Join();
        lock (ahead)
        {
            isLast = true;
            Monitor.PulseAll(ahead);
        }
        indexer.Join();
        segments.Dispose();
    }

    // An acknowledged entry enters the trees a moment later: a reader who is that quick waits for the moment.
    private long Seen(long size)
    {
        if (size > Size)
            throw new ArgumentOutOfRangeException(nameof(size), size, $"The log has {Size} entries.");
        if (size > segments.Size)
            SpinWait.SpinUntil(() => segments.Size >= size || Fault is not null);
        return size <= segments.Size ? size : throw Stopped();
    }

    private IOException Stopped() => new(fault is null ? "The evidence log is closed." : $"The evidence log has stopped: {fault.Message}", fault);

    private void Write()
    {
        var frame = new ArrayBufferWriter<byte>(1 << 16);
        var flush = TimeSpan.Zero;
        while (true)
        {
            lock (gate)
            {
                while (pending.Count == 0)
                {
                    if (closing)
                        return;
                    Monitor.Wait(gate);
                }
            }
            while (Gather(flush, frame))
            {
                var started = Stopwatch.GetTimestamp();
                if (!TryWrite(frame))
                    return;
                flush = Stopwatch.GetElapsedTime(started);
            }
        }
    }

    // Both trees grow while the disk takes the next group.
    private void Index()
    {
        var taken = new List<(int Frame, Leafed[] Entries)>();
        while (true)
        {
            taken.Clear();
            lock (ahead)
            {
                while (durableGroups.Count == 0)
                {
                    if (isLast)
                        return;
                    Monitor.Wait(ahead);
                }
                (taken, durableGroups) = (durableGroups, taken);
                Monitor.PulseAll(ahead);
            }
            foreach (var (frame, entries) in taken)
                Publish(frame, entries);
        }
    }

    private void Publish(int frame, Leafed[] entries)
    {
        try
        {
            // After a failure the queue is still emptied, so that the writer never waits for room in it.
            if (!segments.IsBroken)
                segments.Publish(frame, entries);
        }
#pragma warning disable CA1031 // Without trees nothing can be proved: the log stops, whatever the cause.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Stop(e, []);
        }
    }

    private void LetIntoTrees(int frame, Leafed[] entries)
    {
        lock (ahead)
        {
            while (durableGroups.Count >= MaxAhead)
                Monitor.Wait(ahead);
            durableGroups.Add((frame, entries));
            if (durableGroups.Count == 1)
                Monitor.PulseAll(ahead);
        }
    }

    // Those just answered usually come again at once. Waiting for them a fraction of a flush, once the first of them is there, makes one full group instead of a tiny and a large one.
    private bool Gather(TimeSpan flush, ArrayBufferWriter<byte> frame)
    {
        var limit = flush / 4 < LongestLinger ? flush / 4 : LongestLinger;
        for (var started = Stopwatch.GetTimestamp(); Volatile.Read(ref pendingCount) is > 0 and var there && there < lastCount && Stopwatch.GetElapsedTime(started) < limit;)
            Thread.Yield();
        group.Clear();
        lock (gate)
        {
            var (count, bytes) = (0, 0);
            while (count < pending.Count && count < MaxGroup && bytes < MaxGroupBytes)
                bytes += pending[count++].Entry.Bytes;
            if (count == pending.Count)
            {
                (group, pending) = (pending, group);
            }
            else
            {
                group.AddRange(pending[..count]);
                pending.RemoveRange(0, count);
            }
            pendingCount = pending.Count;
        }
        if (group.Count == 0)
            return false;
        lastCount = group.Count;
        Frame.Begin(frame);
        foreach (var waiting in group)
            Frame.Add(frame, waiting.Leaf.Span, waiting.Opening.Span);
        Frame.Finish(frame, durable, group.Count);
        return true;
    }

    private bool TryWrite(ArrayBufferWriter<byte> frame)
    {
        var first = durable;
        try
        {
            if (Fault is { } known)
                throw new IOException(known.Message, known);
            var start = segments.Append(frame.WrittenSpan, first);
            LetIntoTrees(start, [.. group.Select(w => w.Entry)]);
        }
#pragma warning disable CA1031 // Whatever went wrong, those who wait must hear it and nothing may be acknowledged any more.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Stop(e, group);
            return false;
        }
        Volatile.Write(ref durable, first + group.Count);
        foreach (var waiting in group)
            waiting.Done(new Placed(first++, waiting.Entry.Sha256));
        return true;
    }

    private void Stop(Exception e, List<Waiting> taken)
    {
        List<Waiting> failed;
        lock (gate)
        {
            fault ??= e;
            failed = [.. taken, .. pending];
            pending.Clear();
        }
        foreach (var waiting in failed)
            waiting.Failed(Stopped());
    }

    private sealed class Waiting(ReadOnlyMemory<byte> leaf, ReadOnlyMemory<byte> opening) : IValueTaskSource<Placed>
    {
        private ManualResetValueTaskSourceCore<Placed> core = new() { RunContinuationsAsynchronously = true };

        public ReadOnlyMemory<byte> Leaf => leaf;
        public ReadOnlyMemory<byte> Opening => opening;
        public Leafed Entry { get; } = new(TreeHash.Sha256.Leaf(leaf.Span), leaf, Frame.SizeOf(leaf.Length, opening.Length));
        public ValueTask<Placed> Task => new(this, core.Version);

        public void Done(Placed placed) => core.SetResult(placed);
        public void Failed(Exception e) => core.SetException(e);
        public Placed GetResult(short token) => core.GetResult(token);
        public ValueTaskSourceStatus GetStatus(short token) => core.GetStatus(token);
        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => core.OnCompleted(continuation, state, token, flags);
    }
}
