using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tongxiang.Portal.Desk.Cases;

/// <summary>Makes a key pair (P-256) for a client: the public JWK to register and the private one to show once.</summary>
static class KeyPair
{
    public static (JsonElement Public, string Private) Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parts = key.ExportParameters(includePrivateParameters: true);
        var kid = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 8));
        var pub = new Dictionary<string, string> { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = kid, ["alg"] = "ES256", ["x"] = Base64Url.EncodeToString(parts.Q.X), ["y"] = Base64Url.EncodeToString(parts.Q.Y) };
        var whole = new Dictionary<string, string>(pub) { ["d"] = Base64Url.EncodeToString(parts.D) };
        return (JsonSerializer.SerializeToElement(pub), JsonSerializer.Serialize(whole));
    }
}
