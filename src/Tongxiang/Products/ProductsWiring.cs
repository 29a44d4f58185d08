using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Products;

/// <summary>A step that concerns one resource of a contract.</summary>
public sealed record ResourceStep(long Revision, Id<Entry> Entry);

/// <summary>A product to add.</summary>
public sealed record NewProduct(long Revision, string Name, ProductKind Kind);

/// <summary>The fees of a product in a year.</summary>
public sealed record ProductFee(long Revision, int Year, long FeeFen);

/// <summary>The end of a contract before its term.</summary>
public sealed record ContractEnd(long Revision, string Reason);

/// <summary>Which year a disclosure tells of.</summary>
public sealed record DisclosureWish(int Year);

/// <summary>A page of a list.</summary>
public sealed record ProductsPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Registers authorised operation and maps its endpoints.</summary>
public static class ProductsWiring
{
    public static IServiceCollection AddProducts(this IServiceCollection services)
    {
        services.AddSingleton<Contracts>();
        return services;
    }

    public static IEndpointRouteBuilder MapProducts(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/operation").DisableAntiforgery().WithTags("products");
        api.MapPost("contracts", async (NewContract wish, HttpContext http, Contracts door, CancellationToken ct) =>
            (await door.Make(http.Caller(), wish, ct)).Answer(c => TypedResults.Created($"/api/operation/contracts/{c.Id}", c))).WithIdempotency().WithName("products.make-contract").Produces<OperationContract>(201);
        api.MapGet("contracts", async (HttpContext http, Contracts door, CancellationToken ct) => TypedResults.Ok(new ProductsPage<OperationContract>(await door.List(http.Caller(), ct), null))).WithName("products.contracts");
        api.MapGet("contracts/{id:guid}", async (Guid id, HttpContext http, Contracts door, CancellationToken ct) =>
            await door.Find(http.Caller(), new Id<OperationContract>(id), ct) is { } found ? Results.Ok(found) : Refusal.NotFound("products.contract").ToProblem()).WithName("products.contract").Produces<OperationContract>();
        api.MapPost("contracts/{id:guid}/deliveries", async (Guid id, ResourceStep step, HttpContext http, Contracts door, CancellationToken ct) =>
            (await door.Deliver(http.Caller(), new Id<OperationContract>(id), step.Revision, step.Entry, ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("products.deliver").Produces<OperationContract>();
        api.MapPost("contracts/{id:guid}/completions", async (Guid id, ResourceStep step, HttpContext http, Contracts door, CancellationToken ct) =>
            (await door.Complete(http.Caller(), new Id<OperationContract>(id), step.Revision, step.Entry, ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("products.complete").Produces<OperationContract>();
        api.MapPost("contracts/{id:guid}/products", async (Guid id, NewProduct step, HttpContext http, Contracts door, CancellationToken ct) =>
            (await door.AddProduct(http.Caller(), new Id<OperationContract>(id), step.Revision, step.Name, step.Kind, ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("products.add-product").Produces<OperationContract>();
        api.MapPut("contracts/{id:guid}/products/{product:guid}/fee", async (Guid id, Guid product, ProductFee step, HttpContext http, Contracts door, CancellationToken ct) =>
            (await door.SayFee(http.Caller(), new Id<OperationContract>(id), step.Revision, new Id<Product>(product), step.Year, step.FeeFen, ct)).Answer(TypedResults.Ok)).WithName("products.say-fee").Produces<OperationContract>();
        api.MapPost("contracts/{id:guid}/end", async (Guid id, ContractEnd step, HttpContext http, Contracts door, CancellationToken ct) =>
            (await door.End(http.Caller(), new Id<OperationContract>(id), step.Revision, step.Reason ?? "", ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("products.end-contract").Produces<OperationContract>();
        api.MapPost("disclosures", async (DisclosureWish wish, HttpContext http, Contracts door, CancellationToken ct) =>
            (await door.Disclose(http.Caller(), wish.Year, ct)).Answer(d => TypedResults.Created("/api/operation/disclosures", d))).WithIdempotency().WithName("products.disclose").Produces<Disclosure>(201);
        api.MapGet("disclosures", async (Contracts door, CancellationToken ct) => TypedResults.Ok(new ProductsPage<Disclosure>(await door.Disclosed(ct), null))).WithName("products.disclosures");
        return routes;
    }
}
