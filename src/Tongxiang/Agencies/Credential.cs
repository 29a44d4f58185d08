using Microsoft.AspNetCore.Http;

namespace Tongxiang.Agencies;

/// <summary>The ways a request can show who calls.</summary>
internal enum CredentialKind { Bearer, Proven, HeaderKey, Legacy, Unclear }

/// <summary>What a request shows of itself: a token alone, a token with a proof, a header key, or the signature of an older platform.</summary>
internal readonly record struct Credential(CredentialKind Kind, string Value)
{
    public const string KeyHeader = "Api-Key";
    private const string BearerPrefix = "Bearer ";
    private const string ProvenPrefix = "DPoP ";

    /// <summary>Null: nothing; whoever signed in by a cookie, or nobody. Two at once are unclear, and unclear is refused.</summary>
    public static Credential? Of(HttpRequest request)
    {
        var (shown, key) = (request.Headers.Authorization, request.Headers[KeyHeader]);
        if (key.Count > 0) return new(key.Count == 1 && shown.Count == 0 ? CredentialKind.HeaderKey : CredentialKind.Unclear, key[0] ?? "");
        if (LegacyKeys.IsSigned(request) && !request.Path.StartsWithSegments("/legacy", StringComparison.OrdinalIgnoreCase)) return new(shown.Count == 0 ? CredentialKind.Legacy : CredentialKind.Unclear, "");
        var text = shown.ToString();
        if (text.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase)) return new(CredentialKind.Bearer, text[BearerPrefix.Length..].Trim());
        if (text.StartsWith(ProvenPrefix, StringComparison.OrdinalIgnoreCase)) return new(shown.Count == 1 ? CredentialKind.Proven : CredentialKind.Unclear, text[ProvenPrefix.Length..].Trim());
        // A proof without a token proves nothing, and its sender does not mean to be nobody.
        return request.Headers.ContainsKey(Proofs.Header) && !request.Path.StartsWithSegments("/connect", StringComparison.OrdinalIgnoreCase) ? new(CredentialKind.Unclear, "") : null;
    }
}
