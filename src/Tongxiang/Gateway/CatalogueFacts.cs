using Tongxiang.Catalog;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>Tells the catalogue what data its entries have and how much they are used: search orders by it, DCAT and the freshness facet show it.</summary>
public sealed class CatalogueFacts(Catalogue catalogue, Versions versions, ResourceUses uses)
{
    /// <summary>One look over all entries; what has not changed costs a comparison.</summary>
    public Task Tell(CancellationToken ct)
    {
        foreach (var entry in catalogue.All)
        {
            ct.ThrowIfCancellationRequested();
            var facts = versions.Current(entry.Id) is { } v ? new DataFacts(v.Number, v.PromotedAt ?? v.LandedAt, v.Rows, v.Bytes, v.Digest, uses.Of(entry.Id).Calls) : null;
            if (facts != catalogue.Data(entry.Id)) catalogue.Updated(entry.Id, facts);
        }
        return Task.CompletedTask;
    }
}
