using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tongxiang.Catalog.Ckan;

/// <summary>The parameters of an action, from the query or a JSON body; unknown keys are ignored.</summary>
internal sealed class Question(JsonObject given)
{
    public JsonNode? this[string key] => given[key];

    /// <summary>The text of a parameter, whether it was sent as text, number or truth value; a list gives null.</summary>
    public string? Text(string key) => given[key] switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    /// <exception cref="CkanError">It is no whole number, or a negative one.</exception>
    public int Whole(string key, int otherwise)
    {
        if (given[key] is null || Text(key) is "") return otherwise;
        if (int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        throw CkanError.Invalid(key, "Must be a natural number");
    }

    public bool Flag(string key, bool otherwise) => Text(key)?.ToLowerInvariant() switch
    {
        null or "" => otherwise,
        "true" or "1" or "yes" or "t" or "y" or "on" => true,
        _ => false,
    };

    /// <summary>A list, or the JSON of a list in a text, as CKAN takes it.</summary>
    /// <exception cref="CkanError">It is neither.</exception>
    public IReadOnlyList<string> Many(string key)
    {
        var node = given[key];
        if (node is null || Text(key) is "") return [];
        try
        {
            if (Text(key) is { } text) node = text.StartsWith('[') ? JsonNode.Parse(text) : new JsonArray(text);
            return [.. node!.AsArray().Take(100).Select(item => item!.GetValue<string>())];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw CkanError.Invalid(key, "Not a list of strings");
        }
    }

    /// <exception cref="CkanError">It is missing.</exception>
    public string Needed(string key) => Text(key) is { Length: > 0 } text ? text : throw CkanError.Invalid(key, "Missing value");
}

/// <summary>An error in CKAN's envelope: how its clients know what went wrong.</summary>
internal sealed class CkanError(int status, JsonObject error) : Exception
{
    public int Status => status;

    public JsonObject Error => error;

    public static CkanError NotFound() => new(404, new JsonObject { ["message"] = "Not found", ["__type"] = "Not Found Error" });

    public static CkanError Invalid(string field, string why) => new(409, new JsonObject { ["__type"] = "Validation Error", [field] = new JsonArray(why) });
}
