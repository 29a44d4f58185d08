using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Absolute addresses of what the catalogue describes.</summary>
/// <param name="Root">Without a slash at the end.</param>
public sealed record Links(string Root)
{
    /// <summary>As the settings say, else as the node was called.</summary>
    public static Links Of(HttpRequest request, NodeSettings settings) => new((settings.PublicUrl ?? $"{request.Scheme}://{request.Host.ToUriComponent()}").TrimEnd('/'));

    public string Catalog => Root + "/catalog";

    public string Dataset(string slug) => $"{Root}/datasets/{slug}";

    public string Agency(string slug) => $"{Root}/agencies/{slug}";

    public string Data(string slug) => $"{Root}/data/{slug}";

    public string Download(string slug, string format) => $"{Root}/data/{slug}/download.{format}";

    /// <summary>A term of one of our lists, such as <c>/def/theme/transport</c>.</summary>
    public string Term(string list, string key) => $"{Root}/def/{list}/{key}";

    /// <summary>The licence's address; one that is only named in words gets an address of ours.</summary>
    public string Licence(string licence) => Themes.Licences.Find(licence)?.Note is { } note
        ? note.StartsWith('/') ? Root + note : note
        : Term("licence", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(licence)))[..16]);
}
