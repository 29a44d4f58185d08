using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Tongxiang.Watch;

namespace Tongxiang.Assess;

/// <summary>Registers findings, reports, dossiers and schemes, and maps their endpoints.</summary>
public static class AssessWiring
{
    public static IServiceCollection AddAssess(this IServiceCollection services)
    {
        services.AddSingleton<CatalogRecord>();
        services.AddSingleton<ShareRecord>();
        services.AddSingleton<IncidentRecord>();
        services.AddSingleton<LandingRecord>();
        services.AddSingleton(p => PaperKey.Of(p.GetRequiredService<Home>(), p.GetRequiredService<NodeKey>(), p.GetRequiredService<NodeSettings>()));
        services.AddSingleton<FactsOf>();
        services.AddSingleton<Circulars>();
        services.AddSingleton<FindingBook>();
        services.AddSingleton<SupervisionReports>();
        services.AddSingleton<DossierLetters>();
        services.AddSingleton<DossierPlans>();
        services.AddSingleton<Dossiers>();
        services.AddSingleton<Schemes>();
        services.AddSingleton(p => new DueSource("assess.findings", (caller, scope, ct) => FindingDues.Of(p.GetRequiredService<FindingBook>(), p.GetRequiredService<Agencies.Directory>(), caller, scope, ct)));
        services.AddSingleton(p => new Chore("assess.findings", TimeSpan.FromHours(1), p.GetRequiredService<Supervision>().Run));
        services.AddSingleton<Supervision>();
        return services;
    }

    public static IEndpointRouteBuilder MapAssess(this IEndpointRouteBuilder routes)
    {
        AssessRoutes.Map(routes);
        return routes;
    }
}
