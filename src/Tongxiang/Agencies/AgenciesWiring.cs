using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Registers who and where: directory, rule pack, calendar, people, clients and their endpoints.</summary>
public static class AgenciesWiring
{
    public static IServiceCollection AddAgencies(this IServiceCollection services, NodeSettings settings)
    {
        _ = settings;
        services.AddSingleton<Directory>();
        services.AddSingleton<Roster>();
        services.AddSingleton<RulePack>();
        services.AddSingleton<Calendar>();
        services.AddSingleton<Deadlines>();
        services.AddSingleton<Follower>();
        services.AddSingleton(p => new Chore("agencies.follow", TimeSpan.FromSeconds(1), p.GetRequiredService<Follower>().Follow, OneCopyOnly: false));
        return services;
    }

    /// <summary>Loads the snapshots before the first request.</summary>
    public static Task OpenAgencies(this IServiceProvider services, CancellationToken ct) => services.GetRequiredService<Follower>().Refresh(ct);
}
