namespace Tongxiang.Catalog;

/// <summary>Higher grades that a draft proposes for a published entry: suspected important or core data get the stricter measures before anyone has confirmed it.</summary>
/// <param name="Fields">Fields with their higher grade.</param>
/// <param name="Entry">The entry's own grade, if higher.</param>
/// <param name="Label">The local label, if it is another.</param>
public sealed record Suspicion(IReadOnlyDictionary<string, Grade> Fields, Grade? Entry, string? Label)
{
    /// <summary>What an entry's draft grades higher; null when there is none or it grades nothing higher.</summary>
    public static Suspicion? Of(Entry entry)
    {
        if (entry.Draft is not { } draft) return null;
        var standing = entry.Content.Fields.ToDictionary(f => f.Name, f => f.Grade, StringComparer.Ordinal);
        var fields = draft.Fields.Where(f => standing.TryGetValue(f.Name, out var now) && f.Grade > now).ToDictionary(f => f.Name, f => f.Grade, StringComparer.Ordinal);
        Grade? own = draft.Grade > entry.Content.Grade ? draft.Grade : null;
        var label = draft.LocalLabel != entry.Content.LocalLabel ? draft.LocalLabel : null;
        return fields.Count == 0 && own is null && label is null ? null : new Suspicion(fields, own, label);
    }
}
