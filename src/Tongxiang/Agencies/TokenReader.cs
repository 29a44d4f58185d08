using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Reads access tokens that this node signed. A signature is checked once per token; expiry and revocation at every call.</summary>
public sealed class TokenReader(TokenKeys keys, Clients clients, Directory directory, TimeProvider clock, NodeSettings settings)
{
    internal const string Audience = "tongxiang";
    internal const string TokenType = "at+jwt";

    /// <summary>How the client proved itself; a token that does not say so counts as a mere key.</summary>
    internal const string Proof = "tx:proof";
    internal const string Asserted = "assertion";
    internal const int LongestToken = 8 << 10;
    private const int MostKept = 20_000;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly TokenCache<Signed> known = new(MostKept);

    // What the signature vouches for, and the bearer made of it while its client stays the same.
    private sealed record Signed(Id<Client> Client, Bearer Said)
    {
        public volatile Bearer? Made;
    }

    internal int Kept => known.Count;

    /// <summary>The bearer, or null for a token that is not ours, has ended or was revoked; which of them is not told to the outside. Whether it is bound, and to what, is the caller's to check.</summary>
    public ValueTask<Bearer?> Read(string token)
    {
        if (token.Length is 0 or > LongestToken) return default;
        var digest = TokenDigest.Of(token);
        return known.Find(digest) is { } signed ? new(Current(signed)) : ReadFirst(token, digest);
    }

    private async ValueTask<Bearer?> ReadFirst(string token, TokenDigest digest)
    {
        if (await Verify(token) is not { } signed) return null;
        known.Keep(digest, signed);
        return Current(signed);
    }

    // Everything that can change after the signature was checked.
    private Bearer? Current(Signed signed)
    {
        if (clock.GetUtcNow() >= signed.Said.ExpiresAt) return null;
        if (clients.Find(signed.Client) is not { IsEnabled: true } client) return null;
        // Token times are whole seconds: one issued in the second of a revocation is taken as older.
        if (signed.Said.IssuedAt <= client.TokensAfter) return null;
        var agency = client.Agency is { } id ? directory.Find(id) : null;
        if (signed.Made is { } made && ReferenceEquals(made.Client, client) && ReferenceEquals(made.Agency, agency)) return made;
        return signed.Made = signed.Said with { Caller = Caller.Of(client, directory), Client = client, Agency = agency, Clients = clients };
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
        var said = new Bearer(
            Caller.Anonymous, jwt.Id, new DateTimeOffset(jwt.IssuedAt, TimeSpan.Zero), new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero), Claim(jwt, Proof) == Asserted,
            Claim(jwt, CallContext.Matter), Claim(jwt, CallContext.Case), Claim(jwt, CallContext.Operator))
        {
            OperatorAssurance = Claim(jwt, CallContext.OperatorAssurance),
        };
        return Bound(jwt, said) is { } whole ? new Signed(client, whole) : null;
    }

    // A token that is bound to something this node cannot check is bound all the same: nobody may use it.
    private static Bearer? Bound(JsonWebToken jwt, Bearer said)
    {
        if (!jwt.TryGetPayloadValue<JsonElement>(Binding.Claim, out var bond)) return said;
        var (key, certificate) = Binding.Read(bond);
        return key is null && certificate is null ? null : said with { ProofKey = key, Certificate = certificate };
    }

    // A token of the future would outlast the revocations before its time. Copies of the node may differ by as much as clients may.
    private bool IsOfNow(DateTime? begins, DateTime? expires, SecurityToken token)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end && !(begins > now + Assertions.Skew) && token is JsonWebToken jwt && jwt.IssuedAt <= now + Assertions.Skew;
    }

    private static string? Claim(JsonWebToken jwt, string name) => jwt.TryGetPayloadValue<string>(name, out var value) ? value : null;
}
