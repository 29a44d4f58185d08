using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Registers applications, grants, inbox and notices, and maps their endpoints.</summary>
public static class ShareWiring
{
    public static IServiceCollection AddShare(this IServiceCollection services, NodeSettings settings)
    {
        _ = settings;
        services.AddOptions<NoticeSettings>().BindConfiguration("Notices").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<NoticeSettings>>().Value);
        services.AddSingleton(p => GrantKey.Of(p.GetRequiredService<Home>(), p.GetRequiredService<NodeKey>()));
        services.AddSingleton<Deputies>();
        services.AddSingleton<Grants>();
        services.AddSingleton<Notices>();
        services.AddSingleton<Webhooks>();
        services.AddSingleton<Applications>();
        services.AddSingleton<Inbox>();
        services.AddSingleton<UseLedger>();
        services.AddSingleton<ClockWatch>();
        services.AddSingleton(p => new Outbox(
            p.GetRequiredService<Db>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<Webhooks>(), p.GetRequiredService<NoticeSettings>(), p.GetRequiredService<MailAddresses>(),
            new HttpMessageInvoker(PublicAddress.Handler(p.GetRequiredService<NoticeSettings>().AllowedPrivateHosts)), p.GetRequiredService<ILogger<Outbox>>()));
        services.AddSingleton(p => new Chore("share.clocks", TimeSpan.FromSeconds(30), p.GetRequiredService<ClockWatch>().Run));
        services.AddSingleton(p => new Chore("share.outbox", TimeSpan.FromSeconds(2), p.GetRequiredService<Outbox>().Run));
        services.AddSingleton(p => new Chore("share.grants", TimeSpan.FromMilliseconds(500), p.GetRequiredService<Grants>().Follow, OneCopyOnly: false));
        return services;
    }

    /// <summary>Loads the grants before the first request.</summary>
    public static Task OpenShare(this IServiceProvider services, CancellationToken ct) => services.GetRequiredService<Grants>().Follow(ct);

    public static IEndpointRouteBuilder MapShare(this IEndpointRouteBuilder routes)
    {
        ApplicationRoutes.Map(routes);
        GrantRoutes.Map(routes);
        InboxRoutes.Map(routes);
        return routes;
    }
}
