using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The rule as sent: what is left out is answered by field.</summary>
public sealed record StandingRequest(
    IReadOnlyList<Id<Agency>>? Agencies = null, AgencyKind? Kind = null, string? Division = null, IReadOnlyList<string>? Matters = null, IReadOnlyList<FieldDecision>? Fields = null, string? Rows = null,
    RowBinding? Bound = null, IReadOnlyList<Mode>? Modes = null, Grade? Highest = null, int? LongestDays = null, DateOnly? Until = null, GrantLimits? Limits = null, bool? NeedsCase = null,
    Assurance? LowestAssurance = null, string? ProviderResponsible = null, int? OneIn = null)
{
    internal const int UsualOneIn = 5;

    internal StandingRule Rule() => new(
        Agencies ?? [], Kind, Division ?? "", Matters ?? [], Fields ?? [], Rows ?? "", Bound, Modes ?? [], Highest ?? Grade.General1, LongestDays ?? 0, Until ?? default,
        Limits ?? new GrantLimits(null, [], null, null, WishRequest.UsualCallsPerMinute), NeedsCase ?? false, LowestAssurance ?? Assurance.BoundToken, ProviderResponsible ?? "", OneIn ?? UsualOneIn);
}

/// <summary>A new standing consent.</summary>
public sealed record NewStanding(Id<Entry> Entry, StandingRequest Rule);

/// <summary>A step with the revision it was decided on.</summary>
/// <param name="SuspendGiven">Revoke: suspend what it gave, too.</param>
public sealed record StandingStep(long Revision, StandingRequest? Rule = null, string? Reason = null, bool SuspendGiven = false);

/// <summary>The reviewer's word on a sampled answer.</summary>
public sealed record SampleReview(SampleVerdict Verdict, string? Note = null);

/// <summary>Standing consents of an agency.</summary>
public sealed record StandingPage(IReadOnlyList<StandingConsent> Items, string? Next);

/// <summary>Answers of a standing consent.</summary>
public sealed record StandingUsePage(IReadOnlyList<StandingUse> Items, string? Next);

internal static class StandingRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/standing").DisableAntiforgery().WithTags("share");
        api.MapGet("", (HttpContext http, StandingConsents door, CancellationToken ct) => SignedIn(http, async c => TypedResults.Ok(new StandingPage(await door.List(c, ct), null)))).WithName("share.standings").Produces<StandingPage>();
        api.MapPost("", (NewStanding wish, HttpContext http, StandingConsents door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Draft(c, wish.Entry, wish.Rule.Rule(), ct)).Answer(s => TypedResults.Created($"/api/standing/{s.Id}", s)))).WithIdempotency().WithName("share.standing-draft").Produces<StandingConsent>(201);
        api.MapGet("samples", (HttpContext http, StandingConsents door, CancellationToken ct) => SignedIn(http, async c => TypedResults.Ok(new StandingUsePage(await door.Samples(c, ct), null)))).WithName("share.standing-samples").Produces<StandingUsePage>();
        api.MapPost("samples/{application}", (Id<Application> application, SampleReview said, HttpContext http, StandingConsents door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Review(c, application, said.Verdict, said.Note ?? "", ct)).Answer(u => TypedResults.Ok(u)))).WithIdempotency().WithName("share.standing-review").Produces<StandingUse>();
        api.MapGet("{id}", (Id<StandingConsent> id, HttpContext http, StandingConsents door, CancellationToken ct) => SignedIn(http, async c =>
            await door.Find(c, id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound(id.ToString()).ToProblem())).WithName("share.standing").Produces<StandingConsent>();
        api.MapGet("{id}/uses", (Id<StandingConsent> id, HttpContext http, StandingConsents door, CancellationToken ct) => SignedIn(http, async c =>
            await door.Find(c, id, ct) is null ? Refusal.NotFound(id.ToString()).ToProblem() : TypedResults.Ok(new StandingUsePage(await door.Uses(c, id, ct), null)))).WithName("share.standing-uses").Produces<StandingUsePage>();
        api.MapPut("{id}", (Id<StandingConsent> id, StandingStep said, HttpContext http, StandingConsents door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Edit(c, id, said.Revision, (said.Rule ?? new StandingRequest()).Rule(), ct)).Answer(s => TypedResults.Ok(s)))).WithName("share.standing-edit").Produces<StandingConsent>();
        api.MapPost("{id}/sign", (Id<StandingConsent> id, StandingStep said, HttpContext http, StandingConsents door, CancellationToken ct) => SignedIn(http, async c =>
            (await door.Sign(c, id, said.Revision, ct)).Answer(s => TypedResults.Ok(s)))).WithIdempotency().WithName("share.standing-sign").Produces<StandingConsent>();
        api.MapPost("{id}/revoke", (Id<StandingConsent> id, StandingStep said, HttpContext http, StandingConsents door, CancellationToken ct) => SignedIn(http, async c => await Revoke(c, id, said, door, ct)))
            .WithIdempotency().WithName("share.standing-revoke").Produces<StandingConsent>();
    }

    private static async Task<IResult> Revoke(Caller caller, Id<StandingConsent> id, StandingStep said, StandingConsents door, CancellationToken ct)
    {
        var revoked = await door.Revoke(caller, id, said.Revision, said.Reason ?? "", ct);
        if (!revoked.IsRefused && said.SuspendGiven && await door.SuspendGiven(caller, id, said.Reason!, ct) is { IsRefused: true } not) return not.Refusal!.ToProblem();
        return revoked.Answer(s => TypedResults.Ok(s));
    }

    private static async Task<IResult> SignedIn(HttpContext http, Func<Caller, Task<IResult>> work) =>
        http.Caller() is { Person: not null, Client: null } caller ? await work(caller) : new Refusal(401, "share.sign-in").ToProblem();
}
