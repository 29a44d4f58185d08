using Tongxiang.Catalog;

namespace Tongxiang.Portal.Public.Uses;

/// <summary>Finds the public dataset a person means: by its code, the address of its page, its short name or its name.</summary>
static class UseDatasets
{
    const string Page = "/datasets/";

    /// <summary>Null when there is none, or when a name means several.</summary>
    public static Entry? Find(Catalogue catalogue, string said)
    {
        var at = said.LastIndexOf(Page, StringComparison.Ordinal);
        var name = at < 0 ? said : said[(at + Page.Length)..].Split('/', '?', '#')[0];
        var found = catalogue.BySlug(name) ?? catalogue.ByCode(name)
            ?? (catalogue.All.Where(e => e.IsPublic && (e.Content.Name == name || e.Content.NameEn == name)).Take(2).ToArray() is [var one] ? one : null);
        return found is { IsPublic: true } ? found : null;
    }
}
