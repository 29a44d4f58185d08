using System.Text.Json.Nodes;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Verify;

/// <summary>OpenAPI 3.1 of the verification of one resource as one caller may use it.</summary>
internal static class VerifyDescription
{
    public static JsonObject Document(Call call, string language, string server)
    {
        var (content, key, english) = (call.Entry!.Content, call.Version!.Key, language == Texts.English);
        string Say(string name, params object?[] args) => Texts.Parts.Get(language, "gateway.openapi." + name, args);
        var name = english ? content.NameEn ?? content.Name : content.Name;
        var clear = call.Scope!.Columns.Where(column => !column.IsMasked).ToList();
        var responses = new JsonObject { ["200"] = Answer(Say("verify-ok")) };
        foreach (var status in (int[])[400, 401, 403, 404, 409, 413, 415, 422, 429, 503])
            responses[$"{status}"] = new JsonObject { ["description"] = Say("problem"), ["content"] = new JsonObject { ["application/problem+json"] = Of("Problem") } };
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = Say("verify-title", name), ["version"] = $"{call.Version.Number}", ["description"] = Say("verify-about") },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = server }),
            ["paths"] = new JsonObject { [$"/verify/{call.Entry.Slug}"] = new JsonObject { ["post"] = Operation(call, Say("verify-title", name), Say("case"), responses) } },
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject
                {
                    ["Question"] = Question(Values(clear.Where(c => key.Contains(c.Field.Name)), english, isWhole: true), Values(clear.Where(c => !key.Contains(c.Field.Name)), english, isWhole: false)),
                    ["Verdict"] = JsonNode.Parse("""{"type":"object","properties":{"match":{"type":"boolean"},"error":{"$ref":"#/components/schemas/Problem"}}}"""),
                    ["Problem"] = JsonNode.Parse("""{"type":"object","properties":{"status":{"type":"integer"},"code":{"type":"string"},"title":{"type":"string"},"detail":{"type":["string","null"]}}}"""),
                },
                ["securitySchemes"] = JsonNode.Parse("""{"token":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"/connect/token","scopes":{}}}}}"""),
            },
            ["security"] = JsonNode.Parse("""[{"token":[]}]"""),
        };
    }

    private static JsonObject Operation(Call call, string summary, string caseText, JsonObject responses)
    {
        var parameters = new JsonArray();
        foreach (var header in (string[])["Data-Operator", "Data-Case"])
            parameters.Add(new JsonObject { ["name"] = header, ["in"] = "header", ["description"] = caseText, ["required"] = Demands.NeedsCase(call.Grant!, call.Entry!.Content), ["schema"] = new JsonObject { ["type"] = "string", ["maxLength"] = 200 } });
        var batch = new JsonObject { ["type"] = "object", ["required"] = new JsonArray("items"), ["properties"] = new JsonObject { ["items"] = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["maxItems"] = Claims.Most, ["items"] = Reference("Question") } } };
        return new JsonObject
        {
            ["operationId"] = "verify_" + call.Entry!.Slug.Replace('-', '_'),
            ["summary"] = summary,
            ["parameters"] = parameters,
            ["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Json(new JsonObject { ["oneOf"] = new JsonArray(Reference("Question"), batch) }) },
            ["responses"] = responses,
        };
    }

    private static JsonObject Answer(string description)
    {
        var list = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["answers"] = new JsonObject { ["type"] = "array", ["items"] = Reference("Verdict") } } };
        return new JsonObject
        {
            ["description"] = description,
            ["headers"] = JsonNode.Parse("""{"Evidence-Receipt":{"schema":{"type":"string"}},"RateLimit-Remaining":{"schema":{"type":"integer"}}}"""),
            ["content"] = Json(new JsonObject { ["oneOf"] = new JsonArray(Reference("Verdict"), list) }),
        };
    }

    private static JsonObject Question(JsonObject key, JsonObject claims) =>
        new() { ["type"] = "object", ["required"] = new JsonArray("key", "claims"), ["properties"] = new JsonObject { ["key"] = key, ["claims"] = claims } };

    private static JsonObject Values(IEnumerable<ScopeColumn> columns, bool english, bool isWhole)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var (field, _) in columns)
        {
            properties[field.Name] = new JsonObject { ["type"] = new JsonArray("string", "number"), ["title"] = english ? field.TitleEn ?? field.Title : field.Title };
            required.Add(field.Name);
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (isWhole) schema["required"] = required;
        else schema["minProperties"] = 1;
        return schema;
    }

    private static JsonObject Json(JsonObject schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Of(string schema) => new() { ["schema"] = Reference(schema) };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };
}
