using System.Net;
using System.Net.Http.Json;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Tests.Gateway;

public sealed class ExplainTests
{
    private const string Case = "DB20260001", Operator = "civil-affairs.clerk";

    [Theory, EveryStore]
    public async Task Refusals_are_explained_step_by_step_and_an_answer_too(Store store)
    {
        await using var lab = await NodeLab.Start(store, people: 300);
        var steward = PersonOf(lab, "civil-affairs.steward");

        var allowed = await Explained(lab, steward, new("population", "civil-affairs-01", "select=name&limit=1", Operator: Operator, Case: Case));
        Assert.True(allowed.IsAllowed);
        Assert.All(allowed.Steps, s => Assert.True(s.Passes));
        Assert.Single(allowed.Grants, g => g.IsChosen);
        Assert.Contains("citizen_id", allowed.Columns);

        var noCase = await Explained(lab, steward, new("population", "civil-affairs-01", "select=name", Operator: Operator));
        Assert.Equal(("grant", "gateway.needs-case"), Stopped(noCase));
        Assert.Equal([.. Enumerable.Repeat<bool?>(null, 4)], noCase.Steps.Skip(2).Select(s => s.Passes));
        Assert.Equal(["case"], noCase.Grants.Single().Rules.Where(r => r.Passes == false).Select(r => r.Name));
        Assert.Contains("办件编号", noCase.Steps[1].Text, StringComparison.Ordinal);

        // A hidden column and one that never was are explained alike.
        var hidden = await Explained(lab, steward, new("population", "civil-affairs-01", "phone=eq.1", Operator: Operator, Case: Case));
        Assert.Equal(("plan", "42703"), Stopped(hidden));
        Assert.Equal(hidden.Steps[5].Text!.Replace("phone", "never", StringComparison.Ordinal), (await Explained(lab, steward, new("population", "civil-affairs-01", "never=eq.1", Operator: Operator, Case: Case))).Steps[5].Text);

        Assert.Equal(("grant", "gateway.no-grant"), Stopped(await Explained(lab, PersonOf(lab, "human-resources.steward"), new("legal-persons", "human-resources-01"))));
        Assert.Equal(("grant", "gateway.low-assurance"), Stopped(await Explained(lab, steward, new("population", "civil-affairs-01", Operator: Operator, Case: Case, Assurance: Assurance.Key))));
        Assert.Equal(("grant", "gateway.grant-not-begun"), Stopped(await Explained(lab, steward, new("population", "civil-affairs-01", Operator: Operator, Case: Case, At: lab.Get<TimeProvider>().GetUtcNow().AddDays(-360)))));
        Assert.Equal(("resource", "kernel.not-found"), Stopped(await Explained(lab, steward, new("no-such-thing", "civil-affairs-01"))));
    }

    [Theory, EveryStore]
    public async Task Only_those_whose_business_it_is_may_ask_and_the_question_is_on_record(Store store)
    {
        await using var lab = await NodeLab.Start(store, people: 300);
        var wish = new ExplainWish("population", "civil-affairs-01", Operator: Operator, Case: Case);
        foreach (var user in (string[])["civil-affairs.office", "police.steward", "bureau.security", "bureau.audit"])
            Assert.True((await Explained(lab, PersonOf(lab, user), wish)).IsAllowed, user);
        foreach (var user in (string[])["health.steward", "qiming.user", "citizen", "bureau.system"])
            Assert.Equal(404, (await lab.Get<Explain>().Of(PersonOf(lab, user), wish, Texts.Chinese, default)).Refusal?.Status);
        Assert.Equal(404, (await lab.Get<Explain>().Of(PersonOf(lab, "bureau.audit"), wish with { Client = "no-such-client" }, Texts.Chinese, default)).Refusal?.Status);

        await lab.Get<Sequencer>().Run(default);
        var openings = await lab.Get<Openings>().List(new OpeningReader(null, IsAuditor: true), new OpeningQuery { Kind = "gateway.explained", Limit = 50 }, default);
        Assert.Equal(4, openings.Items.Count);
        Assert.All(openings.Items, o => Assert.Equal("allowed", o.Happening.Facts["outcome"]));

        // It took nothing of the right: the day's calls are as before.
        var grant = lab.Get<Grants>().Active.All.First(g => g.Matter == "最低生活保障审核确认");
        Assert.Null(grant.DeliveredAt);
        using var anonymous = await lab.Http.PostAsJsonAsync("/api/calls/explain", new { resource = "population" });
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Theory]
    [InlineData("", null, null, "resource")]
    [InlineData("population", "999.1.2.3", null, "address")]
    [InlineData("population", "10.0.0.1; drop table", null, "address")]
    [InlineData("population", null, 400, "at")]
    public async Task What_cannot_be_asked_names_the_field(string resource, string? address, int? days, string field)
    {
        await using var lab = await NodeLab.Start(Store.Sqlite);
        var asker = new Caller("x", Id<Person>.New(TimeProvider.System), null, null, null, new HashSet<Role>(), "x");
        var answer = await lab.Get<Explain>().Of(asker, new ExplainWish(resource, Address: address, At: days is { } d ? TimeProvider.System.GetUtcNow().AddDays(d) : null), Texts.Chinese, default);
        Assert.Equal(field, Assert.Single(answer.Refusal!.Fields).Field);
    }

    private static async Task<Explanation> Explained(NodeLab lab, Caller asker, ExplainWish wish) => (await lab.Get<Explain>().Of(asker, wish, Texts.Chinese, default)).Value;

    private static (string, string?) Stopped(Explanation explanation)
    {
        Assert.False(explanation.IsAllowed);
        var step = explanation.Steps.First(s => s.Passes == false);
        return (step.Name, step.Code);
    }

    private static Caller PersonOf(NodeLab lab, string user)
    {
        var directory = lab.Get<Directory>();
        return Caller.Of(directory.People.Single(p => p.UserName == user), directory);
    }
}
