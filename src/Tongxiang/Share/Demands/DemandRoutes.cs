using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>A demand as sent: what is left out is answered by field, not by a broken body.</summary>
/// <param name="Owner">Short name of the department that probably holds it.</param>
public sealed record DemandRequest(string? What = null, string? Matter = null, string? Contact = null, DateOnly? WantedBy = null, string? Owner = null);

/// <summary>A step with what it needs; see each step.</summary>
/// <param name="Revision">The revision that was decided on: when somebody was faster, the answer is a conflict.</param>
/// <param name="Owner">Accept, assign: short name of the department.</param>
/// <param name="Entry">Catalogue, refuse as already there: code or short name of the published entry.</param>
/// <param name="Into">Merge: number of the demand it goes into.</param>
public sealed record DemandStepRequest(long? Revision = null, string? Reason = null, string? Owner = null, string? Entry = null, DemandGround? Ground = null, string? Basis = null, string? Into = null);

/// <summary>A demand with what happened and what the reader can do now.</summary>
/// <param name="IsNew">After registering: false when an open demand says the same.</param>
public sealed record DemandCase(DemandView Demand, IReadOnlyList<DemandTaken> Steps, IReadOnlyList<DemandStep> Possible, bool HasVoted, bool? IsNew = null);

/// <summary>A page of demands.</summary>
public sealed record DemandPage(IReadOnlyList<DemandView> Items, string? Next);

/// <summary>A demand that is alike.</summary>
public sealed record AlikeDemand(string Number, string What, double Likeness, long Votes);

internal static class DemandRoutes
{
    private delegate Task<Outcome<Demand>> Taking(Demands door, Caller caller, string number, DemandStepRequest r, Id<Agency>? owner, Entry? entry, CancellationToken ct);

    private static readonly Dictionary<string, Taking> Steps = new()
    {
        ["accept"] = (d, c, n, r, owner, _, ct) => d.Accept(c, n, r.Revision, owner, ct),
        ["assign"] = (d, c, n, r, owner, _, ct) => d.Assign(c, n, r.Revision, owner, r.Reason ?? "", ct),
        ["claim"] = (d, c, n, r, _, _, ct) => d.Claim(c, n, r.Revision, ct),
        ["decline"] = (d, c, n, r, _, _, ct) => d.Decline(c, n, r.Revision, r.Reason ?? "", ct),
        ["catalogue"] = (d, c, n, r, _, entry, ct) => d.Catalogue(c, n, r.Revision, entry, ct),
        ["attach"] = (d, c, n, r, _, _, ct) => d.Attach(c, n, r.Revision, ct),
        ["satisfy"] = (d, c, n, r, _, _, ct) => d.Satisfy(c, n, r.Revision, ct),
        ["reopen"] = (d, c, n, r, _, _, ct) => d.Reopen(c, n, r.Revision, r.Reason ?? "", ct),
        ["refuse"] = (d, c, n, r, _, entry, ct) => d.Refuse(c, n, r.Revision, r.Ground, r.Basis ?? "", r.Reason ?? "", entry, ct),
        ["merge"] = (d, c, n, r, _, _, ct) => d.Merge(c, n, r.Revision, r.Into ?? "", ct),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/demands").DisableAntiforgery().WithTags("share");
        api.MapPost("", File).WithIdempotency().WithName("share.demand-file").Produces<DemandCase>(201);
        api.MapGet("", List).WithName("share.demands").Produces<DemandPage>();
        api.MapGet("{number}", Get).WithName("share.demand").Produces<DemandCase>();
        api.MapGet("{number}/alike", Alike).WithName("share.demand-alike").Produces<IReadOnlyList<AlikeDemand>>();
        api.MapGet("{number}/owners", Owners).WithName("share.demand-owners").Produces<IReadOnlyList<OwnerProposal>>();
        api.MapPost("{number}/vote", async (string number, HttpContext http, Demands door, CancellationToken ct) => await Answer(http, door, await door.Vote(http.Caller(), number, ct), ct)).WithName("share.demand-vote").Produces<DemandCase>();
        foreach (var (name, take) in Steps)
            api.MapPost("{number}/" + name, async (string number, DemandStepRequest r, HttpContext http, Demands door, Directory directory, Catalogue catalogue, CancellationToken ct) =>
                http.Caller() is { Person: not null } caller
                    ? await Answer(http, door, await take(door, caller, number, r, Named(directory, r.Owner), EntryNamed(catalogue, r.Entry), ct), ct)
                    : new Refusal(401, "share.sign-in").ToProblem()).WithName("share.demand-" + name).Produces<DemandCase>();
    }

