using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tongxiang.Core.Elements;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Ingest;

/// <summary>Registers proposals and landings and the chore that works them off.</summary>
public static class IngestWiring
{
    public static IServiceCollection AddIngest(this IServiceCollection services, NodeSettings settings)
    {
        _ = settings;
        services.AddSingleton<Around>(p => () => Today(p.GetRequiredService<TimeProvider>(), p.GetRequiredService<Directory>()));
        services.AddOptions<IngestSettings>().BindConfiguration("Ingest").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<IngestSettings>>().Value);
        services.AddSingleton(p => new UploadRoom(p.GetRequiredService<Db>(), p.GetRequiredService<Home>(), p.GetRequiredService<IngestSettings>()));
        services.AddSingleton<Proposals>();
        services.AddSingleton<Landings>();
        services.AddSingleton<LandingFace>();
        services.AddSingleton(p => new Chore("ingest.work", TimeSpan.FromMilliseconds(300), p.GetRequiredService<Landings>().Work));
        services.AddSingleton(p => new Chore("ingest.expire", TimeSpan.FromHours(1), ct => p.GetRequiredService<Landings>().Expire(p.GetRequiredService<IngestSettings>(), ct)));
        return services;
    }

    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<LandingFace>().Map(routes);
        return routes;
    }

    // Days are those of Beijing, where the regions in the numbers lie.
    private static Surroundings Today(TimeProvider clock, Directory directory) => new(WorkCalendar.Day(clock.GetUtcNow()), directory.DivisionsForChecks);
}
