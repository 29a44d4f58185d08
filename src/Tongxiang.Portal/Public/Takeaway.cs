using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Catalog;
using Tongxiang.Warehouse;

namespace Tongxiang.Portal.Public;

/// <summary>What the results page offers beside itself: the same results as a table to take away, and suggestions while typing.</summary>
static class Takeaway
{
    const int Most = 1000;
    static readonly string[] Heads = ["fact.code", "stats.dataset", "fact.provider", "fact.theme", "fact.open", "fact.share", "fact.promise", "fact.landed", "fact.rows", "fact.calls"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in (string[])["", "/en"])
        {
            routes.MapGet(prefix + "/datasets.csv", Csv).ExcludeFromDescription();
            routes.MapGet(prefix + "/datasets/suggest", Suggest).ExcludeFromDescription();
        }
    }

    static async Task<IResult> Csv(Shelf shelf, Visit visit, CancellationToken ct)
    {
        var found = await shelf.Find(FindAsk.Read(visit, Most) with { Page = 1 }, visit, ct);
        var table = new StringBuilder();
        Line(table, [.. Heads.Select(h => visit[h]), "URL"]);
        foreach (var d in found.Items.Select(i => i.Dataset))
        {
            var c = d.Content;
            Line(table,
            [
                d.Entry.Code, visit.Pick(c.Name, c.NameEn), visit.Pick(d.Provider.Name, d.Provider.NameEn), Themes.All.NameOf(c.Theme, visit.Lang), visit["open." + c.Opening.Class], visit["share." + c.Sharing.Class],
                visit["promise." + c.UpdatePromise], d.Version is { } v ? Visit.Day(v.LandedAt) : "", d.Version?.Rows.ToString(CultureInfo.InvariantCulture) ?? "", d.Use.Calls.ToString(CultureInfo.InvariantCulture), visit.Origin + visit.Link(d.Href),
            ]);
        }
        // The mark tells spreadsheets that this is UTF-8.
        return TypedResults.File([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(table.ToString())], "text/csv; charset=utf-8", "datasets.csv");
    }

    static JsonHttpResult<IReadOnlyList<string>> Suggest(Finder finder, string? q) =>
        TypedResults.Json<IReadOnlyList<string>>(q is { Length: >= 2 and <= 40 } ? [.. finder.Suggest(q, isPublic: true).Select(s => s.Text).Distinct(StringComparer.Ordinal)] : []);

    static void Line(StringBuilder table, string[] cells) => table.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    // A name that a spreadsheet would run as a formula is made text.
    internal static string Cell(string text)
    {
        var safe = Bulk.IsFormulaLike(text) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
