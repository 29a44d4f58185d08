using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Protect;

/// <summary>Puts protection into a node.</summary>
public static class ProtectWiring
{
    public static IServiceCollection AddProtect(this IServiceCollection services, NodeSettings settings)
    {
        _ = settings;
        services.AddSingleton<ProtectKeys>();
        services.AddSingleton<RecipientKeys>();
        services.AddSingleton<Protections>();
        services.AddSingleton<TokenOpenings>();
        services.AddSingleton<Previews>();
        services.AddSingleton<ReleaseGate>();
        // Asked only when somebody promotes or publishes: the gate itself needs the entries and versions that ask it.
        services.AddSingleton<PromotionGate>(p => (version, actor, agency, ct) => p.GetRequiredService<ReleaseGate>().MayPromote(version, actor, agency, ct));
        services.AddSingleton<PublicationGate>(p => (entry, ct) => p.GetRequiredService<ReleaseGate>().MayPublish(entry, ct));
        services.AddSingleton(p => new Chore("protect.keys", TimeSpan.FromSeconds(1), async ct =>
        {
            await p.GetRequiredService<ProtectKeys>().Follow(ct);
            await p.GetRequiredService<RecipientKeys>().Follow(ct);
        }, OneCopyOnly: false));
        return services;
    }

    /// <summary>Loads epochs and keys before the first request: an old epoch would give pseudonyms that were taken back.</summary>
    public static async Task OpenProtect(this IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<ProtectKeys>().Follow(ct);
        await services.GetRequiredService<RecipientKeys>().Follow(ct);
    }

    public static IEndpointRouteBuilder MapProtect(this IEndpointRouteBuilder routes)
    {
        ProtectRoutes.Map(routes);
        ReleaseRoutes.Map(routes);
        return routes;
    }
}
