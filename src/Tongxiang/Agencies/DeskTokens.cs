using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>An access token for trying a first call, as the desk's button gives it.</summary>
public sealed record DeskToken(string Token, DateTimeOffset Until);

/// <summary>Gives the owner of a client one of its short tokens without the client's key: for a first call by hand, on record like everything else.</summary>
public sealed class DeskTokens(Db db, TokenMint mint, Clients clients, EvidenceLog evidence, TimeProvider clock)
{
    public async Task<Outcome<DeskToken>> Issue(Caller caller, Id<Client> id, CancellationToken ct)
    {
        if (caller.Person is null || clients.Find(id) is not { } client || !Clients.IsOwn(caller, client)) return Refusal.NotFound("client");
        if (!client.IsEnabled) return Refusal.Conflict("agencies.client-revoked", client.ClientId);
        var at = clock.GetUtcNow();
        var (token, number, until) = mint.Make(client, at, isAsserted: false, null);
        await db.Commit(tx => evidence.Append(tx, new Happening(
            "agencies.desk-token", caller.Actor, caller.Agency?.ToString(), $"client:{client.Id}", at, new Dictionary<string, string> { ["token"] = number, ["clientId"] = client.ClientId })), ct);
        return new DeskToken(token, until);
    }
}
