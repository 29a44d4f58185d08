using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Share;

/// <summary>Registers the register of demands.</summary>
internal static class DemandWiring
{
    public static void AddDemands(this IServiceCollection services)
    {
        services.AddSingleton<CurrentVersion>(p => id => p.GetRequiredService<Versions>().Current(id) is { PromotedAt: { } at } version ? new AttachedVersion(version.Number, at) : null);
        services.AddSingleton<DemandOwners>();
        services.AddSingleton<Demands>();
        services.AddSingleton<DemandWatch>();
        services.AddSingleton(p => new DueSource("share.demands", (caller, scope, ct) => DemandDues.Of(p.GetRequiredService<Demands>(), caller, scope, ct)));
        services.AddSingleton(p => new Chore("share.demands", TimeSpan.FromSeconds(30), p.GetRequiredService<DemandWatch>().Run));
    }
}
