using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Verify;

/// <summary>Reads the body of a verification: one question, or <c>items</c> with up to a thousand.</summary>
internal static class ClaimsReader
{
    public const int MostBytes = 1 << 20;
    private const int mostValues = 10;
    private const int mostCharacters = 200;
    private const int mostMistakes = 20;

    // A name that stands twice would be one value to us and another to who reads the log of the caller.
    private static readonly JsonDocumentOptions strict = new() { MaxDepth = 6, AllowDuplicateProperties = false };

    public static Outcome<Claims> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, strict);
            return Read(document.RootElement);
        }
        // A text with half a surrogate pair is no text: the reader says so only when it is asked for it.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Refusal.Invalid(new FieldError("body", "gateway.verify-json"));
        }
    }

    private static Outcome<Claims> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return Refusal.Invalid(new FieldError("body", "gateway.verify-json"));
        var wrong = new List<FieldError>();
        if (!root.TryGetProperty("items", out var list))
        {
            var single = Item(root, "", wrong);
            return wrong.Count > 0 ? Refusal.Invalid([.. wrong]) : new Claims([single], isBatch: false);
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > Claims.Most || root.EnumerateObject().Count() > 1)
            return Refusal.Invalid(new FieldError("items", "gateway.verify-items", Claims.Most));
        var items = new List<Claim>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            if (wrong.Count < mostMistakes) items.Add(Item(item, $"items[{items.Count}].", wrong));
        }

        return wrong.Count > 0 ? Refusal.Invalid([.. wrong]) : new Claims(items, isBatch: true);
    }

    private static Claim Item(JsonElement item, string place, List<FieldError> wrong)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).SequenceEqual(["claims", "key"]))
        {
            wrong.Add(new FieldError(place.Length == 0 ? "body" : place.TrimEnd('.'), "gateway.verify-item"));
            return new Claim(new Dictionary<string, string>(), new Dictionary<string, string>());
        }

        return new Claim(Values(item.GetProperty("key"), place + "key", wrong), Values(item.GetProperty("claims"), place + "claims", wrong));
    }

    private static Dictionary<string, string> Values(JsonElement values, string place, List<FieldError> wrong)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        if (values.ValueKind != JsonValueKind.Object || values.EnumerateObject().Count() is 0 or > mostValues)
        {
            wrong.Add(new FieldError(place, "gateway.verify-values", mostValues));
            return read;
        }

        foreach (var pair in values.EnumerateObject())
        {
            var text = pair.Value.ValueKind switch { JsonValueKind.String => pair.Value.GetString()!, JsonValueKind.Number => pair.Value.GetRawText(), _ => null };
            if (text is not null && text.Length is > 0 and <= mostCharacters && CallContext.Takes(text.Trim())) read[pair.Name] = text;
            else wrong.Add(new FieldError($"{place}.{QueryFault.Clip(pair.Name)}", "gateway.verify-text", mostCharacters));
        }

        return read;
    }
}
