using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>
/// Recognises callers by the signatures of older platforms. What such a signature leaves open – query, body, with the portals even the resource – is why it counts
/// as the lowest assurance but one, and why sensitive grades refuse it whatever a grant says.
/// </summary>
public sealed class LegacyKeys(Db db, NodeKey node, EvidenceLog evidence, Clients clients, Directory directory, IdentitySettings settings, TimeProvider clock)
{
    internal const string Sign = "gjgxjhpt_sign";
    internal const string PortalSign = "X-Signature";
    private const int Longest = 200;
    private readonly ProofMemory memory = new(clock, LegacyRules.Window * 2, settings.ProofsPerKey);
    private volatile FrozenDictionary<(LegacyScheme, Id<Client>), Known> now = FrozenDictionary<(LegacyScheme, Id<Client>), Known>.Empty;

    internal static bool IsSigned(HttpRequest request) => request.Headers.ContainsKey(Sign) || request.Headers.ContainsKey(PortalSign);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/clients/{id}/legacy-keys").DisableAntiforgery().WithTags("agencies");
        group.MapPost("", async (Id<Client> id, LegacyWish wish, HttpContext http, LegacyKeys keys, CancellationToken ct) =>
            (await keys.Add(http.Caller(), id, wish.Scheme, ct)).Answer(made => TypedResults.Created($"/api/clients/{id}/legacy-keys/{made.Key.Id}", made))).WithIdempotency().WithName("agencies.add-legacy-key");
        group.MapDelete("/{key}", async (Id<Client> id, Id<LegacyKey> key, HttpContext http, LegacyKeys keys, CancellationToken ct) =>
            await keys.Withdraw(http.Caller(), id, key, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent()).WithName("agencies.withdraw-legacy-key");
        routes.MapPost("/legacy/national/secret", (HttpContext http, LegacyKeys keys) => keys.Refresh(http.Request)).DisableAntiforgery().WithName("agencies.national-secret");
    }

    public sealed record LegacyWish(LegacyScheme Scheme);

    /// <summary>A new key for one scheme; the one before ends at once.</summary>
    public async Task<Outcome<NewLegacyKey>> Add(Caller caller, Id<Client> id, LegacyScheme scheme, CancellationToken ct)
    {
        if (clients.Find(id) is not { } client || !Clients.IsOwn(caller, client)) return Refusal.NotFound("client");
        if (!client.IsEnabled) return Refusal.Conflict("agencies.client-revoked", client.ClientId);
        var at = clock.GetUtcNow();
        var key = new LegacyKey(Id<LegacyKey>.New(clock), id, scheme, at);
        // Thirty-two characters: what the older programs expect of an application key, and the size of an AES-256 key.
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await db.Commit(async tx =>
        {
            await tx.Run($"update agencies_legacy_key set until_at = {at} where client = {id} and scheme = {scheme} and until_at is null");
            await tx.Run($"insert into agencies_legacy_key (id, client, scheme, secret, added_at) values ({key.Id}, {id}, {scheme}, {node.Wrap(Encoding.UTF8.GetBytes(secret), Context(key.Id))}, {at})");
            await Told(tx, caller, "agencies.legacy-key-added", id, key.Id, scheme.ToString(), at);
        }, ct);
        await Load(ct);
        return new NewLegacyKey(key, client.ClientId, secret);
    }

    public async Task<Refusal?> Withdraw(Caller caller, Id<Client> id, Id<LegacyKey> key, CancellationToken ct)
    {
        if (clients.Find(id) is not { } client || !Clients.IsOwn(caller, client)) return Refusal.NotFound("client");
        var at = clock.GetUtcNow();
        var gone = await db.Commit(async tx =>
        {
            if (await tx.Run($"update agencies_legacy_key set until_at = {at} where id = {key} and client = {id} and until_at is null") == 0) return false;
            await Told(tx, caller, "agencies.legacy-key-withdrawn", id, key, null, at);
            return true;
        }, ct);
        await Load(ct);
        return gone ? null : Refusal.NotFound("legacy-key");
    }

    /// <summary>Reads what any copy changed.</summary>
    public async Task Load(CancellationToken ct)
    {
        var all = await db.List($"select id, client, scheme, secret, added_at from agencies_legacy_key where until_at is null", r =>
        {
            var id = r.Id<LegacyKey>(0);
            return new Known(new LegacyKey(id, r.Id<Client>(1), Enum.Parse<LegacyScheme>(r.GetString(2)), r.Instant(4)), Encoding.UTF8.GetString(node.Unwrap(r.Bytes(3), Context(id))));
        }, ct);
        now = all.ToFrozenDictionary(k => (k.Key.Scheme, k.Key.Client));
    }

    /// <summary>Lets go of signatures that are too old to be shown again.</summary>
    internal void Forget() => memory.Forget();

    /// <summary>Who signed the request; null: nobody that is known, a wrong or an old signature, or one that was used before.</summary>
    internal Bearer? Recognise(HttpRequest request)
    {
        var isNational = request.Headers.ContainsKey(Sign);
        // Two signatures, or a second way of naming oneself, are unclear.
        if (isNational && request.Headers.ContainsKey(PortalSign)) return null;
        return isNational ? National(request) : Portal(request);
    }

