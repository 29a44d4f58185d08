using System.Net;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class CourseTests
{
    private static CourseContent Content(string code = "data-security", bool isOpen = true) => new(
        code, "数据安全基础", "Basics of data security", "处理政务数据的人员应当知道的规定，共五段。", "What everybody who works with government data has to know.", 60, 12, isOpen,
        [
            new("共享数据可否用于申请以外的用途？", "May shared data serve another purpose?", ["可以", "不可以"], ["Yes", "No"], 1),
            new("发现泄露应当怎么做？", "What is done after a leak?", ["立即报告", "先观察", "不处理"], ["Report at once", "Wait", "Nothing"], 0),
            new("外包人员可否读取数据内容？", "May contractors read content?", ["可以", "不可以"], ["Yes", "No"], 1),
        ]);

    [Theory, EveryStore]
    public async Task A_course_is_taken_passed_and_its_certificate_runs_out(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var (courses, competence, directory) = (lab.Node.Get<Courses>(), lab.Node.Get<Competence>(), lab.Node.Get<Tongxiang.Agencies.Directory>());
        var steward = Caller.Of(lab.Person, directory);
        Assert.Equal(403, (await courses.Save(steward, null, null, Content(), default)).Refusal?.Status);
        var course = (await courses.Save(Caller.Platform, null, null, Content(), default)).Value;
        Assert.Equal("agencies.course-taken", (await courses.Save(Caller.Platform, null, null, Content(), default)).Refusal?.Code);
        Assert.Equal(Content().Questions.Count, course.Content.Questions.Count);

        Assert.Equal(400, (await courses.Take(steward, course.Id, 1, [1, 0], default)).Refusal?.Status);
        var failed = (await courses.Take(steward, course.Id, 1, [0, 1, 1], default)).Value;
        Assert.Equal((1L, false, (CourseCertificate?)null), (failed.Right, failed.HasPassed, failed.Certificate));
        var passed = (await courses.Take(steward, course.Id, 1, [1, 0, 0], default)).Value;
        Assert.True(passed.HasPassed);
        Assert.Equal(lab.Clock.GetUtcNow().AddMonths(12), passed.Certificate!.Until);
        await courses.Take(steward, course.Id, 1, [1, 0, 1], default);
        Assert.Equal("agencies.course-tries", (await courses.Take(steward, course.Id, 1, [1, 0, 1], default)).Refusal?.Code);
        Assert.Equal(3, await courses.TakenToday(steward, course.Id, default));
        Assert.Equal(2, (await courses.CertificatesOf(steward, lab.Person.Id, default)).Count);
        Assert.Empty(await courses.CertificatesOf(Caller.Anonymous, lab.Person.Id, default));

        // Required of stewards, the role holds while the certificate does.
        Assert.Equal(403, (await courses.Require(steward, Role.Steward, course.Id, true, default)).Refusal?.Status);
        Assert.Equal("agencies.course-role", (await courses.Require(Caller.Platform, Role.BureauHead, course.Id, true, default)).Refusal?.Code);
        Assert.Null((await courses.Require(Caller.Platform, Role.Steward, course.Id, true, default)).Refusal);
        Assert.Contains(Role.Steward, competence.Of(lab.Person));
        var other = await lab.Enrol("police.other", lab.Agency.Id, Role.Steward, Role.Operative);
        Assert.Equal([Role.Operative], competence.Of(other));
        var coverage = Assert.Single(courses.Coverage(steward));
        Assert.Equal((2, 1, 0.5), (coverage.Needed, coverage.Held, coverage.Share));
        Assert.Equal([other.Id], coverage.Missing);
        var cookie = await lab.SignIn("police.other");
        Assert.Equal(["Operative"], await Roles(lab, cookie));

        lab.Clock.Advance(TimeSpan.FromDays(367));
        Assert.DoesNotContain(Role.Steward, competence.Of(lab.Person));
        Assert.Equal([course.Id], competence.Missing(lab.Person));
        Assert.Null((await courses.Require(Caller.Platform, Role.Steward, course.Id, false, default)).Refusal);
        Assert.Contains(Role.Steward, competence.Of(lab.Person));
        Assert.Empty(await courses.Duties(default));
    }

    [Theory]
    [InlineData(Role.SystemAdmin, "agencies.course-restricting")]
    [InlineData(Role.SecurityAdmin, "agencies.course-restricting")]
    [InlineData(Role.AuditAdmin, "agencies.course-restricting")]
    [InlineData(Role.Vendor, "agencies.course-restricting")]
    [InlineData(Role.CyberspaceInspector, "agencies.course-restricting")]
    [InlineData(Role.SecrecyInspector, "agencies.course-restricting")]
    [InlineData(Role.AuditInspector, "agencies.course-restricting")]
    [InlineData(Role.BureauHead, "agencies.course-role")]
    [InlineData(Role.Citizen, "agencies.course-role")]
    [InlineData(Role.Steward, null)]
    [InlineData(Role.Operative, null)]
    [InlineData(Role.SharingOfficeHead, null)]
    public void A_role_that_restricts_rests_on_no_certificate(Role role, string? code) => Assert.Equal(code, RoleRules.WrongForCertificate(role)?.Code);

    // Without the role that closes it, the department's rights would reach the contractor.
    [Theory, EveryStore]
    public async Task No_certificate_that_runs_out_takes_a_restriction_away_and_a_hosted_bureau_requires_none(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var (courses, competence, directory) = (lab.Node.Get<Courses>(), lab.Node.Get<Competence>(), lab.Node.Get<Tongxiang.Agencies.Directory>());
        var course = (await courses.Save(Caller.Platform, null, null, Content(), default)).Value;
        async Task<Caller> Head(string slug, string division)
        {
            var bureau = (await lab.Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(lab.Clock), slug, "91350100M000100Y43", slug, slug, AgencyKind.Bureau, division, null, null, null), default)).Value;
            return Caller.Of(await lab.Enrol(slug + ".head", bureau.Id, Role.BureauHead), directory);
        }
        var (own, hosted) = (await Head("data-bureau", "290000"), await Head("city-bureau", "290100"));
        Assert.Equal("agencies.course-restricting", (await courses.Require(own, Role.SecurityAdmin, course.Id, true, default)).Refusal?.Code);
        Assert.Equal("agencies.only-bureau-head", (await courses.Require(hosted, Role.Steward, course.Id, true, default)).Refusal?.Code);
        Assert.Equal((true, false), (courses.MayRequire(own), courses.MayRequire(hosted)));
        Assert.Null((await courses.Require(own, Role.Steward, course.Id, true, default)).Refusal);

        var vendor = await lab.Enrol("police.vendor", lab.Agency.Id, Role.Vendor);
        foreach (var role in new[] { Role.Vendor, Role.AuditAdmin })
            await lab.Node.Get<Db>().Run($"insert into agencies_course_duty (role, course, set_by, since_at) values ({role}, {course.Id}, {"system"}, {lab.Clock.GetUtcNow()})", default);
        await competence.Refresh(default);
        Assert.Equal([Role.Vendor], competence.Of(vendor));
        Assert.False(competence.IsNeeded(vendor));
        Assert.DoesNotContain(Role.Steward, competence.Of(lab.Person));
        Assert.Equal(["Vendor"], await Roles(lab, await lab.SignIn("police.vendor")));
    }

    // Left out or null: said field by field, never a fault of the node.
    [Theory]
    [InlineData("{}", "content")]
    [InlineData("{\"content\":null}", "content")]
    [InlineData("{\"content\":{\"passPercent\":60,\"validMonths\":12,\"isOpen\":true}}", "questions")]
    [InlineData("{\"content\":{\"passPercent\":60,\"validMonths\":12,\"isOpen\":true,\"questions\":[null]}}", "questions.0")]
    [InlineData("{\"content\":{\"passPercent\":60,\"validMonths\":12,\"isOpen\":true,\"questions\":[{\"question\":null,\"choices\":null,\"choicesEn\":[null]}]}}", "questions.0")]
    public async Task A_course_with_nothing_in_it_is_refused(string body, string field)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var bureau = (await lab.Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(lab.Clock), "data-bureau", "91350100M000100Y43", "数据局", "Bureau", AgencyKind.Bureau, "290000", null, null, null), default)).Value;
        await lab.Enrol("bureau.head", bureau.Id, Role.BureauHead);
        using var answer = await lab.Send(HttpMethod.Post, "/api/courses", JsonNode.Parse(body), cookie: await lab.SignIn("bureau.head"));
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, problem["errors"]!.AsObject().Select(e => e.Key));
    }

    [Theory, EveryStore]
    public async Task A_changed_course_is_a_new_revision_and_two_who_change_it_see_each_other(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var courses = lab.Node.Get<Courses>();
        var course = (await courses.Save(Caller.Platform, null, null, Content(), default)).Value;
        var outcomes = await Task.WhenAll(
            courses.Save(Caller.Platform, course.Id, 1, Content() with { Title = "甲" + Content().Title }, default), courses.Save(Caller.Platform, course.Id, 1, Content() with { Title = "乙" + Content().Title }, default));
        Assert.Equal(2, Assert.Single(outcomes, o => !o.IsRefused).Value.Revision);
        Assert.Equal("agencies.course-meanwhile", Assert.Single(outcomes, o => o.IsRefused).Refusal!.Code);
        var steward = Caller.Of(lab.Person, lab.Node.Get<Tongxiang.Agencies.Directory>());
        Assert.Equal("agencies.course-meanwhile", (await courses.Take(steward, course.Id, 1, [1, 0, 1], default)).Refusal?.Code);
        Assert.Null((await courses.Save(Caller.Platform, course.Id, 2, Content(isOpen: false), default)).Refusal);
        Assert.Equal(404, (await courses.Take(steward, course.Id, 3, [1, 0, 1], default)).Refusal?.Status);
        Assert.Equal("agencies.course-closed", (await courses.Require(Caller.Platform, Role.Steward, course.Id, true, default)).Refusal?.Code);
    }

    public static TheoryData<CourseContent, string> Bad => new()
    {
        { Content() with { Code = "A B" }, "code" },
        { Content() with { Title = "" }, "title" },
        { Content() with { Body = "短" }, "body" },
        { Content() with { PassPercent = 40 }, "passPercent" },
        { Content() with { ValidMonths = 0 }, "validMonths" },
        { Content() with { Questions = [] }, "questions" },
        { Content() with { Questions = [new("甲？", "A?", ["是"], ["Yes"], 0)] }, "questions.0" },
        { Content() with { Questions = [new("甲？", "A?", ["是", "是"], ["Yes", "No"], 0)] }, "questions.0" },
        { Content() with { Questions = [new("甲？", "A?", ["是", "否"], ["Yes", "No"], 2)] }, "questions.0" },
        { Content() with { Questions = [new("甲？", "A?", ["是", "否"], ["Yes"], 0)] }, "questions.0" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void A_course_is_whole(CourseContent content, string field) => Assert.Equal(field, CourseRules.Errors(content).First().Field);

    [Theory]
    [InlineData(1, 60, 1)]
    [InlineData(3, 60, 2)]
    [InlineData(10, 80, 8)]
    [InlineData(10, 81, 9)]
    [InlineData(7, 100, 7)]
    public void The_mark_is_rounded_up(int questions, int percent, int needed) =>
        Assert.Equal(needed, CourseRules.Needed(Content() with { PassPercent = percent, Questions = [.. Enumerable.Repeat(Content().Questions[0], questions)] }));

    [Theory, EveryStore]
    public async Task Over_http_learners_get_no_answers_and_the_head_sees_coverage(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var bureau = (await lab.Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(lab.Clock), "data-bureau", "91350100M000100Y43", "数据局", "Bureau", AgencyKind.Bureau, "290000", null, null, null), default)).Value;
        await lab.Enrol("bureau.head", bureau.Id, Role.BureauHead);
        var (head, steward) = (await lab.SignIn("bureau.head"), await lab.SignIn("police.steward"));
        async Task<JsonNode> Ask(HttpMethod method, string path, object? body, string? cookie, HttpStatusCode expected = HttpStatusCode.OK)
        {
            using var answer = await lab.Send(method, path, body, cookie: cookie);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == expected, $"{path}: {(int)answer.StatusCode} {text}");
            return text.Length > 0 ? JsonNode.Parse(text)! : JsonValue.Create("")!;
        }
        await Ask(HttpMethod.Get, "/api/courses", null, null, HttpStatusCode.Unauthorized);
        await Ask(HttpMethod.Post, "/api/courses", new { content = Content() }, steward, HttpStatusCode.Forbidden);
        var made = await Ask(HttpMethod.Post, "/api/courses", new { content = Content() }, head, HttpStatusCode.Created);
        var path = $"/api/courses/{made["id"]}";
        await Ask(HttpMethod.Put, path, new { revision = 1, content = Content() with { PassPercent = 100 } }, head);
        var shown = (await Ask(HttpMethod.Get, "/api/courses", null, steward))["items"]![0]!;
        Assert.DoesNotContain("answer", shown.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        await Ask(HttpMethod.Post, path + "/duties", new { role = "Steward", isRequired = true }, head, HttpStatusCode.NoContent);
        Assert.Empty(await Roles(lab, steward));
        Assert.False((bool)(await Ask(HttpMethod.Post, path + "/tests", new { revision = 2, answers = new[] { 1, 0, 0 } }, steward))["hasPassed"]!);
        Assert.True((bool)(await Ask(HttpMethod.Post, path + "/tests", new { revision = 2, answers = new[] { 1, 0, 1 } }, steward))["hasPassed"]!);
        Assert.Equal(["Steward"], await Roles(lab, steward));
        Assert.NotEmpty((await Ask(HttpMethod.Get, "/api/courses/duties", null, steward))["items"]!.AsArray());
        Assert.NotEmpty((await Ask(HttpMethod.Get, "/api/courses/coverage", null, head))["items"]!.AsArray());
        Assert.Single((await Ask(HttpMethod.Get, $"/api/people/{lab.Person.Id}/certificates", null, steward))["items"]!.AsArray());
    }

    private static async Task<IReadOnlyList<string>> Roles(TokenLab lab, string cookie)
    {
        using var answer = await lab.Send(HttpMethod.Get, "/api/session", cookie: cookie);
        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["roles"]!.AsArray().Select(r => (string)r!)];
    }
}
