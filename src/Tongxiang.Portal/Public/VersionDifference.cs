using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Public;

/// <summary>What changed between two versions: how many rows, and the first of them.</summary>
/// <param name="Refused">Why it cannot be shown; null when it is.</param>
public sealed record VersionDifference(long From, long To, long Added, long Removed, long Changed, IReadOnlyList<DiffRow> Rows, string? Refused = null);
