using System.Data.Common;
using System.Text.Json;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A question with its choices; the answer is the place of the right one, from zero.</summary>
public sealed record CourseQuestion(string Question, string QuestionEn, IReadOnlyList<string> Choices, IReadOnlyList<string> ChoicesEn, long Answer);

/// <summary>What a course says and asks.</summary>
/// <param name="Body">Plain text in paragraphs.</param>
/// <param name="PassPercent">50 to 100 of a hundred right answers.</param>
/// <param name="ValidMonths">How long its certificate holds, 1 to 60.</param>
public sealed record CourseContent(
    string Code, string Title, string TitleEn, string Body, string BodyEn, long PassPercent, long ValidMonths, bool IsOpen, IReadOnlyList<CourseQuestion> Questions);

/// <summary>A course (培训课程) with a test at its end.</summary>
/// <param name="Revision">Grows with every change; a test is taken on one of them.</param>
public sealed record Course(Id<Course> Id, CourseContent Content, long Revision, DateTimeOffset ChangedAt);

/// <summary>The proof that somebody passed, and until when it holds.</summary>
public sealed record CourseCertificate(Id<CourseCertificate> Id, string Number, Id<Course> Course, Id<Person> Person, DateTimeOffset From, DateTimeOffset Until, string Proof);

/// <summary>How a test ended; the certificate when it was passed.</summary>
public sealed record CourseResult(long Right, long Questions, bool HasPassed, CourseCertificate? Certificate);

/// <summary>A role that takes a valid certificate of a course.</summary>
public sealed record CourseDuty(Role Role, Id<Course> Course, DateTimeOffset Since);

/// <summary>How many of a department's people who need certificates have them.</summary>
public sealed record CourseCoverage(Id<Agency> Agency, int Needed, int Held, IReadOnlyList<Id<Person>> Missing)
{
    /// <summary>1 where nobody needs one.</summary>
    public double Share => Needed == 0 ? 1 : (double)Held / Needed;
}

/// <summary>What can be wrong with a course.</summary>
internal static class CourseRules
{
    public static IEnumerable<FieldError> Errors(CourseContent c)
    {
        if (c.Code.Length is < 2 or > 40 || !c.Code.All(ch => char.IsAsciiLetterLower(ch) || char.IsAsciiDigit(ch) || ch == '-')) yield return new("code", "agencies.course-code", c.Code);
        if (c.Title.Trim().Length is < 2 or > 100) yield return new("title", "agencies.course-title", c.Title.Trim().Length);
        if (c.TitleEn.Trim().Length is < 2 or > 200) yield return new("titleEn", "agencies.course-title", c.TitleEn.Trim().Length);
        if (c.Body.Trim().Length is < 20 or > 20_000) yield return new("body", "agencies.course-body", c.Body.Trim().Length);
        if (c.BodyEn.Trim().Length is < 20 or > 40_000) yield return new("bodyEn", "agencies.course-body", c.BodyEn.Trim().Length);
        if (c.PassPercent is < 50 or > 100) yield return new("passPercent", "agencies.course-pass", c.PassPercent);
        if (c.ValidMonths is < 1 or > 60) yield return new("validMonths", "agencies.course-months", c.ValidMonths);
        if (c.Questions.Count is < 1 or > 100) yield return new("questions", "agencies.course-questions", c.Questions.Count);
        for (var i = 0; i < c.Questions.Count; i++)
            if (!IsWhole(c.Questions[i])) yield return new($"questions.{i}", "agencies.course-question", i + 1);
    }

    /// <summary>Right answers that the mark takes, never fewer than one.</summary>
    public static long Needed(CourseContent c) => Math.Max(1, (c.Questions.Count * c.PassPercent + 99) / 100);

    private static bool IsWhole(CourseQuestion q) => q.Question.Trim().Length is >= 2 and <= 500 && q.QuestionEn.Trim().Length is >= 2 and <= 1000
        && q.Choices.Count is >= 2 and <= 8 && q.ChoicesEn.Count == q.Choices.Count && q.Answer >= 0 && q.Answer < q.Choices.Count
        && q.Choices.Concat(q.ChoicesEn).All(c => c.Trim().Length is >= 1 and <= 500) && q.Choices.Distinct(StringComparer.Ordinal).Count() == q.Choices.Count;
}

/// <summary>Rows of courses.</summary>
internal static class CourseRows
{
    public static readonly Sql CertificateColumns = Part($"id, number, course, person, valid_from_at, valid_to_at, evidence");

    public static CourseCertificate ReadCertificate(DbDataReader r) => new(r.Id<CourseCertificate>(0), r.GetString(1), r.Id<Course>(2), r.Id<Person>(3), r.Instant(4), r.Instant(5), r.GetString(6));

    public static async Task<IReadOnlyList<Course>> Load(Db db, CancellationToken ct)
    {
        var questions = (await db.List(
            $"select course, question, question_en, choices, choices_en, answer from agencies_course_question order by course, number",
            r => (Course: r.Id<Course>(0), Question: new CourseQuestion(r.GetString(1), r.GetString(2), r.Json<string[]>(3), r.Json<string[]>(4), r.GetInt64(5))), ct)).ToLookup(q => q.Course, q => q.Question);
        return await db.List(
            $"select id, code, title, title_en, body, body_en, pass_percent, valid_months, is_open, revision, changed_at from agencies_course order by code",
            r => new Course(r.Id<Course>(0), new CourseContent(
                r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetInt64(6), r.GetInt64(7), r.Flag(8), [.. questions[r.Id<Course>(0)]]), r.GetInt64(9), r.Instant(10)), ct);
    }

    public static async Task Ask(Tx tx, Id<Course> course, IReadOnlyList<CourseQuestion> questions)
    {
        await tx.Run($"delete from agencies_course_question where course = {course}");
        for (var i = 0; i < questions.Count; i++)
            await tx.Run(
                $"""
                insert into agencies_course_question (course, number, question, question_en, choices, choices_en, answer)
                values ({course}, {(long)i}, {questions[i].Question.Trim()}, {questions[i].QuestionEn.Trim()}, {JsonSerializer.Serialize(questions[i].Choices, Wire.Json)},
                  {JsonSerializer.Serialize(questions[i].ChoicesEn, Wire.Json)}, {questions[i].Answer})
                """);
    }

    private static Sql Part(Sql sql) => sql;
}
