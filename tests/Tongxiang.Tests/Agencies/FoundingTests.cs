using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class FoundingTests
{
    private static object Request(string token, string securityUser = "audit.no", string securityName = "乙", string securityPassword = "harbour-violet-93-kite", string credit = "91350100M000100Y43") => new
    {
        token,
        bureauName = "云岭省数据局",
        bureauNameEn = "Yunling Data Bureau",
        creditCode = credit,
        division = "290000",
        system = new { userName = "system", name = "甲", password = "crane-paper-7-lantern" },
        security = new { userName = securityUser, name = securityName, password = securityPassword },
        audit = new { userName = "auditor", name = "丙", password = "meadow-copper-51-tram" },
    };

    [Theory, EveryStore]
    public async Task Three_people_found_an_empty_node_together_and_once(Store store)
    {
        await using var node = await NodeLab.Start(store);
        var founding = node.Get<Founding>();
        var token = (await founding.Invite(default))!;
        Assert.True((bool)(await node.Http.GetFromJsonAsync<JsonNode>("/api/founding"))!["isOpen"]!);
        var wrong = await Api.Post(node.Http, "/api/founding", Request("0" + token[1..] + "x"), HttpStatusCode.Forbidden);
        Assert.Equal("agencies.founding-token", (string)wrong["code"]!);
        foreach (var (request, field) in new[]
        {
            (Request(token, securityUser: "system"), "security.userName"), (Request(token, securityName: "甲"), "security.name"),
            (Request(token, securityPassword: "crane-paper-7-lantern"), "security.password"), (Request(token, securityPassword: "short"), "security.password"),
            (Request(token, credit: "91350100M000100Y44"), "creditCode"), (Request(token, securityUser: "Not A Name"), "security.userName"),
        })
        {
            var refused = await Api.Post(node.Http, "/api/founding", request, HttpStatusCode.BadRequest);
            Assert.Contains(field, refused["errors"]!.AsObject().Select(e => e.Key));
        }
        // Nothing of the refused ones was done.
        Assert.Empty(node.Get<Tongxiang.Agencies.Directory>().People);
        Assert.Empty(node.Get<Tongxiang.Agencies.Directory>().Agencies);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(async i =>
        {
            using var answer = await node.Http.PostAsJsonAsync("/api/founding", Request(token, securityUser: "guard"));
            return answer.StatusCode;
        }));
        Assert.Single(answers, HttpStatusCode.Created);
        Assert.Equal(2, answers.Count(a => a == HttpStatusCode.Conflict));
        var directory = node.Get<Tongxiang.Agencies.Directory>();
        Assert.Equal(RoleRules.Administrators.Order(), directory.People.SelectMany(p => p.Roles).Order());
        Assert.Equal(AgencyKind.Bureau, Assert.Single(directory.Agencies).Kind);
        Assert.Null(await founding.Invite(default));
        using var signedIn = await node.Http.PostAsJsonAsync("/api/session", new { user = "auditor", password = "meadow-copper-51-tram" });
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        var history = await node.Get<People>().RoleChanges(Caller.Of(directory.People.Single(p => p.UserName == "auditor"), directory), null, null, 50, default);
        Assert.Equal(3, history.Items.Count);
    }

    [Fact]
    public async Task What_is_left_out_is_named()
    {
        await using var node = await NodeLab.Start(Store.Sqlite);
        await Api.Post(node.Http, "/api/founding", new { }, HttpStatusCode.Forbidden);
        await Api.Post(node.Http, "/api/founding", new { token = (string?)null, system = (object?)null }, HttpStatusCode.Forbidden);
        var token = await node.Get<Founding>().Invite(default);
        foreach (var request in new object[] { new { token }, new { token, creditCode = (string?)null, system = (object?)null, audit = new { userName = (string?)null, password = (string?)null } } })
        {
            var refused = await Api.Post(node.Http, "/api/founding", request, HttpStatusCode.BadRequest);
            foreach (var field in new[] { "name", "creditCode", "system.userName", "security.name", "audit.password" }) Assert.Contains(field, refused["errors"]!.AsObject().Select(e => e.Key));
        }
        // So do the other doors that take names and passwords.
        await Api.Post(node.Http, "/api/session", new { }, HttpStatusCode.Unauthorized);
        await Api.Post(node.Http, "/api/session/password", new { }, HttpStatusCode.Unauthorized);
        await Api.Post(node.Http, "/api/people", new { }, HttpStatusCode.Forbidden);
        Assert.Equal(400, (await node.Get<People>().Enrol(Caller.Platform, new NewPerson("", "", null, new HashSet<Role>(), ""), default)).Refusal?.Status);
    }

    // A fresh node asks approvers and administrators for a second factor from the first sign-in on.
    [Fact]
    public void A_node_of_ones_own_requires_a_second_factor() => Assert.Equal(SecondFactorUse.Required, new IdentitySettings().SecondFactor);
}
