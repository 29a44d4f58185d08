using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A service change to propose, as sent.</summary>
public sealed record ServiceChangeRequest(Id<Entry> Entry, ChangeKind Kind, IReadOnlyList<string>? Fields = null, string? Reason = null, DateOnly? Effective = null)
{
    internal NewServiceChange Wish() => new(Kind, Fields ?? [], Reason ?? "", Effective ?? default);
}

/// <summary>A step on a service change.</summary>
public sealed record ServiceChangeStep(long Revision = 0, ChangeAnswer? Answer = null, string? Note = null);

/// <summary>Service changes.</summary>
public sealed record ServiceChangePage(IReadOnlyList<ServiceChange> Items, string? Next);

internal static class ServiceChangeRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/service-changes").DisableAntiforgery().WithTags("share");
        api.MapGet("", (HttpContext http, ServiceChanges door, CancellationToken ct) => SignedIn(http, async c => TypedResults.Ok(new ServiceChangePage(await door.List(c, ct), null)))).WithName("share.service-changes").Produces<ServiceChangePage>();
        api.MapPost("", (ServiceChangeRequest wish, HttpContext http, ServiceChanges door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Propose(c, wish.Entry, wish.Wish(), ct)).Answer(s => TypedResults.Created($"/api/service-changes/{s.Id}", s)))).WithIdempotency().WithName("share.service-change-propose").Produces<ServiceChange>(201);
        api.MapGet("{id}", (Id<ServiceChange> id, HttpContext http, ServiceChanges door, CancellationToken ct) => SignedIn(http, async c =>
            await door.Find(c, id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound(id.ToString()).ToProblem())).WithName("share.service-change").Produces<ServiceChange>();
        api.MapPost("{id}/answer", (Id<ServiceChange> id, ServiceChangeStep s, HttpContext http, ServiceChanges door, CancellationToken ct) => SignedIn(http, async c =>
            s.Answer is { } answer ? (await door.Answer(c, id, answer, s.Note ?? "", ct)).Answer(x => TypedResults.Ok(x)) : Refusal.Invalid(new FieldError("answer", "kernel.required")).ToProblem())).WithIdempotency().WithName("share.service-change-answer").Produces<ServiceChange>();
        api.MapPost("{id}/file", (Id<ServiceChange> id, ServiceChangeStep s, HttpContext http, ServiceChanges door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.File(c, id, s.Revision, s.Note ?? "", ct)).Answer(x => TypedResults.Ok(x)))).WithIdempotency().WithName("share.service-change-file").Produces<ServiceChange>();
        api.MapPost("{id}/reject", (Id<ServiceChange> id, ServiceChangeStep s, HttpContext http, ServiceChanges door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Reject(c, id, s.Revision, s.Note ?? "", ct)).Answer(x => TypedResults.Ok(x)))).WithIdempotency().WithName("share.service-change-reject").Produces<ServiceChange>();
        api.MapPost("{id}/withdraw", (Id<ServiceChange> id, ServiceChangeStep s, HttpContext http, ServiceChanges door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Withdraw(c, id, s.Revision, ct)).Answer(x => TypedResults.Ok(x)))).WithIdempotency().WithName("share.service-change-withdraw").Produces<ServiceChange>();
    }

    private static async Task<IResult> SignedIn(HttpContext http, Func<Caller, Task<IResult>> work) =>
        http.Caller() is { Person: not null, Client: null } caller ? await work(caller) : new Refusal(401, "share.sign-in").ToProblem();
}
