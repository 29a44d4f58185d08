using System.Text.Json;
using Tongxiang.Server.Demo;

namespace Tongxiang.Server.Verbs;

/// <summary>The demonstration's security administrator, who puts the rule live for the drill and looks at what happened.</summary>
internal sealed class DrillGuard : IDisposable
{
    private const string User = "bureau.security";
    private readonly HttpClient http;

    private DrillGuard(HttpClient http) => this.http = http;

    public static string RuleOf(Attack attack) => attack switch
    {
        Attack.Burst => "burst",
        Attack.Enumeration => "enumeration",
        Attack.OffHours => "off-hours",
        Attack.Bulk => "bulk",
        _ => "stale",
    };

    public static async Task<DrillGuard> SignIn(Uri address, Manifest manifest, CancellationToken ct)
    {
        var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        var person = manifest.Persons.FirstOrDefault(p => p.User == User) ?? throw new ArgumentException($"The demonstration has no {User}.");
        using var answer = await http.PostAsJsonAsync("api/session", new { user = User, password = person.Password }, ct);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{User}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
        http.DefaultRequestHeaders.Add("Cookie", answer.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]).First(c => !c.EndsWith('=')));
        return new DrillGuard(http);
    }

    /// <summary>Puts the rule live; false when it was.</summary>
    public async Task<bool> PutLive(string rule, CancellationToken ct)
    {
        var rules = await http.GetFromJsonAsync<JsonElement>("api/watch/rules", ct);
        var mode = rules.GetProperty("items").EnumerateArray().First(r => r.GetProperty("id").GetString() == rule).GetProperty("mode").GetString();
        if (mode == "Live") return false;
        if (mode == "Off") await Switch(rule, "Dark", ct);
        await Switch(rule, "Live", ct);
        return true;
    }

    public async Task Switch(string rule, string mode, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync($"api/watch/rules/{rule}/mode", new { mode, reason = "攻击重放演练 / attack replay" }, ct);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{rule} {mode}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
    }

    /// <summary>The fuse whose number a refusal names.</summary>
    public async Task<JsonElement?> Named(string refusal, CancellationToken ct)
    {
        var fuses = await http.GetFromJsonAsync<JsonElement>("api/watch/fuses", ct);
        foreach (var trip in fuses.GetProperty("items").EnumerateArray())
            if (refusal.Contains(trip.GetProperty("number").GetString()!, StringComparison.Ordinal)) return trip;
        return null;
    }

    public void Dispose() => http.Dispose();
}
