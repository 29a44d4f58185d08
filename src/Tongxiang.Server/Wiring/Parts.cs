using Tongxiang.Agencies;
using Tongxiang.Assess;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Federation;
using Tongxiang.Feedback;
using Tongxiang.Gateway;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Portal;
using Tongxiang.Products;
using Tongxiang.Protect;
using Tongxiang.Server.Demo;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Tongxiang.Watch;

namespace Tongxiang.Server.Wiring;

/// <summary>The parts of a node, one line each, in the order in which they may call each other.</summary>
internal static class Parts
{
    public static IServiceCollection AddParts(this IServiceCollection services, NodeSettings settings)
    {
        services.AddEvidence(settings);
        services.AddAgencies(settings);
        services.AddCatalog(settings);
        services.AddWarehouse(settings);
        services.AddProtect(settings);
        services.AddShare(settings);
        services.AddWatch(settings);
        services.AddIncidents();
        services.AddFeedback();
        services.AddGateway(settings);
        services.AddIngest(settings);
        services.AddProducts();
        services.AddFederation();
        services.AddAssess();
        services.AddPortal();
        return services;
    }

    public static void UseParts(this WebApplication app)
    {
        app.UseRouting();
        app.UseAgencies();
        app.UsePortal();
    }

    /// <summary>Work a part must do before the first request: loading snapshots, recovering what a crash left.</summary>
    public static async Task OpenParts(this WebApplication app, CancellationToken ct)
    {
        await app.Services.GetRequiredService<EvidenceLog>().Start(ct);
        await app.Services.OpenAgencies(ct);
        await app.Services.OpenCatalog(ct);
        await app.Services.GetRequiredService<Versions>().Start(ct);
        await app.Services.GetRequiredService<Landings>().Recover(ct);
        await app.Services.OpenProtect(ct);
        await app.Services.OpenShare(ct);
        await app.Services.OpenWatch(ct);
        await app.Services.OpenGateway(ct);
    }

    public static void MapParts(this WebApplication app)
    {
        app.MapEvidence();
        app.MapCatalog();
        app.MapIngest();
        app.MapAgencies();
        app.MapProtect();
        app.MapShare();
        app.MapWatch();
        app.MapIncidents();
        app.MapGateway();
        app.MapProducts();
        app.MapFederation();
        app.MapAssess();
        app.MapPortal();
    }

    /// <summary>What is done and said once the node listens.</summary>
    public static async Task Ready(this WebApplication app, NodeOptions options, CancellationToken ct)
    {
        Console.WriteLine($"通享 Tongxiang: {Node.Address(app)}");
        if (options.People is null && await app.Services.GetRequiredService<Founding>().Invite(ct) is { } token)
        {
            Console.WriteLine($"  本节点尚无人员。请由三人共同初始化（系统、安全、审计管理员） / nobody is enrolled yet; three people found the node: {Node.Address(app)}/founding");
            Console.WriteLine($"  一次性令牌 / one-time token: {token}");
        }
        if (options.People is { } people) await new Demonstration(app.Services, Console.Out).Fill(people, Node.Address(app), ct);
    }
}
