using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A client's public key as it is kept: only the public members of its JWK, and a key id without surprises.</summary>
/// <param name="Kid">The given key id, or the RFC 7638 thumbprint.</param>
/// <param name="Jwk">Normal form of the JWK.</param>
public sealed partial record PublicKey(string Kid, string Jwk)
{
    private const int SmallestRsaBits = 2048;
    private const int LargestRsaBits = 8192;
    /// <summary>RFC 7638, base64url: the same key has the same, whatever it is called.</summary>
    public required string Thumbprint { get; init; }

    internal bool IsElliptic => Jwk.Contains("\"kty\":\"EC\"", StringComparison.Ordinal);

    private static readonly string[] Private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Takes an EC key on P-256 or an RSA key from 2048 bits; anything private is refused, so that no secret ever lies here.</summary>
    public static Outcome<PublicKey> Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object) return Wrong("agencies.key-form");
        if (jwk.EnumerateObject().Any(p => Private.Contains(p.Name))) return Wrong("agencies.key-private");
        if (Text(jwk, "use") is { } use && use != "sig") return Wrong("agencies.key-use", use);
        if (Text(jwk, "kid") is { } given && !Kids().IsMatch(given)) return Wrong("agencies.key-kid");
        return Text(jwk, "kty") switch
        {
            "EC" => Ec(jwk),
            "RSA" => Rsa(jwk),
            var kty => Wrong("agencies.key-type", kty),
        };
    }

    private static Outcome<PublicKey> Ec(JsonElement jwk)
    {
        if (Text(jwk, "crv") != "P-256") return Wrong("agencies.key-curve", Text(jwk, "crv"));
        if (Bytes(jwk, "x") is not { Length: 32 } x || Bytes(jwk, "y") is not { Length: 32 } y) return Wrong("agencies.key-form");
        try
        {
            // Importing checks that the point lies on the curve.
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
        }
        catch (CryptographicException)
        {
            return Wrong("agencies.key-point");
        }
        var thumb = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(x)}}","y":"{{Base64Url.EncodeToString(y)}}"}""";
        return Make(jwk, thumb, "ES256");
    }

    private static Outcome<PublicKey> Rsa(JsonElement jwk)
    {
        if (Bytes(jwk, "n") is not { Length: > 0 } n || Bytes(jwk, "e") is not { Length: > 0 and <= 8 } e) return Wrong("agencies.key-form");
        var modulus = n.AsSpan().TrimStart((byte)0).ToArray();
        var bits = modulus.Length * 8;
        if (bits is < SmallestRsaBits or > LargestRsaBits) return Wrong("agencies.key-size", bits);
        var exponent = e.Aggregate(0UL, (sum, b) => (sum << 8) | b);
        if (exponent < 65537 || exponent % 2 == 0 || modulus[^1] % 2 == 0) return Wrong("agencies.key-form");
        var alg = Text(jwk, "alg") == "RS256" ? "RS256" : "PS256";
        var thumb = $$"""{"e":"{{Base64Url.EncodeToString(e)}}","kty":"RSA","n":"{{Base64Url.EncodeToString(modulus)}}"}""";
        return Make(jwk, thumb, alg);
    }

    private static Outcome<PublicKey> Make(JsonElement jwk, string thumb, string alg)
    {
        if (Text(jwk, "alg") is { } wanted && wanted != alg) return Wrong("agencies.key-alg", wanted);
        var digest = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(thumb)));
        var kid = Text(jwk, "kid") ?? digest;
        return new PublicKey(kid, $$"""{"kid":"{{kid}}","use":"sig",{{thumb[1..]}}""") { Thumbprint = digest };
    }

    /// <summary>Whether the signature is this key's: ES256 as 64 bytes, PS256 or RS256.</summary>
    internal bool Verifies(string algorithm, byte[] content, byte[] signature)
    {
        using var jwk = JsonDocument.Parse(Jwk);
        if (algorithm == "ES256")
        {
            using var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(jwk.RootElement, "x"), Y = Bytes(jwk.RootElement, "y") } });
            return signature.Length == 64 && ec.VerifyData(content, signature, HashAlgorithmName.SHA256);
        }
        using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(jwk.RootElement, "n"), Exponent = Bytes(jwk.RootElement, "e") });
        return rsa.VerifyData(content, signature, HashAlgorithmName.SHA256, algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    private static string? Text(JsonElement jwk, string name) => jwk.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : "?" : null;

    private static byte[]? Bytes(JsonElement jwk, string name)
    {
        if (Text(jwk, name) is not { Length: > 0 and < 2000 } text) return null;
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static Refusal Wrong(string key, params object?[] args) => Refusal.Invalid(new FieldError("jwk", key, args));

    [GeneratedRegex("^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,99}$")]
    private static partial Regex Kids();
}
