using System.Collections.Frozen;
using System.Data.Common;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>What a new client is called and who answers for it.</summary>
/// <param name="Owner">The person responsible; the caller when null.</param>
public sealed record NewClient(string ClientId, string Name, JsonElement Jwk, Id<Person>? Owner = null);

/// <summary>Systems that call with tokens of their own: register, rotate keys, revoke. Read from memory; changes show at once on this copy.</summary>
public sealed partial class Clients(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, IdentitySettings settings)
{
    /// <summary>How long a replaced key still signs assertions.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    private const int MostKeys = 5;
    private readonly Certificates certificates = new(settings);
    private volatile Snapshot now = new([]);

    internal sealed record Key(Id<Client> Client, string Kid, string Jwk, DateTimeOffset? Until);

    public Client? Find(Id<Client> id) => now.ById.GetValueOrDefault(id);

    public Client? Find(string clientId) => now.ByName.GetValueOrDefault(clientId);

    public IReadOnlyList<Client> OfAgency(Id<Agency> agency) => [.. now.ById.Values.Where(c => c.Agency == agency).OrderBy(c => c.ClientId, StringComparer.Ordinal)];

    public IReadOnlyList<Client> OfPerson(Id<Person> owner) => [.. now.ById.Values.Where(c => c.Agency is null && c.Owner == owner).OrderBy(c => c.ClientId, StringComparer.Ordinal)];

    /// <summary>Registers a client of the caller's own agency, or of the citizen who calls.</summary>
    public async Task<Outcome<Client>> Register(Caller caller, NewClient client, CancellationToken ct)
    {
        if (!MayOwn(caller)) return Refusal.Forbidden("agencies.client-not-yours");
        return await Register(caller, caller.Agency, client.Owner ?? caller.Person, client, ct);
    }

    /// <summary>Registers a client in the platform's own name, at set-up: no person asked for it.</summary>
    public Task<Outcome<Client>> RegisterFor(Id<Agency>? agency, Id<Person>? owner, NewClient client, CancellationToken ct) => Register(Caller.Platform, agency, owner, client, ct);

