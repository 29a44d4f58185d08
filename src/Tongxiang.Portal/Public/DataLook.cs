using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Tables;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Portal.Kit;
using Tongxiang.Warehouse;

namespace Tongxiang.Portal.Public;

/// <summary>Rows, figures and differences of open data for the pages. Rows come through the gateway's own decision: what a page shows is what an anonymous call may have.</summary>
public sealed class DataLook(Calls calls, Differences differences, TimeProvider clock) : IDisposable
{
    // Comparing reads both versions whole: once per pair, one at a time, and not at any size for a reader without an account.
    const long MostCompared = 2_000_000;
    static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    // A page of rows whose cells differ is larger than its counts: fewer of them are kept.
    const int MostKept = 200;
    const int RowsAPage = 20;
    const int MostPages = 500;
    readonly ConcurrentDictionary<(Id<Warehouse.Version>, Id<Warehouse.Version>, string Columns, int Page), Difference> _compared = new();
    readonly SemaphoreSlim _comparing = new(1, 1);

    /// <summary>The fields an anonymous reader may have.</summary>
    public static IReadOnlyList<Catalog.Field> OpenFields(Shown dataset) =>
        dataset.Entry.IsOpen ? [.. dataset.Content.Fields.Where(f => IsOpen(f) && (dataset.Version?.Columns.FirstOrDefault(c => c.Name == f.Name) is not { } landed || IsOpen(landed)))] : [];

    static bool IsOpen(Catalog.Field field) => !field.IsPersonal && field.OpenClass is null or OpenClass.Open;

    /// <summary>The first rows; null where an anonymous reader gets none.</summary>
    public async Task<Rows?> Preview(Shown dataset, int most, Visit visit, CancellationToken ct)
    {
        if (!dataset.Entry.IsOpen || dataset.Version is null)
            return null;
        var (page, _) = await Ask(dataset, $"limit={most}", visit, ct);
        using (page)
            return page is null ? null : new Rows([.. page.Columns.Select(c => c.Field)], [.. Enumerable.Range(0, page.Rows).Select(row => (IReadOnlyList<string?>)[.. Enumerable.Range(0, page.Columns.Count).Select(c => page.Text(row, c))])]);
    }

    /// <summary>Places of a spatial dataset with a name each.</summary>
    public async Task<IReadOnlyList<ScatterPlot.Place>> Places(Shown dataset, int most, Visit visit, CancellationToken ct)
    {
        if (!dataset.Entry.IsOpen || dataset.Version is null || dataset.Content is not { LongitudeField: { } x, LatitudeField: { } y })
            return [];
        var fields = OpenFields(dataset);
        if (!fields.Any(f => f.Name == x) || !fields.Any(f => f.Name == y))
            return [];
        var name = (fields.FirstOrDefault(f => f.Type == FieldType.Text && !dataset.Content.Key.Contains(f.Name)) ?? fields[0]).Name;
        var (page, _) = await Ask(dataset, $"select={name},{x},{y}&{x}=not.is.null&{y}=not.is.null&limit={most}", visit, ct);
        using (page)
            return page is null ? [] : [.. Enumerable.Range(0, page.Rows).Select(row => new ScatterPlot.Place(page.Text(row, 0) ?? "", Number(page, row, 1), Number(page, row, 2)))];
    }

    /// <summary>Answers the try-out form as the data API would.</summary>
    public async Task<TryAnswer> Try(Shown dataset, TryOut ask, Visit visit, CancellationToken ct)
    {
        var query = ask.Query(dataset.Slug);
        var (page, stop) = await Ask(dataset, query[(query.IndexOf('?', StringComparison.Ordinal) + 1)..], visit, ct);
        using (page)
            return page is not null ? new TryAnswer(page.Next is null ? 200 : 206, Json(page)) : new TryAnswer(stop!.Status, Wording(stop, visit));
    }

    /// <summary>What the profile of the current version says, column by column, of the open fields.</summary>
    public static IReadOnlyList<ColumnLook> Profile(Shown dataset)
    {
        if (dataset.Version is not { ProfileJson.Length: > 2 } version || JsonSerializer.Deserialize<Profile>(version.ProfileJson, Wire.Json) is not { } profile)
            return [];
        var fields = OpenFields(dataset).ToDictionary(f => f.Name, StringComparer.Ordinal);
        return [.. profile.Columns.Where(c => fields.ContainsKey(c.Name)).Select(c => new ColumnLook(
            fields[c.Name], c.Values + c.Missing == 0 ? 0 : c.Values / (double)(c.Values + c.Missing), c.Flaws.Values.Sum(),
            (c.DistinctMethod == "exact" ? "" : "≈ ") + Visit.Count(c.Distinct), c.Min, c.Max,
            c.Top.Count > 1 && c.Top[0].Count > 1 ? [.. c.Top.Take(8).Select(t => new Point(t.Value, t.Count))] : []))];
    }

