using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tongxiang.Browser.Lab;
using Tongxiang.Server;

[assembly: AssemblyFixture(typeof(Site))]

namespace Tongxiang.Browser.Lab;

/// <summary>A whole node with a small demonstration region on a real socket, started once for the run and read from its own manifest.</summary>
public sealed class Site : IAsyncLifetime
{
    readonly string _folder = Path.Combine(Path.GetTempPath(), "tongxiang-browser-" + Guid.CreateVersion7().ToString("N"));
    WebApplication? _app;
    JsonElement _manifest;

    public string Url { get; private set; } = "";

    /// <summary>The node's data.</summary>
    public string Folder => _folder;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        var settings = Path.Combine(_folder, "settings.json");
        await File.WriteAllTextAsync(settings, """{ "Portal": { "Gallery": true } }""");
        var options = new NodeOptions("http://127.0.0.1:0", _folder, settings, 500);
        _app = Node.Build(options, services => services.AddLogging(logging => logging.AddFilter(_ => false)));
        await Node.Start(_app, options, default);
        Url = Node.Address(_app);
        _manifest = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(_folder, "demo.json")));
    }

    /// <summary>User and password of the first person of the demonstration with this role.</summary>
    public (string User, string Password) Person(string role)
    {
        var person = _manifest.GetProperty("persons").EnumerateArray().First(p => p.GetProperty("role").GetString() == role);
        return (person.GetProperty("user").GetString()!, person.GetProperty("password").GetString()!);
    }

    /// <summary>Password of a person of the demonstration.</summary>
    public string PasswordOf(string user) =>
        _manifest.GetProperty("persons").EnumerateArray().Single(p => p.GetProperty("user").GetString() == user).GetProperty("password").GetString()!;

    /// <summary>A session of that person, as the cookie of a request.</summary>
    public async Task<string> CookieOf(string user)
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(Url) };
        using var answer = await http.PostAsJsonAsync("/api/session", new { user, password = PasswordOf(user) });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return answer.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]).First(c => !c.EndsWith('='));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }
}
