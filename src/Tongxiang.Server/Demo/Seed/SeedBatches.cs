using Tongxiang.Gateway.Batching;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>One standing order of batch exchange: the register of companies for civil affairs, on each new version, only what changed.</summary>
internal sealed class SeedBatches(Batches batches, Cast cast)
{
    public const string Resource = "legal-persons";

    public async Task Run(CancellationToken ct)
    {
        var consumer = cast.Steward("civil-affairs");
        if ((await batches.Of(consumer, ct)).Count > 0) return;
        var set = await batches.Set(consumer, new BatchWish(Resource, Rhythm.Version, "csv", Query: "select=credit_code,name,status,division", Incremental: true), ct);
        if (set.Refusal is { } refusal) throw new RefusedException("batch of " + Resource, refusal);
    }
}
