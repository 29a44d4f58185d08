using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Proxying;

/// <summary>Connections to providers' own systems over HTTP.</summary>
public sealed class ProviderFace(ProviderApis apis, GatewaySources sources)
{
    internal void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/provider-apis").DisableAntiforgery().WithTags("gateway");
        api.MapGet("", async (HttpContext http, CancellationToken ct) => TypedResults.Ok(await apis.Overview(sources.Caller(http), ct))).WithName("gateway.provider-apis");
        api.MapPost("", async (ProviderApiWish wish, HttpContext http, CancellationToken ct) =>
            (await apis.Propose(sources.Caller(http), wish, ct)).Answer(made => TypedResults.Created("/api/provider-apis", made))).WithIdempotency().WithName("gateway.provider-propose").Produces<ProviderApi>(201);
        api.MapPost("{slug}/try", async (string slug, ProviderTrialWish wish, HttpContext http, CancellationToken ct) => (await apis.Try(sources.Caller(http), slug, wish, ct)).Answer(TypedResults.Ok)).WithName("gateway.provider-try").Produces<ProviderTrial>();
        api.MapPost("{slug}/approve", async (string slug, HttpContext http, CancellationToken ct) => (await apis.Approve(sources.Caller(http), slug, ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("gateway.provider-approve").Produces<ProviderApi>();
        api.MapPost("{slug}/stop", async (string slug, HttpContext http, CancellationToken ct) => (await apis.Stop(sources.Caller(http), slug, ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("gateway.provider-stop").Produces<ProviderApi>();
    }
}
