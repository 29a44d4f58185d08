using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Core.Behaviour;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>The one reader of the feed: gives each call to the watcher in the order told, raises what it says, and keeps what it remembers over restarts.</summary>
public sealed partial class Watching(CallFeed feed, Alarms alarms, Calendar calendar, Home home, NodeKey key, WatchSettings settings, TimeProvider clock, ILogger<Watching> log)
{
    private const string Sealed = "watch.state";
    private const int MostPending = 1_000;
    private readonly Queue<(Alarm Alarm, SeenCall Call)> pending = new();
    private readonly Lock gate = new();
    private Watcher watcher = new(day => calendar.Current.IsWorking(day));
    private Numbers numbers = new([], []);
    private long last;
    private long savedAt;

    /// <summary>Who is who in the watcher's numbers.</summary>
    private sealed record Numbers(Dictionary<string, int> Callers, Dictionary<Guid, int> Resources);

    private string StateFile => Path.Combine(home.Root, "watch.state");

    /// <summary>Calls that told of nobody in particular: refused, and the identity not proved.</summary>
    public long Ignored { get; private set; }

    /// <summary>Reads until the node stops; what is remembered is saved now and then, and at the end.</summary>
    public async Task Run(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await feed.Wait(TimeSpan.FromSeconds(1), ct);
                await Drain(ct);
                if (clock.GetElapsedTime(savedAt).TotalSeconds >= settings.SaveSeconds) Save();
            }
        }
        finally
        {
            Save();
        }
    }

    /// <summary>Everything that waits, in order.</summary>
    internal async Task Drain(CancellationToken ct)
    {
        while (pending.TryPeek(out var waiting) && await Raise(waiting.Alarm, waiting.Call, ct)) pending.Dequeue();
        while (feed.Take(out var call))
            if (See(call) is { } alarm && !await Raise(alarm, call, ct) && pending.Count < MostPending) pending.Enqueue((alarm, call));
    }

    /// <summary>Takes in an earlier history, in the order of its instants, without alarm: what is usual before the first real call. Refused once calls were seen.</summary>
    public bool Learn(IEnumerable<SeenCall> history)
    {
        lock (gate)
        {
            if (last > 0) return false;
            foreach (var call in history) See_NeedsLock(call);
        }
        Save();
        return true;
    }

    /// <summary>Reads what was remembered when the node stopped; a state that cannot be read begins anew.</summary>
    internal void Load()
    {
        savedAt = clock.GetTimestamp();
        if (!File.Exists(StateFile)) return;
        try
        {
            using var state = new MemoryStream(key.Unwrap(File.ReadAllBytes(StateFile), Sealed));
            using var head = new BinaryReader(state);
            var (names, at) = (JsonSerializer.Deserialize<Numbers>(head.ReadString(), Wire.Json)!, head.ReadInt64());
            var known = new Watcher(day => calendar.Current.IsWorking(day));
            known.Restore(state);
            (watcher, numbers, last) = (known, names, at);
        }
        catch (Exception e) when (e is CryptographicException or IOException or JsonException or ArgumentException or InvalidDataException)
        {
            Unreadable(log, e);
        }
    }

    /// <summary>Sealed with the node's key and swapped in whole.</summary>
    internal void Save()
    {
        savedAt = clock.GetTimestamp();
        using var state = new MemoryStream();
        using var head = new BinaryWriter(state);
        lock (gate)
        {
            head.Write(JsonSerializer.Serialize(numbers, Wire.Json));
            head.Write(last);
            head.Flush();
            watcher.Save(state);
        }
        try
        {
            Durable.Replace(StateFile, key.Wrap(state.ToArray(), Sealed));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is remembered stays in memory; the next saving may succeed.
            Unsaved(log, e);
        }
    }

    private Alarm? See(in SeenCall call)
    {
        lock (gate) return See_NeedsLock(call);
    }

    private Alarm? See_NeedsLock(in SeenCall call)
    {
        // Whoever merely names a rival, and is refused, leaves no trace on the rival.
        if (!call.IsBound && call.Marks.HasFlag(CallMarks.Refused))
        {
            Ignored++;
            return null;
        }
        // Calls that were decided at the same time may be told a little out of order.
        last = Math.Max(last, call.At);
        var caller = Number(numbers.Callers, call.Actor);
        return watcher.See(new Observed(last, caller, call.Group, OperatorOf(call.Operator), Number(numbers.Resources, call.Entry.Value), call.Network, call.Key, call.Subject, call.Case, call.Ordinal, call.Rows, call.Columns, call.Marks));
    }

    // The first half of the pseudonym tells people apart as well as the whole; how many a caller may name the watcher bounds itself.
    private static ulong OperatorOf(string? pseudonym) =>
        pseudonym is null ? 0 : ulong.Parse(pseudonym.AsSpan(0, 16), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture) | 1;

    private async Task<bool> Raise(Alarm alarm, SeenCall call, CancellationToken ct)
    {
        try
        {
            if (await alarms.Raise(alarm, call, ct) is { } raised) Raised(log, raised.Id.ToString(), raised.Score);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException && !ct.IsCancellationRequested)
        {
            // Whatever stood in the way: an alarm is not lost, it is tried again.
            NotRaised(log, pending.Count, e);
            return false;
        }
    }

    private static int Number<T>(Dictionary<T, int> numbers, T name) where T : notnull => numbers.TryGetValue(name, out var number) ? number : numbers[name] = numbers.Count + 1;

    [LoggerMessage(2103, LogLevel.Warning, "Alarm {Alarm} raised with score {Score}.")]
    private static partial void Raised(ILogger log, string alarm, double score);

    [LoggerMessage(2104, LogLevel.Error, "An alarm could not be put on record; it waits with {Waiting} others and is tried again.")]
    private static partial void NotRaised(ILogger log, int waiting, Exception e);

    [LoggerMessage(2106, LogLevel.Error, "What the watcher remembered cannot be read; it begins anew.")]
    private static partial void Unreadable(ILogger log, Exception e);

    [LoggerMessage(2107, LogLevel.Error, "What the watcher remembers could not be saved.")]
    private static partial void Unsaved(ILogger log, Exception e);
}
