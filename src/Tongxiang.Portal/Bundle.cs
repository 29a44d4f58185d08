using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tongxiang.Portal;

/// <summary>The stylesheet and scripts embedded in this assembly, each at an address that names its content, so that a browser may keep it for ever.</summary>
public static class Bundle
{
    sealed record Piece(string Name, string Url, string Type, byte[] Plain)
    {
        // Compressed at the first request, once per process: the smallest form costs about a third of a second of CPU for the largest script.
        readonly Lazy<byte[]> _brotli = new(() => Brotli(Plain));
        public byte[] Small => _brotli.Value;
    }

    static readonly FrozenDictionary<string, Piece> ByName = Load().ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);
    static readonly FrozenDictionary<string, Piece> ByUrl = ByName.Values.ToFrozenDictionary(p => p.Url, StringComparer.Ordinal);

    /// <summary>The address of <paramref name="name"/>, for example <c>app.css</c>.</summary>
    public static string Url(string name) => ByName[name].Url;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/assets/{file}", ["GET", "HEAD"], Send).ExcludeFromDescription().WithName("portal.asset");
        routes.MapGet("/favicon.ico", () => Results.Redirect(Url("mark.svg"))).ExcludeFromDescription();
    }

    static Task Send(HttpContext http)
    {
        var answer = http.Response;
        if (!ByUrl.TryGetValue(http.Request.Path.Value!, out var piece))
        {
            answer.StatusCode = 404;
            return Task.CompletedTask;
        }
        var small = AcceptsBrotli(http.Request);
        var body = small ? piece.Small : piece.Plain;
        answer.Headers.CacheControl = "public, max-age=31536000, immutable";
        answer.Headers.Vary = "Accept-Encoding";
        if (small)
            answer.Headers.ContentEncoding = "br";
        answer.ContentType = piece.Type;
        answer.ContentLength = body.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : answer.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    static bool AcceptsBrotli(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value.Equals("br", StringComparison.OrdinalIgnoreCase) && e.Quality is null or > 0);

    static IEnumerable<Piece> Load()
    {
        var assembly = typeof(Bundle).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith("bundle/", StringComparison.Ordinal)))
        {
            var name = resource["bundle/".Length..];
            var bytes = Read(assembly, resource);
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
            var dot = name.LastIndexOf('.');
            yield return new Piece(name, $"/assets/{name[..dot]}.{hash}{name[dot..]}", TypeOf(name[dot..]), bytes);
        }
    }

    static byte[] Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    static string TypeOf(string extension) => extension switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    static byte[] Brotli(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize))
            brotli.Write(plain);
        return packed.ToArray();
    }
}
