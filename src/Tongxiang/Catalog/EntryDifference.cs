using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>One place where two contents differ.</summary>
/// <param name="Path">As in problems: <c>sharing.scope</c>, <c>fields.stop_id.title</c> (fields by name, so a moved field is no change).</param>
/// <param name="Before">JSON of the older value; null when there was none.</param>
public sealed record Change(string Path, string? Before, string? After);

/// <summary>Compares two contents field by field.</summary>
public static class EntryDifference
{
    public static IReadOnlyList<Change> Of(EntryContent before, EntryContent after)
    {
        var changes = new List<Change>();
        Compare("", Node(before), Node(after), changes);
        return changes;
    }

    private static JsonObject Node(EntryContent content)
    {
        var node = JsonSerializer.SerializeToNode(content, Wire.Json)!.AsObject();
        var fields = new JsonObject();
        foreach (var field in content.Fields) fields[field.Name] = JsonSerializer.SerializeToNode(field, Wire.Json);
        node["fields"] = fields;
        return node;
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, List<Change> changes)
    {
        if (before is JsonObject a && after is JsonObject b)
        {
            foreach (var name in a.Select(p => p.Key).Union(b.Select(p => p.Key), StringComparer.Ordinal))
                Compare(path.Length == 0 ? name : $"{path}.{name}", a[name], b[name], changes);
            return;
        }
        if (JsonNode.DeepEquals(before, after)) return;
        changes.Add(new Change(path, before?.ToJsonString(Wire.Json), after?.ToJsonString(Wire.Json)));
    }
}