    private async Task<Outcome<Client>> Register(Caller caller, Id<Agency>? agency, Id<Person>? owner, NewClient client, CancellationToken ct)
    {
        if (!Names().IsMatch(client.ClientId)) return Refusal.Invalid(new FieldError("clientId", "agencies.client-id", client.ClientId));
        if (client.Name.Trim().Length is < 2 or > 100) return Refusal.Invalid(new FieldError("name", "agencies.name-length", client.Name.Length));
        if (owner is { } person && (directory.Person(person) is not { } responsible || responsible.Agency != agency)) return Refusal.Invalid(new FieldError("owner", "agencies.client-owner"));
        var key = PublicKey.Read(client.Jwk);
        if (key.Refusal is { } refusal) return refusal;
        var at = clock.GetUtcNow();
        var id = Id<Client>.New(clock);
        try
        {
            await db.Commit(async tx =>
            {
                await tx.Run(
                    $"""
                    insert into agencies_client (id, client_id, name, agency, owner, tokens_after, created_at)
                    values ({id}, {client.ClientId}, {client.Name.Trim()}, {agency}, {owner}, {DateTimeOffset.UnixEpoch}, {at})
                    """);
                await Save(tx, id, key.Value, at);
                await Changed(tx, caller, id, "agencies.client-registered", at, ("clientId", client.ClientId), ("kid", key.Value.Kid));
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("agencies.client-taken", client.ClientId);
        }
        await Refresh(ct);
        return Find(id)!;
    }

    /// <summary>Adds a key; the ones before stay valid for <see cref="Grace"/>, or end at once when they may be known to others.</summary>
    public async Task<Outcome<Client>> Rotate(Caller caller, Id<Client> id, JsonElement jwk, bool isCompromised, CancellationToken ct)
    {
        if (Find(id) is not { } client || !IsOwn(caller, client)) return Refusal.NotFound("client");
        if (!client.IsEnabled) return Refusal.Conflict("agencies.client-revoked", client.ClientId);
        var key = PublicKey.Read(jwk);
        if (key.Refusal is { } refusal) return refusal;
        if (KeysOf(id).Any(k => k.Kid == key.Value.Kid)) return Refusal.Conflict("agencies.key-known", key.Value.Kid);
        if (!isCompromised && KeysOf(id).Count >= MostKeys) return Refusal.Conflict("agencies.key-many", MostKeys);
        var at = clock.GetUtcNow();
        var end = isCompromised ? at : at + Grace;
        try
        {
            await db.Commit(async tx =>
            {
                await tx.Run($"update agencies_client_key set until_at = {end} where client = {id} and (until_at is null or until_at > {end})");
                await Save(tx, id, key.Value, at);
                if (isCompromised) await tx.Run($"update agencies_client set tokens_after = {at} where id = {id}");
                await Changed(tx, caller, id, "agencies.client-rotated", at, ("kid", key.Value.Kid), ("compromised", isCompromised ? "true" : "false"));
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            // A key that was withdrawn does not come back.
            return Refusal.Conflict("agencies.key-known", key.Value.Kid);
        }
        await Refresh(ct);
        return Find(id)!;
    }

    /// <summary>Ends the client and every token it has, on this copy when this returns and on the others within a second.</summary>
    public async Task<Outcome<Client>> Revoke(Caller caller, Id<Client> id, CancellationToken ct)
    {
        if (Find(id) is not { } client || !(IsOwn(caller, client) || IsSecurity(caller))) return Refusal.NotFound("client");
        var at = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run($"update agencies_client set is_enabled = 0, tokens_after = {at} where id = {id}");
            await Changed(tx, caller, id, "agencies.client-revoked", at, ("clientId", client.ClientId));
        }, ct);
        await Refresh(ct);
        return Find(id)!;
    }

    /// <summary>Whether the caller may see and manage this client.</summary>
    public static bool IsOwn(Caller caller, Client client) =>
        caller == Caller.Platform || (MayOwn(caller) && client.Agency == caller.Agency && (client.Agency is not null || client.Owner == caller.Person));

    /// <summary>Public keys that verify the client's assertions now.</summary>
    internal IReadOnlyList<Key> KeysOf(Id<Client> id)
    {
        var at = clock.GetUtcNow();
        return now.Keys.TryGetValue(id, out var keys) ? [.. keys.Where(k => k.Until is null || k.Until > at)] : [];
    }

    internal async Task Refresh(CancellationToken ct)
    {
        var keys = await db.List($"select client, kid, jwk, until_at from agencies_client_key order by client, added_at",
            r => new Key(r.Id<Client>(0), r.GetString(1), r.GetString(2), r.InstantOrNull(3)), ct);
        var byClient = keys.ToLookup(k => k.Client);
        var clients = await db.List($"select id, client_id, name, agency, owner, is_enabled, tokens_after from agencies_client",
            r => new Client(r.Id<Client>(0), r.GetString(1), r.GetString(2), r.IdOrNull<Agency>(3), r.IdOrNull<Person>(4), Jwks(byClient[r.Id<Client>(0)]), r.Flag(5), r.Instant(6)), ct);
        var shown = await db.List($"select id, client, kind, value, name, not_after, added_at from agencies_client_certificate where until_at is null order by client, added_at",
            r => new ClientCertificate(r.Id<ClientCertificate>(0), r.Id<Client>(1), r.Kind<CertificateKind>(2), r.GetString(3), r.GetString(4), r.InstantOrNull(5), r.Instant(6)), ct);
        var headers = await db.List($"select id, client, hint, added_at, digest from agencies_header_key where until_at is null",
            r => (Key: new HeaderKey(r.Id<HeaderKey>(0), r.Id<Client>(1), r.GetString(2), r.Instant(3)), Digest: r.GetString(4)), ct);
        now = new Snapshot(clients)
        {
            Keys = byClient.ToFrozenDictionary(g => g.Key, g => g.ToArray()),
            Certificates = shown.GroupBy(c => c.Client).ToFrozenDictionary(g => g.Key, g => g.ToArray()),
            HeaderKeys = headers.ToFrozenDictionary(k => k.Digest, k => new KnownKey(k.Key), StringComparer.Ordinal),
        };
    }

    private static string Jwks(IEnumerable<Key> keys) => $$"""{"keys":[{{string.Join(',', keys.Select(k => k.Jwk))}}]}""";

    // Departments, companies and citizens each manage their own; nobody manages another's.
    // A token manages nothing: whoever stole one must not be able to plant a key of his own.
    private static bool MayOwn(Caller caller) => caller is { Person: not null, Client: null }
        // Whoever holds a client's key reads what it may read: the system administrator, who reads nothing, holds none.
        && (caller.Agency is null ? caller.Has(Role.Citizen) : caller.Has(Role.SharingOfficeHead) || caller.Has(Role.Steward) || caller.Has(Role.CompanyUser));

    private static bool IsSecurity(Caller caller) => caller.IsBureau && caller.Has(Role.SecurityAdmin);

    private static Task<int> Save(Tx tx, Id<Client> id, PublicKey key, DateTimeOffset at) =>
        tx.Run($"insert into agencies_client_key (client, kid, jwk, added_at) values ({id}, {key.Kid}, {key.Jwk}, {at})");

    private async Task Changed(Tx tx, Caller caller, Id<Client> id, string kind, DateTimeOffset at, params (string Name, string Value)[] facts)
    {
        await Changes.Record(tx, "client", id.ToString(), at);
        await evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"client:{id}", at, facts.ToDictionary(f => f.Name, f => f.Value)));
    }

    private sealed class Snapshot(IReadOnlyList<Client> clients)
    {
        public FrozenDictionary<Id<Client>, Client> ById { get; } = clients.ToFrozenDictionary(c => c.Id);
        public FrozenDictionary<string, Client> ByName { get; } = clients.ToFrozenDictionary(c => c.ClientId, StringComparer.Ordinal);
        public FrozenDictionary<Id<Client>, Key[]> Keys { get; init; } = FrozenDictionary<Id<Client>, Key[]>.Empty;
        public FrozenDictionary<Id<Client>, ClientCertificate[]> Certificates { get; init; } = FrozenDictionary<Id<Client>, ClientCertificate[]>.Empty;
        public FrozenDictionary<string, KnownKey> HeaderKeys { get; init; } = FrozenDictionary<string, KnownKey>.Empty;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{2,59}$")]
    private static partial Regex Names();
}
