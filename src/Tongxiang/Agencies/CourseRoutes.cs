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

    public sealed record SaveRequest(long? Revision, CourseContent Content);

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
        var c = request.Content;
        var whole = c with { Code = c.Code ?? "", Title = c.Title ?? "", TitleEn = c.TitleEn ?? "", Body = c.Body ?? "", BodyEn = c.BodyEn ?? "", Questions = c.Questions ?? [] };
        return (await door.Save(http.Caller(), id, request.Revision, whole, ct)).Answer(made => id is null ? TypedResults.Created($"/api/courses/{made.Id}", View(made)) : (IResult)TypedResults.Ok(View(made)));
    }

    private static async Task<IResult> Take(Id<Course> id, TakeRequest request, HttpContext http, Courses door, CancellationToken ct) =>
        (await door.Take(http.Caller(), id, request.Revision, request.Answers ?? [], ct)).Answer(r => TypedResults.Ok(r));

    private static async Task<IResult> Require(Id<Course> id, DutyRequest request, HttpContext http, Courses door, CancellationToken ct) =>
        (await door.Require(http.Caller(), request.Role, id, request.IsRequired, ct)).Answer(_ => TypedResults.NoContent());

    private static CourseView View(Course course)
    {
        var c = course.Content;
        return new(course.Id, c.Code, c.Title, c.TitleEn, c.Body, c.BodyEn, c.PassPercent, c.ValidMonths, c.IsOpen, course.Revision, [.. c.Questions.Select(q => new AskedQuestion(q.Question, q.QuestionEn, q.Choices, q.ChoicesEn))]);
    }
}
