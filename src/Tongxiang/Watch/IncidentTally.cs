using System.Globalization;
using Tongxiang.Catalog;
using Tongxiang.Evidence;

namespace Tongxiang.Watch;

/// <summary>Adds up entries of the evidence log for an incident; it knows of a resource what the catalogue says.</summary>
/// <param name="cutAt">When the sharing was cut; null while it is not.</param>
internal sealed class IncidentTally(IncidentScope scope, DateTimeOffset? cutAt, EntryNamed entries)
{
    private const string Prefix = "gateway.";

    private readonly Dictionary<string, Sum> resources = new(StringComparer.Ordinal);
    private readonly HashSet<string> operators = new(StringComparer.Ordinal);
    private readonly HashSet<string> cases = new(StringComparer.Ordinal);
    private readonly SortedSet<string> consumers = new(StringComparer.Ordinal);
    private long calls, refused, rows, bytes, rowsAfterCut;
    private DateTimeOffset? firstAt, lastAt;
    private long? firstIndex, lastIndex;

    private sealed class Sum
    {
        public long Calls, Refused, Rows, Bytes, PersonalRows;
        public readonly SortedDictionary<string, Grade?> Columns = new(StringComparer.Ordinal);
        public readonly HashSet<string> Operators = new(StringComparer.Ordinal);
        public readonly HashSet<string> Cases = new(StringComparer.Ordinal);
    }

    /// <summary>Whether the entry is a call that the incident is about.</summary>
    public bool Takes(Happening happening)
    {
        var facts = happening.Facts;
        return happening.Kind.StartsWith(Prefix, StringComparison.Ordinal)
            && (scope.Resources.Count == 0 || scope.Resources.Contains(facts.GetValueOrDefault("resource", "")))
            && (scope.Client is null || scope.Client == happening.Actor)
            && (scope.Grant is null || scope.Grant == facts.GetValueOrDefault("grant"))
            && (scope.Operator is null || scope.Operator == facts.GetValueOrDefault("operator"))
            && (scope.Agency is not { } agency || agency.ToString() == happening.Agency);
    }

    public void Add(long index, Happening happening)
    {
        if (!Takes(happening)) return;
        var facts = happening.Facts;
        var name = facts.GetValueOrDefault("resource", "");
        if (!resources.TryGetValue(name, out var sum)) resources[name] = sum = new Sum();
        firstIndex = Math.Min(firstIndex ?? index, index);
        lastIndex = Math.Max(lastIndex ?? index, index);
        firstAt = firstAt is { } first && first < happening.At ? first : happening.At;
        lastAt = lastAt is { } last && last > happening.At ? last : happening.At;
        if (happening.Agency is { } agency) consumers.Add(agency);
        Note(facts.GetValueOrDefault("operator"), operators, sum.Operators);
        Note(facts.GetValueOrDefault("case"), cases, sum.Cases);
        if (happening.Kind == Prefix + "refused")
        {
            refused++;
            sum.Refused++;
            return;
        }
        Taken(sum, happening, entries(name));
    }

    private static void Note(string? value, HashSet<string> all, HashSet<string> own)
    {
        if (value is null) return;
        all.Add(value);
        own.Add(value);
    }

    private void Taken(Sum sum, Happening happening, Entry? entry)
    {
        // A file is witnessed twice: its columns when it was permitted, its rows when it was closed. One call, both facts.
        if (happening.Kind != Prefix + "closed")
        {
            calls++;
            sum.Calls++;
        }
        foreach (var column in happening.Facts.GetValueOrDefault("columns", "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            sum.Columns[column] = entry?.Content.Fields.FirstOrDefault(f => f.Name == column)?.Grade ?? entry?.Content.Grade;
        var left = Number(happening.Facts, "rows");
        var size = Number(happening.Facts, "bytes");
        rows += left;
        bytes += size;
        sum.Rows += left;
        sum.Bytes += size;
        if (IsPersonal(happening, entry)) sum.PersonalRows += left;
        if (cutAt is { } cut && happening.At >= cut) rowsAfterCut += left;
    }

    public IncidentFigures Figures(DateTimeOffset from, DateTimeOffset until, DateTimeOffset now, bool isWhole)
    {
        var all = resources.OrderByDescending(r => r.Value.Rows).ThenBy(r => r.Key, StringComparer.Ordinal).Select(r => Of(r.Key, r.Value)).ToList();
        return new IncidentFigures(
            from, until, now, calls, refused, rows, bytes, all, operators.Count, cases.Count, [.. consumers], rowsAfterCut, null, all.Sum(r => r.PersonalRows), firstAt, lastAt, firstIndex, lastIndex, isWhole);
    }

    private ResourceFigures Of(string name, Sum sum)
    {
        var entry = entries(name);
        return new ResourceFigures(
            name, entry?.Content.Name ?? name, entry?.Content.NameEn ?? entry?.Content.Name ?? name, entry?.Agency, sum.Calls, sum.Refused, sum.Rows, sum.Bytes, sum.Columns, sum.PersonalRows, sum.Operators.Count, sum.Cases.Count, null);
    }

    // Where the entry names its columns those count, else the whole resource does: better one person too many.
    private static bool IsPersonal(Happening happening, Entry? entry)
    {
        if (entry is null) return true;
        var named = happening.Facts.GetValueOrDefault("columns", "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return named.Length == 0 ? entry.Content.HasPersonalData : entry.Content.Fields.Any(f => f.IsPersonal && named.Contains(f.Name));
    }

    private static long Number(IReadOnlyDictionary<string, string> facts, string name) =>
        long.TryParse(facts.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
