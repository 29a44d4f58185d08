using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A page of grants.</summary>
public sealed record GrantPage(IReadOnlyList<Grant> Items, string? Next);

/// <summary>A page of uses.</summary>
public sealed record UsePage(IReadOnlyList<Use> Items, string? Next);

/// <summary>The node's public grant key: with it anyone checks a record's signature.</summary>
public sealed record GrantKeyView(string Algorithm, string PublicKey);

internal static class GrantRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/grants").DisableAntiforgery().WithTags("share");
        api.MapGet("", List).WithName("share.grants").Produces<GrantPage>();
        api.MapGet("key", (Grants door) => TypedResults.Ok(new GrantKeyView("Ed25519", Convert.ToBase64String(door.PublicKey.Span)))).WithName("share.grant-key");
        api.MapGet("{id}", Get).WithName("share.grant").Produces<Grant>();
        api.MapGet("{id}/uses", Uses).WithName("share.grant-uses").Produces<UsePage>();
        api.MapPost("{id}/suspend", (Id<Grant> id, StepRequest r, HttpContext http, Grants door, Applications all, CancellationToken ct) =>
            Follow(id, http, door, (caller, a) => all.Suspend(caller, a, r.Revision, r.Reason ?? "", ct), ct)).WithIdempotency().WithName("share.grant-suspend");
        api.MapPost("{id}/resume", (Id<Grant> id, StepRequest r, HttpContext http, Grants door, Applications all, CancellationToken ct) =>
            Follow(id, http, door, (caller, a) => all.Resume(caller, a, r.Revision, r.Reason ?? "", ct), ct)).WithIdempotency().WithName("share.grant-resume");
        api.MapPost("{id}/end", (Id<Grant> id, StepRequest r, HttpContext http, Grants door, Applications all, CancellationToken ct) =>
            Follow(id, http, door, (caller, a) => all.End(caller, a, r.Revision, r.Ground ?? EndGround.NoLongerNeeded, r.Reason ?? "", r.Filing, ct), ct)).WithIdempotency().WithName("share.grant-end");
        routes.MapGet("/api/uses", Ledger).WithTags("share").WithName("share.uses").Produces<UsePage>();
    }

    private static async Task<IResult> List(HttpContext http, Grants door, [FromQuery] string? view, CancellationToken ct)
    {
        if (http.Caller().IsAnonymous) return new Refusal(401, "share.sign-in").ToProblem();
        return TypedResults.Ok(new GrantPage(view == "given" ? await door.Given(http.Caller(), ct) : await door.Held(http.Caller(), ct), null));
    }

    private static async Task<IResult> Get(Id<Grant> id, HttpContext http, Grants door, CancellationToken ct) =>
        await door.Find(http.Caller(), id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound(id.ToString()).ToProblem();

    private static async Task<IResult> Uses(Id<Grant> id, HttpContext http, UseLedger ledger, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct) =>
        (await ledger.OfGrant(http.Caller(), id, after, limit ?? 50, ct)).Answer(p => TypedResults.Ok(new UsePage(p.Items, p.Next)));

    private static async Task<IResult> Ledger(HttpContext http, UseLedger ledger, [FromQuery] string? view, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct)
    {
        if (http.Caller().IsAnonymous) return new Refusal(401, "share.sign-in").ToProblem();
        var page = view == "provider" ? await ledger.AsProvider(http.Caller(), after, limit ?? 50, ct) : await ledger.AsConsumer(http.Caller(), after, limit ?? 50, ct);
        return TypedResults.Ok(new UsePage(page.Items, page.Next));
    }

    private static async Task<IResult> Follow(Id<Grant> id, HttpContext http, Grants door, Func<Caller, Id<Application>, Task<Outcome<Application>>> take, CancellationToken ct)
    {
        if (await door.Find(http.Caller(), id, ct) is not { Application: { } application }) return Refusal.NotFound(id.ToString()).ToProblem();
        var taken = await take(http.Caller(), application);
        return taken.IsRefused ? taken.Refusal!.ToProblem() : TypedResults.Ok(await door.Find(http.Caller(), id, ct));
    }
}
