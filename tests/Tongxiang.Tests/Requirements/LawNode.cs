using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Journeys;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>A whole node with the people of <see cref="Staff"/>, a company and a clock that stands: for tests that walk through front doors and over HTTP.</summary>
internal sealed class LawNode : IAsyncDisposable
{
    private readonly List<HttpClient> clients = [];

    private LawNode(NodeLab node, FakeTimeProvider clock, Staff staff) => (Node, Clock, Staff) = (node, clock, staff);

    public NodeLab Node { get; }
    public FakeTimeProvider Clock { get; }
    public Staff Staff { get; }
    public Agency Company { get; private set; } = null!;
    public Caller Steward => Staff["transport.steward"];
    public Caller Head => Staff["transport.head"];
    public Caller Reviewer => Staff["bureau.reviewer"];
    public Caller Stranger => Staff["police.steward"];
    public Caller CompanyPerson { get; private set; } = null!;

    public static async Task<LawNode> Start(Store store, string at = "2026-09-18", IReadOnlyDictionary<string, string>? settings = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(DateOnly.Parse(at, System.Globalization.CultureInfo.InvariantCulture), new TimeOnly(9, 0), TimeSpan.FromHours(8)));
        var node = await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock), settings: settings);
        var lab = new LawNode(node, clock, await Staff.Enrol(node.Services));
        lab.Company = Good(await node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(clock), "operator", "91350100M000100Y43", "云岭数据运营有限公司", "Yunling Data", AgencyKind.Company, "290000", null, null, null), default));
        lab.CompanyPerson = await lab.Enrol("operator.user", lab.Company, Role.CompanyUser);
        return lab;
    }

    public T Get<T>() where T : notnull => Node.Get<T>();

    public Agency Agency(string slug) => Get<Tongxiang.Agencies.Directory>().BySlug(slug)!;

    public async Task<Caller> Enrol(string user, Agency agency, params Role[] roles)
    {
        var person = Good(await Get<People>().Enrol(Caller.Platform, new NewPerson(user, "某人", agency.Id, roles.ToHashSet(), Staff.Password), default));
        return new Caller(person.Id.ToString(), person.Id, null, agency.Id, agency.Kind, person.Roles, person.Name);
    }

    public async Task<HttpClient> SignIn(string user)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Node.Http.BaseAddress };
        clients.Add(client);
        using var answer = await client.PostAsJsonAsync("/api/session", new { user, password = Staff.Password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return client;
    }

    public async Task<Entry> Publish(EntryContent content, string slug) => Good(await Get<Entries>().Enrol([Staff.Whole(content, slug)], default))[0];

    public static Field Field(string name, string title, string? element = null, FieldType type = FieldType.Text, bool personal = false, bool required = false, int? length = 40) =>
        Samples.Field(name, type) with { Title = title, TitleEn = null, Element = element, IsPersonal = personal, IsRequired = required, Length = type == FieldType.Text ? length : null };

    /// <summary>Lands a file as the steward does, and waits for the outcome.</summary>
    public async Task<Run> Land(Entry entry, string csv, bool promotes = true)
    {
        // Ids sort by time: each landing has its own moment.
        Clock.Advance(TimeSpan.FromSeconds(1));
        var landings = Get<Landings>();
        var standing = (await Get<Entries>().Find(entry.Id, default))!;
        var received = Good(await landings.Receive(Steward, standing, "rows.csv", new MemoryStream(Encoding.UTF8.GetBytes(csv)), new LandingWish(true, promotes, null), default));
        await landings.Work(default);
        return (await landings.Find(received.Id, default))!;
    }

    public static T Good<T>(Outcome<T> outcome)
    {
        Assert.True(!outcome.IsRefused, outcome.Refusal is { } r ? $"{r.Code}: {string.Join("; ", r.Fields.Select(f => $"{f.Field} {f.Key}"))}" : "");
        return outcome.Value;
    }

    public static Refusal Refuses<T>(string code, Outcome<T> outcome)
    {
        Assert.Equal(code, outcome.Refusal?.Code);
        return outcome.Refusal!;
    }

    /// <summary>Refused because of one field, by that reason.</summary>
    public static void Faults<T>(string key, Outcome<T> outcome) => Assert.Contains(key, Refuses("kernel.invalid-input", outcome).Fields.Select(f => f.Key));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await Node.DisposeAsync();
    }
}