    private Bearer? National(HttpRequest request)
    {
        if (One(request, "gjgxjhpt_rid") is not { } requester || One(request, "gjgxjhpt_sid") is not { } service || One(request, "gjgxjhpt_rtime") is not { } time || One(request, Sign) is not { } sign) return null;
        // The service is signed: it must be the one that is called.
        if (!IsCalled(request.Path, service) || Find(LegacyScheme.National, requester) is not { } known || !LegacyRules.IsNow(time, clock.GetUtcNow())) return null;
        var slot = LegacyRules.SlotOf(clock.GetUtcNow());
        var holds = LegacyRules.IsSame(sign, LegacyRules.National(LegacyRules.SlotSecret(known.Secret, service, slot), service, requester, time))
            | LegacyRules.IsSame(sign, LegacyRules.National(LegacyRules.SlotSecret(known.Secret, service, slot - 1), service, requester, time));
        return holds && memory.Spend(known.Key.Id.ToString(), sign) == Spent.Now ? Made(known) : null;
    }

    private Bearer? Portal(HttpRequest request)
    {
        if (One(request, "X-Client-Id") is not { } client || One(request, "X-Timestamp") is not { } time || One(request, "X-Nonce") is not { } nonce || One(request, PortalSign) is not { } sign) return null;
        if (Find(LegacyScheme.Portal, client) is not { } known || !LegacyRules.IsNow(time, clock.GetUtcNow()) || !LegacyRules.IsSame(sign, LegacyRules.Portal(known.Secret, client, time, nonce))) return null;
        return memory.Spend(known.Key.Id.ToString(), nonce) == Spent.Now ? Made(known) : null;
    }

    // The refresh call of the national platform: signed with the application key itself; the secret travels under it.
    private IResult Refresh(HttpRequest request)
    {
        IResult No(string code, string message) => TypedResults.Json(new { code, msg = message });
        if (One(request, "gjgxjhpt_rid") is not { } requester || One(request, "gjgxjhpt_sid") is not { } service || One(request, "gjgxjhpt_rtime") is not { } time || One(request, Sign) is not { } sign)
            return No("-1", "缺少 gjgxjhpt_rid、gjgxjhpt_sid、gjgxjhpt_rtime 或 gjgxjhpt_sign / a header is missing");
        var at = clock.GetUtcNow();
        if (Find(LegacyScheme.National, requester) is not { } known || !LegacyRules.IsNow(time, at) || !LegacyRules.IsSame(sign, LegacyRules.National(known.Secret, service, requester, time)))
            return No("E-106", "请求方未授权、时间偏差超过十分钟或签名有误 / unknown requester, wrong time or signature");
        var slot = LegacyRules.SlotOf(at);
        var end = (slot + 1) * (long)LegacyRules.SecretLife.TotalSeconds * 1_000;
        return TypedResults.Json(new { code = "0", data = new { secret = Sealed(known.Secret, LegacyRules.SlotSecret(known.Secret, service, slot)), secretEndTime = end } });
    }

    private string Sealed(string key, string secret)
    {
        using var aes = Aes.Create();
        aes.Key = Encoding.ASCII.GetBytes(key);
        var clear = Encoding.ASCII.GetBytes(secret);
#pragma warning disable CA5358 // The form that the programs of the national platform decrypt; the secret is random, of one use, and lives for minutes.
        if (settings.NationalCipher == NationalCipher.Ecb) return Convert.ToBase64String(aes.EncryptEcb(clear, PaddingMode.PKCS7));
#pragma warning restore CA5358
        var start = RandomNumberGenerator.GetBytes(16);
        return Convert.ToBase64String([.. start, .. aes.EncryptCbc(clear, start)]);
    }

    private Known? Find(LegacyScheme scheme, string requester) =>
        clients.Find(requester) is { IsEnabled: true } client && now.TryGetValue((scheme, client.Id), out var known) ? known : null;

    private Bearer? Made(Known known) => clients.Find(known.Key.Client) is { IsEnabled: true } client
        ? new Bearer(Caller.Of(client, directory), known.Key.Id.ToString(), known.Key.AddedAt, DateTimeOffset.MaxValue, false, null, null, null) { Legacy = known.Key.Scheme, Client = client, Clients = clients }
        : null;

    private static bool IsCalled(PathString path, string service)
    {
        var parts = path.Value?.Split('/', 4);
        return parts is [_, _, var resource, ..] && resource.Split('@')[0].Equals(service, StringComparison.Ordinal);
    }

    private static string? One(HttpRequest request, string name) => request.Headers[name] is { Count: 1 } sent && sent[0] is { Length: > 0 and <= Longest } text ? text : null;

    private Task<string> Told(Tx tx, Caller caller, string kind, Id<Client> client, Id<LegacyKey> key, string? scheme, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["key"] = key.ToString() };
        if (scheme is not null) facts["scheme"] = scheme;
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"client:{client}", at, facts));
    }

    private static string Context(Id<LegacyKey> id) => string.Create(CultureInfo.InvariantCulture, $"agencies.legacy:{id}");

    private sealed record Known(LegacyKey Key, string Secret);
}
