using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>An access token for trying a first call, as the desk's button gives it.</summary>
public sealed record DeskToken(string Token, DateTimeOffset Until);

/// <summary>Gives the owner of a client one of its short tokens without the client's key: for a first call by hand, on record like everything else.</summary>
public sealed class DeskTokens(Db db, TokenKeys keys, Clients clients, EvidenceLog evidence, TimeProvider clock, NodeSettings settings)
{
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    public async Task<Outcome<DeskToken>> Issue(Caller caller, Id<Client> id, CancellationToken ct)
    {
        if (caller.Person is null || clients.Find(id) is not { } client || !Clients.IsOwn(caller, client)) return Refusal.NotFound("client");
        if (!client.IsEnabled) return Refusal.Conflict("agencies.client-revoked", client.ClientId);
        var at = clock.GetUtcNow();
        var until = at + TokenServer.TokenLife;
        var number = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var claims = new Dictionary<string, object> { ["sub"] = client.Id.ToString(), ["jti"] = number, ["tx:kind"] = "client", ["client_id"] = client.ClientId };
        if (client.Agency is { } agency) claims["tx:agency"] = agency.ToString();
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
        await db.Commit(tx => evidence.Append(tx, new Happening(
            "agencies.desk-token", caller.Actor, caller.Agency?.ToString(), $"client:{client.Id}", at, new Dictionary<string, string> { ["token"] = number, ["clientId"] = client.ClientId })), ct);
        return new DeskToken(token, until);
    }
}
