using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Core.Search;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>An entry found, with what it can be judged by.</summary>
public sealed record FoundItem(Id<Entry> Id, string Code, string Slug, string Name, string? NameEn, string Abstract, Id<Agency> Agency, ShareClass Share, OpenClass Open, FreshnessKind Freshness, DateTimeOffset? UpdatedAt, Rung Rung, double Score);

/// <summary>The answer of a search.</summary>
public sealed record FoundPage(int Total, IReadOnlyList<FoundItem> Items, int? Next, IReadOnlyList<FacetCounts> Facets, IReadOnlyList<AppliedSynonym> Synonyms)
{
    /// <summary>Where to register what was not found, by POST with <c>what</c>; null when something was.</summary>
    public string? RegisterDemand => Total == 0 ? "/api/demands" : null;
}

/// <summary>A change that obliges to update an entry.</summary>
public sealed record NewDuty(DateTimeOffset OccurredAt, string Reason);

/// <summary>Why more time is needed.</summary>
public sealed record ExtensionWish(string Reason);

/// <summary>Whether the bureau agrees.</summary>
public sealed record ExtensionDecision(bool Granted);

/// <summary>All lists an entry is described with.</summary>
/// <param name="OpenClasses">By the names that hold here.</param>
public sealed record RegisterLists(
    IReadOnlyList<Term> Themes, IReadOnlyList<Term> Industries, IReadOnlyList<Term> Formats, IReadOnlyList<Term> Licences, IReadOnlyList<Term> Scopes, IReadOnlyList<Term> Uses,
    IReadOnlyList<Element> Elements, IReadOnlyList<TermList> CodeLists, IReadOnlyList<Term> OpenClasses);

internal static class SearchApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/search", Search).WithName("catalog.search").WithTags("catalog").Produces<FoundPage>();
        routes.MapGet("/api/registers", Registers).WithName("catalog.registers").WithTags("catalog");
        routes.MapGet("/api/entries/{id:guid}/duties", Duties).WithName("catalog.duties").WithTags("catalog").Produces<IReadOnlyList<UpdateDuty>>();
        routes.MapPost("/api/entries/{id:guid}/duties", Report).WithName("catalog.report").WithTags("catalog").WithIdempotency().Produces<UpdateDuty>(201);
        routes.MapPost("/api/duties/{id:guid}/extension", Ask).WithName("catalog.ask-extension").WithTags("catalog").Produces<UpdateDuty>();
        routes.MapPost("/api/duties/{id:guid}/decision", Decide).WithName("catalog.decide-extension").WithTags("catalog").Produces<UpdateDuty>();
    }

    private static async Task<IResult> Search(HttpContext http, Finder finder, CancellationToken ct)
    {
        var request = SearchRequest.Read(http.Request, isPublic: !http.Caller().IsGovernment);
        var result = finder.Search(request);
        if (result.Total == 0 && request.Chosen.Count == 0) await finder.Miss(request.Text, ct);
        FoundItem[] items = [.. result.Entries.Select(Item)];
        var next = request.Offset + items.Length;
        return TypedResults.Ok(new FoundPage(result.Total, items, next < result.Total && items.Length > 0 ? next : null, result.Facets, result.Synonyms));
    }

    private static FoundItem Item(FoundEntry found)
    {
        var (e, c) = (found.Entry, found.Entry.Content);
        return new FoundItem(e.Id, e.Code, e.Slug, c.Name, c.NameEn, c.Abstract, e.Agency, c.Sharing.Class, c.Opening.Class, found.Freshness, found.Data?.PromotedAt, found.Rung, found.Score);
    }

    private static Ok<RegisterLists> Registers(OpenWords words) => TypedResults.Ok(new RegisterLists(
        Themes.All.Terms, Themes.Industries.Terms, Themes.Formats.Terms, Themes.Licences.Terms, Themes.Scopes.Terms, Themes.Uses.Terms, Elements.All, CodeLists.All, words.Terms));

    private static async Task<IResult> Duties(Guid id, HttpContext http, Entries entries, UpdateDuties duties, CancellationToken ct)
    {
        var caller = http.Caller();
        var entry = await entries.Find(caller, new Id<Entry>(id), ct);
        if (entry.Refusal is { } refusal) return refusal.ToProblem();
        if (caller.Agency != entry.Value.Agency && caller.Agency != entries.BureauOf(entry.Value.Agency)) return Refusal.NotFound("catalog.entry").ToProblem();
        return TypedResults.Ok(await duties.Of(new Id<Entry>(id), ct));
    }

    private static async Task<IResult> Report(Guid id, NewDuty duty, HttpContext http, UpdateDuties duties, CancellationToken ct) =>
        (await duties.Report(http.Caller(), new Id<Entry>(id), duty.OccurredAt, duty.Reason, ct)).Answer(d => TypedResults.Created($"/api/entries/{id}/duties", d));

    private static async Task<IResult> Ask(Guid id, ExtensionWish wish, HttpContext http, UpdateDuties duties, CancellationToken ct) =>
        (await duties.AskExtension(http.Caller(), new Id<UpdateDuty>(id), wish.Reason, ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> Decide(Guid id, ExtensionDecision decision, HttpContext http, UpdateDuties duties, CancellationToken ct) =>
        (await duties.DecideExtension(http.Caller(), new Id<UpdateDuty>(id), decision.Granted, ct)).Answer(TypedResults.Ok);
}
