using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>Puts subscriptions into a node: the stream of events, and the pushes.</summary>
internal static class SubscribeWiring
{
    public static void AddSubscriptions(this IServiceCollection services)
    {
        services.AddSingleton<KnownChanges>();
        services.AddSingleton<Feed>();
        services.AddSingleton<SubscribeFace>();
        services.AddSingleton<Subscriptions>();
        services.TryAddSingleton<CallerStands>(p => (caller, since) => Stands(p.GetRequiredService<Clients>(), p.GetRequiredService<Agencies.Directory>(), caller, since));
        services.TryAddSingleton(p => new PushSources(
            id => p.GetRequiredService<Grants>().Active.Find(id),
            id => p.GetRequiredService<Clients>().Find(id) is { IsEnabled: true } client ? Caller.Of(client, p.GetRequiredService<Agencies.Directory>()) : null,
            p.GetRequiredService<Catalogue>().Find));
        services.TryAddSingleton(p => new Pushes(
            p.GetRequiredService<Db>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<NodeKey>(), p.GetRequiredService<Feed>(), p.GetRequiredService<GatewaySettings>(), p.GetRequiredService<PushSources>(),
            new HttpMessageInvoker(PublicAddress.Handler(p.GetRequiredService<NoticeSettings>().AllowedPrivateHosts)), p.GetRequiredService<ILogger<Pushes>>()));
        services.AddSingleton(p => new Chore("gateway.pushes", TimeSpan.FromSeconds(1), ct => p.GetRequiredService<Pushes>().Run(ct)));
        services.AddSingleton(p => new Chore("gateway.pushes-old", TimeSpan.FromHours(1), ct => p.GetRequiredService<Pushes>().Forget(ct)));
    }

    private static bool Stands(Clients clients, Agencies.Directory directory, Caller caller, DateTimeOffset since) => caller.Client is { } client
        ? clients.Find(client) is { IsEnabled: true } known && known.TokensAfter <= since
        : caller.Person is { } person && directory.Person(person) is not null;
}
