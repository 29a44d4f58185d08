using System.Text.Json;

namespace Tongxiang.Agencies;

/// <summary>What a token is bound to (<c>cnf</c>, RFC 7800): a key that proves each call, a certificate the connection shows, or both.</summary>
internal static class Binding
{
    public const string Claim = "cnf";
    private const string KeyName = "jkt";
    private const string CertificateName = "x5t#S256";

    /// <summary>The claim's value; null: bound to nothing.</summary>
    public static Dictionary<string, string>? Of(string? key, string? certificate)
    {
        var bond = new Dictionary<string, string>(StringComparer.Ordinal);
        if (key is not null) bond[KeyName] = key;
        if (certificate is not null) bond[CertificateName] = certificate;
        return bond.Count == 0 ? null : bond;
    }

    public static (string? Key, string? Certificate) Read(JsonElement bond) => bond.ValueKind == JsonValueKind.Object ? (Text(bond, KeyName), Text(bond, CertificateName)) : (null, null);

    private static string? Text(JsonElement bond, string name) => bond.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
