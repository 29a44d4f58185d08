using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using Tongxiang.Core.Elements;

namespace Tongxiang.Agencies;

/// <summary>A dated list of divisions in memory: every code with the periods in which it stood under a name.</summary>
public sealed class DivisionTable
{
    public const string National = "national";
    public const string Demonstration = "demonstration";

    private readonly FrozenDictionary<string, Division[]> byCode;

    public DivisionTable(IEnumerable<Division> divisions)
    {
        byCode = divisions.GroupBy(d => d.Code, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.OrderBy(d => d.ValidFrom).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The list that ships with the product; its sources stand in the first lines of divisions.tsv.</summary>
    public static DivisionTable Shipped { get; } = new(Read());

    public int Count => byCode.Count;

    public IEnumerable<Division> All => byCode.Values.SelectMany(d => d);

    /// <summary>The division that stood on the day; without a day the newest known one, past or future.</summary>
    public Division? Find(string code, DateOnly? on)
    {
        if (!byCode.TryGetValue(code, out var periods)) return null;
        return on is { } day ? periods.LastOrDefault(d => d.ValidFrom <= day && (d.ValidTo is null || day < d.ValidTo)) : periods[^1];
    }

    /// <summary>Whether the code stands on the day, stood before or will stand later.</summary>
    public DivisionStanding Standing(string code, DateOnly on)
    {
        if (!byCode.TryGetValue(code, out var periods)) return DivisionStanding.Unknown;
        if (Find(code, on) is not null) return DivisionStanding.Current;
        return periods[0].ValidFrom > on ? DivisionStanding.Future : DivisionStanding.Past;
    }

    /// <summary>The form that checks of identifiers read: one period per code, from its first to its last day.</summary>
    public DivisionList ForChecks() => new(byCode.Select(p => new DatedDivision(p.Key, p.Value[^1].Name, First(p.Value), p.Value[^1].ValidTo)));

    /// <summary>The code of the next higher division; null for a province.</summary>
    public static string? ParentOf(string code) =>
        code.EndsWith("0000", StringComparison.Ordinal) ? null : code.EndsWith("00", StringComparison.Ordinal) ? code[..2] + "0000" : code[..4] + "00";

    /// <summary>1 province, 2 city, 3 county.</summary>
    public static int LevelOf(string code) => code.EndsWith("0000", StringComparison.Ordinal) ? 1 : code.EndsWith("00", StringComparison.Ordinal) ? 2 : 3;

    // The oldest edition is of 1980: a code in it stood before, we only do not know since when.
    private static DateOnly? First(Division[] periods) => periods[0].ValidFrom <= new DateOnly(1980, 1, 1) ? null : periods[0].ValidFrom;

    private static List<Division> Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Tongxiang.Agencies.divisions.tsv")!);
        var rows = new List<Division>(8000);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var cells = line.Split('\t');
            rows.Add(new Division(cells[0], cells[1], null, ParentOf(cells[0]), LevelOf(cells[0]), Day(cells[2]), cells[3].Length == 0 ? null : Day(cells[3]), National));
        }
        return rows;
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
