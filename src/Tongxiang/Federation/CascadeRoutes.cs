using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Federation;

/// <summary>The name and key under which this node's bundles are verified.</summary>
public sealed record CascadeIdentity(string Origin, string PublicKey);

/// <summary>A page of a list.</summary>
public sealed record CascadePage<T>(IReadOnlyList<T> Items, string? Next);

internal static class CascadeRoutes
{
    /// <summary>Names the bundle a receiver misses.</summary>
    public const string Expected = "Cascade-Expected";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/cascade").DisableAntiforgery().WithTags("federation");
        api.MapGet("key", (NodeSettings node, CascadeKey key) => TypedResults.Ok(new CascadeIdentity(node.LogOrigin, key.PublicKey))).WithName("federation.key");
        api.MapPost("bundles", Make).WithIdempotency().WithName("federation.make").Produces<SentBundle>(201);
        api.MapGet("bundles", List).WithName("federation.bundles").Produces<CascadePage<SentBundle>>();
        api.MapGet("bundles/{sequence:long}", Show).WithName("federation.bundle").Produces<SignedBundle>();
        api.MapPost("inbox", Receive).WithName("federation.receive").Produces<CascadeReceipt>();
        api.MapGet("sources", (HttpContext http, Receiving door, CancellationToken ct) => ForBureau(http, () => door.Sources(ct))).WithName("federation.sources").Produces<CascadePage<SourceState>>();
        api.MapGet("entries", (HttpContext http, Receiving door, CancellationToken ct) => ForBureau(http, () => door.Entries(1000, ct))).WithName("federation.entries").Produces<CascadePage<ForeignEntry>>();
        api.MapGet("grants", (HttpContext http, Receiving door, CancellationToken ct) => ForBureau(http, () => door.Grants(1000, ct))).WithName("federation.grants").Produces<CascadePage<ForeignGrant>>();
    }

    private static async Task<IResult> Make(HttpContext http, Sending door, CancellationToken ct)
    {
        if (!MayHandle(http)) return Refusal.Forbidden("federation.bureau").ToProblem();
        return await door.Make(http.Caller(), ct) is { } made ? TypedResults.Created($"/api/cascade/bundles/{made.Sequence}", made) : TypedResults.NoContent();
    }

    private static async Task<IResult> List(HttpContext http, Sending door, [FromQuery] long? after, [FromQuery] int? limit, CancellationToken ct)
    {
        if (!MayHandle(http)) return Refusal.Forbidden("federation.bureau").ToProblem();
        var most = Math.Clamp(limit ?? 20, 1, 100);
        var found = await door.After(after ?? 0, most, ct);
        return TypedResults.Ok(new CascadePage<SentBundle>(found, found.Count == most ? found[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> Show(long sequence, HttpContext http, Sending door, CancellationToken ct) =>
        !MayHandle(http) ? Refusal.Forbidden("federation.bureau").ToProblem()
        : await door.Find(sequence, ct) is { } found ? TypedResults.Ok(found.Signed) : Refusal.NotFound("federation.bundle").ToProblem();

    // No sign-in: the signature of a known origin is what lets a bundle in, whoever carries it.
    private static async Task<IResult> Receive(SignedBundle bundle, HttpContext http, Receiving door, CancellationToken ct)
    {
        var taken = await door.Take(bundle, ct);
        if (taken.Refusal is { Code: "federation.gap" } && BundleForm.Read(bundle.Body) is { } read)
            http.Response.Headers[Expected] = (await door.Next(read.Origin, ct)).ToString(CultureInfo.InvariantCulture);
        return taken.Answer(TypedResults.Ok);
    }

    private static bool MayHandle(HttpContext http) =>
        BundleForm.MayHandle(http.Caller(), http.RequestServices.GetRequiredService<Agencies.Directory>(), http.RequestServices.GetRequiredService<NodeSettings>());

    private static async Task<IResult> ForBureau<T>(HttpContext http, Func<Task<IReadOnlyList<T>>> list) =>
        MayHandle(http) ? TypedResults.Ok(new CascadePage<T>(await list(), null)) : Refusal.Forbidden("federation.bureau").ToProblem();
}

/// <summary>Registers the cascade between tiers and maps its endpoints.</summary>
public static class FederationWiring
{
    public static IServiceCollection AddFederation(this IServiceCollection services)
    {
        services.AddOptions<CascadeSettings>().BindConfiguration("Cascade").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<CascadeSettings>>().Value);
        services.AddSingleton(p => CascadeKey.Of(p.GetRequiredService<Home>(), p.GetRequiredService<NodeKey>()));
        services.AddSingleton<Receiving>();
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<Sending>(p, new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) })));
        services.AddSingleton(p => new Chore("federation.cascade", TimeSpan.FromMinutes(1), p.GetRequiredService<Sending>().Push));
        return services;
    }

    public static IEndpointRouteBuilder MapFederation(this IEndpointRouteBuilder routes)
    {
        CascadeRoutes.Map(routes);
        return routes;
    }
}
