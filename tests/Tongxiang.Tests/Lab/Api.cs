using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Tongxiang.Tests.Lab;

/// <summary>JSON over HTTP; what came instead of the expected answer stands in the failure.</summary>
internal static class Api
{
    public static async Task<JsonNode> Get(HttpClient client, string path) => (await client.GetFromJsonAsync<JsonNode>(path))!;

    public static async Task<JsonNode> Post(HttpClient client, string path, object body, HttpStatusCode expected = HttpStatusCode.OK, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length > 0 ? JsonNode.Parse(text)! : JsonValue.Create("")!;
    }
}
