using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Server;
using Tongxiang.Server.Demo;
using Tongxiang.Server.Verbs;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Bench.Wire;

/// <summary>A whole node with every control on: real tokens, behaviour, masks and durable evidence. Only catalogue and grants are given as values, so that there can be any number of them.</summary>
internal sealed class CallNode(string[] args)
{
    private readonly Version version = new(
        Id<Version>.New(TimeProvider.System), Id<Entry>.New(TimeProvider.System), 1, VersionState.Current, Lookup.Fields, ["id"], Number(args, "--rows", 1_000_000), 0, new string('a', 64), 0, "{}", default, null, null, "");

    private readonly Id<Agency> provider = Id<Agency>.New(TimeProvider.System);
    private readonly Id<Agency> consumer = Id<Agency>.New(TimeProvider.System);
    private readonly Id<Agency> other = Id<Agency>.New(TimeProvider.System);
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private ActiveGrants grants = ActiveGrants.Empty;

    public static Task<int> Run(string[] args) => new CallNode(args).Run();

    internal static string? Text(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    internal static int Number(string[] args, string name, int otherwise) => Text(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private async Task<int> Run()
    {
        var (folder, port, postgres) = (Text(args, "--data")!, Text(args, "--port")!, Text(args, "--postgres"));
        Grant();
        var settings = Path.Combine(System.IO.Directory.CreateDirectory(folder).FullName, "settings.json");
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new Dictionary<string, string?>
        {
            ["Node:Store"] = postgres is null ? "Sqlite" : "PostgreSql",
            ["Node:Database"] = postgres,
            ["Node:PublicUrl"] = "http://127.0.0.1:" + port,
            ["Gateway:ClientCallsPerMinute"] = int.MaxValue.ToString(CultureInfo.InvariantCulture),
            ["Gateway:DepartmentCallsPerMinute"] = int.MaxValue.ToString(CultureInfo.InvariantCulture),
            ["Gateway:ResourceCallsPerMinute"] = int.MaxValue.ToString(CultureInfo.InvariantCulture),
            ["Gateway:CallsPerDay"] = long.MaxValue.ToString(CultureInfo.InvariantCulture),
            ["Gateway:RowsPerDay"] = long.MaxValue.ToString(CultureInfo.InvariantCulture),
        }));
        await using var app = Node.Build(new NodeOptions("http://127.0.0.1:" + port, Path.Combine(folder, "node"), settings, null), services => services.AddSingleton(Sources));
        await Node.Start(app, new NodeOptions(null, null, null, null), default);
        await Fill(app.Services.GetRequiredService<Home>(), postgres);
        var url = "http://127.0.0.1:" + port;
        await Region(app.Services);
        using var one = await Register(app.Services, consumer, "civil-affairs-01");
        using var two = await Register(app.Services, other, "education-01");
        Console.WriteLine($"READY {await Token(one, url, "civil-affairs-01")} {await Token(two, url, "education-01")}");
        // A token lives a quarter of an hour; a run may last longer.
        var ended = app.WaitForShutdownAsync();
        using var often = new PeriodicTimer(TimeSpan.FromMinutes(5));
        while (await Task.WhenAny(ended, often.WaitForNextTickAsync().AsTask()) != ended)
            Console.WriteLine($"TOKEN {await Token(one, url, "civil-affairs-01")}");
        return 0;
    }

    private void Grant()
    {
        var made = new List<Grant>();
        var place = new Place(version);
        for (var i = 0; i < Number(args, "--grants", 10); i++)
        {
            var entry = place.Entry with { Id = Id<Entry>.New(TimeProvider.System), Slug = i == 0 ? "people" : string.Create(CultureInfo.InvariantCulture, $"people-{i}"), Agency = provider };
            entries[entry.Slug] = entry;
            made.Add(place.GrantOf(entry, consumer));
            if (i == 0) made.Add(place.GrantOf(entry, other));
        }
        grants = ActiveGrants.Empty.With(made, 1);
    }

    private GatewaySources Sources(IServiceProvider services)
    {
        var log = services.GetRequiredService<EvidenceLog>();
        return new GatewaySources(
            http => http.Caller(), slug => entries.GetValueOrDefault(slug), _ => version, (_, _, _) => ValueTask.FromResult<Version?>(version), (_, _) => Task.CompletedTask,
            (entry, caller) => grants.Of(entry, caller), log.Witness, (_, _, _) => ValueTask.CompletedTask, log.Count, () => log.Stopped, async (id, ct) => await log.Of(id, ct));
    }

    private async Task Fill(Home home, string? postgres)
    {
        if (postgres is null)
        {
            Lookup.Fill(ServeLayout.SqliteFile(home, version.Id), version, (int)version.Rows);
            return;
        }
        await using var source = NpgsqlDataSource.Create(postgres);
        await using var create = source.CreateCommand();
        ServeLayout.Create(version, Store.PostgreSql).Fill(create);
        await create.ExecuteNonQueryAsync();
        await using var copy = source.CreateCommand($"insert into \"{ServeLayout.PostgresTable(version.Id)}\" select id, name, sex, birth, division, phone from people; analyze \"{ServeLayout.PostgresTable(version.Id)}\"");
        copy.CommandTimeout = 600;
        await copy.ExecuteNonQueryAsync();
    }

    private async Task Region(IServiceProvider services)
    {
        var roster = services.GetRequiredService<Roster>();
        await roster.LoadDivisions([new Division("290000", "云汀省", "Yunting", null, 1, new DateOnly(2020, 1, 1), null, "demonstration")], default);
        Must(await roster.Add(Caller.Platform, new Agency(provider, "bureau", FictionalNumbers.Credit("11", "290000", 1), "数据局", "Data Bureau", AgencyKind.Bureau, "290000", null, null, null), default));
        Must(await roster.Add(Caller.Platform, new Agency(consumer, "civil-affairs", FictionalNumbers.Credit("11", "290000", 2), "民政厅", "Civil Affairs", AgencyKind.Department, "290000", provider, null, null), default));
        Must(await roster.Add(Caller.Platform, new Agency(other, "education", FictionalNumbers.Credit("11", "290000", 3), "教育厅", "Education", AgencyKind.Department, "290000", provider, null, null), default));
        await services.GetRequiredService<Agencies.Directory>().Refresh(default);
    }

    // As any system does it: a registered public key, an assertion signed with the private one, a token for it.
    private static async Task<Signer> Register(IServiceProvider services, Id<Agency> agency, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        var jwk = JsonSerializer.SerializeToElement(new { kty = "EC", crv = "P-256", x = Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlEncode(point.X!), y = Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlEncode(point.Y!) });
        Must(await services.GetRequiredService<Clients>().RegisterFor(agency, null, new NewClient(name, "业务系统", jwk), default));
        return Signer.Read(key.ExportPkcs8PrivateKeyPem(), null);
    }

    private static async Task<string> Token(Signer signer, string url, string name)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(url + "/connect/token"), new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = name,
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = Server.Verbs.Token.Assertion(signer, name, url + "/", null, TimeProvider.System),
        }));
        var content = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return content.TryGetProperty("access_token", out var token) ? token.GetString()! : throw new InvalidOperationException(content.ToString());
    }

    private static void Must(Refusal? refusal)
    {
        if (refusal is not null) throw new InvalidOperationException($"{refusal.Code} {string.Join(' ', refusal.Args)} {string.Join(' ', refusal.Fields.Select(f => f.Field + ":" + f.Key))}");
    }

    private static void Must<T>(Outcome<T> outcome) => Must(outcome.Refusal);
}
