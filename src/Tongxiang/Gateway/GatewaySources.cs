using Microsoft.AspNetCore.Http;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway;

/// <summary>What a call reads of the other parts: their snapshots in memory, never a database, and the log it must be witnessed in.</summary>
/// <param name="Caller">Who is behind a request, from its token or session.</param>
/// <param name="BySlug">A published entry.</param>
/// <param name="Current">The version that readers get now.</param>
/// <param name="Numbered">An older version that is still kept.</param>
/// <param name="Serve">Builds a serving copy that is missing; it must not fail the caller.</param>
/// <param name="Grants">Every grant of the caller's agency or person on the entry, in whatever state, so that a refusal can say why.</param>
/// <param name="Witness">Durable before it returns; throws when the log cannot.</param>
/// <param name="Delivered">The first delivery under a grant is a step of its application; later ones are nothing.</param>
/// <param name="Count">Anonymous reads of open data.</param>
/// <param name="Stopped">Why the log takes nothing; null while it does.</param>
/// <param name="Receipt">The receipt of a version's sealing, by its evidence id.</param>
public sealed record GatewaySources(
    Func<HttpContext, Caller> Caller,
    Func<string, Entry?> BySlug,
    Func<Id<Entry>, Version?> Current,
    Func<Id<Entry>, long, CancellationToken, ValueTask<Version?>> Numbered,
    Func<Version, CancellationToken, Task> Serve,
    Func<Id<Entry>, Caller, IReadOnlyList<Grant>> Grants,
    Func<Happening, CancellationToken, ValueTask<Receipt>> Witness,
    Func<Id<Grant>, Mode, CancellationToken, ValueTask> Delivered,
    Action<string, long, int> Count,
    Func<string?> Stopped,
    Func<string, CancellationToken, ValueTask<Receipt?>> Receipt)
{
    /// <summary>The name under which a client is registered.</summary>
    public Func<Id<Client>, string?> ClientId { get; init; } = _ => null;

    /// <summary>What grades demand of callers.</summary>
    public AssuranceSettings Floors { get; init; } = AssuranceSettings.Default;

    /// <summary>Records that are marked because a correction of them is open.</summary>
    public Func<OpenCorrections> Corrections { get; init; } = () => OpenCorrections.None;
}
