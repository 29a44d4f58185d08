using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Tongxiang.Catalog;

namespace Tongxiang.Portal.Public;

/// <summary>schema.org's description of a dataset for search engines: a data block, which no script policy executes.</summary>
static class StructuredData
{
    // This encoder escapes &lt;, &gt; and &amp;, so no value can end the element.
    static readonly JsonSerializerOptions Safe = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static MarkupString Of(Shown dataset, Visit visit)
    {
        var c = dataset.Content;
        var url = visit.Origin + dataset.Href;
        var block = new Dictionary<string, object?>
        {
            ["@context"] = "https://schema.org",
            ["@type"] = "Dataset",
            ["@id"] = url,
            ["url"] = url,
            ["identifier"] = dataset.Entry.Code,
            ["name"] = visit.Pick(c.Name, c.NameEn),
            ["description"] = visit.Pick(c.Abstract, c.AbstractEn),
            ["keywords"] = c.Keywords,
            ["isAccessibleForFree"] = c.Opening.Class == OpenClass.Open,
            ["license"] = visit.Origin + "/licence",
            ["creator"] = new Dictionary<string, object?> { ["@type"] = "GovernmentOrganization", ["name"] = visit.Pick(dataset.Provider.Name, dataset.Provider.NameEn), ["url"] = visit.Origin + "/orgs/" + dataset.Provider.Slug },
            ["datePublished"] = dataset.Entry.PublishedAt is { } at ? Visit.Day(at) : null,
            ["dateModified"] = dataset.Version is { } v ? Visit.Day(v.LandedAt) : null,
            ["version"] = dataset.Version?.Number,
            ["variableMeasured"] = c.Fields.Select(f => f.Title).ToArray(),
            ["distribution"] = dataset.Entry.IsOpen && dataset.Version is not null ? new object[] { File(dataset, visit, "text/csv", "csv"), File(dataset, visit, "application/vnd.apache.parquet", "parquet") } : null,
        };
        return new MarkupString("<script type=\"application/ld+json\">" + JsonSerializer.Serialize(block.Where(p => p.Value is not null).ToDictionary(), Safe) + "</script>");
    }

    static Dictionary<string, object?> File(Shown dataset, Visit visit, string type, string format) => new()
    {
        ["@type"] = "DataDownload",
        ["encodingFormat"] = type,
        ["contentUrl"] = $"{visit.Origin}/data/{dataset.Slug}/download.{format}",
    };
}
