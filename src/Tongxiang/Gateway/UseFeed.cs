using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>Own use of resources by day, for those who hand figures on; a day's figures grow until it is over.</summary>
public sealed class UseFeed(Db db)
{
    public Task<IReadOnlyList<ForeignDay>> Since(DateOnly day, CancellationToken ct) => db.List(
        $"select entry_id, day, calls, row_count from gateway_resource_use where origin = {ResourceUses.Own} and day >= {day} order by day, entry_id limit 50000",
        r => new ForeignDay(r.Id<Entry>(0), r.Day(1), r.GetInt64(2), r.GetInt64(3)), ct);
}
