using System.Collections.Concurrent;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>Which keys changed between two versions, worked out once for all who follow with the same columns: comparing reads both versions whole.</summary>
public sealed class KnownChanges(Differences differences, GatewaySettings settings) : IDisposable
{
    private const int kept = 8;
    private readonly ConcurrentDictionary<(Id<Version> From, Id<Version> To, string Seen, string Deciding), Outcome<ChangedKeys>> known = new();
    private readonly SemaphoreSlim comparing = new(1, 1);

    internal async Task<Outcome<ChangedKeys>> Of(Version from, Version to, IReadOnlySet<string> seen, IReadOnlySet<string> deciding, CancellationToken ct)
    {
        var what = (from.Id, to.Id, Joined(seen), Joined(deciding));
        if (known.TryGetValue(what, out var found)) return found;
        await comparing.WaitAsync(ct);
        try
        {
            if (known.TryGetValue(what, out found)) return found;
            found = await differences.Keys(from, to, new ChangedAsk(seen, deciding, settings.ChangedRowsTold), ct);
            if (known.Count >= kept) known.Clear();
            known[what] = found;
            return found;
        }
        finally
        {
            comparing.Release();
        }
    }

    public void Dispose() => comparing.Dispose();

    private static string Joined(IReadOnlySet<string> names) => string.Join(',', names.Order(StringComparer.Ordinal));
}
