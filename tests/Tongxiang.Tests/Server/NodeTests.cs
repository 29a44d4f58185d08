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
        Assert.Contains("# TYPE", await lab.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
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
