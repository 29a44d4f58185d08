using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Forms;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Batching;

/// <summary>Batch exchange over HTTP: <c>/api/batches</c> to set it up, <c>/batch/{number}/{sequence}/…</c> to fetch, resume and acknowledge.</summary>
public sealed class BatchFace(Batches batches, PackageFiles files, Calls calls, GatewaySources sources, TimeProvider clock)
{
    internal void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/batches").DisableAntiforgery().WithTags("gateway");
        api.MapGet("", async (HttpContext http, CancellationToken ct) => TypedResults.Ok(new BatchList(await batches.Of(sources.Caller(http), ct), null))).WithName("gateway.batches");
        api.MapPost("", async (BatchWish wish, HttpContext http, CancellationToken ct) => (await batches.Set(sources.Caller(http), wish, ct)).Answer(batch => TypedResults.Created($"/batch/{batch.Number}", batch)))
            .WithIdempotency().WithName("gateway.batch-set").Produces<Batch>(201);
        api.MapPost("{key}/stop", async (string key, HttpContext http, CancellationToken ct) => await batches.Stop(sources.Caller(http), key, ct) is { } no ? no.ToProblem() : TypedResults.NoContent())
            .WithIdempotency().WithName("gateway.batch-stop");
        var tasks = app.MapGroup("/api/discrepancies").DisableAntiforgery().WithTags("gateway");
        tasks.MapGet("", async (HttpContext http, CancellationToken ct) => TypedResults.Ok(new DiscrepancyList(await batches.Open(sources.Caller(http), ct), null))).WithName("gateway.discrepancies");
        tasks.MapPost("{id}/close", async (Id<Discrepancy> id, SettleWish wish, HttpContext http, CancellationToken ct) =>
            await batches.Close(sources.Caller(http), id, wish.Resolution, ct) is { } no ? no.ToProblem() : TypedResults.NoContent()).WithIdempotency().WithName("gateway.discrepancy-close");
        var fetch = app.MapGroup("/batch/{key}").DisableAntiforgery().WithTags("gateway");
        fetch.MapGet("", List).WithName("gateway.packages").Produces<PackageList>();
        fetch.MapGet("{sequence:long}", Manifest).WithName("gateway.package").Produces<Manifest>();
        fetch.MapMethods("{sequence:long}/{part}", ["GET", "HEAD"], Send).WithName("gateway.package-part");
        fetch.MapPost("{sequence:long}/acknowledge", Acknowledge).WithName("gateway.package-acknowledge").Produces<Counted>();
    }

    private async Task<IResult> List(string key, HttpContext http, CancellationToken ct) =>
        await batches.Find(sources.Caller(http), key, ct) is { } batch
            ? TypedResults.Ok(new PackageList([.. (await batches.Packages(batch, 100, ct)).Select(PackageLine.Of)], null)) : Refusal.NotFound(QueryFault.Clip(key)).ToProblem();

    private async Task<IResult> Manifest(string key, long sequence, HttpContext http, CancellationToken ct)
    {
        if (await Found(http, key, sequence, ct) is not var (batch, package)) return Refusal.NotFound(QueryFault.Clip(key)).ToProblem();
        var version = await sources.Numbered(batch.Entry, package.VersionNumber, ct);
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(Batching.Manifest.Of(batch, package, version?.Key ?? []));
    }

    private async Task<IResult> Acknowledge(string key, long sequence, Acknowledgement counted, HttpContext http, CancellationToken ct)
    {
        var caller = sources.Caller(http);
        return await batches.Find(caller, key, ct) is { } batch
            ? (await batches.Acknowledge(caller, batch, sequence, counted, ct)).Answer(TypedResults.Ok) : Refusal.NotFound(QueryFault.Clip(key)).ToProblem();
    }

    private async Task Send(string key, long sequence, string part, HttpContext http)
    {
        var ct = http.RequestAborted;
        if (await Found(http, key, sequence, ct) is not var (batch, package) || package.Parts.FirstOrDefault(p => p.Name == part) is not { } wanted)
        {
            await DataProblem.Write(http, new Stop(Refusal.NotFound(QueryFault.Clip($"{key}/{part}")), null));
            return;
        }

        var call = CallOf(http, batch, package, wanted);
        if (await calls.PermitFetch(call, ct) is { } stop)
        {
            await DataProblem.Write(http, stop);
            return;
        }

        await Stream(http, call, package, wanted);
    }

    private async Task Stream(HttpContext http, Call call, Package package, PackagePart part)
    {
        var isWhole = false;
        var body = new CountedBody(http.Response.Body, () => calls.HasTripped(call) is not null);
        http.Response.Body = body;
        try
        {
            if (await batches.Key(package, http.RequestAborted) is not { } key) throw new FileNotFoundException(part.Name);
            var headers = http.Response.Headers;
            headers.CacheControl = "private, no-store";
            headers.ContentDisposition = $"attachment; filename=\"{call.Entry!.Slug}-{package.Sequence.ToString(CultureInfo.InvariantCulture)}-{part.Name}\"";
            if (call.Receipt is { } receipt) headers[Receipt.Header] = receipt.ToString();
            var form = call.Form switch { "csv" => Warehouse.BulkFormat.Csv, "parquet" => Warehouse.BulkFormat.Parquet, _ => Warehouse.BulkFormat.Ndjson };
            // One range is answered with just it, so that an interrupted fetch goes on where it stopped; the tag is the digest of the whole part.
            await using var clear = files.Open(part.File, files.Key(package.Id, key));
            await TypedResults.Stream(clear, Warehouse.Bulk.ContentType(form), enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{part.Sha256}\""), lastModified: package.MadeAt).ExecuteAsync(http);
            isWhole = http.Response.StatusCode == StatusCodes.Status200OK && body.Bytes == part.Bytes;
        }
        finally
        {
            await calls.CloseFetch(call, part, body.Bytes, isWhole);
        }
    }

    private Call CallOf(HttpContext http, Batch batch, Package package, PackagePart part)
    {
        var received = Reception.Receive(http, sources, string.Create(CultureInfo.InvariantCulture, $"{batch.Slug}@{package.VersionNumber}"), Catalog.Mode.Batch, clock.GetUtcNow(), BatchRules.NameOf(batch.Form), false, null);
        return new Call
        {
            Resource = received.Resource,
            Number = received.Number,
            Query = new QueryText("?" + batch.Query, null, null, ""),
            Caller = received.Caller,
            Assurance = received.Assurance,
            IsHeaderKey = received.IsHeaderKey,
            IsStillGood = received.IsStillGood,
            Address = received.Address,
            Mode = Catalog.Mode.Batch,
            // The order names case and operator for all its packages; whoever fetches may name his own.
            Context = received.Context with { Case = received.Context.Case ?? batch.Case, Operative = received.Context.Operative ?? batch.Operative },
            Form = received.Form,
            At = received.At,
            Under = batch.Grant,
            IsCounted = true,
            Package = string.Create(CultureInfo.InvariantCulture, $"{batch.Number}/{package.Sequence}/{part.Name}"),
        };
    }

    private async Task<(Batch Batch, Package Package)?> Found(HttpContext http, string key, long sequence, CancellationToken ct) =>
        await batches.Find(sources.Caller(http), key, ct) is { } batch && await batches.Package(batch, sequence, ct) is { IsFetchable: true } package ? (batch, package) : null;
}
