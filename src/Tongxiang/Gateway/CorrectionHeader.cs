using System.Globalization;
using System.Text;
using Tongxiang.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>
/// The mark on a served record while a correction of it is open: <c>Data-Correction</c>, a list as of RFC 9651, one member a mark:
/// <c>open;row=0;fields="address phone"</c>. It speaks of rows and fields that this answer shows and of no others.
/// </summary>
internal static class CorrectionHeader
{
    public const string Name = "Data-Correction";
    private const int Most = 50;

    private readonly record struct Shown(int Row, CorrectionMark Mark, string Fields);

    /// <summary>The header's value; null when nothing shown is marked, which costs one look into a table.</summary>
    public static string? Of(Call call, ServedPage page)
    {
        if (call.Corrections.Find(call.Entry!.Id) is not { } resource || page.Rows == 0) return null;
        var text = new StringBuilder();
        var count = 0;
        foreach (var shown in All(call, page, resource))
        {
            if (++count > Most)
            {
                text.Append(", more");
                break;
            }
            if (text.Length > 0) text.Append(", ");
            text.Append(shown.Mark.IsCorrected ? "corrected" : "open");
            if (shown.Row >= 0) text.Append(CultureInfo.InvariantCulture, $";row={shown.Row}");
            if (shown.Fields.Length > 0) text.Append(CultureInfo.InvariantCulture, $";fields=\"{shown.Fields}\"");
        }
        return count == 0 ? null : text.ToString();
    }

    /// <summary>The marks of one row that is shown alone: whether it was corrected since, and the fields it is about.</summary>
    public static IReadOnlyList<(bool IsCorrected, IReadOnlyList<string> Fields)> OfRow(Call call, ServedPage page) =>
        page.Rows == 1 && call.Corrections.Find(call.Entry!.Id) is { } resource
            ? [.. All(call, page, resource).Select(s => (s.Mark.IsCorrected, (IReadOnlyList<string>)s.Fields.Split(' ', StringSplitOptions.RemoveEmptyEntries)))]
            : [];

    private static IEnumerable<Shown> All(Call call, ServedPage page, MarkedResource resource)
    {
        var version = call.Proxy is null ? call.Version!.Number : long.MaxValue;
        foreach (var mark in resource.General)
            if (mark.Marks(version) && Fields(mark, page) is { } fields) yield return new Shown(-1, mark, fields);
        if (!resource.HasRecords || Key(call, page) is not { } key) yield break;
        var parts = new string[key.Length];
        for (var row = 0; row < page.Rows; row++)
        {
            for (var i = 0; i < key.Length; i++) parts[i] = key[i].Column >= 0 ? page.Text(row, key[i].Column) ?? "" : key[i].Asked!;
            foreach (var mark in resource.Of(parts))
                if (mark.Marks(version) && Fields(mark, page) is { } fields) yield return new Shown(row, mark, fields);
        }
    }

    /// <summary>Where the parts of the key are: in an unmasked column of the answer, or as the one value that was asked for. Null: the answer does not tell which record a row is.</summary>
    private static (int Column, string? Asked)[]? Key(Call call, ServedPage page)
    {
        var names = call.Version!.Key;
        if (names.Count == 0) return null;
        var key = new (int, string?)[names.Count];
        for (var i = 0; i < names.Count; i++)
        {
            var column = Column(call, page, names[i]);
            var asked = column < 0 ? Asked(call.Plan!.Where, names[i]) : null;
            if (column < 0 && asked is null) return null;
            key[i] = (column, asked);
        }
        return key;
    }

    private static int Column(Call call, ServedPage page, string name)
    {
        for (var i = 0; i < page.Columns.Count; i++)
            if (page.Columns[i].Field.Name == name && call.Scope!.Find(name) is { IsMasked: false }) return i;
        return -1;
    }

    private static string? Asked(Predicate? where, string name) => where switch
    {
        null or { Negated: true } => null,
        { Operator: PlanOperator.Eq, Field: { } field, Values: [{ } value] } when field.Name == name => value is long whole ? ServedPage.Scaled(whole, field) : Convert.ToString(value, CultureInfo.InvariantCulture),
        { Operator: PlanOperator.And } => where.Parts.Select(p => Asked(p, name)).FirstOrDefault(a => a is not null),
        _ => null,
    };

    // A mark on fields that the answer does not show says nothing; one on the record as a whole always does.
    private static string? Fields(CorrectionMark mark, ServedPage page)
    {
        if (mark.Fields.Count == 0) return "";
        var shown = page.Columns.Select(c => c.Field.Name).Where(mark.Fields.Contains).Distinct(StringComparer.Ordinal).ToList();
        return shown.Count == 0 ? null : string.Join(' ', shown);
    }
}
