using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ExcelDataReader;
using Tongxiang.Core.Tracing;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Tracing;

/// <summary>Releases that handed out the very same slice: the same columns, rows and masks of the same version.</summary>
internal sealed record SliceGroup(string Slug, long VersionNumber, IReadOnlyList<string> Shown, Call Call, IReadOnlyList<Release> Releases);

/// <summary>Reads slices that were handed out again, from the version they came from, and finds leaked rows in them.</summary>
public sealed class Slices(GatewaySources sources, Calls calls, Bulk bulk, TimeProvider clock)
{
    private const int pageRows = 5_000;

    // The reader of workbooks asks the runtime for code page 1252 by number.
    static Slices() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>A leaked file in whatever form it is.</summary>
    /// <exception cref="InvalidDataException">No table can be read from it.</exception>
    internal LeakedTable Read(Stream file)
    {
        Span<byte> head = stackalloc byte[4];
        var read = file.ReadAtLeast(head, 4, throwOnEndOfStream: false);
        file.Position = 0;
        if (read == 4 && head.SequenceEqual("PK\u0003\u0004"u8)) return Workbook(file);
        if (read < 4 || !head.SequenceEqual("PAR1"u8)) return LeakedTable.Read(file);
        using var text = bulk.AsText(file);
        using var lines = text.Open();
        return LeakedTable.Read(lines);
    }

    private static LeakedTable Workbook(Stream file)
    {
        try
        {
            using var sheet = ExcelReaderFactory.CreateOpenXmlReader(file);
            var rows = new List<string[]>();
            while (rows.Count <= LeakedTable.MostRows && sheet.Read())
                rows.Add([.. Enumerable.Range(0, sheet.FieldCount).Select(i => Convert.ToString(sheet.GetValue(i), CultureInfo.InvariantCulture) ?? "")]);
            return rows.Count == 0 ? throw new InvalidDataException("The workbook is empty.") : LeakedTable.Of(rows[0], rows.Skip(1));
        }
        catch (Exception e) when (e is not InvalidDataException and not OutOfMemoryException)
        {
            // The reader of workbooks throws whatever a broken one makes it stumble over.
            throw new InvalidDataException("The workbook does not open.", e);
        }
    }

    /// <summary>The different slices of these releases, those handed out last first; what can no longer be read is left out.</summary>
    internal async Task<IReadOnlyList<SliceGroup>> Group(IReadOnlyList<Release> releases, CancellationToken ct)
    {
        var made = new Dictionary<(Id<Share.Grant>, long, string), string?>();
        var groups = new Dictionary<string, (Call Call, List<Release> Releases)>(StringComparer.Ordinal);
        foreach (var release in releases)
        {
            var order = (release.Grant, release.VersionNumber, release.Query);
            if (!made.TryGetValue(order, out var shape))
            {
                var call = await Planned(release, ct);
                made[order] = shape = call is null ? null : Shape(call, release);
                if (shape is not null) groups.TryAdd(shape, (call!, []));
            }

            if (shape is not null) groups[shape].Releases.Add(release);
        }

        return [.. groups.Values.Select(g => new SliceGroup(g.Call.Resource, g.Call.Version!.Number, [.. g.Call.Plan!.Columns.Select(c => c.Shown)], g.Call, g.Releases))];
    }

    // Masks may differ from one receiver to another; plain columns do not.
    private static string Shape(Call call, Release release) =>
        $"{call.Version!.Id}|{string.Join(',', call.Plan!.Columns.Select(c => $"{c.Field.Name}:{c.Shown}:{call.IsMasked(c)}"))}|{call.Plan.Shape()}|{(call.Plan.Columns.Any(call.IsMasked) ? release.Grant.ToString() : "")}";

    private async Task<Call?> Planned(Release release, CancellationToken ct)
    {
        var receiver = Agencies.Caller.Anonymous with { Actor = "trace", AgencyKind = Agencies.AgencyKind.Department };
        var agency = sources.Grants(release.Entry, receiver with { Agency = Id<Agencies.Agency>.Parse(release.Consumer, null) });
        var all = agency.Count > 0 ? agency : sources.Grants(release.Entry, receiver with { Person = Id<Agencies.Person>.Parse(release.Consumer, null) });
        if (all.FirstOrDefault(g => g.Id == release.Grant) is not { } grant) return null;
        var call = new Call
        {
            Resource = release.Slug,
            Number = release.VersionNumber,
            Query = new QueryText(release.Query, null, null, ""),
            Caller = receiver with { Agency = grant.ConsumerAgency, Person = grant.ConsumerPerson },
            Mode = release.Mode,
            At = clock.GetUtcNow(),
        };
        if (await calls.Judge(call, grant, ct) is not null) return null;
        await sources.Serve(call.Version!, ct);
        return call;
    }

    /// <summary>For each column of the file and of the slice the part of the file's values that stand in it.</summary>
    internal async Task<(double[,] Hits, IReadOnlyList<string> Shown)?> Sample(SliceGroup group, LeakedRows leaked, CancellationToken ct)
    {
        var values = Enumerable.Range(0, leaked.Width).Select(leaked.Values).ToArray();
        var seen = new HashSet<string>[leaked.Width, group.Shown.Count];
        await foreach (var row in Rows(group, ct))
            for (var other = 0; other < row.Cells.Length; other++)
                for (var own = 0; own < values.Length; own++)
                    if (row.Cells[other].Length > 0 && values[own].Contains(row.Cells[other])) (seen[own, other] ??= []).Add(row.Cells[other]);
        var hits = new double[leaked.Width, group.Shown.Count];
        for (var own = 0; own < values.Length; own++)
            for (var other = 0; other < group.Shown.Count; other++) hits[own, other] = values[own].Count == 0 ? 0 : (double)(seen[own, other]?.Count ?? 0) / values[own].Count;
        return (hits, group.Shown);
    }

    /// <summary>The leaked rows that stand in the slice, in the order of the leaked file; a row that could be two is not told.</summary>
    internal async Task<IReadOnlyList<RowMatch>> Match(SliceGroup group, LeakedRows leaked, IReadOnlyDictionary<int, int> map, CancellationToken ct)
    {
        var index = leaked.Index(map);
        var others = map.OrderBy(pair => pair.Key).Select(pair => pair.Value).ToArray();
        var found = new Dictionary<int, RowMatch?>();
        await foreach (var row in Rows(group, ct))
        {
            if (!index.TryGetValue(LeakedRows.Key(others.Select(other => row.Cells[other])), out var at) || at < 0) continue;
            found[at] = found.ContainsKey(at) ? null : new RowMatch(at, row.Id, row.Position, row.TextColumns);
        }

        return [.. found.Values.OfType<RowMatch>().OrderBy(match => match.At)];
    }

    private async IAsyncEnumerable<(string[] Cells, ulong Id, long Position, ulong TextColumns)> Rows(SliceGroup group, [EnumeratorCancellation] CancellationToken ct)
    {
        long position = 0;
        await foreach (var page in calls.Slice(group.Call, group.Call.Version!, pageRows, ct))
            for (var row = 0; row < page.Rows; row++, position++)
            {
                var cells = new string[page.Columns.Count];
                var texts = 0UL;
                for (var column = 0; column < cells.Length; column++)
                {
                    cells[column] = LeakedText.Plain(page.Text(row, column) ?? "");
                    if (page.Kind(row, column) == CellKind.Text) texts |= 1UL << Math.Min(column, 63);
                }

                yield return (cells, page.Ids![row], position, texts);
            }
    }
}
