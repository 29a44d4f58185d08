using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Watch;

/// <summary>A new incident as sent: what is left out is answered by field, not by a broken body.</summary>
/// <param name="AwareAt">When the operator knew; none: when it was detected.</param>
public sealed record OpenIncident(
    string? Title = null, IReadOnlyList<string>? Resources = null, DateTimeOffset? DetectedAt = null, DateTimeOffset? AwareAt = null, DateTimeOffset? From = null, string? Client = null, string? Grant = null,
    string? Operator = null, Id<Agency>? Agency = null, bool IsDrill = false);

/// <summary>A step with what it needs; see each step.</summary>
/// <param name="Revision">The revision that was decided on: when somebody was faster, the answer is a conflict.</param>
public sealed record IncidentStepRequest(
    long? Revision = null, string? Note = null, LevelFacts? Facts = null, IncidentLevel? Level = null, DateTimeOffset? DetectedAt = null, DateTimeOffset? AwareAt = null, string? Causes = null, string? Lessons = null,
    IReadOnlyList<IncidentMeasure>? Measures = null, bool KeepsCut = false);

/// <summary>What a person wrote into a document.</summary>
public sealed record PaperText(IReadOnlyDictionary<string, string>? Items = null);

/// <summary>A submission as sent.</summary>
public sealed record SubmitPaper(ReportChannel? Channel = null, string? Reference = null, DateTimeOffset? SubmittedAt = null, string? Language = null);

/// <summary>A task as sent.</summary>
public sealed record NewTask(string? Title = null, Role? Role = null, RungPlace? Place = null, DateTimeOffset? DueAt = null);

/// <summary>A page of incidents.</summary>
public sealed record IncidentPage(IReadOnlyList<Incident> Items, string? Next);

/// <summary>A document as the interface gives it.</summary>
public sealed record PaperView(PaperKind Kind, string Title, IReadOnlyList<PaperItemView> Items, bool IsReady);

/// <summary>An item of it.</summary>
/// <param name="IsMissing">A person must still fill it in.</param>
public sealed record PaperItemView(string Key, string Label, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Text, bool IsFilled, bool IsMissing);

internal static class IncidentRoutes
{
    private delegate Task<Outcome<Incident>> Taking(Incidents door, Caller caller, Id<Incident> id, IncidentStepRequest r, CancellationToken ct);

    private static readonly Dictionary<string, Taking> Steps = new()
    {
        ["acknowledge"] = (d, c, id, r, ct) => d.Acknowledge(c, id, r.Revision, ct),
        ["contain"] = (d, c, id, r, ct) => d.Contain(c, id, r.Revision, r.Note ?? "", ct),
        ["judge"] = (d, c, id, r, ct) => d.Judge(c, id, r.Revision, r.Facts ?? new LevelFacts(), r.Level ?? IncidentLevel.Unjudged, r.Note ?? "", ct),
        ["report"] = (d, c, id, r, ct) => d.Report(c, id, r.Revision, ct),
        ["restore"] = (d, c, id, r, ct) => d.Restore(c, id, r.Revision, r.Note ?? "", r.KeepsCut, ct),
        ["dismiss"] = (d, c, id, r, ct) => d.Dismiss(c, id, r.Revision, r.Note ?? "", ct),
        ["close"] = (d, c, id, r, ct) => d.Close(c, id, r.Revision, ct),
        ["times"] = (d, c, id, r, ct) => d.CorrectTimes(c, id, r.Revision, r.DetectedAt ?? default, r.AwareAt ?? default, r.Note ?? "", ct),
        ["review"] = (d, c, id, r, ct) => d.Review(c, id, r.Revision, r.Causes ?? "", r.Lessons ?? "", r.Measures ?? [], ct),
        ["skip-persons"] = (d, c, id, r, ct) => d.SkipPersons(c, id, r.Revision, r.Note ?? "", ct),
        ["note"] = (d, c, id, r, ct) => d.Note(c, id, r.Note ?? "", ct),
        ["count"] = (d, c, id, _, ct) => d.Count(c, id, ct),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/incidents").DisableAntiforgery().WithTags("watch");
        api.MapGet("", List).WithName("watch.incidents").Produces<IncidentPage>();
        api.MapPost("", Open).WithIdempotency().WithName("watch.incident-open").Produces<Incident>(201);
        api.MapGet("statistics", (HttpContext http, Incidents door, [FromQuery] bool? drills, CancellationToken ct) => SignedIn(http, async c => TypedResults.Ok(await door.Statistics(c, drills ?? false, ct))))
            .WithName("watch.incident-statistics").Produces<IncidentStatistics>();
        api.MapGet("{id}", Get).WithName("watch.incident").Produces<IncidentView>();
        foreach (var step in Steps.Keys)
            api.MapPost("{id}/" + step, (Id<Incident> id, IncidentStepRequest request, HttpContext http, Incidents door, CancellationToken ct) => SignedIn(http, async c => (await Steps[step](door, c, id, request, ct)).Answer(TypedResults.Ok)))
                .WithIdempotency().WithName("watch.incident-" + step).Produces<Incident>();
        api.MapPost("{id}/tasks", AddTask).WithIdempotency().WithName("watch.incident-task").Produces<Incident>();
        api.MapPost("{id}/tasks/{task}/done", (Id<Incident> id, Id<IncidentTask> task, IncidentStepRequest request, HttpContext http, Incidents door, CancellationToken ct) =>
            SignedIn(http, async c => (await door.Done(c, id, task, request.Note ?? "", ct)).Answer(TypedResults.Ok))).WithIdempotency().WithName("watch.incident-task-done").Produces<Incident>();
        api.MapGet("{id}/persons", (Id<Incident> id, HttpContext http, IncidentPersons door, CancellationToken ct) => SignedIn(http, async c => (await door.List(c, id, ct)).Answer(TypedResults.Ok)))
            .WithName("watch.incident-persons").Produces<IReadOnlyList<JournalOpeningView>>();
        api.MapPost("{id}/persons", (Id<Incident> id, IncidentStepRequest said, HttpContext http, IncidentPersons door, CancellationToken ct) => SignedIn(http, async c => (await door.Ask(c, id, said.Note ?? "", ct)).Answer(TypedResults.Ok)))
            .WithIdempotency().WithName("watch.incident-persons-ask").Produces<JournalOpening>();
        api.MapGet("{id}/documents/{kind}", Paper).WithName("watch.incident-document").Produces<PaperView>();
        api.MapGet("{id}/documents/{kind}/file", File).WithName("watch.incident-document-file");
        api.MapPut("{id}/documents/{kind}", (Id<Incident> id, PaperKind kind, PaperText said, HttpContext http, Incidents door, CancellationToken ct) =>
            SignedIn(http, async c => (await door.Write(c, id, kind, said.Items ?? new Dictionary<string, string>(), ct)).Answer(TypedResults.Ok))).WithName("watch.incident-document-write").Produces<Incident>();
        api.MapPost("{id}/documents/{kind}/submit", Submit).WithIdempotency().WithName("watch.incident-document-submit").Produces<Incident>();
    }

