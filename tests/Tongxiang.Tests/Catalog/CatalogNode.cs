using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

/// <summary>A whole node with a bureau, a department and people who can sign in.</summary>
internal sealed class CatalogNode : IAsyncDisposable
{
    private const string Password = "crane-paper-7-lantern";
    private readonly List<HttpClient> clients = [];

    private CatalogNode(NodeLab node, FakeTimeProvider clock) => (Node, Clock) = (node, clock);

    public NodeLab Node { get; }
    public FakeTimeProvider Clock { get; }
    public HttpClient Public => Node.Http;
    public Agency Transport { get; private set; } = null!;

    public static async Task<CatalogNode> Start(Store store, DateTimeOffset? at = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var clock = new FakeTimeProvider(at ?? new DateTimeOffset(2026, 9, 18, 9, 0, 0, TimeSpan.FromHours(8)));
        var lab = new CatalogNode(await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock), settings: settings), clock);
        var opened = new DateOnly(2020, 1, 1);
        await lab.Node.Get<Roster>().LoadDivisions(
            [new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration")], default);
        var bureau = await lab.Add("data-bureau", "云岭省数据局", AgencyKind.Bureau, null);
        lab.Transport = await lab.Add("transport", "云岭省交通运输厅", AgencyKind.Department, bureau.Id);
        var police = await lab.Add("police", "云岭省公安厅", AgencyKind.Department, bureau.Id);
        await lab.Enrol("transport.steward", lab.Transport, Role.Steward);
        await lab.Enrol("transport.head", lab.Transport, Role.AgencyHead);
        await lab.Enrol("bureau.reviewer", bureau, Role.BureauReviewer);
        await lab.Enrol("police.steward", police, Role.Steward);
        await Offices.Fill(lab.Node.Get<Db>(), lab.Node.Get<Tongxiang.Agencies.Directory>(), clock);
        return lab;
    }

    public async Task<HttpClient> SignIn(string user)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Node.Http.BaseAddress };
        clients.Add(client);
        using var answer = await client.PostAsJsonAsync("/api/session", new { user, password = Password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return client;
    }

    public async Task<IReadOnlyList<Entry>> Publish(params EntryContent[] contents)
    {
        Caller As(string user)
        {
            var person = Node.Get<Tongxiang.Agencies.Directory>().People.Single(p => p.UserName == user);
            return new Caller(person.Id.ToString(), person.Id, null, person.Agency, user.StartsWith("bureau", StringComparison.Ordinal) ? AgencyKind.Bureau : AgencyKind.Department, person.Roles, person.Name);
        }
        var (steward, head, reviewer) = (As("transport.steward"), As("transport.head"), As("bureau.reviewer"));
        return (await Node.Get<Entries>().Enrol([.. contents.Select(c => new Enrolment(c, null, steward, head, reviewer, "不涉密", "影响可控"))], default)).Value;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await Node.DisposeAsync();
    }

    private async Task<Agency> Add(string slug, string name, AgencyKind kind, Id<Agency>? bureau) =>
        (await Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(Clock), slug, "91350100M000100Y43", name, $"Agency {slug}", kind, "290000", bureau, null, null), default)).Value;

    /// <summary>Enrols somebody with one role and signs in.</summary>
    public async Task<HttpClient> Enrol(string user, string agency, Role role)
    {
        await Enrol(user, Node.Get<Tongxiang.Agencies.Directory>().BySlug(agency)!, role);
        return await SignIn(user);
    }

    private async Task Enrol(string user, Agency agency, Role role)
    {
        var outcome = await Node.Get<People>().Enrol(Caller.Platform, new NewPerson(user, "某人", agency.Id, new HashSet<Role> { role }, Password), default);
        Assert.Null(outcome.Refusal);
    }
}