    // Whoever has not signed in writes on the page, where an address cannot write without end.
    private static async Task<IResult> File(DemandRequest r, HttpContext http, Demands door, Directory directory, CancellationToken ct)
    {
        if (http.Caller() is not { Person: not null } caller) return new Refusal(401, "share.sign-in").ToProblem();
        if (r.Owner is { Length: > 0 } && Named(directory, r.Owner) is null) return Refusal.Invalid(new FieldError("owner", "share.field.demand-owner")).ToProblem();
        var filed = await door.File(caller, new NewDemand(r.What ?? "", r.Matter ?? "", r.Contact ?? "", r.WantedBy, Named(directory, r.Owner)), ct);
        if (filed.Refusal is { } refusal) return refusal.ToProblem();
        var shown = await Case(http, door, filed.Value.Demand, ct) with { IsNew = filed.Value.IsNew };
        return filed.Value.IsNew ? TypedResults.Created("/api/demands/" + shown.Demand.Number, shown) : TypedResults.Ok(shown);
    }

    private static async Task<IResult> List(
        HttpContext http, Demands door, Directory directory, [FromQuery] DemandState? state, [FromQuery] bool? open, [FromQuery] string? owner, [FromQuery] bool? mine, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct)
    {
        if (after is not null && Cursor.Read(after, 1) is null) return new Refusal(400, "kernel.bad-cursor").ToProblem();
        if (owner is { Length: > 0 } && Named(directory, owner) is null) return Refusal.Invalid(new FieldError("owner", "share.field.demand-owner")).ToProblem();
        var page = await door.List(http.Caller(), new DemandFilter(state, open, Named(directory, owner), mine == true), after, limit ?? 50, ct);
        return TypedResults.Ok(new DemandPage(page.Items, page.Next));
    }

    private static async Task<IResult> Get(string number, HttpContext http, Demands door, CancellationToken ct) =>
        await door.Find(number, ct) is { } found ? TypedResults.Ok(await Case(http, door, found, ct)) : Refusal.NotFound(number).ToProblem();

    private static async Task<IResult> Alike(string number, HttpContext http, Demands door, CancellationToken ct) =>
        await Bureaus(number, http, door, ct) is { } found
            ? TypedResults.Ok((await door.Alike(found, 10, ct)).Select(a => new AlikeDemand(a.Demand.Number, a.Demand.What, a.Likeness, a.Demand.Votes)))
            : Refusal.NotFound(number).ToProblem();

    private static async Task<IResult> Owners(string number, HttpContext http, Demands door, CancellationToken ct) =>
        await Bureaus(number, http, door, ct) is { } found ? TypedResults.Ok(door.OwnersOf(found)) : Refusal.NotFound(number).ToProblem();

    private static async Task<Demand?> Bureaus(string number, HttpContext http, Demands door, CancellationToken ct) =>
        await door.Find(number, ct) is { } found && DemandRules.Sides(http.Caller(), found).Contains(DemandSide.Bureau) ? found : null;

    private static async Task<IResult> Answer(HttpContext http, Demands door, Outcome<Demand> outcome, CancellationToken ct) =>
        outcome.Refusal is { } refusal ? refusal.ToProblem() : TypedResults.Ok(await Case(http, door, outcome.Value, ct));

    private static async Task<DemandCase> Case(HttpContext http, Demands door, Demand demand, CancellationToken ct)
    {
        var caller = http.Caller();
        return new DemandCase(await door.Show(caller, demand, ct), await door.Steps(caller, demand, ct), Demands.Possible(caller, demand), await door.HasVoted(caller, demand, ct));
    }

    private static Id<Agency>? Named(Directory directory, string? slug) => slug is { Length: > 0 } ? directory.BySlug(slug)?.Id : null;

    private static Entry? EntryNamed(Catalogue catalogue, string? name) => name is { Length: > 0 } ? catalogue.ByCode(name) ?? catalogue.BySlug(name) : null;
}
