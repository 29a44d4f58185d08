using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>OpenAPI 3.1 of one resource as one caller may use it: its columns, and no others.</summary>
public sealed class DataDescription(Calls calls, GatewaySources sources, TimeProvider clock)
{
    internal void Map(IEndpointRouteBuilder app) => app.MapMethods("/data/{resource}/openapi.json", ["GET", "HEAD"], Answer).WithName("gateway.openapi");

    private async Task Answer(HttpContext http, string resource)
    {
        var call = Reception.Receive(http, sources, resource, Mode.Api, clock.GetUtcNow(), "openapi", false, null);
        if (await calls.Decide(call, http.RequestAborted) is { } stop)
        {
            await DataProblem.Write(http, stop);
            return;
        }

        var language = Language.Of(http.Request);
        http.Response.ContentType = "application/vnd.oai.openapi+json;version=3.1; charset=utf-8";
        http.Response.Headers.ContentLanguage = language;
        http.Response.Headers.Vary = "Accept-Language, Authorization";
        http.Response.Headers.CacheControl = call.IsOpenRead ? "public, max-age=60" : "private, no-store";
        if (call.Entry!.IsOpen) http.Response.Headers.AccessControlAllowOrigin = "*";
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await http.Response.WriteAsync(Document(call, language, $"{http.Request.Scheme}://{http.Request.Host}").ToJsonString(Wire.Json), http.RequestAborted);
    }

    internal static JsonObject Document(Call call, string language, string server)
    {
        var (content, scope) = (call.Entry!.Content, call.Scope!);
        var english = language == Texts.English;
        string Say(string key, object?[] args) => Texts.Parts.Get(language, "gateway.openapi." + key, args);
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = english ? content.NameEn ?? content.Name : content.Name,
                ["version"] = $"{call.Version!.Number}",
                ["description"] = (english ? content.AbstractEn ?? content.Abstract : content.Abstract) + "\n\n" + Say("about", []),
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = server }),
            ["paths"] = new JsonObject
            {
                [$"/data/{call.Entry.Slug}"] = new JsonObject { ["get"] = Operation(call, scope, english, Say) },
            },
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject { ["Row"] = Row(scope, english, Say), ["Problem"] = Problem(Say) },
            },
        };
        if (!call.IsOpenRead)
        {
            document["components"]!["securitySchemes"] = JsonNode.Parse("""{"token":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"/connect/token","scopes":{}}}}}""");
            document["security"] = JsonNode.Parse("""[{"token":[]}]""");
        }

        return document;
    }

    private static JsonObject Operation(Call call, QueryScope scope, bool english, Func<string, object?[], string> say)
    {
        string Say(string key) => say(key, []);
        var parameters = new JsonArray();
        void Add(string name, string place, string description, string type = "string") => parameters.Add(new JsonObject
        {
            ["name"] = name,
            ["in"] = place,
            ["description"] = description,
            ["schema"] = new JsonObject { ["type"] = type },
        });
        foreach (var column in scope.Columns.Where(c => !c.IsMasked)) Add(column.Field.Name, "query", $"{Title(column.Field, english)} · {say("filter", [Literals.Example(column.Field)])}");
        foreach (var name in (string[])["select", "order", "and", "or", "after"]) Add(name, "query", Say(name));
        Add("limit", "query", say("limit", [scope.Limits.Rows]), "integer");
        Add("offset", "query", Say("offset"), "integer");
        foreach (var name in (string[])["Prefer", "Range"]) Add(name, "header", Say(name.ToLowerInvariant()));
        if (call.Grant is { } grant && Demands.NeedsCase(grant, call.Entry!.Content))
            foreach (var name in (string[])["Data-Operator", "Data-Case"]) Add(name, "header", Say("case"));
        var responses = new JsonObject { ["200"] = Rows(Say("ok")), ["206"] = Rows(Say("part")) };
        foreach (var status in (int[])[400, 401, 403, 404, 406, 416, 429, 503])
            responses[$"{status}"] = new JsonObject { ["description"] = Say("problem"), ["content"] = new JsonObject { ["application/problem+json"] = Of("Problem") } };
        return new JsonObject
        {
            ["operationId"] = "read_" + call.Entry!.Slug.Replace('-', '_'),
            ["summary"] = english ? call.Entry.Content.NameEn ?? call.Entry.Content.Name : call.Entry.Content.Name,
            ["parameters"] = parameters,
            ["responses"] = responses,
        };
    }

    private static JsonObject Rows(string description)
    {
        var list = new JsonObject { ["schema"] = new JsonObject { ["type"] = "array", ["items"] = Reference("Row") } };
        var text = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        return new JsonObject
        {
            ["description"] = description,
            ["headers"] = JsonNode.Parse("""{"Content-Range":{"schema":{"type":"string"}},"Link":{"schema":{"type":"string"}},"Evidence-Receipt":{"schema":{"type":"string"}},"RateLimit-Remaining":{"schema":{"type":"integer"}}}"""),
            ["content"] = new JsonObject
            {
                ["application/json"] = list,
                ["application/vnd.pgrst.object+json"] = Of("Row"),
                ["application/x-ndjson"] = text.DeepClone(),
                ["text/csv"] = text,
            },
        };
    }

    private static JsonObject Row(QueryScope scope, bool english, Func<string, object?[], string> say)
    {
        var properties = new JsonObject();
        foreach (var (field, isMasked) in scope.Columns.Select(c => (c.Field, c.IsMasked)))
        {
            var property = Type(field, isMasked);
            property["title"] = Title(field, english);
            var meaning = field.Meaning + (isMasked ? " " + say("masked", []) : "");
            if (meaning.Trim().Length > 0) property["description"] = meaning.Trim();
            if (field.Length is { } length && field.Type == FieldType.Text) property["maxLength"] = length;
            properties[field.Name] = property;
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties };
    }

    private static JsonObject Type(Field field, bool isMasked)
    {
        var (type, format) = field.Type switch
        {
            _ when isMasked => ("string", null),
            FieldType.Integer => ("integer", "int64"),
            FieldType.Decimal => ("number", "decimal"),
            FieldType.Real => ("number", "double"),
            FieldType.Date => ("string", "date"),
            _ => ("string", (string?)null),
        };
        var schema = new JsonObject { ["type"] = field.IsRequired ? type : new JsonArray(type, "null") };
        if (format is not null) schema["format"] = format;
        return schema;
    }

    private static JsonObject Problem(Func<string, object?[], string> say)
    {
        var properties = new JsonObject();
        foreach (var name in (string[])["type", "title", "detail", "code", "message", "details", "hint", "traceId"]) properties[name] = JsonNode.Parse("""{"type":["string","null"]}""");
        properties["status"] = JsonNode.Parse("""{"type":"integer"}""");
        return new JsonObject { ["type"] = "object", ["description"] = say("problem", []), ["properties"] = properties };
    }

    private static string Title(Field field, bool english) => english ? field.TitleEn ?? field.Title : field.Title;

    private static JsonObject Of(string schema) => new() { ["schema"] = Reference(schema) };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };
}
