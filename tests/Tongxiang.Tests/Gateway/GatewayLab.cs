using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Warehouse;
using Tongxiang.Warehouse;
using Tongxiang.Watch;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Tests.Gateway;

/// <summary>The gateway on a real socket with a real log, store and serving copies; catalogue and grants are given as values, the caller by a header.</summary>
internal sealed class GatewayLab : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SemaphoreSlim told = new(0);
    private readonly StoreLab lab;
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(Id<Entry>, long), Version> versions = new();
    private readonly ConcurrentDictionary<Id<Entry>, long> current = new();

    private GatewayLab(StoreLab lab, WebApplication app) => (this.lab, this.app) = (lab, app);

    public static readonly Id<Agency> Provider = new(Guid.Parse("00000000-0000-7000-8000-000000000001"));
    public static readonly Id<Agency> Consumer = new(Guid.Parse("00000000-0000-7000-8000-000000000002"));
    public static readonly Id<Agency> Other = new(Guid.Parse("00000000-0000-7000-8000-000000000003"));
    public static readonly Id<Agency> Company = new(Guid.Parse("00000000-0000-7000-8000-000000000004"));

    public HttpClient Http { get; private set; } = null!;

    public string Address => Http.BaseAddress!.ToString();

    public StoreLab Store => lab;

    public IServiceProvider Services => app.Services;

    /// <summary>Grants in force; tests change the list while the gateway runs.</summary>
    public List<Grant> Grants { get; } = [];

    public List<Happening> Witnessed { get; } = [];

    /// <summary>Waits until so many were witnessed.</summary>
    public async Task Until(int witnessed)
    {
        while (Witnessed.Count < witnessed) Assert.True(await told.WaitAsync(TimeSpan.FromSeconds(30)), "Nothing was witnessed any more.");
    }

    public List<(string Resource, long Version, int Rows)> Counted { get; } = [];

    public List<(Id<Grant> Grant, Mode Mode)> Delivered { get; } = [];

    /// <summary>Numbers of the versions whose copy was asked for again.</summary>
    public List<long> Rebuilt { get; } = [];

    /// <summary>Whether those who were let in would still be.</summary>
    public bool CallerStands { get; set; } = true;

    /// <summary>Marks of open corrections.</summary>
    public OpenCorrections Corrections { get; set; } = OpenCorrections.None;

    /// <summary>Whether the log takes anything.</summary>
    public bool LogStands { get; set; } = true;

    /// <summary>What grades demand of callers: here nothing, since the callers of this place are named by a header and prove nothing. Tests of it set their own.</summary>
    public static AssuranceSettings NoFloors { get; } = new() { Personal = Assurance.Key, General3 = Assurance.Key, General4 = Assurance.Key, Important = Assurance.Key };

    private AssuranceSettings floors = NoFloors;

    public static async Task<GatewayLab> Open(Store store, Action<IServiceCollection>? more = null, int openCallsPerMinute = 10_000, IReadOnlyDictionary<string, string>? settings = null, AssuranceSettings? floors = null) =>
        await On(await StoreLab.Open(store), more, openCallsPerMinute, settings, floors);

    /// <summary>The gateway on a store that stands.</summary>
    public static async Task<GatewayLab> On(StoreLab lab, Action<IServiceCollection>? more = null, int openCallsPerMinute = 10_000, IReadOnlyDictionary<string, string>? settings = null, AssuranceSettings? floors = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Gateway:OpenCallsPerMinute"] = $"{openCallsPerMinute}";
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) builder.Configuration[name] = value;
        GatewayLab? self = null;
        var log = new EvidenceLog(lab.Db, lab.Home, lab.Key, lab.Settings, lab.Clock);
        builder.Services.AddSingleton<TimeProvider>(lab.Clock);
        builder.Services.AddSingleton(lab.Settings);
        builder.Services.AddSingleton(lab.Home);
        builder.Services.AddSingleton(lab.Key);
        builder.Services.AddSingleton(lab.Db);
        builder.Services.AddSingleton(log);
        builder.Services.AddSingleton(_ => self!.Sources(log));
        builder.Services.AddSingleton<Tongxiang.Gateway.Subscribe.CallerStands>(_ => (_, _) => self!.CallerStands);
        builder.Services.AddWarehouse(lab.Settings);
        builder.Services.AddWatch(lab.Settings);
        builder.Services.AddProtect(lab.Settings);
        // There is no catalogue here that could open anything.
        builder.Services.AddSingleton<PromotionGate>((_, _, _, _) => Task.FromResult<Refusal?>(null));
        builder.Services.AddGateway(lab.Settings);
        builder.Services.AddRouting();
        builder.Services.ConfigureHttpJsonOptions(json => Wire.Apply(json.SerializerOptions));
        more?.Invoke(builder.Services);
        var app = builder.Build();
        self = new GatewayLab(lab, app) { floors = floors ?? NoFloors };
        app.UseRouting();
        app.MapGateway();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        self.Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(address) };
        return self;
    }

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Puts a version beside the current one without rows behind it.</summary>
    public void Put(Entry entry, long number, VersionState state) => versions[(entry.Id, number)] = ServingLab.Version(lab, entry.Content.Fields, entry.Content.Key, 0, entry.Id, number) with { State = state };

    /// <summary>Lands text as a real sealed version and makes it current.</summary>
    public async Task Land(Entry entry, string csv, long rows)
    {
        await File.WriteAllTextAsync(Path.Combine(lab.Home.Scratch, "rows.csv"), csv);
        var versions = Get<Versions>();
        var (id, key) = await Get<VersionKeys>().Make(entry.Id, default);
        var landed = new Landed(
            id, key, entry.Id, entry.Content.Fields, entry.Content.Key, Path.Combine(lab.Home.Scratch, "rows.csv"), (byte)',', 0, entry.Content.Fields.Count,
            [.. Enumerable.Range(0, entry.Content.Fields.Count)], rows, 0, true, "{}", "", "steward", null);
        var version = (await versions.Promote("steward", null, (await versions.Land(landed, default)).Value.Id, default)).Value;
        entries[entry.Slug] = entry;
        this.versions[(entry.Id, version.Number)] = version;
        current[entry.Id] = version.Number;
    }

    /// <summary>Takes up a resource and a version that stand in the store.</summary>
    public void TakeUp(Entry entry, Version version)
    {
        entries[entry.Slug] = entry;
        versions[(entry.Id, version.Number)] = version;
        current[entry.Id] = version.Number;
    }

    public void Change(Entry entry) => entries[entry.Slug] = entry;

    public async Task<Entry> Add(Entry entry, IReadOnlyList<object?[]> rows, long number = 1)
    {
        var version = await ServingLab.Fill(lab, entry.Content.Fields, entry.Content.Key, rows, entry.Id, number);
        entries[entry.Slug] = entry;
        versions[(entry.Id, number)] = version;
        current[entry.Id] = number;
        return entry;
    }

    public Entry Entry(string slug, IReadOnlyList<Field> fields, IReadOnlyList<string> key, OpenClass open = OpenClass.Open, EntryState state = EntryState.Published, string? longitude = null, string? latitude = null) => new(
        Id<Entry>.New(lab.Clock), "306001/" + slug, slug, Provider, state, 1,
        new EntryContent(
            slug + "数据", slug + " data", "说明", "About", [], "306001", "transport", "G", "290000", ["csv"], UpdatePromise.Monthly, new Sharing(ShareClass.Unconditional, [Mode.Api, Mode.File], "", "", "", []),
            new Tongxiang.Catalog.Opening(open, "", "", "", []), Grade.General1, null, Secrecy.None, fields, key, longitude, latitude, [], "1", "a@example.cn", "CC-BY-4.0", null),
        null, null, lab.Clock.GetUtcNow(), lab.Clock.GetUtcNow(), lab.Clock.GetUtcNow());

    public Grant Grant(Entry entry, Id<Agency> consumer, IEnumerable<string> plain, IEnumerable<string>? masked = null, string rows = "", Func<Grant, Grant>? change = null)
    {
        var now = lab.Clock.GetUtcNow();
        var grant = new Grant(
            Id<Grant>.New(lab.Clock), $"SQ20260918-{Grants.Count + 1:0000}", entry.Id, Provider, consumer, null,
            [.. plain.Select(f => new GrantedField(f, FieldForm.Plain)), .. (masked ?? []).Select(f => new GrantedField(f, FieldForm.Masked))], rows, "核验", "助学金核验", false,
            [Mode.Api, Mode.File], new GrantLimits(null, [], null, null, 100_000), Assurance.Key, now.AddDays(-1), now.AddDays(30), "甲", "乙", GrantState.Active, null, "", "", now);
        grant = change?.Invoke(grant) ?? grant;
        Grants.Add(grant);
        return grant;
    }

    /// <summary>Calls as an agency (null: nobody).</summary>
    public async Task<HttpResponseMessage> Call(string path, Id<Agency>? agency = null, string? accept = null, Action<HttpRequestMessage>? change = null, HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (agency is { } caller) request.Headers.Add("Test-Agency", caller.ToString());
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        change?.Invoke(request);
        // Who asks nothing about operators and cases calls as an operator on a case: personal data leave in no other way.
        if (agency is not null && !Grants.Any(g => g.NeedsCase) && !request.Headers.Contains("Test-Bare"))
            foreach (var (name, value) in new[] { ("Data-Operator", "operator-1"), ("Data-Case", "BJ-1") })
                if (!request.Headers.Contains(name)) request.Headers.Add(name, value);
        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await lab.DisposeAsync();
        told.Dispose();
    }

    private GatewaySources Sources(EvidenceLog log) => new(
        http => http.Request.Headers["Test-Agency"].ToString() is { Length: > 0 } id
            ? Caller.Anonymous with { Actor = id, Agency = Id<Agency>.Parse(id, null), AgencyKind = id == Company.ToString() ? AgencyKind.Company : AgencyKind.Department, Client = new Id<Client>(Guid.Parse(id)) }
            : Caller.Anonymous,
        slug => entries.GetValueOrDefault(slug),
        id => current.TryGetValue(id, out var number) ? versions[(id, number)] : null,
        (id, number, _) => ValueTask.FromResult(versions.GetValueOrDefault((id, number))),
        (version, _) =>
        {
            Rebuilt.Add(version.Number);
            return Task.CompletedTask;
        },
        (id, caller) => [.. Grants.Where(g => g.Entry == id && g.ConsumerAgency == caller.Agency)],
        async (happening, ct) =>
        {
            if (!LogStands) throw new IOException("The evidence log has stopped.");
            Witnessed.Add(happening);
            told.Release();
            return await log.Witness(happening, ct);
        },
        (grant, mode, _) =>
        {
            Delivered.Add((grant, mode));
            return ValueTask.CompletedTask;
        },
        (resource, version, rows) => Counted.Add((resource, version, rows)),
        () => LogStands ? null : "stopped",
        async (id, ct) => await log.Of(id, ct))
    {
        ClientId = id => $"client-{id}",
        Corrections = () => Corrections,
        Floors = floors,
    };
}
