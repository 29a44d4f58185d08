using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Catalog.Ckan;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Registers the catalogue and maps its faces.</summary>
public static class CatalogWiring
{
    public static IServiceCollection AddCatalog(this IServiceCollection services, NodeSettings settings)
    {
        _ = settings;
        services.AddSingleton<Catalogue>();
        services.AddSingleton<Entries>();
        services.AddSingleton<UpdateDuties>();
        services.AddSingleton<SourcesOfRecord>();
        services.AddSingleton<Finder>();
        services.AddSingleton<Listings>();
        services.AddSingleton<Actions>();
        services.AddSingleton<CkanFace>();
        services.AddSingleton<MachineFaces>();
        services.AddSingleton(p => new Chore("catalog.follow", TimeSpan.FromSeconds(1), p.GetRequiredService<Catalogue>().Follow, OneCopyOnly: false));
        return services;
    }

    /// <summary>Loads the published entries before the first request.</summary>
    public static Task OpenCatalog(this IServiceProvider services, CancellationToken ct) => services.GetRequiredService<Catalogue>().Follow(ct);

    public static IEndpointRouteBuilder MapCatalog(this IEndpointRouteBuilder routes)
    {
        EntryApi.Map(routes);
        SearchApi.Map(routes);
        SourceRoutes.Map(routes);
        routes.ServiceProvider.GetRequiredService<CkanFace>().Map(routes);
        routes.ServiceProvider.GetRequiredService<MachineFaces>().Map(routes);
        return routes;
    }
}