    private static Task<IResult> List(HttpContext http, Incidents door, [FromQuery] bool? drills, [FromQuery] bool? open, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct) => SignedIn(http, async caller =>
    {
        var page = await door.List(caller, drills ?? false, open, after, limit ?? 50, ct);
        return TypedResults.Ok(new IncidentPage(page.Items, page.Next));
    });

    private static Task<IResult> Open(OpenIncident said, HttpContext http, Incidents door, CancellationToken ct) => SignedIn(http, async caller =>
    {
        if (said.DetectedAt is not { } detected) return Refusal.Invalid(new FieldError("detectedAt", "kernel.required")).ToProblem();
        var opening = new HandOpening(said.Title ?? "", said.Resources ?? [], detected, said.AwareAt ?? detected, said.From, said.Client, said.Grant, said.Operator, said.Agency, said.IsDrill);
        return (await door.OpenByHand(caller, opening, ct)).Answer(i => TypedResults.Created($"/api/incidents/{i.Id}", i));
    });

    private static Task<IResult> Get(Id<Incident> id, HttpContext http, Incidents door, CancellationToken ct) => SignedIn(http, async caller =>
        await door.Find(caller, id, ct) is { } view ? TypedResults.Ok(view) : Refusal.NotFound(id.ToString()).ToProblem());

    private static Task<IResult> AddTask(Id<Incident> id, NewTask said, HttpContext http, Incidents door, CancellationToken ct) => SignedIn(http, async caller =>
        (await door.AddTask(caller, id, said.Title ?? "", said.Role ?? Role.SecurityAdmin, said.Place ?? RungPlace.Bureau, said.DueAt ?? default, ct)).Answer(TypedResults.Ok));

    private static Task<IResult> Paper(Id<Incident> id, PaperKind kind, HttpContext http, Incidents door, CancellationToken ct) => SignedIn(http, async caller =>
    {
        var language = Language.Of(http.Request);
        if (await door.Paper(caller, id, kind, language, ct) is not { } paper) return Refusal.NotFound(id.ToString()).ToProblem();
        return TypedResults.Ok(new PaperView(
            kind, PaperFile.Title(kind, language), [.. paper.Lines.Select(l => new PaperItemView(l.Item.Key, Texts.Parts.Get(language, "watch.item." + l.Item.Key), l.Text, l.Filled is not null, l.IsMissing))], !paper.Missing.Any()));
    });

    private static Task<IResult> File(Id<Incident> id, PaperKind kind, [FromQuery] string? language, HttpContext http, Incidents door, CancellationToken ct) => SignedIn(http, async caller =>
    {
        var said = language == Texts.English ? Texts.English : language is null ? Language.Of(http.Request) : Texts.Chinese;
        return await door.Paper(caller, id, kind, said, ct) is { } paper
            ? TypedResults.File(PaperFile.Docx(paper, said), PaperFile.MediaType, $"{paper.Incident.Number}-{kind}.docx") : Refusal.NotFound(id.ToString()).ToProblem();
    });

    private static Task<IResult> Submit(Id<Incident> id, PaperKind kind, SubmitPaper said, HttpContext http, Incidents door, CancellationToken ct) => SignedIn(http, async caller =>
    {
        if (said.SubmittedAt is not { } at) return Refusal.Invalid(new FieldError("submittedAt", "kernel.required")).ToProblem();
        if (said.Channel is not { } channel) return Refusal.Invalid(new FieldError("channel", "watch.field.channel")).ToProblem();
        return (await door.Submit(caller, id, kind, new NewSubmission(channel, said.Reference ?? "", at, said.Language == Texts.English ? Texts.English : Texts.Chinese), ct)).Answer(TypedResults.Ok);
    });

    private static async Task<IResult> SignedIn(HttpContext http, Func<Caller, Task<IResult>> work) =>
        http.Caller() is { Person: not null } caller ? await work(caller) : new Refusal(401, "watch.person-only").ToProblem();
}
