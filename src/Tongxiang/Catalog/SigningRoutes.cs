using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>A page of signing lists.</summary>
public sealed record SigningPage(IReadOnlyList<SigningList> Items, string? Next);

/// <summary>A step on a signing list, decided on this revision of it.</summary>
public sealed record SigningStep(long Revision, string? Note = null);

/// <summary>An entry to take off a signing list, with the reason.</summary>
public sealed record TakeOutWish(Id<Entry> Entry, long Revision, string Reason);

internal static class SigningRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/signing-lists").WithTags("catalog");
        api.MapPost("", Make).WithName("catalog.make-signing-list").WithIdempotency().Produces<SigningList>(201);
        api.MapGet("", List).WithName("catalog.signing-lists").Produces<SigningPage>();
        api.MapGet("{id:guid}", Get).WithName("catalog.signing-list").Produces<SigningList>();
        api.MapPost("{id:guid}/sign", Sign).WithName("catalog.sign-list").Produces<SigningList>();
        api.MapPost("{id:guid}/take-out", TakeOut).WithName("catalog.take-out").Produces<SigningList>();
        api.MapPost("{id:guid}/withdraw", Withdraw).WithName("catalog.withdraw-list").Produces<SigningList>();
    }

    private static async Task<IResult> Make(NewSigningList wish, HttpContext http, SigningLists lists, CancellationToken ct) =>
        (await lists.Make(http.Caller(), wish, ct)).Answer(l => TypedResults.Created($"/api/signing-lists/{l.Id}", l));

    private static async Task<IResult> List(HttpContext http, SigningLists lists, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct) =>
        (await lists.Own(http.Caller(), after, limit ?? 50, ct)).Answer(p => TypedResults.Ok(new SigningPage(p.Items, p.Next)));

    private static async Task<IResult> Get(Guid id, HttpContext http, SigningLists lists, CancellationToken ct) =>
        await lists.Find(http.Caller(), new Id<SigningList>(id), ct) is { } list ? TypedResults.Ok(list) : Refusal.NotFound("catalog.signing-list").ToProblem();

    private static async Task<IResult> Sign(Guid id, SigningStep step, HttpContext http, SigningLists lists, CancellationToken ct) =>
        (await lists.Sign(http.Caller(), new Id<SigningList>(id), step.Revision, ct, step.Note ?? "")).Answer(TypedResults.Ok);

    private static async Task<IResult> TakeOut(Guid id, TakeOutWish wish, HttpContext http, SigningLists lists, CancellationToken ct) =>
        (await lists.TakeOut(http.Caller(), new Id<SigningList>(id), wish.Entry, wish.Revision, wish.Reason ?? "", ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> Withdraw(Guid id, SigningStep step, HttpContext http, SigningLists lists, CancellationToken ct) =>
        (await lists.Withdraw(http.Caller(), new Id<SigningList>(id), step.Revision, ct)).Answer(TypedResults.Ok);
}
