using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>Puts the gateway into a node.</summary>
public static class GatewayWiring
{
    private static readonly TimeSpan saved = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddGateway(this IServiceCollection services, NodeSettings settings)
    {
        _ = settings;
        services.AddOptions<GatewaySettings>().BindConfiguration("Gateway").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<GatewaySettings>>().Value);
        services.TryAddSingleton(p => new ServingCopies(p.GetRequiredService<NodeSettings>(), p.GetRequiredService<Home>()));
        services.AddSingleton<Rates>();
        services.AddSingleton<DayUses>();
        services.AddSingleton<Calls>();
        services.AddSingleton<DataFace>();
        services.AddSingleton<DataFile>();
        services.AddSingleton<DataDescription>();
        services.AddSingleton(p => new Chore("gateway.uses", saved, p.GetRequiredService<DayUses>().Save, OneCopyOnly: false));
        return services;
    }

    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder app)
    {
        app.ServiceProvider.GetRequiredService<DataFace>().Map(app);
        app.ServiceProvider.GetRequiredService<DataFile>().Map(app);
        app.ServiceProvider.GetRequiredService<DataDescription>().Map(app);
        return app;
    }
}
