using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Trips, newest first.</summary>
public sealed record TripPage(IReadOnlyList<Trip> Items, string? Next);

/// <summary>Why something is changed.</summary>
public sealed record WatchReason(string Reason);

/// <summary>A window for calls under a step-up.</summary>
public sealed record WindowWish(int Minutes, string Reason);

/// <summary>A flag on a resource or right of use that lives depend on.</summary>
public sealed record VitalWish(FuseScope Scope, string Subject, bool IsVital, string Reason);

/// <summary>The first line of a package that proves a cut: which fuse it is about.</summary>
public sealed record CutHead(string Fuse);

internal static class FuseRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/watch").DisableAntiforgery().WithTags("watch");
        api.MapGet("fuses", async (HttpContext http, Trips door, CancellationToken ct) => (await door.List(http.Caller(), ct)).Answer(list => TypedResults.Ok(new TripPage(list, null)))).WithName("watch.fuses").Produces<TripPage>();
        api.MapPost("fuses", async (PullWish wish, HttpContext http, Trips door, CancellationToken ct) =>
            (await door.Pull(http.Caller(), wish, ct)).Answer(trip => TypedResults.Created($"/api/watch/fuses/{trip.Id}", trip))).WithIdempotency().WithName("watch.pull").Produces<Trip>(201);
        api.MapGet("fuses/{id}", async (Id<Trip> id, HttpContext http, Trips door, CancellationToken ct) =>
            await door.Find(http.Caller(), id, ct) is { } trip ? TypedResults.Ok(trip) : Refusal.NotFound(id.ToString()).ToProblem()).WithName("watch.fuse").Produces<Trip>();
        api.MapGet("fuses/{id}/proof", async (Id<Trip> id, HttpContext http, CutProofs door, CancellationToken ct) => (await door.Of(http.Caller(), id, ct)).Answer(TypedResults.Ok)).WithName("watch.proof").Produces<CutProof>();
        api.MapGet("fuses/{id}/proof/openings", async (Id<Trip> id, HttpContext http, CutProofs door, CancellationToken ct) =>
            (await door.Package(http.Caller(), id, ct)).Answer(package => TypedResults.Stream(to => Write(package, to, ct), "application/x-ndjson", $"{package.Fuse}.cut.ndjson"))).WithName("watch.proof-openings").Produces<string>(200, "application/x-ndjson");
        api.MapPost("fuses/{id}/ease", async (Id<Trip> id, WatchReason why, HttpContext http, Trips door, CancellationToken ct) =>
            (await door.Ease(http.Caller(), id, why.Reason, ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("watch.ease").Produces<Trip>();
        api.MapPost("fuses/{id}/restore", async (Id<Trip> id, WatchReason why, HttpContext http, Trips door, CancellationToken ct) =>
            (await door.Restore(http.Caller(), id, why.Reason, ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("watch.restore").Produces<Trip>();
        api.MapPost("fuses/{id}/windows", async (Id<Trip> id, WindowWish wish, HttpContext http, Trips door, CancellationToken ct) =>
            (await door.Approve(http.Caller(), id, wish.Minutes, wish.Reason, ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("watch.window").Produces<Trip>();
        api.MapGet("vital", async (HttpContext http, Vitals door, CancellationToken ct) => (await door.List(http.Caller(), ct)).Answer(TypedResults.Ok)).WithName("watch.vitals").Produces<Vital[]>();
        api.MapPost("vital", async (VitalWish wish, HttpContext http, Vitals door, CancellationToken ct) =>
            await door.Flag(http.Caller(), wish.Scope, wish.Subject, wish.IsVital, wish.Reason, ct) is { } refusal ? refusal.ToProblem() : (IResult)TypedResults.NoContent()).WithIdempotency().WithName("watch.vital").Produces(204);
    }

    private static async Task Write(CutPackage package, Stream to, CancellationToken ct)
    {
        await using var lines = new StreamWriter(to, leaveOpen: true) { NewLine = "\n" };
        await lines.WriteLineAsync(JsonSerializer.Serialize(new CutHead(package.Fuse), Wire.Json).AsMemory(), ct);
        await foreach (var opening in package.Openings.WithCancellation(ct)) await lines.WriteLineAsync(OpeningLine.Write(opening).AsMemory(), ct);
    }
}
