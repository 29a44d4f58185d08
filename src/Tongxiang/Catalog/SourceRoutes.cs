using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>A page of source departments.</summary>
public sealed record SourcePage(IReadOnlyList<SourceOfRecord> Items, string? Next);

/// <summary>A source department with the holders beside it.</summary>
/// <param name="Holders">Departments that the catalogue knows as holders of the element.</param>
public sealed record SourceView(SourceOfRecord Source, IReadOnlyList<SourceAssist> Assists, IReadOnlyList<Id<Agency>> Holders);

/// <summary>The end of a naming.</summary>
/// <param name="Revision">The revision that was decided on.</param>
public sealed record SourceEnd(long Revision, DateOnly Last, string Reason);

internal static class SourceRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/sources").DisableAntiforgery().WithTags("catalog");
        api.MapGet("", List).WithName("catalog.sources").Produces<SourcePage>();
        api.MapPost("", Appoint).WithIdempotency().WithName("catalog.source-appoint").Produces<SourceOfRecord>(201);
        api.MapGet("{id}", Get).WithName("catalog.source").Produces<SourceView>();
        api.MapPost("{id}/end", End).WithIdempotency().WithName("catalog.source-end").Produces<SourceOfRecord>();
    }

    private static async Task<IResult> List(HttpContext http, SourcesOfRecord door, [FromQuery] string? element, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct)
    {
        if (http.Caller() is not { IsGovernment: true, Person: not null } caller) return Who(http.Caller()).ToProblem();
        var page = await door.List(caller, element, after, limit ?? 50, ct);
        return TypedResults.Ok(new SourcePage(page.Items, page.Next));
    }

    private static async Task<IResult> Appoint(NewSource wish, HttpContext http, SourcesOfRecord door, CancellationToken ct) =>
        http.Caller().IsAnonymous ? Who(http.Caller()).ToProblem()
            : (await door.Appoint(http.Caller(), wish with { Segment = wish.Segment ?? SourceSegment.All, Assists = wish.Assists ?? [] }, ct)).Answer(s => TypedResults.Created($"/api/sources/{s.Id}", s));

    private static async Task<IResult> Get(Id<SourceOfRecord> id, HttpContext http, SourcesOfRecord door, CancellationToken ct) =>
        await door.Find(http.Caller(), id, ct) is { } found
            ? TypedResults.Ok(new SourceView(found, await door.Assists(id, ct), door.Holders(found.Element, found.Department)))
            : Refusal.NotFound(id.ToString()).ToProblem();

    private static async Task<IResult> End(Id<SourceOfRecord> id, SourceEnd wish, HttpContext http, SourcesOfRecord door, CancellationToken ct) =>
        (await door.End(http.Caller(), id, wish.Revision, wish.Last, wish.Reason, ct)).Answer(s => TypedResults.Ok(s));

    private static Refusal Who(Caller caller) => caller.IsAnonymous ? new Refusal(401, "catalog.source-sign-in") : Refusal.Forbidden("catalog.source-only-departments");
}
