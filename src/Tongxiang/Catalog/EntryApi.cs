using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>A content to begin an entry with.</summary>
/// <param name="Slug">Wished name in addresses; left out: made from the English name.</param>
public sealed record NewEntry(EntryContent Content, string? Slug = null);

/// <summary>A changed content.</summary>
/// <param name="Revision">The revision that was edited.</param>
public sealed record EditedEntry(long Revision, EntryContent Content, string? Note = null);

/// <summary>One of the two assessments.</summary>
public sealed record NewAssessment(AssessmentKind Kind, string Conclusion);

/// <summary>A step on the newest content.</summary>
/// <param name="Revision">The revision that was decided on.</param>
/// <param name="Note">A remark; the reason where one is needed.</param>
public sealed record StepWish(long Revision, string? Note = null, string? Successor = null);

/// <summary>A hint that stops nothing.</summary>
public sealed record Notice(string Field, string Text);

/// <summary>An entry with what the rules remark on its newest content.</summary>
/// <param name="OpenName">The open class of the newest content by the name that holds here.</param>
public sealed record EntryAnswer(Entry Entry, IReadOnlyList<Notice> Notices, string OpenName);

/// <summary>What the rules say about a content that is not kept.</summary>
public sealed record ContentCheck(EntryContent Content, IReadOnlyList<Notice> Errors, IReadOnlyList<Notice> Notices);

/// <summary>A page of a list.</summary>
public sealed record EntryPage(IReadOnlyList<Entry> Items, string? Next);

internal static class EntryApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/entries").WithTags("catalog");
        api.MapPost("", Create).WithName("catalog.create").WithIdempotency().Produces<EntryAnswer>(201);
        api.MapGet("", List).WithName("catalog.list").Produces<EntryPage>();
        api.MapPost("check", Check).WithName("catalog.check").Produces<ContentCheck>();
        api.MapGet("reviews", Reviews).WithName("catalog.reviews").Produces<EntryPage>();
        api.MapGet("{id:guid}", Get).WithName("catalog.get").Produces<EntryAnswer>();
        api.MapPut("{id:guid}", Edit).WithName("catalog.edit").Produces<EntryAnswer>();
        api.MapPost("{id:guid}/assessments", Assess).WithName("catalog.assess").WithIdempotency().Produces<EntryAnswer>();
        api.MapGet("{id:guid}/history", History).WithName("catalog.history").Produces<EntryHistory>();
        api.MapGet("{id:guid}/difference", Difference).WithName("catalog.difference").Produces<IReadOnlyList<Change>>();
        foreach (var step in Enum.GetValues<Step>())
            api.MapPost($"{{id:guid}}/{Verb(step)}", (Guid id, StepWish wish, HttpContext http, Entries entries, CancellationToken ct) => Take(step, id, wish, http, entries, ct))
                .WithName($"catalog.{Verb(step)}").Produces<EntryAnswer>();
    }

    private static async Task<IResult> Create(NewEntry wish, HttpContext http, Entries entries, CancellationToken ct) =>
        (await entries.Draft(http.Caller(), wish.Content, ct, wish.Slug)).Answer(e => TypedResults.Created($"/api/entries/{e.Id}", Answer(e, http, entries, wish.Content)));

    private static async Task<IResult> List(HttpContext http, Entries entries, [FromQuery] EntryState? state, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct) =>
        (await entries.Own(http.Caller(), state, after, limit ?? 50, ct)).Answer(p => TypedResults.Ok(new EntryPage(p.Items, p.Next)));

    private static async Task<IResult> Reviews(HttpContext http, Entries entries, CancellationToken ct) =>
        (await entries.ReviewQueue(http.Caller(), ct)).Answer(list => TypedResults.Ok(new EntryPage(list, null)));

    private static IResult Check(NewEntry wish, HttpContext http, Entries entries)
    {
        if (!http.Caller().IsGovernment) return Refusal.Forbidden("catalog.not-steward").ToProblem();
        var (content, findings) = entries.Look(wish.Content);
        var language = Language.Of(http.Request);
        return TypedResults.Ok(new ContentCheck(content, Say(findings.Errors, language), Say(findings.Notices, language)));
    }

    private static async Task<IResult> Get(Guid id, HttpContext http, Entries entries, CancellationToken ct) =>
        (await entries.Find(http.Caller(), new Id<Entry>(id), ct)).Answer(e => TypedResults.Ok(Answer(e, http, entries)));

    private static async Task<IResult> Edit(Guid id, EditedEntry edit, HttpContext http, Entries entries, CancellationToken ct) =>
        (await entries.Edit(http.Caller(), new Id<Entry>(id), edit.Revision, edit.Content, ct, edit.Note ?? "")).Answer(e => TypedResults.Ok(Answer(e, http, entries, edit.Content)));

    private static async Task<IResult> Assess(Guid id, NewAssessment made, HttpContext http, Entries entries, CancellationToken ct) =>
        (await entries.Assess(http.Caller(), new Id<Entry>(id), made.Kind, made.Conclusion, ct)).Answer(e => TypedResults.Ok(Answer(e, http, entries)));

    private static async Task<IResult> History(Guid id, HttpContext http, Entries entries, CancellationToken ct) =>
        (await entries.History(http.Caller(), new Id<Entry>(id), ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> Difference(Guid id, [FromQuery] long from, [FromQuery] long to, HttpContext http, Entries entries, CancellationToken ct) =>
        (await entries.Difference(http.Caller(), new Id<Entry>(id), from, to, ct)).Answer(TypedResults.Ok);

    private static async Task<IResult> Take(Step step, Guid id, StepWish wish, HttpContext http, Entries entries, CancellationToken ct)
    {
        var (caller, entry, note) = (http.Caller(), new Id<Entry>(id), wish.Note ?? "");
        var outcome = step switch
        {
            Step.Submitted => await entries.Submit(caller, entry, wish.Revision, ct, note),
            Step.Approved => await entries.Approve(caller, entry, wish.Revision, ct, note),
            Step.Returned => await entries.Return(caller, entry, wish.Revision, note, ct),
            Step.Recalled => await entries.Recall(caller, entry, wish.Revision, ct, note),
            Step.Published => await entries.Publish(caller, entry, wish.Revision, ct, note),
            _ => await entries.Retire(caller, entry, wish.Revision, note, ct, wish.Successor),
        };
        return outcome.Answer(e => TypedResults.Ok(Answer(e, http, entries)));
    }

    /// <summary>The verb in the route: submit, approve, return, recall, publish, retire.</summary>
    internal static string Verb(Step step) => step switch
    {
        Step.Submitted => "submit",
        Step.Approved => "approve",
        Step.Returned => "return",
        Step.Recalled => "recall",
        Step.Published => "publish",
        _ => "retire",
    };

    private static EntryAnswer Answer(Entry entry, HttpContext http, Entries entries, EntryContent? given = null) =>
        new(entry, Say(entries.Look(given ?? entry.Latest).Findings.Notices, Language.Of(http.Request)), OpenName(entry.Latest.Opening.Class, http));

    private static string OpenName(OpenClass of, HttpContext http) => http.RequestServices.GetRequiredService<OpenWords>().Term(of).In(Language.Of(http.Request));

    private static IReadOnlyList<Notice> Say(IReadOnlyList<FieldError> errors, string language) => [.. errors.Select(e => new Notice(e.Field, Texts.Parts.Get(language, e.Key, e.Args)))];
}
