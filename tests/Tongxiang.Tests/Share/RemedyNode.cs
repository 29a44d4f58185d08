using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

/// <summary>A whole node of a province with two cities that have bureaus of their own, called over HTTP by people who signed in.</summary>
internal sealed class RemedyNode : IAsyncDisposable
{
    private const string Password = "correct horse battery staple 9";
    private readonly List<HttpClient> clients = [];
    private readonly Dictionary<string, Agency> agencies = [];

    private RemedyNode(NodeLab node, FakeTimeProvider clock) => (Node, Clock) = (node, clock);

    public NodeLab Node { get; }

    public FakeTimeProvider Clock { get; }

    public static async Task<RemedyNode> Start(Store store)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 18, 9, 0, 0, TimeSpan.FromHours(8)));
        var lab = new RemedyNode(await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock)), clock);
        var opened = new DateOnly(2020, 1, 1);
        await lab.Node.Get<Roster>().LoadDivisions(
        [
            new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration"),
            new Division("290200", "北山市", "Beishan", "290000", 2, opened, null, "demonstration"),
        ], default);
        var province = await lab.Add("province-bureau", "云岭省数据局", AgencyKind.Bureau, "290000", null);
        var nanhu = await lab.Add("nanhu-bureau", "南湖市数据局", AgencyKind.Bureau, "290100", null);
        var beishan = await lab.Add("beishan-bureau", "北山市数据局", AgencyKind.Bureau, "290200", null);
        await lab.Add("police", "云岭省公安厅", AgencyKind.Department, "290000", province);
        await lab.Add("civil-affairs", "云岭省民政厅", AgencyKind.Department, "290000", province);
        await lab.Add("nanhu-transport", "南湖市交通局", AgencyKind.Department, "290100", nanhu);
        await lab.Add("beishan-transport", "北山市交通局", AgencyKind.Department, "290200", beishan);
        return lab;
    }

    public Agency Agency(string slug) => agencies[slug];

    /// <summary>Enrols somebody with these roles and signs in.</summary>
    public async Task<HttpClient> Enter(string user, string agency, params Role[] roles)
    {
        var made = await Node.Get<People>().Enrol(Caller.Platform, new NewPerson(user, "某人" + user, agencies[agency].Id, roles.ToHashSet(), Password), default);
        Assert.False(made.IsRefused, made.Refusal?.Code);
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Node.Http.BaseAddress };
        clients.Add(client);
        using var answer = await client.PostAsJsonAsync("/api/session", new { user, password = Password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await Node.DisposeAsync();
    }

    private async Task<Id<Agency>> Add(string slug, string name, AgencyKind kind, string division, Id<Agency>? bureau)
    {
        agencies[slug] = (await Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(Clock), slug, "91350100M000100Y43", name, $"Agency {slug}", kind, division, bureau, null, null), default)).Value;
        return agencies[slug].Id;
    }
}
