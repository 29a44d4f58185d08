using System.Net;
using System.Text.Json;
using Tongxiang.Kernel;
using Tongxiang.Server;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Server;

public sealed class NodeTests
{
    [Theory, EveryStore]
    public async Task A_node_is_live_ready_and_measured(Store store)
    {
        await using var lab = await NodeLab.Start(store);
        Assert.Equal("Healthy", await lab.Http.GetStringAsync("/health/live"));
        Assert.Equal("Healthy", await lab.Http.GetStringAsync("/health/ready"));
        var token = await File.ReadAllTextAsync(Path.Combine(lab.Get<Home>().Keys, "metrics.token"));
        Assert.Contains("# TYPE", await (await Metrics(lab.Http, "Bearer " + token)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coming_from_this_machine_is_no_ground_to_read_metrics()
    {
        await using var lab = await NodeLab.Start(Store.Sqlite, settings: new Dictionary<string, string> { ["Telemetry:MetricsToken"] = "a-token-of-some-length" });
        foreach (var authorization in (string?[])[null, "Bearer ", "Bearer a-token-of-some-lengt", "Bearer A-token-of-some-length", "Basic a-token-of-some-length", "a-token-of-some-length"])
            foreach (var path in (string[])["/metrics", "/METRICS", "/metrics/", "/metrics/x"])
                Assert.Equal((path, HttpStatusCode.Unauthorized), (path, (await Metrics(lab.Http, authorization, path)).StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await Metrics(lab.Http, "bearer a-token-of-some-length")).StatusCode);
        Assert.False(File.Exists(Path.Combine(lab.Get<Home>().Keys, "metrics.token")));
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => NodeLab.Start(Store.Sqlite, settings: new Dictionary<string, string> { ["Telemetry:MetricsToken"] = "short" }));
        Assert.Contains("Telemetry:MetricsToken", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("short", failure.Message.Replace("too short", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_monitorings_own_listener_serves_metrics_and_nothing_else_and_no_proxy()
    {
        using var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await using var lab = await NodeLab.Start(Store.Sqlite, settings: new Dictionary<string, string> { ["Listeners:Metrics"] = $"http://127.0.0.1:{port}" });
        using var own = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.Equal(HttpStatusCode.OK, (await Metrics(own, null)).StatusCode);
        Assert.Equal("Healthy", await own.GetStringAsync("/health/live"));
        foreach (var path in (string[])["/", "/desk", "/api/session", "/data/x", "/metricsx"]) Assert.Equal((path, HttpStatusCode.NotFound), (path, (await own.GetAsync(path)).StatusCode));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Metrics(lab.Http, null)).StatusCode);
        foreach (var header in (string[])["Forwarded", "Via", "X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "X-Real-IP"])
            Assert.Equal((header, HttpStatusCode.Unauthorized), (header, (await Metrics(own, null, "/metrics", header)).StatusCode));
    }

    private static async Task<HttpResponseMessage> Metrics(HttpClient http, string? authorization, string path = "/metrics", string? forwarded = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (forwarded is not null) request.Headers.TryAddWithoutValidation(forwarded, "127.0.0.1");
        return await http.SendAsync(request);
    }

    [Theory]
    [InlineData("Node:Division", "12", "Node:Division = '12'")]
    [InlineData("Node:Store", "Oracle", "Oracle")]
    [InlineData("Node:CodeTemplate", "{number}", "Node:CodeTemplate")]
    [InlineData("Node:Store", "PostgreSql", "Node:Database")]
    public void A_wrong_setting_is_named_with_its_value_before_anything_starts(string name, string value, string expected)
    {
        var folder = StoreLab.Folder();
        var file = Path.Combine(folder, "settings.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new Dictionary<string, string> { [name] = value }));
        Assert.False(Node.TryBuild(new NodeOptions(null, folder, file, null), out _, out var complaint));
        Assert.Contains(expected, complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_printed_connection_string_hides_its_password()
    {
        var masked = Tongxiang.Server.Verbs.ShowSettings.Masked("Host=db;Username=u;Password=hunter2hunter2;Database=d");
        Assert.DoesNotContain("hunter2", masked, StringComparison.Ordinal);
        Assert.Contains("Host=db", masked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/desk/inbox", 8082, true)]
    [InlineData("/desk/inbox", 8081, false)]
    [InlineData("/en/desk", 8081, false)]
    [InlineData("/bureau", 8083, false)]
    [InlineData("/DESK/inbox", 8081, false)]
    [InlineData("/EN/Desk", 8081, false)]
    [InlineData("/Connect/token", 8081, false)]
    [InlineData("/", 8081, true)]
    [InlineData("/", 8082, false)]
    [InlineData("/data/x", 8083, true)]
    [InlineData("/data/x", 8082, false)]
    [InlineData("/health/ready", 8083, true)]
    public void Each_face_answers_only_on_its_own_listener(string path, int port, bool answers)
    {
        var split = new Listeners { Public = "http://0.0.0.0:8081", Desk = "http://0.0.0.0:8082", Gateway = "http://0.0.0.0:8083" };
        Assert.Equal(answers, split.Serves(port, path));
        Assert.True(new Listeners().Serves(port, path));
    }

    [Theory]
    [InlineData("en", "No such address")]
    [InlineData("zh-CN", "没有这个地址")]
    public async Task An_unknown_address_is_a_problem_in_the_readers_language(string language, string title)
    {
        await using var lab = await NodeLab.Start(Store.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/nothing");
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var answer = await lab.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(title, problem.RootElement.GetProperty("title").GetString());
        Assert.Equal("server.no-such-address", problem.RootElement.GetProperty("code").GetString());
    }
}
