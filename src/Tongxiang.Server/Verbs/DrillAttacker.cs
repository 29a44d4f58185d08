using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Tongxiang.Kernel;
using Tongxiang.Server.Demo;

namespace Tongxiang.Server.Verbs;

/// <summary>What one call of the attack got.</summary>
internal sealed record DrillAnswer(int Status, string Code, string Detail, long Rows)
{
    /// <summary>Whether the fuse stopped it.</summary>
    public bool IsTripped => Code is "gateway.fuse-cut" or "gateway.step-up";
}

/// <summary>A demonstration client that somebody else has got hold of: real calls with a real token.</summary>
internal sealed class DrillAttacker : IDisposable
{
    private readonly HttpClient http;
    private readonly ManifestGrant grant;
    private readonly Attack attack;
    private int number;

    private DrillAttacker(HttpClient http, string client, ManifestGrant grant, Attack attack) => (this.http, Client, this.grant, this.attack) = (http, client, grant, attack);

    public string Client { get; }

    public string Resource => grant.Resource;

    /// <summary>Between two calls.</summary>
    public TimeSpan Pause => TimeSpan.FromMilliseconds(attack switch { Attack.Burst => 40, Attack.Enumeration => 150, Attack.OffHours => 1500, _ => 1000 });

    public static async Task<DrillAttacker> Open(Uri address, Manifest manifest, Attack attack, TimeProvider clock, CancellationToken ct)
    {
        var wanted = Who(attack, clock.GetUtcNow().ToOffset(WorkCalendar.Offset));
        var client = manifest.Clients.FirstOrDefault(c => c.ClientId == wanted.Client) ?? throw new ArgumentException($"The demonstration has no client {wanted.Client}.");
        var grant = client.Granted.First(g => g.Resource == wanted.Resource);
        var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenOf(http, client, clock, ct));
        http.DefaultRequestHeaders.Add("Data-Operator", wanted.Operator);
        http.DefaultRequestHeaders.Add("Data-Case", "DRILL-" + clock.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture));
        return new DrillAttacker(http, client.ClientId, grant, attack);
    }

    public async Task<DrillAnswer> Next(CancellationToken ct)
    {
        using var answer = await http.GetAsync($"data/{grant.Resource}?{Query(number++)}", ct);
        var said = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(ct));
        if (answer.IsSuccessStatusCode) return new DrillAnswer((int)answer.StatusCode, "", "", said.ValueKind == JsonValueKind.Array ? said.GetArrayLength() : 1);
        return new DrillAnswer((int)answer.StatusCode, said.GetProperty("code").GetString() ?? "", said.TryGetProperty("detail", out var detail) ? detail.GetString() ?? "" : "", 0);
    }

    public void Dispose() => http.Dispose();

    // Off hours are those of whoever does not work now: the office by day, the job by night.
    private static (string Client, string Resource, string Operator) Who(Attack attack, DateTimeOffset now) => attack switch
    {
        Attack.Stale => ("qiming-01", "legal-persons", "qiming.user"),
        Attack.OffHours when now.Hour is >= 10 and < 22 && now.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) => ("human-resources-01", "population", "human-resources.clerk"),
        _ => ("civil-affairs-01", "population", "civil-affairs.clerk"),
    };

    private string Query(int call)
    {
        var first = grant.Fields[0];
        return attack switch
        {
            Attack.Burst => $"select={first}&limit=1&offset={call}",
            Attack.Enumeration => $"select={first}&citizen_id=eq.{FictionalNumbers.Citizen("290102", new DateOnly(1980, 1, 1).AddDays(call / 490), 1 + call % 490, isMale: true)}",
            Attack.Bulk => $"select={first}&limit=10000",
            _ => $"select={first}&limit=1&offset={call % 3}",
        };
    }

    private static async Task<string> TokenOf(HttpClient http, ManifestClient client, TimeProvider clock, CancellationToken ct)
    {
        using var signer = Signer.FromJwk(JsonSerializer.SerializeToElement(client.PrivateJwk), client.Kid);
        var discovery = await http.GetFromJsonAsync<JsonElement>(".well-known/openid-configuration", ct);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = client.ClientId,
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = Token.Assertion(signer, client.ClientId, discovery.GetProperty("issuer").GetString()!, null, clock),
        };
        using var answer = await http.PostAsync(discovery.GetProperty("token_endpoint").GetString()!, new FormUrlEncodedContent(form), ct);
        var content = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
        return answer.IsSuccessStatusCode ? content.GetProperty("access_token").GetString()! : throw new InvalidOperationException($"{client.ClientId}: {(int)answer.StatusCode} {content}");
    }
}
