using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tongxiang.Agencies;

/// <summary>A proof that its sender holds a private key (DPoP, RFC 9449): its signature stood, nothing else is checked yet.</summary>
/// <param name="Key">RFC 7638 thumbprint of the key that signed it.</param>
/// <param name="IssuedAt">Unix seconds.</param>
/// <param name="TokenDigest">The token it was made for (<c>ath</c>).</param>
internal sealed record Proof(string Key, string Id, string Method, string Target, double IssuedAt, string? TokenDigest, string? Nonce);

/// <summary>Reads proofs: form, algorithm, key and signature. What is wrong comes back as a key of the texts.</summary>
internal static class ProofReader
{
    public const int Longest = 4 << 10;
    public static readonly string[] Algorithms = ["ES256", "PS256", "RS256"];

    // The key stands in the proof itself, as jwk: whatever else could name one, or change how it is read, is refused.
    private static readonly string[] Refused = ["jku", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64", "zip", "enc"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>The proof, or what is wrong with it.</summary>
    public static (Proof? Proof, string? Flaw) Read(string text)
    {
        if (text.Length > Longest) return (null, "agencies.proof.long");
        var parts = text.Split('.');
        if (parts.Length != 3 || parts.Any(p => p.Length == 0)) return (null, "agencies.proof.form");
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]), Strict);
            if (Key(header.RootElement, out var key, out var algorithm) is { } flaw) return (null, flaw);
            var content = Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]);
            if (!key!.Verifies(algorithm, content, Base64Url.DecodeFromChars(parts[2]))) return (null, "agencies.proof.signature");
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]), Strict);
            return Claims(claims.RootElement, key.Thumbprint);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return (null, "agencies.proof.form");
        }
    }

    private static string? Key(JsonElement header, out PublicKey? key, out string algorithm)
    {
        (key, algorithm) = (null, "");
        if (header.ValueKind != JsonValueKind.Object || !string.Equals(Text(header, "typ"), "dpop+jwt", StringComparison.OrdinalIgnoreCase)) return "agencies.proof.type";
        algorithm = Text(header, "alg") ?? "";
        if (!Algorithms.Contains(algorithm)) return "agencies.proof.algorithm";
        if (Refused.Any(name => header.TryGetProperty(name, out _))) return "agencies.proof.header";
        if (!header.TryGetProperty("jwk", out var jwk)) return "agencies.proof.key";
        var read = PublicKey.Read(jwk);
        if (read.IsRefused || read.Value.IsElliptic != (algorithm == "ES256")) return "agencies.proof.key";
        if (Text(jwk, "alg") is { } own && own != algorithm) return "agencies.proof.key";
        key = read.Value;
        return null;
    }

    private static (Proof?, string?) Claims(JsonElement claims, string key)
    {
        if (claims.ValueKind != JsonValueKind.Object) return (null, "agencies.proof.form");
        if (Text(claims, "jti") is not { Length: >= 8 and <= 200 } id) return (null, "agencies.proof.id");
        if (Text(claims, "htm") is not { Length: > 0 } method) return (null, "agencies.proof.method");
        if (Text(claims, "htu") is not { Length: > 0 } target) return (null, "agencies.proof.target");
        if (!claims.TryGetProperty("iat", out var at) || at.ValueKind != JsonValueKind.Number || !at.TryGetDouble(out var seconds)) return (null, "agencies.proof.time");
        return (new Proof(key, id, method, target, seconds, Text(claims, "ath"), Text(claims, "nonce")), null);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>What a proof calls a token by (<c>ath</c>).</summary>
    public static string DigestOf(string token) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
}
