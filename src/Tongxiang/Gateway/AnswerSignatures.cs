using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using NSec.Cryptography;
using Tongxiang.Core.Crypto;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>
/// Signs single answers (HTTP Message Signatures, RFC 9421) for callers who ask with <c>Accept-Signature</c>: status, type, digest of the body, receipt, and method,
/// path and query of the request. Without asking, an answer is vouched for by its receipt in the signed log, which costs a caller nothing.
/// </summary>
public sealed partial class AnswerSignatures(Home home, NodeKey node, TimeProvider clock)
{
    public const string Asked = "Accept-Signature";
    private const string Label = "tongxiang";
    private readonly Lazy<(byte[] Seed, string KeyId, byte[] PublicKey)> key = new(() => Open(home, node));

    internal void Map(IEndpointRouteBuilder app) => app.MapGet("/.well-known/http-message-signatures-directory", (HttpResponse to) =>
    {
        to.Headers.CacheControl = "public, max-age=3600";
        return TypedResults.Json(new { keys = new[] { new { kty = "OKP", crv = "Ed25519", kid = key.Value.KeyId, x = Base64Url.EncodeToString(key.Value.PublicKey), use = "sig", alg = "EdDSA" } } });
    }).WithName("gateway.answer-key");

    /// <summary>Whether the caller wants this answer signed.</summary>
    public static bool IsAsked(HttpRequest request) => request.Headers.ContainsKey(Asked);

    /// <summary>Sets digest and signature of an answer whose headers are complete and whose body is known.</summary>
    public void Sign(HttpContext http, ReadOnlySpan<byte> body)
    {
        var headers = http.Response.Headers;
        headers["Content-Digest"] = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";
        List<SignedComponent> covered = [new("@status", http.Response.StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        foreach (var name in (string[])["content-type", "content-digest", "content-range", "evidence-receipt"])
            if (headers[name] is { Count: > 0 } value) covered.Add(new(name, string.Join(", ", value.ToArray())));
        covered.Add(new("@method", http.Request.Method, IsOfRequest: true));
        covered.Add(new("@path", Path(http), IsOfRequest: true));
        covered.Add(new("@query", http.Request.QueryString.HasValue ? http.Request.QueryString.Value! : "?", IsOfRequest: true));
        var signature = new MessageSignature(covered, clock.GetUtcNow(), key.Value.KeyId, "ed25519", NonceOf(http.Request));
        using var signer = Key.Import(SignatureAlgorithm.Ed25519, key.Value.Seed, KeyBlobFormat.RawPrivateKey);
        headers["Signature-Input"] = $"{Label}={signature.Parameters}";
        headers["Signature"] = $"{Label}=:{Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(signer, Encoding.UTF8.GetBytes(signature.Base())))}:";
        headers.Append("Vary", Asked);
    }

    // As it stood on the wire: a path that was decoded and encoded again need not be the same bytes.
    private static string Path(HttpContext http) => http.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw && raw[0] == '/' ? raw.Split('?')[0] : http.Request.Path.Value ?? "/";

    // The caller's number makes the answer its own: an old one cannot be played to it again.
    private static string? NonceOf(HttpRequest request) => NonceText().Match(request.Headers[Asked].ToString()) is { Success: true } found ? found.Groups[1].Value : null;

    private static (byte[] Seed, string KeyId, byte[] PublicKey) Open(Home home, NodeKey node)
    {
        var path = System.IO.Path.Combine(home.Keys, "answers.key");
        if (KeyFile.Read(path, node) is not { } kept)
        {
            kept = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
            KeyFile.Write(path, kept, node);
        }
        var seed = Convert.FromBase64String(kept);
        using var key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        var own = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        // RFC 7638 over the members of an OKP key (RFC 8037).
        return (seed, Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{Base64Url.EncodeToString(own)}}"}"""))), own);
    }

    [GeneratedRegex(";\\s*nonce=\"([A-Za-z0-9+/=_.~-]{1,100})\"", RegexOptions.CultureInvariant)]
    private static partial Regex NonceText();
}
