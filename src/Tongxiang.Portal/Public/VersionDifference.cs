using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Public;

/// <summary>What changed between two versions: how many rows, and a page of them.</summary>
/// <param name="Pages">0 where rows cannot be named.</param>
/// <param name="Refused">Why it cannot be shown; null when it is.</param>
public sealed record VersionDifference(long From, long To, long Added, long Removed, long Changed, IReadOnlyList<DiffRow> Rows, int Page, int Pages, string? Refused = null);
