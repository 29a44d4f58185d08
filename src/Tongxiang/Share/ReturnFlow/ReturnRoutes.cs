using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A return flow to ask for.</summary>
public sealed record ReturnRequest(Id<Entry> Entry, string? RegionField = null);

/// <summary>A step on a return flow.</summary>
/// <param name="Conditions">Opening: anything that stands here is refused.</param>
public sealed record ReturnStep(long Revision, ReturnConditions? Conditions = null, RefusalGround? Ground = null, string? Reason = null);

/// <summary>What the receiver counted.</summary>
public sealed record ReturnCount(long Version, long Rows, string? Digest = null);

/// <summary>Return flows.</summary>
public sealed record ReturnPage(IReadOnlyList<ReturnFlow> Items, string? Next);

/// <summary>Comparisons of a return flow.</summary>
public sealed record ReconciliationPage(IReadOnlyList<Reconciliation> Items, string? Next);

internal static class ReturnRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/return-flows").DisableAntiforgery().WithTags("share");
        api.MapGet("", (HttpContext http, ReturnFlows door, CancellationToken ct) => SignedIn(http, async c => TypedResults.Ok(new ReturnPage(await door.List(c, ct), null)))).WithName("share.return-flows").Produces<ReturnPage>();
        api.MapPost("", (ReturnRequest wish, HttpContext http, ReturnFlows door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Ask(c, wish.Entry, wish.RegionField ?? "", ct)).Answer(f => TypedResults.Created($"/api/return-flows/{f.Id}", f)))).WithIdempotency().WithName("share.return-ask").Produces<ReturnFlow>(201);
        api.MapGet("{id}", (Id<ReturnFlow> id, HttpContext http, ReturnFlows door, CancellationToken ct) => SignedIn(http, async c =>
            await door.Find(c, id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound(id.ToString()).ToProblem())).WithName("share.return-flow").Produces<ReturnFlow>();
        api.MapPost("{id}/agree", (Id<ReturnFlow> id, ReturnStep s, HttpContext http, ReturnFlows door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Agree(c, id, s.Revision, ct)).Answer(f => TypedResults.Ok(f)))).WithIdempotency().WithName("share.return-agree").Produces<ReturnFlow>();
        api.MapPost("{id}/open", (Id<ReturnFlow> id, ReturnStep s, HttpContext http, ReturnFlows door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Open(c, id, s.Revision, s.Conditions, ct)).Answer(f => TypedResults.Ok(f)))).WithIdempotency().WithName("share.return-open").Produces<ReturnFlow>();
        api.MapPost("{id}/refuse", (Id<ReturnFlow> id, ReturnStep s, HttpContext http, ReturnFlows door, CancellationToken ct) => SignedIn(http, async c =>
            s.Ground is { } ground ? (await door.Refuse(c, id, s.Revision, ground, s.Reason ?? "", ct)).Answer(f => TypedResults.Ok(f)) : Refusal.Invalid(new FieldError("ground", "kernel.required")).ToProblem())).WithIdempotency().WithName("share.return-refuse").Produces<ReturnFlow>();
        api.MapGet("{id}/sheet", (Id<ReturnFlow> id, HttpContext http, ReturnFlows door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Sheet(c, id, ct)).Answer(s => TypedResults.Ok(s)))).WithName("share.return-sheet").Produces<ReturnSheet>();
        api.MapGet("{id}/reconciliations", (Id<ReturnFlow> id, HttpContext http, ReturnFlows door, CancellationToken ct) => SignedIn(http, async c =>
            TypedResults.Ok(new ReconciliationPage(await door.Reconciliations(c, id, ct), null)))).WithName("share.return-reconciliations").Produces<ReconciliationPage>();
        api.MapPost("{id}/reconciliations", (Id<ReturnFlow> id, ReturnCount said, HttpContext http, ReturnFlows door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Reconcile(c, id, said.Version, said.Rows, said.Digest ?? "", ct)).Answer(r => TypedResults.Ok(r)))).WithIdempotency().WithName("share.return-reconcile").Produces<Reconciliation>();
    }

    private static async Task<IResult> SignedIn(HttpContext http, Func<Caller, Task<IResult>> work) =>
        http.Caller() is { Person: not null, Client: null } caller ? await work(caller) : new Refusal(401, "share.sign-in").ToProblem();
}
