using System.Globalization;
using System.Text;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>What a list is imported into.</summary>
public enum ImportTarget { Inventory, Plan }

/// <summary>A line that cannot be taken: where, which field, what stood there and what would be right.</summary>
/// <param name="Line">Number of the record in the file; the heading is 1.</param>
public sealed record RefusedLine(long Line, string Field, string Value, FieldError Error);

/// <summary>Reads lists of inventory lines and plan items: a heading of known names in Chinese or English, then one line each.</summary>
internal static class ImportLines
{
    public const int MostLines = 10_000;

    private static readonly Dictionary<string, string> InventoryNames = Names(
        "kind:kind:类别", "name:name:名称", "purpose:purpose:用途", "basis:basis:依据", "runBy:runBy:运行单位", "parent:parent:所属", "attaches:attaches:应挂接", "opens:opens:应开放", "code:code:目录代码");

    private static readonly Dictionary<string, string> PlanNames = Names("year:year:年度", "kind:kind:类别", "name:name:名称", "dueOn:dueOn:完成日期", "code:code:目录代码", "agency:agency:单位");

    private static readonly Dictionary<string, InventoryKind> InventoryKinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["系统"] = InventoryKind.System,
        ["职责"] = InventoryKind.Duty,
        ["资源"] = InventoryKind.Resource,
        ["System"] = InventoryKind.System,
        ["Duty"] = InventoryKind.Duty,
        ["Resource"] = InventoryKind.Resource,
    };

    private static readonly Dictionary<string, PlanKind> PlanKinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["编目"] = PlanKind.Catalogue,
        ["挂接"] = PlanKind.Attach,
        ["共享"] = PlanKind.Share,
        ["开放"] = PlanKind.Open,
        ["Catalogue"] = PlanKind.Catalogue,
        ["Attach"] = PlanKind.Attach,
        ["Share"] = PlanKind.Share,
        ["Open"] = PlanKind.Open,
    };

    /// <summary>One line of the file by the names of its fields.</summary>
    public sealed record Row(long Line, IReadOnlyDictionary<string, string> Cells)
    {
        public string this[string field] => Cells.GetValueOrDefault(field, "");

        public RefusedLine Wrong(FieldError error) => new(Line, error.Field, RuleBook.Short(this[error.Field]), error);
    }

    /// <summary>The text of a file in UTF-8, GB 18030 or UTF-16; null when it is no text.</summary>
    public static async Task<string?> Text(Stream file, CancellationToken ct)
    {
        await using var whole = new MemoryStream();
        await file.CopyToAsync(whole, ct);
        if (TextEncodings.Find(whole) is not { Broken: 0 } found) return null;
        using var reader = new StreamReader(TextEncodings.AsUtf8(whole, found.Encoding), Encoding.UTF8);
        return await reader.ReadToEndAsync(ct);
    }

    /// <summary>All lines as text, or why the file is no list.</summary>
    public static Outcome<(IReadOnlyList<Row> Rows, IReadOnlyList<RefusedLine> Broken)> Read(ImportTarget target, string content)
    {
        var known = target == ImportTarget.Inventory ? InventoryNames : PlanNames;
        using var scanner = new CsvScanner(new MemoryStream(Encoding.UTF8.GetBytes(content)));
        if (!scanner.Read()) return Refusal.Invalid(new FieldError("file", "catalog.import-empty"));
        var head = new string?[scanner.Count];
        for (var i = 0; i < head.Length; i++)
        {
            var name = Encoding.UTF8.GetString(scanner[i]).Trim();
            if (!known.TryGetValue(name, out head[i])) return Refusal.Invalid(new FieldError("file", "catalog.import-heading", RuleBook.Short(name), string.Join("、", known.Keys)));
        }
        if (head.Distinct(StringComparer.Ordinal).Count() != head.Length) return Refusal.Invalid(new FieldError("file", "catalog.import-twice"));
        var (rows, broken) = (new List<Row>(), new List<RefusedLine>());
        while (scanner.Read())
        {
            if (rows.Count + broken.Count == MostLines) return Refusal.Invalid(new FieldError("file", "catalog.import-too-long", MostLines));
            var line = scanner.RowNumber;
            if (scanner.Flaw != Flaw.None || scanner.Count != head.Length)
            {
                broken.Add(new RefusedLine(line, "file", "", new FieldError("file", "catalog.import-broken", head.Length, scanner.Flaw == Flaw.None ? scanner.Count : 0)));
                continue;
            }
            var cells = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < head.Length; i++) cells[head[i]!] = Encoding.UTF8.GetString(scanner[i]).Trim();
            rows.Add(new Row(line, cells));
        }
        return scanner.Fault is null ? (rows, broken) : Refusal.Invalid(new FieldError("file", "catalog.import-broken", head.Length, 0));
    }

    public static (InventoryWish? Wish, FieldError? Wrong) Inventory(Row row)
    {
        if (!InventoryKinds.TryGetValue(row["kind"], out var kind)) return (null, new FieldError("kind", "catalog.unknown-term", RuleBook.Short(row["kind"]), "系统 职责 资源"));
        if (YesNo(row["attaches"]) is not { } attaches) return (null, new FieldError("attaches", "catalog.import-yes", RuleBook.Short(row["attaches"])));
        if (YesNo(row["opens"]) is not { } opens) return (null, new FieldError("opens", "catalog.import-yes", RuleBook.Short(row["opens"])));
        return (new InventoryWish(kind, row["name"], row["purpose"], row["basis"], row["runBy"], null, attaches, opens, row["code"]), null);
    }

    public static (PlanWish? Wish, FieldError? Wrong) Plan(Row row)
    {
        if (!int.TryParse(row["year"], NumberStyles.None, CultureInfo.InvariantCulture, out var year)) return (null, new FieldError("year", "catalog.plan-year", RuleBook.Short(row["year"])));
        if (!PlanKinds.TryGetValue(row["kind"], out var kind)) return (null, new FieldError("kind", "catalog.unknown-term", RuleBook.Short(row["kind"]), "编目 挂接 共享 开放"));
        if (!DateOnly.TryParseExact(row["dueOn"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var due)) return (null, new FieldError("dueOn", "catalog.plan-day", RuleBook.Short(row["dueOn"]), year));
        return (new PlanWish(year, kind, row["name"], due, row["code"]), null);
    }

    private static bool? YesNo(string text) => text.ToLowerInvariant() switch { "是" or "yes" or "1" or "true" => true, "" or "否" or "no" or "0" or "false" => false, _ => null };

    private static Dictionary<string, string> Names(params string[] rows) =>
        rows.Select(r => r.Split(':')).SelectMany(p => new[] { (Name: p[2], Field: p[0]), (Name: p[1], Field: p[0]) }).ToDictionary(p => p.Name, p => p.Field, StringComparer.OrdinalIgnoreCase);
}
