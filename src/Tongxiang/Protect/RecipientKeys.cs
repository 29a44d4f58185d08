using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tongxiang.Agencies;
using Tongxiang.Core.Crypto;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Protect;

/// <summary>The curve of a consumer's key.</summary>
public enum RecipientAlgorithm { P256, Sm2 }

/// <summary>The public key that sealed fields of a consumer are sealed to.</summary>
/// <param name="Point">65 bytes 04‖x‖y.</param>
public sealed record RecipientKey(string Kid, RecipientAlgorithm Algorithm, byte[] Point, DateTimeOffset GivenAt);

/// <summary>Public keys for sealed fields, the newest of each consumer; kept apart from the keys that sign, one key never does both.</summary>
public sealed partial class RecipientKeys(Db db, EvidenceLog evidence, NodeSettings settings, TimeProvider clock)
{
    private volatile State state = new(FrozenDictionary<string, RecipientKey>.Empty, 0);

    /// <summary>Grows with every new key.</summary>
    public long Generation => state.Count;

    public RecipientKey? Of(string consumer) => state.Newest.GetValueOrDefault(consumer);

    /// <summary>The key of the caller's side; null while it gave none.</summary>
    public RecipientKey? Of(Caller caller) => ConsumerOf(caller) is { } consumer ? Of(consumer) : null;

    /// <summary>Takes the public key of the caller's agency, or of a citizen; cells sealed to an older key stay readable with that one.</summary>
    public async Task<Outcome<RecipientKey>> Give(Caller caller, JsonElement jwk, CancellationToken ct)
    {
        if (ConsumerOf(caller) is not { } consumer || caller.Agency is not null && !(caller.Has(Role.SharingOfficeHead) || caller.Has(Role.CompanyUser))) return Refusal.Forbidden("protect.not-giving-keys");
        var read = Read(jwk, settings.NationalProfile, clock.GetUtcNow());
        if (read.IsRefused) return read;
        var key = read.Value;
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into protect_recipient (consumer, kid, algorithm, point, given_by, given_at) values ({consumer}, {key.Kid}, {key.Algorithm}, {key.Point}, {caller.Actor}, {key.GivenAt})
                on conflict (consumer, kid) do update set algorithm = excluded.algorithm, point = excluded.point, given_by = excluded.given_by, given_at = excluded.given_at
                """);
            await evidence.Append(tx, new Happening("protect.key-given", caller.Actor, caller.Agency?.ToString(), $"consumer:{consumer}", key.GivenAt,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["kid"] = key.Kid, ["algorithm"] = key.Algorithm.ToString(), ["point"] = Convert.ToHexStringLower(SHA256.HashData(key.Point)) }));
        }, ct);
        await Follow(ct);
        return key;
    }

    /// <summary>Takes in what any copy of the node was given.</summary>
    public async Task Follow(CancellationToken ct)
    {
        var mark = await db.One($"select coalesce(max(given_at), 0) + count(*) from protect_recipient", r => r.GetInt64(0), ct);
        if (mark == state.Count) return;
        var keys = await db.List($"select consumer, kid, algorithm, point, given_at from protect_recipient order by given_at, kid",
            r => (Consumer: r.GetString(0), Key: new RecipientKey(r.GetString(1), r.Kind<RecipientAlgorithm>(2), r.Bytes(3), r.Instant(4))), ct);
        state = new State(keys.GroupBy(k => k.Consumer, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.Last().Key, StringComparer.Ordinal), mark);
    }

    /// <summary>An EC key on P-256, or on SM2 where the node runs the national profile; nothing private.</summary>
    internal static Outcome<RecipientKey> Read(JsonElement jwk, bool takesSm2, DateTimeOffset now)
    {
        if (jwk.ValueKind != JsonValueKind.Object) return Wrong("protect.key-form");
        if (jwk.TryGetProperty("d", out _)) return Wrong("protect.key-private");
        if (Text(jwk, "use") is not (null or "enc")) return Wrong("protect.key-use");
        if (Text(jwk, "kty") != "EC" || Part(jwk, "x") is not { Length: 32 } x || Part(jwk, "y") is not { Length: 32 } y) return Wrong("protect.key-form");
        byte[] point = [4, .. x, .. y];
        var kid = Text(jwk, "kid") ?? Base64Url.EncodeToString(SHA256.HashData(point).AsSpan(0, 16));
        if (!Kids().IsMatch(kid)) return Wrong("protect.key-kid");
        switch (Text(jwk, "crv"))
        {
            case "P-256" when IsOnP256(x, y):
                return new RecipientKey(kid, RecipientAlgorithm.P256, point, now);
            case "SM2" when takesSm2 && IsOnSm2(point):
                return new RecipientKey(kid, RecipientAlgorithm.Sm2, point, now);
            default:
                return Wrong(takesSm2 ? "protect.key-curve-national" : "protect.key-curve");
        }
    }

    private static string? ConsumerOf(Caller caller) => caller.Agency?.ToString() ?? caller.Person?.ToString();

    private static bool IsOnP256(byte[] x, byte[] y)
    {
        try
        {
            // Importing checks that the point lies on the curve.
            using var key = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsOnSm2(byte[] point)
    {
        try
        {
            _ = Sm2.Encrypt(point, "-"u8);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement jwk, string name) => jwk.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : "?" : null;

    private static byte[]? Part(JsonElement jwk, string name)
    {
        if (Text(jwk, name) is not { Length: 43 } text) return null;
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static Refusal Wrong(string key) => Refusal.Invalid(new FieldError("jwk", key));

    [GeneratedRegex("^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,99}$")]
    private static partial Regex Kids();

    private sealed record State(FrozenDictionary<string, RecipientKey> Newest, long Count);
}
