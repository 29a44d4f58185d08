using System.Net;
using Tongxiang.Agencies;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class LimitsTests
{
    private static readonly Caller Keeper = Caller.Anonymous with { Actor = "keeper", Person = new Id<Person>(Guid.Parse("00000000-0000-7000-8000-0000000000aa")), AgencyKind = AgencyKind.Bureau, Roles = new HashSet<Role> { Role.SystemAdmin } };

    [Theory, EveryStore]
    public async Task A_department_a_system_and_a_resource_each_have_their_rate(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id"]);
        lab.Grant(entry, GatewayLab.Other, ["id"]);
        var limits = lab.Get<Limits>();

        await Set(limits, new Limit(LimitScope.Department, GatewayLab.Consumer.Value, 2, null, null, "系统改造"));
        var codes = await Codes(lab, GatewayLab.Consumer, 3);
        Assert.Equal([200, 200, 429], codes);
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/people?limit=1", GatewayLab.Other)).StatusCode);
        Assert.Null(await limits.Remove(Keeper, LimitScope.Department, GatewayLab.Consumer.Value, default));

        await Set(limits, new Limit(LimitScope.Client, GatewayLab.Other.Value, 3, null, null, "测试系统"));
        // What went before the limit was set counts as well.
        codes = await Codes(lab, GatewayLab.Other, 4);
        Assert.Equal(429, codes[^1]);
        Assert.Null(await limits.Remove(Keeper, LimitScope.Client, GatewayLab.Other.Value, default));

        await Set(limits, new Limit(LimitScope.Resource, entry.Id.Value, 1, null, null, "源系统维护"));
        using var refused = await lab.Call("/data/people?limit=1", GatewayLab.Other);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("gateway.too-fast-resource", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("\"resource\";q=1;w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Matches("^\"resource\";r=0;t=[0-9]+$", refused.Headers.GetValues("RateLimit").Single());
    }

    [Theory, EveryStore]
    public async Task The_rows_of_a_resource_are_shared_by_all_and_kept_over_a_restart(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id"]);
        lab.Grant(entry, GatewayLab.Other, ["id"]);
        await Set(lab.Get<Limits>(), new Limit(LimitScope.Resource, entry.Id.Value, null, null, 3, "源系统维护"));
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/people?limit=2", GatewayLab.Consumer)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await lab.Call("/data/people?limit=2", GatewayLab.Other)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/people?limit=1", GatewayLab.Other)).StatusCode);
        using var full = await lab.Call("/data/people?limit=1", GatewayLab.Consumer);
        Assert.Contains("源系统维护", await full.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // What was refused took nothing of the right's own day.
        Assert.Equal((1, 2L), lab.Get<DayUses>().Today(lab.Grants[0].Id));

        await lab.Get<DayUses>().Save(default);
        await lab.Get<DayUses>().Save(default);
        var again = new DayUses(lab.Store.Db, lab.Store.Clock);
        await again.Load(default);
        Assert.Equal((2, 3L), again.Today(LimitScope.Resource, entry.Id.Value));
    }

    [Theory]
    [InlineData(LimitScope.Client, Role.SystemAdmin, true, false, true)]
    [InlineData(LimitScope.Client, Role.Steward, false, true, false)]
    [InlineData(LimitScope.Resource, Role.Steward, false, true, true)]
    [InlineData(LimitScope.Resource, Role.Steward, false, false, false)]
    [InlineData(LimitScope.Resource, Role.Operative, false, true, false)]
    [InlineData(LimitScope.Department, Role.SecurityAdmin, true, false, false)]
    public void The_provider_limits_its_resource_and_the_bureau_the_rest(LimitScope scope, Role role, bool isBureau, bool isProvider, bool may)
    {
        var caller = Keeper with { AgencyKind = isBureau ? AgencyKind.Bureau : AgencyKind.Department, Agency = isProvider ? GatewayLab.Provider : GatewayLab.Other, Roles = new HashSet<Role> { role } };
        Assert.Equal(may, LimitRules.May(caller, scope, scope == LimitScope.Resource ? GatewayLab.Provider : null) is null);
    }

    [Fact]
    public void A_wrong_limit_names_every_field()
    {
        var wrong = LimitRules.Check(new Limit(LimitScope.Address, Guid.Empty, 0, 0, -1, " "));
        Assert.Equal(["scope", "callsPerMinute", "callsPerDay", "rowsPerDay", "reason"], wrong.Select(f => f.Field));
    }

    private static async Task Set(Limits limits, Limit limit) => Assert.Null((await limits.Set(Keeper, limit, default)).Refusal);

    private static async Task<int[]> Codes(GatewayLab lab, Id<Agency> agency, int calls)
    {
        var codes = new List<int>();
        for (var i = 0; i < calls; i++)
        {
            using var answer = await lab.Call("/data/people?limit=1", agency);
            codes.Add((int)answer.StatusCode);
        }
        return [.. codes];
    }
}
