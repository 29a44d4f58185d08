using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog.Ckan;

/// <summary>CKAN's action API for reading, at both prefixes, by GET and POST, as its clients call it.</summary>
internal sealed class CkanFace(Actions actions, NodeSettings settings)
{
    private const int LargestBody = 1 << 20;

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "/api/3/action/{name}", "/api/action/{name}" })
            routes.MapMethods(prefix, ["GET", "POST"], Answer).ExcludeFromDescription().DisableAntiforgery();
    }

    private async Task Answer(HttpContext http, string name)
    {
        var links = Links.Of(http.Request, settings);
        http.Response.Headers.AccessControlAllowOrigin = "*";
        if (!actions.All.TryGetValue(name, out var action))
        {
            await Write(http, 400, JsonValue.Create($"Bad request - Action name not known: {RuleBook.Short(name)}"));
            return;
        }
        var help = $"{links.Root}/api/3/action/help_show?name={name}";
        try
        {
            var result = action.Run(new Question(await Parameters(http)), links);
            await Write(http, 200, new JsonObject { ["help"] = help, ["success"] = true, ["result"] = result });
        }
        catch (CkanError e)
        {
            await Write(http, e.Status, new JsonObject { ["help"] = help, ["success"] = false, ["error"] = e.Error });
        }
        catch (JsonException)
        {
            await Write(http, 400, JsonValue.Create("Bad request - JSON Error: Error decoding JSON data."));
        }
    }

    // Clients send JSON under any content type; some send nothing at all. A token in Authorization has no effect: only public entries are here.
    private static async Task<JsonObject> Parameters(HttpContext http)
    {
        var parameters = new JsonObject();
        foreach (var (key, values) in http.Request.Query)
            parameters[key] = values.Count == 1 ? values[0] : new JsonArray([.. values.Select(v => (JsonNode?)v)]);
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.ContentLength == 0) return parameters;
        if (http.Request.ContentLength > LargestBody) throw new CkanError(413, new JsonObject { ["__type"] = "Validation Error", ["message"] = "The body is too large" });
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(http.RequestAborted);
        if (string.IsNullOrWhiteSpace(text)) return parameters;
        if (JsonNode.Parse(text, documentOptions: new() { MaxDepth = 16 }) is not JsonObject body)
            throw new CkanError(400, new JsonObject { ["__type"] = "Validation Error", ["message"] = "The request data must be a JSON dictionary" });
        try
        {
            foreach (var (key, value) in body) parameters[key] = value?.DeepClone();
        }
        catch (ArgumentException)
        {
            throw new JsonException("The same key stands twice.");
        }
        return parameters;
    }

    private static Task Write(HttpContext http, int status, JsonNode? body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json;charset=utf-8";
        return http.Response.WriteAsync(body?.ToJsonString(Wire.Json) ?? "null", http.RequestAborted);
    }
}
