using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A prepared grant to draft, as sent.</summary>
public sealed record PreparedRequest(Id<Entry> Entry, EmergencyKind Kind, string? Area = null, WishRequest? Wish = null, string? RegionField = null)
{
    internal NewPrepared Prepared() => new(Entry, Kind, Area ?? "", (Wish ?? new WishRequest()).Wish(), RegionField);
}

/// <summary>A step on a prepared grant or an emergency.</summary>
public sealed record EmergencyStep(long Revision, string? Reason = null, Reply? Reply = null);

/// <summary>An emergency to declare, as sent.</summary>
public sealed record EmergencyRequest(EmergencyKind Kind, string? Document = null, string? Area = null, DateOnly? Until = null, string? Reason = null)
{
    internal NewEmergency Emergency() => new(Document ?? "", Kind, Area ?? "", Until ?? default, Reason ?? "");
}

/// <summary>Prepared grants.</summary>
public sealed record PreparedPage(IReadOnlyList<PreparedGrant> Items, string? Next);

/// <summary>Emergencies.</summary>
public sealed record EmergencyPage(IReadOnlyList<Emergency> Items, string? Next);

internal static class EmergencyRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var prepared = routes.MapGroup("/api/prepared").DisableAntiforgery().WithTags("share");
        prepared.MapGet("", (HttpContext http, PreparedGrants door, CancellationToken ct) => SignedIn(http, async c => TypedResults.Ok(new PreparedPage(await door.List(c, ct), null)))).WithName("share.prepared-grants").Produces<PreparedPage>();
        prepared.MapPost("", (PreparedRequest wish, HttpContext http, PreparedGrants door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Draft(c, wish.Prepared(), ct)).Answer(p => TypedResults.Created($"/api/prepared/{p.Id}", p)))).WithIdempotency().WithName("share.prepared-draft").Produces<PreparedGrant>(201);
        prepared.MapGet("{id}", (Id<PreparedGrant> id, HttpContext http, PreparedGrants door, CancellationToken ct) => SignedIn(http, async c =>
            await door.Find(c, id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound(id.ToString()).ToProblem())).WithName("share.prepared-grant").Produces<PreparedGrant>();
        prepared.MapPost("{id}/agree", (Id<PreparedGrant> id, EmergencyStep s, HttpContext http, PreparedGrants door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.SignAsConsumer(c, id, s.Revision, ct)).Answer(p => TypedResults.Ok(p)))).WithIdempotency().WithName("share.prepared-agree").Produces<PreparedGrant>();
        prepared.MapPost("{id}/reply", (Id<PreparedGrant> id, EmergencyStep s, HttpContext http, PreparedGrants door, CancellationToken ct) => SignedIn(http, async c =>
            s.Reply is { } reply ? (await door.Propose(c, id, s.Revision, reply, ct)).Answer(p => TypedResults.Ok(p)) : Refusal.Invalid(new FieldError("reply", "kernel.required")).ToProblem())).WithIdempotency().WithName("share.prepared-reply").Produces<PreparedGrant>();
        prepared.MapPost("{id}/sign", (Id<PreparedGrant> id, EmergencyStep s, HttpContext http, PreparedGrants door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.SignAsProvider(c, id, s.Revision, ct)).Answer(p => TypedResults.Ok(p)))).WithIdempotency().WithName("share.prepared-sign").Produces<PreparedGrant>();
        prepared.MapPost("{id}/revoke", (Id<PreparedGrant> id, EmergencyStep s, HttpContext http, PreparedGrants door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Revoke(c, id, s.Revision, s.Reason ?? "", ct)).Answer(p => TypedResults.Ok(p)))).WithIdempotency().WithName("share.prepared-revoke").Produces<PreparedGrant>();

        var api = routes.MapGroup("/api/emergencies").DisableAntiforgery().WithTags("share");
        api.MapGet("", (HttpContext http, Emergencies door, CancellationToken ct) => SignedIn(http, async c => TypedResults.Ok(new EmergencyPage(await door.List(c, ct), null)))).WithName("share.emergencies").Produces<EmergencyPage>();
        api.MapPost("", (EmergencyRequest wish, HttpContext http, Emergencies door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Declare(c, wish.Emergency(), ct)).Answer(e => TypedResults.Created($"/api/emergencies/{e.Id}", e)))).WithIdempotency().WithName("share.emergency-declare").Produces<Emergency>(201);
        api.MapGet("{id}", (Id<Emergency> id, HttpContext http, Emergencies door, CancellationToken ct) => SignedIn(http, async c =>
            await door.Report(c, id, ct) is { } report ? TypedResults.Ok(report) : Refusal.NotFound(id.ToString()).ToProblem())).WithName("share.emergency-report").Produces<EmergencyReport>();
        api.MapPost("{id}/lift", (Id<Emergency> id, EmergencyStep s, HttpContext http, Emergencies door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Lift(c, id, s.Revision, s.Reason ?? "", ct)).Answer(e => TypedResults.Ok(e)))).WithIdempotency().WithName("share.emergency-lift").Produces<Emergency>();
    }

    private static async Task<IResult> SignedIn(HttpContext http, Func<Caller, Task<IResult>> work) =>
        http.Caller() is { Person: not null, Client: null } caller ? await work(caller) : new Refusal(401, "share.sign-in").ToProblem();
}
