using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>Which revision is frozen.</summary>
public sealed record FreezeScheme(long? Revision = null);

/// <summary>A score to be computed.</summary>
public sealed record NewScore(Id<Agency>? Agency = null, IReadOnlyDictionary<string, ScoreInput>? Inputs = null);

/// <summary>All schemes that the caller may see.</summary>
public sealed record SchemePage(IReadOnlyList<Scheme> Items, string? Next);

/// <summary>All newest scores under a scheme.</summary>
public sealed record ScorePage(IReadOnlyList<Score> Items, string? Next);

internal static class SchemeRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/schemes").DisableAntiforgery().WithTags("assess");
        api.MapGet("", (HttpContext http, Schemes door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c => TypedResults.Ok(new SchemePage(await door.List(c, ct), null)))).WithName("assess.schemes").Produces<SchemePage>();
        api.MapPost("", (NewScheme said, HttpContext http, Schemes door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
            (await door.Draft(c, said, ct)).Answer(s => TypedResults.Created($"/api/schemes/{s.Id}", s)))).WithIdempotency().WithName("assess.scheme-draft").Produces<Scheme>(201);
        api.MapGet("{id}", (Id<Scheme> id, HttpContext http, Schemes door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
            await door.Find(c, id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound("scheme").ToProblem())).WithName("assess.scheme").Produces<Scheme>();
        api.MapPost("{id}/freeze", (Id<Scheme> id, FreezeScheme said, HttpContext http, Schemes door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
            said.Revision is { } seen ? (await door.Freeze(c, id, seen, ct)).Answer(TypedResults.Ok) : Refusal.Invalid(new FieldError("revision", "kernel.required")).ToProblem())).WithIdempotency().WithName("assess.scheme-freeze").Produces<Scheme>();
        api.MapGet("{id}/scores", (Id<Scheme> id, HttpContext http, Schemes door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
            TypedResults.Ok(new ScorePage(await door.Scores(c, id, ct), null)))).WithName("assess.scores").Produces<ScorePage>();
        api.MapPost("{id}/scores", (Id<Scheme> id, NewScore said, HttpContext http, Schemes door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c => said.Agency is { } agency
            ? (await door.Compute(c, id, agency, said.Inputs ?? new Dictionary<string, ScoreInput>(), ct)).Answer(s => TypedResults.Created($"/api/schemes/{id}/scores", s))
            : Refusal.Invalid(new FieldError("agency", "kernel.required")).ToProblem())).WithIdempotency().WithName("assess.score").Produces<Score>(201);
    }
}
