using System.Net;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class RoleChangeTests
{
    [Theory]
    [InlineData(new[] { Role.Steward, Role.SharingOfficeHead }, null)]
    [InlineData(new[] { Role.SystemAdmin, Role.SecurityAdmin }, "agencies.roles-separate")]
    [InlineData(new[] { Role.AuditAdmin, Role.SystemAdmin, Role.SecurityAdmin }, "agencies.roles-separate")]
    [InlineData(new[] { Role.SystemAdmin, Role.Steward }, "agencies.role-alone")]
    [InlineData(new[] { Role.AuditAdmin, Role.BureauReviewer }, "agencies.role-alone")]
    [InlineData(new[] { Role.Vendor, Role.Operative }, "agencies.role-alone")]
    [InlineData(new[] { Role.CyberspaceInspector, Role.Steward }, "agencies.role-alone")]
    [InlineData(new[] { Role.Vendor }, null)]
    [InlineData(new[] { Role.Citizen }, "agencies.role-unfit")]
    public void Some_roles_are_held_alone(Role[] roles, string? code) => Assert.Equal(code, RoleRules.Wrong(AgencyKind.Bureau, roles.ToHashSet())?.Code);

    [Theory]
    [InlineData(new Role[0], new[] { Role.Steward }, true)]
    [InlineData(new Role[0], new[] { Role.Vendor }, false)]
    [InlineData(new Role[0], new[] { Role.Expert }, false)]
    [InlineData(new[] { Role.Steward, Role.Operative }, new[] { Role.Steward }, false)]
    [InlineData(new[] { Role.AuditAdmin }, new[] { Role.Expert }, true)]
    [InlineData(new[] { Role.Steward }, new[] { Role.Steward, Role.AgencyHead }, true)]
    [InlineData(new Role[0], new[] { Role.AuditInspector }, true)]
    public void What_gives_rights_takes_two(Role[] before, Role[] after, bool takesTwo) => Assert.Equal(takesTwo, RoleRules.NeedsSecond(before.ToHashSet(), after.ToHashSet()));

    [Theory, EveryStore]
    public async Task An_account_can_do_nothing_until_a_second_person_approves_its_role(Store store)
    {
        await using var house = await House.Open(store);
        var people = house.Node.Get<People>();
        var made = (await people.Enrol(house.System, new NewPerson("health.steward", "新专员", house.Health.Id, new HashSet<Role> { Role.Steward }, TokenLab.Password), default)).Value;
        Assert.Empty(made.Roles);
        using (var early = await house.Lab.Send(HttpMethod.Post, "/api/session", new { user = "health.steward", password = TokenLab.Password })) Assert.Equal(HttpStatusCode.Forbidden, early.StatusCode);
        var waiting = Assert.Single(await people.WaitingRoles(house.Security, default));
        Assert.Equal((made.Id, RoleChangeState.Waiting, true), (waiting.Person, waiting.State, waiting.NeedsSecond));
        Assert.Empty(await people.WaitingRoles(house.Audit, default));

        // Neither who asked nor an administrator of another house decides; the auditor sees and changes nothing.
        foreach (var other in new[] { house.System, house.Audit, house.Foreign }) Assert.Equal(404, (await people.DecideRoles(other, waiting.Id, true, "", default)).Refusal?.Status);
        Assert.Contains((await people.RoleChanges(house.Audit, made.Id, null, 50, default)).Items, c => c.Id == waiting.Id);
        Assert.Empty((await people.RoleChanges(house.Foreign, made.Id, null, 50, default)).Items);

        var done = (await people.DecideRoles(house.Security, waiting.Id, true, "", default)).Value;
        Assert.Equal(RoleChangeState.Done, done.State);
        await house.Lab.SignIn("health.steward");
        Assert.Equal("agencies.roles-decided", (await people.DecideRoles(house.Security, waiting.Id, false, "太晚", default)).Refusal?.Code);
        var said = await house.Node.Get<Db>().List($"select record from evidence_outbox", r => r.GetString(0), default);
        Assert.Contains(said, s => s.Contains("agencies.roles-set", StringComparison.Ordinal) && s.Contains(house.System.Actor, StringComparison.Ordinal) && s.Contains(house.Security.Actor, StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task A_refused_or_withdrawn_request_gives_nothing_and_one_waits_at_a_time(Store store)
    {
        await using var house = await House.Open(store);
        var people = house.Node.Get<People>();
        var clerk = await house.Lab.Enrol("health.clerk", house.Health.Id, Role.Operative);
        var asked = (await people.AskRoles(house.System, clerk.Id, new HashSet<Role> { Role.SharingOfficeHead }, "接任", default)).Value;
        Assert.Equal("agencies.roles-waiting", (await people.AskRoles(house.System, clerk.Id, new HashSet<Role> { Role.Steward }, "", default)).Refusal?.Code);
        Assert.Equal(400, (await people.DecideRoles(house.Security, asked.Id, false, " ", default)).Refusal?.Status);
        Assert.Equal(RoleChangeState.Refused, (await people.DecideRoles(house.Security, asked.Id, false, "不符合任职条件", default)).Value.State);
        var again = (await people.AskRoles(house.System, clerk.Id, new HashSet<Role> { Role.Steward }, "", default)).Value;
        Assert.Equal(404, (await people.WithdrawRoles(house.Security, again.Id, default)).Refusal?.Status);
        Assert.Equal(RoleChangeState.Withdrawn, (await people.WithdrawRoles(house.System, again.Id, default)).Value.State);
        Assert.Equal([Role.Operative], house.Node.Get<Tongxiang.Agencies.Directory>().Person(clerk.Id)!.Roles);

        // What takes nothing but rights away holds at once; what changed meanwhile is not overwritten.
        var third = (await people.AskRoles(house.System, clerk.Id, new HashSet<Role> { Role.Operative, Role.Steward }, "", default)).Value;
        Assert.Null((await people.SetRoles(Caller.Platform, clerk.Id, new HashSet<Role> { Role.Expert }, default)).Refusal);
        Assert.Equal("agencies.roles-meanwhile", (await people.DecideRoles(house.Security, third.Id, true, "", default)).Refusal?.Code);
    }

    [Theory, EveryStore]
    public async Task Of_two_who_decide_at_once_one_decides(Store store)
    {
        await using var house = await House.Open(store);
        var people = house.Node.Get<People>();
        var second = Caller.Of(await house.Lab.Enrol("bureau.security2", house.Bureau.Id, Role.SecurityAdmin), house.Node.Get<Tongxiang.Agencies.Directory>());
        var clerk = await house.Lab.Enrol("health.clerk", house.Health.Id, Role.Operative);
        var asked = (await people.AskRoles(house.System, clerk.Id, new HashSet<Role> { Role.Steward }, "", default)).Value;
        var outcomes = await Task.WhenAll(people.DecideRoles(house.Security, asked.Id, true, "", default), people.DecideRoles(second, asked.Id, false, "不同意", default));
        Assert.Single(outcomes, o => !o.IsRefused);
        Assert.Equal("agencies.roles-decided", Assert.Single(outcomes, o => o.IsRefused).Refusal!.Code);
    }

    // Each approval alone leaves one; the snapshot in memory shows two to both.
    [Theory, EveryStore]
    public async Task Of_two_approvals_at_once_that_would_take_the_last_two_holders_one_is_refused(Store store)
    {
        await using var house = await House.Open(store);
        var people = house.Node.Get<People>();
        var second = await house.Lab.Enrol("bureau.audit2", house.Bureau.Id, Role.AuditAdmin);
        var expert = new HashSet<Role> { Role.Expert };
        var asked = new[] { await people.AskRoles(house.System, house.Audit.Person!.Value, expert, "", default), await people.AskRoles(house.System, second.Id, expert, "", default) };
        var outcomes = await Task.WhenAll(asked.Select(a => Task.Run(() => people.DecideRoles(house.Security, a.Value.Id, true, "", default))));
        Assert.Single(outcomes, o => !o.IsRefused);
        Assert.Equal("agencies.last-administrator", Assert.Single(outcomes, o => o.IsRefused).Refusal!.Code);
        Assert.Single(house.Node.Get<Tongxiang.Agencies.Directory>().Holders(house.Bureau.Id, Role.AuditAdmin));
    }

    // Another copy of the node took the role a moment ago; this one has not heard of it.
    [Theory, EveryStore]
    public async Task What_was_just_taken_is_not_given_again_without_a_second_person(Store store)
    {
        await using var house = await House.Open(store);
        var people = house.Node.Get<People>();
        var clerk = await house.Lab.Enrol("health.clerk", house.Health.Id, Role.Operative, Role.Steward);
        await house.Node.Get<Db>().Run($"delete from agencies_role where person = {clerk.Id} and role = {Role.Steward}", default);
        var asked = (await people.AskRoles(house.System, clerk.Id, new HashSet<Role> { Role.Operative, Role.Steward }, "", default)).Value;
        Assert.Equal((RoleChangeState.Waiting, true), (asked.State, asked.NeedsSecond));
        Assert.Equal([Role.Operative], asked.Before);
        // Nor is a new administrator disabled by somebody whose copy does not know yet.
        var expert = await house.Lab.Enrol("bureau.expert", house.Bureau.Id, Role.Expert);
        await house.Node.Get<Db>().Run($"update agencies_role set role = {Role.AuditAdmin} where person = {expert.Id}", default);
        Assert.Equal("agencies.disable-administrator", (await people.Disable(house.System, expert.Id, default)).Refusal?.Code);
    }

    [Theory, EveryStore]
    public async Task Who_was_one_of_the_three_never_becomes_another_and_none_of_them_is_left_out(Store store)
    {
        await using var house = await House.Open(store);
        var people = house.Node.Get<People>();
        var once = await house.Lab.Enrol("bureau.once", house.Bureau.Id, Role.SystemAdmin);
        Assert.Null((await people.SetRoles(Caller.Platform, once.Id, new HashSet<Role> { Role.Expert }, default)).Refusal);
        foreach (var other in new[] { Role.SecurityAdmin, Role.AuditAdmin })
            Assert.Equal("agencies.once-administrator", (await people.SetRoles(Caller.Platform, once.Id, new HashSet<Role> { other }, default)).Refusal?.Code);
        Assert.Null((await people.SetRoles(Caller.Platform, once.Id, new HashSet<Role> { Role.SystemAdmin }, default)).Refusal);

        // The system administrator cannot shut the others out, nor take the last auditor's role away, not even with a second person.
        Assert.Equal("agencies.disable-administrator", (await people.Disable(house.System, house.Audit.Person!.Value, default)).Refusal?.Code);
        Assert.Equal("agencies.last-administrator", (await people.AskRoles(house.System, house.Audit.Person!.Value, new HashSet<Role> { Role.Expert }, "", default)).Refusal?.Code);
        Assert.Equal("agencies.own-roles", (await people.AskRoles(house.System, house.System.Person!.Value, new HashSet<Role> { Role.Steward }, "", default)).Refusal?.Code);
        // The store itself keeps no second post.
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => house.Node.Get<Db>().Run($"insert into agencies_administrator (person, role, since_at) values ({once.Id}, {Role.AuditAdmin}, {0L})", default));
    }

    [Theory, EveryStore]
    public async Task Administrators_work_over_http_and_others_find_nothing(Store store)
    {
        await using var house = await House.Open(store);
        var (system, security, steward) = (await house.Lab.SignIn("bureau.system"), await house.Lab.SignIn("bureau.security"), await house.Lab.SignIn("police.steward"));
        async Task<JsonNode> Ask(HttpMethod method, string path, object? body, string cookie, HttpStatusCode expected)
        {
            using var answer = await house.Lab.Send(method, path, body, cookie: cookie);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == expected, $"{path}: {(int)answer.StatusCode} {text}");
            return text.Length > 0 ? JsonNode.Parse(text)! : JsonValue.Create("")!;
        }
        var made = await Ask(HttpMethod.Post, "/api/people", new { userName = "health.head", name = "钱主任", agency = house.Health.Id, roles = new[] { "SharingOfficeHead" }, password = TokenLab.Password }, system, HttpStatusCode.Created);
        var id = (string)made["id"]!;
        await Ask(HttpMethod.Post, $"/api/agencies/{house.Health.Id}/head", new { person = id }, system, HttpStatusCode.UnprocessableEntity);
        var waiting = (await Ask(HttpMethod.Get, "/api/role-changes/waiting", null, security, HttpStatusCode.OK))["items"]!.AsArray();
        await Ask(HttpMethod.Post, $"/api/role-changes/{waiting[0]!["id"]}/decision", new { isApproved = true }, system, HttpStatusCode.NotFound);
        await Ask(HttpMethod.Post, $"/api/role-changes/{waiting[0]!["id"]}/decision", new { isApproved = true }, security, HttpStatusCode.OK);
        await Ask(HttpMethod.Post, $"/api/agencies/{house.Health.Id}/head", new { person = id }, system, HttpStatusCode.OK);
        Assert.Single((await Ask(HttpMethod.Get, $"/api/agencies/{house.Health.Id}/appointments", null, security, HttpStatusCode.OK))["items"]!.AsArray());
        Assert.Contains((await Ask(HttpMethod.Get, "/api/people", null, security, HttpStatusCode.OK))["items"]!.AsArray(), p => (string)p!["userName"]! == "health.head");
        Assert.NotEmpty((await Ask(HttpMethod.Get, "/api/role-changes?limit=1", null, security, HttpStatusCode.OK))["items"]!.AsArray());
        var asked = await Ask(HttpMethod.Post, $"/api/people/{id}/roles", new { roles = new[] { "SharingOfficeHead", "Steward" }, reason = "兼任" }, system, HttpStatusCode.OK);
        await Ask(HttpMethod.Delete, $"/api/role-changes/{asked["id"]}", null, system, HttpStatusCode.NoContent);
        Assert.Empty((await Ask(HttpMethod.Get, "/api/people", null, steward, HttpStatusCode.OK))["items"]!.AsArray());
        await Ask(HttpMethod.Get, $"/api/agencies/{house.Health.Id}/appointments", null, steward, HttpStatusCode.NotFound);
        await Ask(HttpMethod.Post, $"/api/people/{id}/disable", null, steward, HttpStatusCode.NotFound);
        await Ask(HttpMethod.Post, $"/api/people/{id}/disable", null, system, HttpStatusCode.NoContent);
    }

    // The system administrator of a department held the keys of its systems until now, and with them its data.
    [Fact]
    public async Task The_system_administrator_holds_no_key_that_reads()
    {
        await using var house = await House.Open(Store.Sqlite);
        var clients = house.Node.Get<Clients>();
        Assert.Equal("agencies.client-not-yours", (await clients.Register(house.Foreign, new NewClient("police-02", "系统", TokenLab.Public(house.Lab.Key, "k9")), default)).Refusal?.Code);
        Assert.Equal(404, (await house.Node.Get<DeskTokens>().Issue(house.Foreign, house.Lab.Client.Id, default)).Refusal?.Status);
        Assert.Equal(404, (await clients.Rotate(house.Foreign, house.Lab.Client.Id, TokenLab.Public(house.Lab.Key, "k9"), false, default)).Refusal?.Status);
    }

    /// <summary>A bureau with its three administrators, a department in its charge, and one that is not.</summary>
    private sealed class House : IAsyncDisposable
    {
        public required TokenLab Lab { get; init; }
        public NodeLab Node => Lab.Node;
        public Agency Bureau { get; private set; } = null!;
        public Agency Health { get; private set; } = null!;
        public Caller System { get; private set; } = null!;
        public Caller Security { get; private set; } = null!;
        public Caller Audit { get; private set; } = null!;
        public Caller Foreign { get; private set; } = null!;

        public static async Task<House> Open(Store store)
        {
            var house = new House { Lab = await TokenLab.Start(store) };
            house.Bureau = await house.Agency("data-bureau", AgencyKind.Bureau, null);
            house.Health = await house.Agency("health", AgencyKind.Department, house.Bureau.Id);
            house.System = await house.Of("bureau.system", house.Bureau, Role.SystemAdmin);
            house.Security = await house.Of("bureau.security", house.Bureau, Role.SecurityAdmin);
            house.Audit = await house.Of("bureau.audit", house.Bureau, Role.AuditAdmin);
            house.Foreign = await house.Of("police.system", house.Lab.Agency, Role.SystemAdmin);
            return house;
        }

        public ValueTask DisposeAsync() => Lab.DisposeAsync();

        private async Task<Agency> Agency(string slug, AgencyKind kind, Id<Agency>? bureau) =>
            (await Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(Lab.Clock), slug, "91350100M000100Y43", slug, slug, kind, "290000", bureau, null, null), default)).Value;

        private async Task<Caller> Of(string user, Agency agency, Role role) => Caller.Of(await Lab.Enrol(user, agency.Id, role), Node.Get<Tongxiang.Agencies.Directory>());
    }
}