    /// <summary>What changed from the version before <paramref name="to"/>; null where there are no two to compare.</summary>
    public async Task<VersionDifference?> Difference(Shown dataset, IReadOnlyList<Warehouse.Version> all, long to, int page, Visit visit, CancellationToken ct)
    {
        var newer = all.FirstOrDefault(v => v.Number == to && v.State != VersionState.Destroyed);
        var older = all.FirstOrDefault(v => v.Number < to && v.State != VersionState.Destroyed);
        if (newer is null || older is null || !dataset.Entry.IsOpen)
            return null;
        if (newer.Rows + older.Rows > MostCompared)
            return new VersionDifference(older.Number, to, 0, 0, 0, [], 0, 0, visit.T("versions.too-large", Visit.Count(MostCompared)));
        // Both versions must have opened the column: it may have been open in one of them only.
        var open = OpenFields(dataset).Where(f => new[] { older, newer }.All(v => v.Columns.FirstOrDefault(c => c.Name == f.Name) is { } landed && IsOpen(landed))).ToDictionary(f => f.Name, StringComparer.Ordinal);
        var showsRows = newer.Key.Count > 0 && newer.Key.All(open.ContainsKey);
        page = showsRows ? Math.Clamp(page, 1, MostPages) : 0;
        var found = await Compare(older, newer, open.Keys.ToHashSet(StringComparer.Ordinal), page, ct);
        if (found.IsRefused)
            return new VersionDifference(older.Number, to, 0, 0, 0, [], 0, 0, visit.Why(found.Refusal!));
        var d = found.Value;
        var rows = d.Items.Select(r => new DiffRow(string.Join(" · ", r.Key), Kind(r.Kind), [.. r.Cells.Select(c => new DiffCell(visit.Pick(open[c.Column].Title, open[c.Column].TitleEn), c.Before, c.After))]));
        var pages = (int)Math.Min(MostPages, (d.Added + d.Removed + d.Changed + RowsAPage - 1) / RowsAPage);
        return new VersionDifference(older.Number, to, d.Added, d.Removed, d.Changed, [.. rows], page, showsRows ? pages : 0);
    }

    async Task<Outcome<Difference>> Compare(Warehouse.Version older, Warehouse.Version newer, HashSet<string> open, int page, CancellationToken ct)
    {
        var what = (older.Id, newer.Id, string.Join(',', open.Order(StringComparer.Ordinal)), page);
        if (_compared.TryGetValue(what, out var known))
            return known;
        await _comparing.WaitAsync(ct);
        try
        {
            if (_compared.TryGetValue(what, out known))
                return known;
            var found = await differences.Between(older, newer, new DifferenceAsk(null, Math.Max(0, page - 1) * RowsAPage, page == 0 ? 0 : RowsAPage, open), ct);
            if (!found.IsRefused)
            {
                if (_compared.Count >= MostKept)
                    _compared.Clear();
                _compared[what] = found.Value;
            }
            return found;
        }
        finally
        {
            _comparing.Release();
        }
    }

    async Task<(ServedPage? Page, Stop? Stop)> Ask(Shown dataset, string query, Visit visit, CancellationToken ct)
    {
        var call = new Call { Resource = dataset.Slug, Query = new QueryText(query), Caller = Caller.Anonymous, Address = visit.Http.Connection.RemoteIpAddress, At = clock.GetUtcNow(), Form = Call.PageForm };
        return await calls.Run(call, ct) is { } stop ? (null, stop) : (call.Page, null);
    }

    public void Dispose() => _comparing.Dispose();

    static double Number(ServedPage page, int row, int column) => double.Parse(page.Text(row, column)!, CultureInfo.InvariantCulture);

    static DiffKind Kind(string kind) => kind switch { "added" => DiffKind.Added, "removed" => DiffKind.Removed, _ => DiffKind.Changed };

    static string Wording(Stop stop, Visit visit) => stop.Refusal is { } refusal ? visit.Why(refusal) : $"{stop.Fault!.Code}: {stop.Fault.Message}\n{visit.T(stop.Fault.Key, stop.Fault.Args)}";

    static string Json(ServedPage page)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Readable))
        {
            json.WriteStartArray();
            for (var row = 0; row < page.Rows; row++)
            {
                json.WriteStartObject();
                for (var column = 0; column < page.Columns.Count; column++)
                    Cell(json, page, row, column);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    static void Cell(Utf8JsonWriter json, ServedPage page, int row, int column)
    {
        json.WritePropertyName(page.Columns[column].Shown);
        switch (page.Kind(row, column))
        {
            case CellKind.Null: json.WriteNullValue(); break;
            case CellKind.Text: json.WriteStringValue(page.Utf8(row, column)); break;
            default: json.WriteRawValue(page.Text(row, column)!); break;
        }
    }
}
