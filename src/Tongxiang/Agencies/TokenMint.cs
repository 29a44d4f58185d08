using System.Security.Cryptography;
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
    internal (string Token, string Id, DateTimeOffset Until) Make(Client client, DateTimeOffset at, bool isAsserted, Dictionary<string, string>? bond)
    {
        var (id, until) = (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), at + TokenServer.TokenLife);
        var claims = new Dictionary<string, object> { ["sub"] = client.Id.ToString(), ["jti"] = id, ["tx:kind"] = "client", ["client_id"] = client.ClientId };
        if (client.Agency is { } agency) claims["tx:agency"] = agency.ToString();
        if (isAsserted) claims[TokenReader.Proof] = TokenReader.Asserted;
        if (bond is not null) claims[Binding.Claim] = bond;
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
}
