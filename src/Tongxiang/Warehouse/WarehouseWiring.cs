using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>Registers versions, their keys and files, serving copies, comparison and download.</summary>
public static class WarehouseWiring
{
    public static IServiceCollection AddWarehouse(this IServiceCollection services, NodeSettings settings)
    {
        services.AddSingleton<VersionKeys>();
        services.AddSingleton<VersionFiles>();
        services.AddSingleton<Versions>();
        services.AddSingleton<Differences>();
        services.AddSingleton<Promotions>();
        services.AddSingleton<Classes>();
        services.AddSingleton<Bulk>();
        services.TryAddSingleton(p => new ServingCopies(settings, p.GetRequiredService<Home>()));
        services.AddSingleton(p => new Chore("warehouse.follow", TimeSpan.FromSeconds(1), p.GetRequiredService<Versions>().Follow, OneCopyOnly: false));
        return services;
    }
}
