using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Puts the watching part into a node: fuse, alarms and their endpoints.</summary>
public static class WatchWiring
{
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(400);

    public static IServiceCollection AddWatch(this IServiceCollection services, NodeSettings settings)
    {
        _ = settings;
        services.AddOptions<WatchSettings>().BindConfiguration("Watch").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<WatchSettings>>().Value);
        services.AddSingleton<Fuse>();
        services.AddSingleton<CallFeed>();
        services.AddSingleton<Policy>();
        services.AddSingleton<Tripper>();
        services.AddSingleton<Alarms>();
        services.AddSingleton<Watching>();
        services.AddSingleton<Pseudonyms>();
        services.AddSingleton<Subjects>();
        services.AddSingleton<Trips>();
        services.AddSingleton<Vitals>();
        services.AddSingleton<CutProofs>();
        services.AddHealthChecks().AddCheck<FeedKeepsUp>("watch", tags: ["ready"]);
        services.AddSingleton(p => new Chore("watch.fuse", look, p.GetRequiredService<Fuse>().Follow, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("watch.policy", TimeSpan.FromSeconds(1), p.GetRequiredService<Policy>().Follow, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("watch.feed", TimeSpan.FromSeconds(1), p.GetRequiredService<Watching>().Run, OneCopyOnly: false));
        return services;
    }

    /// <summary>Before the first request: what stands, the rules, and what the watcher remembered.</summary>
    public static async Task OpenWatch(this IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<Fuse>().Follow(ct);
        await services.GetRequiredService<Policy>().Seed(ct);
        services.GetRequiredService<Watching>().Load();
    }

    public static IEndpointRouteBuilder MapWatch(this IEndpointRouteBuilder routes)
    {
        FuseRoutes.Map(routes);
        AlarmRoutes.Map(routes);
        return routes;
    }
}
