using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Protect;

/// <summary>A preview of fields in the forms they might be given in.</summary>
public sealed record PreviewRequest(string Resource, IReadOnlyList<PreviewWish> Fields, Audience Audience = Audience.Departments, PreviewRows Rows = PreviewRows.Generated);

/// <summary>The columns of a preview.</summary>
public sealed record PreviewAnswer(IReadOnlyList<PreviewColumn> Columns);

/// <summary>A change of keys: for one resource of the caller, or (none named) for what joins resources.</summary>
public sealed record RotationRequest(Id<Agency> Consumer, string? Resource, string Reason);

/// <summary>The epoch that holds from now on.</summary>
public sealed record RotationAnswer(long Epoch);

/// <summary>The key that sealed fields go to.</summary>
public sealed record RecipientView(string Kid, RecipientAlgorithm Algorithm, DateTimeOffset GivenAt);

/// <summary>The value behind a token; it is said once and kept nowhere.</summary>
public sealed record OpenedToken(string Value);

/// <summary>The table of measures with its version.</summary>
public sealed record MeasureTable(string Version, IReadOnlyList<Measure> Items);

internal static class ProtectRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/protect").DisableAntiforgery().WithTags("protect");
        api.MapGet("measures", () => TypedResults.Ok(new MeasureTable(Measures.Current.Version, Measures.Current.All))).WithName("protect.measures");
        api.MapPost("preview", Preview).WithName("protect.preview").Produces<PreviewAnswer>();
        api.MapGet("key", (HttpContext http, RecipientKeys keys) => keys.Of(http.Caller()) is { } key ? Results.Ok(View(key)) : Refusal.NotFound("key").ToProblem()).WithName("protect.key").Produces<RecipientView>();
        api.MapPut("key", Give).WithName("protect.give-key").Produces<RecipientView>();
        api.MapPost("rotations", Rotate).WithIdempotency().WithName("protect.rotate").Produces<RotationAnswer>();
        api.MapGet("openings", async (HttpContext http, TokenOpenings door, CancellationToken ct) => TypedResults.Ok(new { items = await door.OfAgency(http.Caller(), ct), next = (string?)null })).WithName("protect.openings");
        api.MapPost("openings", Ask).WithIdempotency().WithName("protect.ask-opening").Produces<TokenOpening>(201);
        api.MapPost("openings/{id}/open", Open).WithName("protect.open").Produces<OpenedToken>();
    }

    private static async Task<IResult> Preview(PreviewRequest request, HttpContext http, Previews door, Catalogue catalogue, CancellationToken ct)
    {
        if (http.Caller().IsAnonymous) return new Refusal(401, "protect.sign-in").ToProblem();
        if (catalogue.BySlug(request.Resource ?? "") is not { } entry || entry.Agency != http.Caller().Agency) return Refusal.NotFound(request.Resource ?? "").ToProblem();
        return (await door.Show(http.Caller(), entry, request.Audience, request.Fields ?? [], request.Rows, ct)).Answer(columns => TypedResults.Ok(new PreviewAnswer(columns)));
    }

    private static async Task<IResult> Give(JsonElement jwk, HttpContext http, RecipientKeys keys, CancellationToken ct) =>
        (await keys.Give(http.Caller(), jwk, ct)).Answer(key => TypedResults.Ok(View(key)));

    private static async Task<IResult> Rotate(RotationRequest request, HttpContext http, ProtectKeys keys, Catalogue catalogue, CancellationToken ct)
    {
        var entry = request.Resource is { } slug ? catalogue.BySlug(slug) : null;
        if (request.Resource is not null && entry is null) return Refusal.NotFound(request.Resource).ToProblem();
        return (await keys.Rotate(http.Caller(), request.Consumer, entry, request.Reason ?? "", ct)).Answer(epoch => TypedResults.Ok(new RotationAnswer(epoch)));
    }

    private static async Task<IResult> Ask(OpeningWish wish, HttpContext http, TokenOpenings door, Catalogue catalogue, CancellationToken ct) =>
        (await door.Ask(http.Caller(), catalogue.BySlug(wish.Resource), wish, ct)).Answer(asked => TypedResults.Created($"/api/protect/openings/{asked.Id}", asked));

    private static async Task<IResult> Open(Id<TokenOpening> id, HttpContext http, TokenOpenings door, Catalogue catalogue, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        return (await door.Open(http.Caller(), id, catalogue.Find, ct)).Answer(value => TypedResults.Ok(new OpenedToken(value)));
    }

    private static RecipientView View(RecipientKey key) => new(key.Kid, key.Algorithm, key.GivenAt);
}
