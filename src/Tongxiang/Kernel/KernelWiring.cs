using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Tongxiang.Kernel;

/// <summary>Gives every part its database, clock, keys and folders.</summary>
public static class KernelWiring
{
    public static IServiceCollection AddKernel(this IServiceCollection services, NodeSettings settings)
    {
        var home = new Home(settings.Data);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton(home);
        services.AddSingleton(_ => NodeKey.Of(home, settings));
        services.AddSingleton(p => new Db(settings.Store, settings.ConnectionString(home), p.GetService<StatementTrace>()));
        services.AddSingleton<Idempotency>();
        services.AddSingleton(p => new Chore("kernel.idempotency", TimeSpan.FromHours(1), p.GetRequiredService<Idempotency>().Forget));
        services.AddSingleton(Texts.Parts);
        services.AddHostedService<Chores>();
        services.ConfigureHttpJsonOptions(o => Wire.Apply(o.SerializerOptions));
        return services;
    }
}
