using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tongxiang.Server.Verbs;

/// <summary>A private key of a client, from PEM or JWK.</summary>
internal sealed class Signer : IDisposable
{
    private readonly ECDsa? ec;
    private readonly RSA? rsa;

    private Signer(ECDsa? ec, RSA? rsa, string? kid)
    {
        (this.ec, this.rsa) = (ec, rsa);
        Kid = kid ?? Thumbprint();
    }

    public string Kid { get; }

    public string Algorithm => ec is not null ? "ES256" : "PS256";

    /// <exception cref="ArgumentException">Neither PEM nor JWK of an EC P-256 or RSA key.</exception>
    public static Signer Read(string text, string? kid) => text.TrimStart().StartsWith('{') ? FromJwk(JsonDocument.Parse(text).RootElement, kid) : FromPem(text, kid);

    public static Signer FromJwk(JsonElement jwk, string? kid)
    {
        kid ??= jwk.TryGetProperty("kid", out var own) ? own.GetString() : null;
        byte[] Part(string name) => Base64Url.DecodeFromChars(jwk.GetProperty(name).GetString());
        return jwk.GetProperty("kty").GetString() switch
        {
            "EC" => new(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Part("x"), Y = Part("y") }, D = Part("d") }), null, kid),
            "RSA" => new(null, RSA.Create(new RSAParameters
            {
                Modulus = Part("n"),
                Exponent = Part("e"),
                D = Part("d"),
                P = Part("p"),
                Q = Part("q"),
                DP = Part("dp"),
                DQ = Part("dq"),
                InverseQ = Part("qi"),
            }), kid),
            var kty => throw new ArgumentException($"kty {kty}: EC (P-256) or RSA is needed."),
        };
    }

    /// <summary>The public half as a JWK, as a proof carries it.</summary>
    public Dictionary<string, string> Public() => ec is not null
        ? ec.ExportParameters(false).Q is var q ? new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(q.X), ["y"] = Base64Url.EncodeToString(q.Y) } : []
        : rsa!.ExportParameters(false) is var p ? new() { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(p.Modulus), ["e"] = Base64Url.EncodeToString(p.Exponent) } : [];

    /// <summary>Header and claims as a signed JWT.</summary>
    public string Jwt(Dictionary<string, object> header, Dictionary<string, object> claims)
    {
        header["alg"] = Algorithm;
        var content = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{content}.{Base64Url.EncodeToString(Sign(Encoding.ASCII.GetBytes(content)))}";
    }

    public byte[] Sign(byte[] data) => ec is not null ? ec.SignData(data, HashAlgorithmName.SHA256) : rsa!.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    public void Dispose()
    {
        ec?.Dispose();
        rsa?.Dispose();
    }

    private static Signer FromPem(string text, string? kid)
    {
        var ec = ECDsa.Create();
        try
        {
            ec.ImportFromPem(text);
            return new Signer(ec, null, kid);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            ec.Dispose();
        }
        var rsa = RSA.Create();
        rsa.ImportFromPem(text);
        return new Signer(null, rsa, kid);
    }

    // RFC 7638, as the node names a key that was registered without a kid.
    private string Thumbprint()
    {
        var text = ec is not null
            ? ec.ExportParameters(false).Q is var q ? $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(q.X)}}","y":"{{Base64Url.EncodeToString(q.Y)}}"}""" : ""
            : rsa!.ExportParameters(false) is var p ? $$"""{"e":"{{Base64Url.EncodeToString(p.Exponent)}}","kty":"RSA","n":"{{Base64Url.EncodeToString(p.Modulus)}}"}""" : "";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
