using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Registers incidents and maps their endpoints.</summary>
public static class IncidentWiring
{
    public static IServiceCollection AddIncidents(this IServiceCollection services)
    {
        services.AddOptions<IncidentSettings>().BindConfiguration("Incidents").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<IncidentSettings>>().Value);
        services.AddSingleton<EntryNamed>(p => p.GetRequiredService<Catalogue>().BySlug);
        services.AddSingleton(p => new IncidentCount(
            p.GetRequiredService<Openings>(), p.GetRequiredService<EntryNamed>(), p.GetRequiredService<IncidentSettings>(), p.GetRequiredService<TimeProvider>(), p.GetService<AffectedPersons>()));
        services.AddSingleton<AffectedPersons>(p => (scope, from, until, ct) => IncidentAlarms.Persons(p.GetRequiredService<Disclosures>(), p.GetRequiredService<Catalogue>(), scope, from, until, ct));
        services.AddSingleton<Incidents>();
        services.AddSingleton<IncidentPersons>();
        services.AddSingleton<TripIncidents>();
        // Resolved when a trip comes: incidents need alarms, alarms the tripper, and the tripper the trips that are being made.
        services.AddSingleton<TripFollower>(p => (tx, trip) => p.GetRequiredService<TripIncidents>().Follow(tx, trip));
        services.AddSingleton<IncidentAlarms>();
        services.AddSingleton<AlarmFollower>(p => (tx, alarm, by) => p.GetRequiredService<IncidentAlarms>().Follow(tx, alarm, by));
        services.AddSingleton(p => new DueSource("watch.incidents", (caller, scope, ct) => IncidentDues.Of(p.GetRequiredService<Incidents>(), caller, scope, ct)));
        services.AddSingleton<IncidentWatch>();
        services.AddSingleton(p => new Chore("watch.incidents", TimeSpan.FromSeconds(5), p.GetRequiredService<IncidentWatch>().Run));
        return services;
    }

    public static IEndpointRouteBuilder MapIncidents(this IEndpointRouteBuilder routes)
    {
        IncidentRoutes.Map(routes);
        return routes;
    }
}
