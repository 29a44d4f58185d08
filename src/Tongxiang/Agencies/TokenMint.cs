using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Signs access tokens for clients that proved themselves otherwise than by an assertion: by a certificate, or by their owner at the desk.</summary>
public sealed class TokenMint(TokenKeys keys, NodeSettings settings)
{
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <param name="isAsserted">Whether the client itself proved who it is.</param>
    /// <param name="bond">What the token is bound to; null: nothing.</param>
    /// <param name="context">Call context that the client signed for.</param>
    internal (string Token, string Id, DateTimeOffset Until) Make(Client client, DateTimeOffset at, bool isAsserted, Dictionary<string, string>? bond, IEnumerable<(string Name, string Value)>? context = null)
    {
        var (id, until) = (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), at + TokenServer.TokenLife);
        var claims = new Dictionary<string, object> { ["sub"] = client.Id.ToString(), ["jti"] = id, ["tx:kind"] = "client", ["client_id"] = client.ClientId };
        if (client.Agency is { } agency) claims["tx:agency"] = agency.ToString();
        if (isAsserted) claims[TokenReader.Proof] = TokenReader.Asserted;
        if (bond is not null) claims[Binding.Claim] = bond;
        foreach (var (name, value) in context ?? []) claims[name] = value;
        var token = handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = TokenReader.TokenType,
            Issuer = settings.PublicUrl ?? settings.LogOrigin,
            Audience = TokenReader.Audience,
            IssuedAt = at.UtcDateTime,
            Expires = until.UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(keys.All[0], SecurityAlgorithms.EcdsaSha256),
        });
        return (token, id, until);
    }

    /// <summary>Answers at the token endpoint with a bound token.</summary>
    internal Task Answer(HttpContext http, Client client, DateTimeOffset at, Proof? proof, string? certificate, IEnumerable<(string Name, string Value)>? context = null)
    {
        var (token, _, until) = Make(client, at, isAsserted: true, Binding.Of(proof?.Key, certificate), context);
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsJsonAsync(
            new Dictionary<string, object> { ["access_token"] = token, ["token_type"] = proof is null ? "Bearer" : "DPoP", ["expires_in"] = (int)(until - at).TotalSeconds }, Wire.Json, http.RequestAborted);
    }
}
