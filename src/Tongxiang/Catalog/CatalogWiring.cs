using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tongxiang.Agencies;
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
        services.AddSingleton<CatalogueFeed>();
        services.AddSingleton<Entries>();
        services.AddSingleton<UpdateDuties>();
        services.AddOptions<OpenWords>().BindConfiguration("OpenClasses");
        services.AddSingleton(p => p.GetRequiredService<IOptions<OpenWords>>().Value);
        services.AddSingleton<SigningLists>();
        services.AddSingleton<Inventory>();
        services.AddSingleton<YearPlans>();
        services.AddSingleton<Imports>();
        services.AddSingleton<CatalogClocks>();
        services.AddSingleton(p => new OpenClocks(CatalogClocks.Reviews, p.GetRequiredService<CatalogClocks>().ReviewShifts));
        services.AddSingleton(p => new OpenClocks(CatalogClocks.Duties, p.GetRequiredService<CatalogClocks>().DutyShifts));
        services.AddSingleton(p => new Chore("catalog.plan", TimeSpan.FromSeconds(20), p.GetRequiredService<YearPlans>().Follow));
        services.AddSingleton(p => new DueSource("catalog.duties", (caller, scope, ct) => DutyDues.Of(p.GetRequiredService<UpdateDuties>(), p.GetRequiredService<Entries>(), caller, scope, ct)));
        services.AddSingleton<Registrations>();
        services.AddSingleton(p => new Chore("catalog.registrations", TimeSpan.FromMinutes(10), p.GetRequiredService<Registrations>().Watch));
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
        SigningRoutes.Map(routes);
        PlanningRoutes.Map(routes);
        RegistrationRoutes.Map(routes);
        ElementApi.Map(routes);
        SourceRoutes.Map(routes);
        routes.ServiceProvider.GetRequiredService<CkanFace>().Map(routes);
        routes.ServiceProvider.GetRequiredService<MachineFaces>().Map(routes);
        return routes;
    }
}
