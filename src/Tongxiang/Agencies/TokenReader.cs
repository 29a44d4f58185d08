using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>What a valid access token says.</summary>
/// <param name="IsAsserted">Whether the client signed for it with its own key; what a person fetched at the desk is a bearer like any key.</param>
/// <param name="Matter">Fixed for the token's life; it wins over the header of the same name. So do <paramref name="Case"/> and <paramref name="Operator"/>.</param>
public sealed record Bearer(Caller Caller, string TokenId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, bool IsAsserted, string? Matter, string? Case, string? Operator);

/// <summary>Reads access tokens that this node signed. A signature is checked once per token; expiry and revocation at every call.</summary>
public sealed class TokenReader(TokenKeys keys, Clients clients, Directory directory, TimeProvider clock, NodeSettings settings)
{
    internal const string Audience = "tongxiang";
    internal const string TokenType = "at+jwt";

    /// <summary>How the client proved itself; a token that does not say so counts as a mere key.</summary>
    internal const string Proof = "tx:proof";
    internal const string Asserted = "assertion";
    private const int LongestToken = 8 << 10;
    private const int MostKept = 20_000;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly ConcurrentDictionary<string, Signed> known = new(StringComparer.Ordinal);

    private sealed record Signed(Id<Client> Client, string TokenId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, bool IsAsserted, string? Matter, string? Case, string? Operator);

    /// <summary>The bearer, or null for a token that is not ours, has ended or was revoked; which of them is not told to the outside.</summary>
    public async ValueTask<Bearer?> Read(string token)
    {
        if (token.Length is 0 or > LongestToken) return null;
        var digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (!known.TryGetValue(digest, out var signed))
        {
            signed = await Verify(token);
            if (signed is null) return null;
            Keep(digest, signed);
        }
        return Current(signed);
    }

    // Everything that can change after the signature was checked.
    private Bearer? Current(Signed signed)
    {
        if (clock.GetUtcNow() >= signed.ExpiresAt) return null;
        if (clients.Find(signed.Client) is not { IsEnabled: true } client) return null;
        // Token times are whole seconds: one issued in the second of a revocation is taken as older.
        if (signed.IssuedAt <= client.TokensAfter) return null;
        return new Bearer(Caller.Of(client, directory), signed.TokenId, signed.IssuedAt, signed.ExpiresAt, signed.IsAsserted, signed.Matter, signed.Case, signed.Operator);
    }

    private async ValueTask<Signed?> Verify(string token)
    {
        var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [TokenType],
            ValidAudience = Audience,
            // Only this node's own keys are tried: a jwk, jku or x5c in the header is never read.
            IssuerSigningKeyResolver = (_, _, kid, _) => keys.Find(kid) is { } key ? [key] : [],
            TryAllIssuerSigningKeys = false,
            ValidateIssuer = settings.PublicUrl is not null,
            ValidIssuers = settings.PublicUrl is { } url ? [url, url.TrimEnd('/') + "/"] : [],
            RequireExpirationTime = true,
            LifetimeValidator = (begins, expires, token, _) => IsOfNow(begins, expires, token),
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt) return null;
        if (!Id<Client>.TryParse(jwt.Subject, null, out var client) || Claim(jwt, "tx:kind") != "client" || string.IsNullOrEmpty(jwt.Id)) return null;
        return new Signed(client, jwt.Id, new DateTimeOffset(jwt.IssuedAt, TimeSpan.Zero), new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero), Claim(jwt, Proof) == Asserted,
            Claim(jwt, CallContext.Matter), Claim(jwt, CallContext.Case), Claim(jwt, CallContext.Operator));
    }

    // A token of the future would outlast the revocations before its time. Copies of the node may differ by as much as clients may.
    private bool IsOfNow(DateTime? begins, DateTime? expires, SecurityToken token)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end && !(begins > now + Assertions.Skew) && token is JsonWebToken jwt && jwt.IssuedAt <= now + Assertions.Skew;
    }

    private void Keep(string digest, Signed signed)
    {
        if (known.Count >= MostKept)
        {
            var at = clock.GetUtcNow();
            foreach (var (old, _) in known.Where(k => k.Value.ExpiresAt <= at)) known.TryRemove(old, out _);
            if (known.Count >= MostKept) known.Clear();
        }
        known[digest] = signed;
    }

    private static string? Claim(JsonWebToken jwt, string name) => jwt.TryGetPayloadValue<string>(name, out var value) ? value : null;
}

/// <summary>Names of the call context, the same as headers and as token claims.</summary>
public static class CallContext
{
    public const string Matter = "Data-Matter";
    public const string Case = "Data-Case";
    public const string Operator = "Data-Operator";

    internal static readonly string[] All = [Matter, Case, Operator];

    /// <summary>Whether a value may stand in the evidence: up to 200 characters, something to read in it, and nothing that ends, hides or turns a line.</summary>
    public static bool Takes(string value) => value.Length <= 200 && value.EnumerateRunes().All(IsPlain) && value.EnumerateRunes().Any(Rune.IsLetterOrDigit);

    // Half a surrogate pair is enumerated as the replacement character.
    private static bool IsPlain(Rune rune) =>
        rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
