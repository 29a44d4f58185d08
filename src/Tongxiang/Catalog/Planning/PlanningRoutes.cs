using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>A page of inventory lines with how far each has come.</summary>
public sealed record InventoryPage(IReadOnlyList<InventoryState> Items, string? Next);

/// <summary>A changed line; the revision that was edited.</summary>
public sealed record ChangedLine(long Revision, InventoryWish Line);

/// <summary>Why a line or an item ends; the revision that was decided on.</summary>
public sealed record EndWish(long Revision, string Reason);

/// <summary>The entry an item is about.</summary>
public sealed record LinkWish(long Revision, string Code);

/// <summary>Coverage per department.</summary>
public sealed record CoverageAnswer(IReadOnlyList<Coverage> Items);

/// <summary>A refused line in words.</summary>
public sealed record RefusedLineAnswer(long Line, string Field, string Value, string Remedy);

/// <summary>A list that was checked: the good lines wait for the confirmation of their number, the refused ones are named, first 500 of them.</summary>
public sealed record ImportAnswer(Id<ImportView> Id, ImportTarget Target, ImportState State, string Digest, int Good, int RefusedCount, IReadOnlyList<RefusedLineAnswer> Refused, long Taken);

/// <summary>The confirmation: how many good lines were shown.</summary>
public sealed record ImportConfirmation(int Good);

internal static class PlanningRoutes
{
    private const int MostShown = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var inventory = routes.MapGroup("/api/inventory").WithTags("catalog");
        inventory.MapGet("", Lines).WithName("catalog.inventory").Produces<InventoryPage>();
        inventory.MapPost("", Add).WithName("catalog.add-inventory").WithIdempotency().Produces<InventoryLine>(201);
        inventory.MapGet("coverage", Cover).WithName("catalog.coverage").Produces<CoverageAnswer>();
        inventory.MapPut("{id:guid}", Change).WithName("catalog.change-inventory").Produces<InventoryLine>();
        inventory.MapPost("{id:guid}/end", End).WithName("catalog.end-inventory").Produces<InventoryLine>();
        var plan = routes.MapGroup("/api/plans").WithTags("catalog");
        plan.MapGet("{year:int}", Plan).WithName("catalog.plan").Produces<YearPlan>();
        plan.MapPost("{year:int}/publish", Publish).WithName("catalog.publish-plan").Produces<YearPlan>();
        plan.MapPost("items", AddItem).WithName("catalog.add-plan-item").WithIdempotency().Produces<PlanItem>(201);
        plan.MapPost("items/{id:guid}/link", Link).WithName("catalog.link-plan-item").Produces<PlanItem>();
        plan.MapPost("items/{id:guid}/drop", Drop).WithName("catalog.drop-plan-item").Produces<PlanItem>();
        var imports = routes.MapGroup("/api/imports").WithTags("catalog");
        imports.MapPost("{target}", Check).WithName("catalog.check-import").Accepts<string>("text/csv").Produces<ImportAnswer>(201).DisableAntiforgery();
        imports.MapGet("{id:guid}", Get).WithName("catalog.import").Produces<ImportAnswer>();
        imports.MapPost("{id:guid}/take", Take).WithName("catalog.take-import").WithIdempotency().Produces<ImportAnswer>();
        imports.MapPost("{id:guid}/drop", DropImport).WithName("catalog.drop-import").Produces<ImportAnswer>();
    }

    private static async Task<IResult> Lines(HttpContext http, Inventory door, [FromQuery] Id<Agency>? agency, [FromQuery] InventoryKind? kind, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct) =>
        (await door.List(http.Caller(), agency, kind, after, limit ?? 100, ct)).Answer(p => TypedResults.Ok(new InventoryPage(p.Items, p.Next)));

    private static async Task<IResult> Add(InventoryWish wish, HttpContext http, Inventory door, CancellationToken ct) =>
        (await door.Add(http.Caller(), wish, ct)).Answer(l => TypedResults.Created($"/api/inventory/{l.Id}", l));

    private static async Task<IResult> Change(Guid id, ChangedLine change, HttpContext http, Inventory door, CancellationToken ct) =>
        (await door.Change(http.Caller(), new Id<InventoryLine>(id), change.Revision, change.Line, ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> End(Guid id, EndWish wish, HttpContext http, Inventory door, CancellationToken ct) =>
        (await door.End(http.Caller(), new Id<InventoryLine>(id), wish.Revision, wish.Reason ?? "", ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> Cover(HttpContext http, Inventory door, CancellationToken ct) =>
        (await door.Coverage(http.Caller(), ct)).Answer(c => TypedResults.Ok(new CoverageAnswer(c)));

    private static async Task<IResult> Plan(int year, HttpContext http, YearPlans plans, CancellationToken ct) => (await plans.Of(http.Caller(), year, ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> Publish(int year, HttpContext http, YearPlans plans, CancellationToken ct) => (await plans.Publish(http.Caller(), year, ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> AddItem(PlanWish wish, HttpContext http, YearPlans plans, CancellationToken ct) =>
        (await plans.Add(http.Caller(), wish, ct)).Answer(i => TypedResults.Created($"/api/plans/{i.Year}", i));

    private static async Task<IResult> Link(Guid id, LinkWish wish, HttpContext http, YearPlans plans, CancellationToken ct) =>
        (await plans.Link(http.Caller(), new Id<PlanItem>(id), wish.Revision, wish.Code ?? "", ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> Drop(Guid id, EndWish wish, HttpContext http, YearPlans plans, CancellationToken ct) =>
        (await plans.Drop(http.Caller(), new Id<PlanItem>(id), wish.Revision, wish.Reason ?? "", ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> Check(ImportTarget target, HttpContext http, Imports imports, CancellationToken ct) =>
        (await imports.Check(http.Caller(), target, http.Request.Body, ct)).Answer(v => TypedResults.Created($"/api/imports/{v.Id}", Answer(v, http)));

    private static async Task<IResult> Get(Guid id, HttpContext http, Imports imports, CancellationToken ct) =>
        await imports.Find(http.Caller(), new Id<ImportView>(id), ct) is { } view ? TypedResults.Ok(Answer(view, http)) : Refusal.NotFound("catalog.import").ToProblem();

    private static async Task<IResult> Take(Guid id, ImportConfirmation yes, HttpContext http, Imports imports, CancellationToken ct) =>
        (await imports.Take(http.Caller(), new Id<ImportView>(id), yes.Good, ct)).Answer(v => TypedResults.Ok(Answer(v, http)));

    private static async Task<IResult> DropImport(Guid id, HttpContext http, Imports imports, CancellationToken ct) =>
        (await imports.Drop(http.Caller(), new Id<ImportView>(id), ct)).Answer(v => TypedResults.Ok(Answer(v, http)));

    private static ImportAnswer Answer(ImportView v, HttpContext http)
    {
        var language = Language.Of(http.Request);
        return new ImportAnswer(
            v.Id, v.Target, v.State, v.Digest, v.Good, v.Refused.Count, [.. v.Refused.Take(MostShown).Select(r => new RefusedLineAnswer(r.Line, r.Field, r.Value, Texts.Parts.Get(language, r.Error.Key, r.Error.Args)))], v.Taken);
    }
}
