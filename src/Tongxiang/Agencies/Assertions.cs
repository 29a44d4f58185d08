using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using Microsoft.AspNetCore;
using Tongxiang.Kernel;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Tongxiang.Agencies;

/// <summary>What a client assertion must be before OpenIddict looks at its signature (RFC 7523, RFC 8725), and that it is used once.</summary>
internal sealed class Assertions(Db db, TimeProvider clock, Clients clients, Attempts attempts, NodeSettings settings)
{
    internal static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(10);
    private const int LongestAssertion = 8 << 10;
    private static readonly string[] Algorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSha256];
    private static readonly string[] OwnKeyHeaders = ["jwk", "jku", "x5c", "x5u", "x5t", "crit", "b64", "zip"];

    /// <summary>Before anything else: address, throttle and the form of the assertion.</summary>
    public async ValueTask Check(ValidateTokenRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (!IsOwnHost(http, settings))
        {
            context.Reject(OpenIddictConstants.Errors.InvalidRequest, "Set Node:PublicUrl: without it tokens are only issued to callers of this very machine's address.");
            return;
        }
        if (await attempts.Wait(http.Connection.RemoteIpAddress, http.RequestAborted) is { } wait)
        {
            http.Response.Headers.RetryAfter = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Ceiling(wait.TotalSeconds)}");
            context.Reject("slow_down", "Too many failed attempts from this address.");
            return;
        }
        if (Flaw(context.Request) is not { } flaw) return;
        context.Reject(OpenIddictConstants.Errors.InvalidClient, flaw);
    }

    /// <summary>After the signature stood: times within reason, and the jti never seen before.</summary>
    public async ValueTask<string?> Spend(string assertion, CancellationToken ct)
    {
        var jwt = new JsonWebToken(assertion);
        var now = clock.GetUtcNow();
        if (jwt.Id is not { Length: >= 8 and <= 200 }) return "The assertion needs a jti of 8 to 200 characters.";
        var expires = new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero);
        if (expires <= now - Skew) return "The assertion has expired.";
        if (expires > now + LongestLife + Skew) return "The assertion lives too long: at most 10 minutes.";
        if (jwt.IssuedAt != DateTime.MinValue && new DateTimeOffset(jwt.IssuedAt, TimeSpan.Zero) > now + Skew) return "The assertion comes from the future: set the clock.";
        if (jwt.ValidFrom != DateTime.MinValue && new DateTimeOffset(jwt.ValidFrom, TimeSpan.Zero) > now + Skew) return "The assertion is not valid yet: set the clock.";
        var isNew = await db.Run(
            $"""
            insert into agencies_assertion (client_id, jti, until_at) values ({jwt.Issuer}, {jwt.Id}, {expires + Skew})
            on conflict (client_id, jti) do nothing
            """, ct) == 1;
        return isNew ? null : "The assertion was used before: make a new one with a new jti.";
    }

    /// <summary>Call context that the client signed into its assertion; it stays with the token.</summary>
    public static IEnumerable<(string Name, string Value)> Context(string assertion)
    {
        var jwt = new JsonWebToken(assertion);
        foreach (var name in CallContext.All)
            if (jwt.TryGetPayloadValue<string>(name, out var value) && CallContext.Takes(value)) yield return (name, value);
    }

    public Task Failed(HttpContext http) => attempts.Begin(null, http.Connection.RemoteIpAddress, CancellationToken.None);

    public Task Forget(CancellationToken ct) => db.Run($"delete from agencies_assertion where until_at < {clock.GetUtcNow()}", ct);

    private string? Flaw(OpenIddictRequest request)
    {
        if (!string.IsNullOrEmpty(request.ClientSecret)) return "Client secrets are not taken: sign an assertion (private_key_jwt).";
        if (request.ClientAssertion is not { Length: > 0 } assertion || request.ClientAssertionType != OpenIddictConstants.ClientAssertionTypes.JwtBearer)
            return "Send client_assertion and client_assertion_type (private_key_jwt, RFC 7523).";
        if (assertion.Length > LongestAssertion) return "The assertion is too long.";
        JsonWebToken jwt;
        try
        {
            jwt = new JsonWebToken(assertion);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or JsonException or FormatException)
        {
            return "The assertion is no JWT.";
        }
        if (!Algorithms.Contains(jwt.Alg)) return "Sign with ES256, PS256 or RS256.";
        if (OwnKeyHeaders.FirstOrDefault(h => jwt.TryGetHeaderValue<object>(h, out _)) is { } header) return $"The header '{header}' is not taken: keys come from the registration.";
        if (jwt.Typ is { Length: > 0 } type && type is not ("JWT" or "client-authentication+jwt")) return "The header typ must be JWT.";
        // A key of another kind under the same id must not be tried with this algorithm.
        var client = clients.Find(jwt.Issuer);
        if (client is not null && clients.KeysOf(client.Id).All(k => k.Kid != jwt.Kid)) return "The key id (kid) is not one of the client's valid keys.";
        return null;
    }

    // The audience of an assertion is compared with our own address. Without Node:PublicUrl that address comes from the Host header, and whoever
    // gets an assertion meant for them could pass it on here under their own host name: so only names that mean this machine are taken.
    internal static bool IsOwnHost(HttpContext http, NodeSettings settings)
    {
        if (settings.PublicUrl is not null) return true;
        var host = http.Request.Host.Host;
        if (host == "localhost") return true;
        return IPAddress.TryParse(host, out var address) && (IPAddress.IsLoopback(address) || address.Equals(Plain(http.Connection.LocalIpAddress)));
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
