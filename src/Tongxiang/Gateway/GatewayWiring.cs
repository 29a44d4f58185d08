using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Batching;
using Tongxiang.Gateway.Subscribe;
using Tongxiang.Gateway.Verify;
using Tongxiang.Kernel;
using Tongxiang.Share;
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
        services.TryAddSingleton(Sources);
        services.AddSingleton<Rates>();
        services.AddSingleton<DayUses>();
        services.AddSingleton<Limits>();
        services.AddSingleton<ResourceUses>();
        services.AddSingleton<UseFeed>();
        services.AddSingleton<CatalogueFacts>();
        services.AddSingleton<Guesses>();
        services.AddSingleton<Calls>();
        services.AddSingleton<AnswerSignatures>();
        services.AddSingleton<DataFace>();
        services.AddSingleton<XRoadFace>();
        services.AddSingleton<PartFile>();
        services.AddSingleton<DataFile>();
        services.AddSingleton<DataDescription>();
        services.AddSingleton<VerifyFace>();
        services.AddSingleton<LookUps>();
        services.AddSingleton<ContentAlarms>();
        services.AddSingleton<BreakGlassReads>();
        services.AddSingleton(p => new Chore("gateway.content-alarms", saved, ct => p.GetRequiredService<ContentAlarms>().Tell(
            p.GetRequiredService<Db>(), p.GetRequiredService<EvidenceLog>(), p.GetRequiredService<Notices>(), p.GetRequiredService<Agencies.Directory>(), ct), OneCopyOnly: false));
        services.AddSingleton<CorrectionLooks>();
        services.AddSingleton<RecordLook>(p => p.GetRequiredService<CorrectionLooks>().See);
        services.AddSubscriptions();
        services.AddSingleton<Explain>();
        services.AddSingleton<Proxying.ProviderApis>();
        services.AddSingleton<Proxying.Proxied>();
        services.AddSingleton<Proxying.ProviderFace>();
        services.AddSingleton(p => new Chore("gateway.provider-apis", TimeSpan.FromSeconds(2), p.GetRequiredService<Proxying.ProviderApis>().Follow, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("gateway.provider-alarms", saved, p.GetRequiredService<Proxying.Proxied>().Tell, OneCopyOnly: false));
        services.AddSingleton<Tracing.Releases>();
        services.AddSingleton<Tracing.Slices>();
        services.AddSingleton<Tracing.Traces>();
        services.AddSingleton<PackageFiles>();
        services.AddSingleton<Packing>();
        services.AddSingleton<Batches>();
        services.AddSingleton<BatchFace>();
        services.AddSingleton(p => new Chore("gateway.packages", saved, p.GetRequiredService<Packing>().Run));
        services.AddSingleton(p => new Chore("gateway.uses", saved, p.GetRequiredService<DayUses>().Save, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("gateway.limits", TimeSpan.FromSeconds(1), p.GetRequiredService<Limits>().Load, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("gateway.guesses", saved, p.GetRequiredService<Guesses>().Save, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("gateway.resource-uses", saved, p.GetRequiredService<ResourceUses>().Save, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("gateway.catalogue-facts", TimeSpan.FromSeconds(1), ct => p.GetRequiredService<CatalogueFacts>().Tell(ct), OneCopyOnly: false));
        return services;
    }

    /// <summary>Before the first request: what grants and resources were used before the node stopped, told to the catalogue too.</summary>
    public static async Task OpenGateway(this IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<DayUses>().Load(ct);
        await services.GetRequiredService<ResourceUses>().Load(ct);
        await services.GetRequiredService<Limits>().Load(ct);
        await services.GetRequiredService<Guesses>().Load(ct);
        await services.GetRequiredService<CatalogueFacts>().Tell(ct);
        await services.GetRequiredService<Proxying.ProviderApis>().Follow(ct);
        // On a cluster another copy may be making one right now: what is left over there is removed when it is a day old.
        var clock = services.GetRequiredService<TimeProvider>();
        await services.GetRequiredService<Packing>().Clean(services.GetRequiredService<NodeSettings>().Store == Store.Sqlite ? DateTimeOffset.MaxValue : clock.GetUtcNow().AddDays(-1), ct);
    }

    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder app)
    {
        app.ServiceProvider.GetRequiredService<DataFace>().Map(app);
        app.ServiceProvider.GetRequiredService<AnswerSignatures>().Map(app);
        if (app.ServiceProvider.GetService<Agencies.Directory>() is not null) app.ServiceProvider.GetRequiredService<XRoadFace>().Map(app);
        app.ServiceProvider.GetRequiredService<DataFile>().Map(app);
        app.ServiceProvider.GetRequiredService<DataDescription>().Map(app);
        app.ServiceProvider.GetRequiredService<VerifyFace>().Map(app);
        app.ServiceProvider.GetRequiredService<BatchFace>().Map(app);
        app.ServiceProvider.GetRequiredService<Proxying.ProviderFace>().Map(app);
        app.ServiceProvider.GetRequiredService<SubscribeFace>().Map(app);
        Explain.Map(app);
        BreakGlassReads.Map(app);
        Limits.Map(app);
        return app;
    }

    private static GatewaySources Sources(IServiceProvider services)
    {
        var (catalogue, versions, grants) = (services.GetRequiredService<Catalogue>(), services.GetRequiredService<Versions>(), services.GetRequiredService<Grants>());
        var glasses = services.GetRequiredService<BreakGlasses>();
        var marks = services.GetRequiredService<CorrectionMarks>();
        var (applications, evidence) = (services.GetRequiredService<Applications>(), services.GetRequiredService<EvidenceLog>());
        return new GatewaySources(
            http => http.Caller(), catalogue.BySlug, versions.Current, async (entry, number, ct) => await versions.Find(entry, number, ct), versions.Serve,
            (entry, caller) => glasses.With(entry, caller, grants.Active.Of(entry, caller)), evidence.Witness, applications.Delivered, evidence.Count, () => evidence.Stopped,
            async (id, ct) => await evidence.Of(id, ct))
        {
            ClientId = id => services.GetRequiredService<Clients>().Find(id)?.ClientId,
            Floors = services.GetRequiredService<AssuranceSettings>(),
            Corrections = () => marks.Now,
        };
    }
}
