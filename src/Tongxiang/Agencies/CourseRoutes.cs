using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Courses over HTTP. Learners never get the answers.</summary>
internal static class CourseRoutes
{
    public sealed record AskedQuestion(string Question, string QuestionEn, IReadOnlyList<string> Choices, IReadOnlyList<string> ChoicesEn);

    public sealed record CourseView(Id<Course> Id, string Code, string Title, string TitleEn, string Body, string BodyEn, long PassPercent, long ValidMonths, bool IsOpen, long Revision, IReadOnlyList<AskedQuestion> Questions);

    public sealed record QuestionRequest(string? Question, string? QuestionEn, IReadOnlyList<string?>? Choices, IReadOnlyList<string?>? ChoicesEn, long? Answer);

    public sealed record ContentRequest(
        string? Code, string? Title, string? TitleEn, string? Body, string? BodyEn, long PassPercent, long ValidMonths, bool IsOpen, IReadOnlyList<QuestionRequest?>? Questions);

    public sealed record SaveRequest(long? Revision, ContentRequest? Content);

    public sealed record TakeRequest(long Revision, IReadOnlyList<long>? Answers);

    public sealed record DutyRequest(Role Role, bool IsRequired);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/courses").DisableAntiforgery().WithTags("agencies");
        api.MapGet("", List).WithName("agencies.courses");
        api.MapPost("", (SaveRequest r, HttpContext http, Courses door, CancellationToken ct) => Save(null, r, http, door, ct)).WithIdempotency().WithName("agencies.course-make");
        api.MapPut("/{id}", (Id<Course> id, SaveRequest r, HttpContext http, Courses door, CancellationToken ct) => Save(id, r, http, door, ct)).WithName("agencies.course-change");
        api.MapPost("/{id}/tests", Take).WithIdempotency().WithName("agencies.course-take");
        api.MapPost("/{id}/duties", Require).WithIdempotency().WithName("agencies.course-require");
        api.MapGet("/coverage", (HttpContext http, Courses door) => TypedResults.Ok(new Page<CourseCoverage>(door.Coverage(http.Caller()), null))).WithName("agencies.course-coverage");
        api.MapGet("/duties", async (Courses door, CancellationToken ct) => TypedResults.Ok(new Page<CourseDuty>(await door.Duties(ct), null))).WithName("agencies.course-duties");
        routes.MapGet("/api/people/{id}/certificates", async (Id<Person> id, HttpContext http, Courses door, CancellationToken ct) =>
            TypedResults.Ok(new Page<CourseCertificate>(await door.CertificatesOf(http.Caller(), id, ct), null))).WithTags("agencies").WithName("agencies.certificates");
    }

    private static async Task<IResult> List(HttpContext http, Courses door, CancellationToken ct)
    {
        if (http.Caller() is not { Person: not null }) return new Refusal(401, "agencies.sign-in-first").ToProblem();
        var all = await door.All(ct);
        return TypedResults.Ok(new Page<CourseView>([.. all.Where(c => c.Content.IsOpen || Courses.MayKeep(http.Caller())).Select(View)], null));
    }

    private static async Task<IResult> Save(Id<Course>? id, SaveRequest request, HttpContext http, Courses door, CancellationToken ct)
    {
        if (request.Content is not { } content) return Refusal.Invalid(new FieldError("content", "kernel.required")).ToProblem();
        return (await door.Save(http.Caller(), id, request.Revision, Whole(content), ct)).Answer(made => id is null ? TypedResults.Created($"/api/courses/{made.Id}", View(made)) : (IResult)TypedResults.Ok(View(made)));
    }

    private static async Task<IResult> Take(Id<Course> id, TakeRequest request, HttpContext http, Courses door, CancellationToken ct) =>
        (await door.Take(http.Caller(), id, request.Revision, request.Answers ?? [], ct)).Answer(r => TypedResults.Ok(r));

    private static async Task<IResult> Require(Id<Course> id, DutyRequest request, HttpContext http, Courses door, CancellationToken ct) =>
        (await door.Require(http.Caller(), request.Role, id, request.IsRequired, ct)).Answer(_ => TypedResults.NoContent());

    // What was left out is empty, and the rules say which; a question without an answer has none of its choices right.
    private static CourseContent Whole(ContentRequest c) => new(
        c.Code ?? "", c.Title ?? "", c.TitleEn ?? "", c.Body ?? "", c.BodyEn ?? "", c.PassPercent, c.ValidMonths, c.IsOpen, [.. (c.Questions ?? []).Select(Whole)]);

    private static CourseQuestion Whole(QuestionRequest? q) => new(q?.Question ?? "", q?.QuestionEn ?? "", Filled(q?.Choices), Filled(q?.ChoicesEn), q?.Answer ?? -1);

    private static IReadOnlyList<string> Filled(IReadOnlyList<string?>? choices) => [.. (choices ?? []).Select(c => c ?? "")];

    private static CourseView View(Course course)
    {
        var c = course.Content;
        return new(course.Id, c.Code, c.Title, c.TitleEn, c.Body, c.BodyEn, c.PassPercent, c.ValidMonths, c.IsOpen, course.Revision, [.. c.Questions.Select(q => new AskedQuestion(q.Question, q.QuestionEn, q.Choices, q.ChoicesEn))]);
    }
}
