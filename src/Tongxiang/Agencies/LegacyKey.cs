using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Ways in which systems of older platforms sign their calls.</summary>
public enum LegacyScheme
{
    /// <summary>National exchange platform: headers <c>gjgxjhpt_*</c>, HMAC over service, requester and time with a secret of minutes. Covers neither query nor body.</summary>
    National,

    /// <summary>Provincial portals: <c>X-Client-Id</c>, <c>X-Timestamp</c>, <c>X-Nonce</c>, <c>X-Signature</c>. Covers neither resource, query nor body.</summary>
    Portal,
}

/// <summary>A shared secret with which a client signs as it did on an older platform; kept wrapped, shown once.</summary>
public sealed record LegacyKey(Id<LegacyKey> Id, Id<Client> Client, LegacyScheme Scheme, DateTimeOffset AddedAt);

/// <summary>A legacy key with its secret, this once.</summary>
public sealed record NewLegacyKey(LegacyKey Key, string Requester, string Secret);

/// <summary>What the older schemes sign, and with which key: pure rules.</summary>
public static class LegacyRules
{
    /// <summary>How far a caller's clock may be off; a signature is remembered for twice as long.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>How long a national secret is given out for.</summary>
    public static readonly TimeSpan SecretLife = TimeSpan.FromMinutes(15);

    /// <summary>Base64 of HMAC-SHA-256 over service, requester and time, one behind the other.</summary>
    public static string National(string secret, string service, string requester, string time) => Sign(secret, service + requester + time);

    /// <summary>Base64 of HMAC-SHA-256 over client, time and nonce, one behind the other.</summary>
    public static string Portal(string secret, string client, string time, string nonce) => Sign(secret, client + time + nonce);

    /// <summary>The secret of a slot of time for one service: nothing of it needs to be kept.</summary>
    public static string SlotSecret(string applicationKey, string service, long slot) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(applicationKey), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"gjgxjhpt\n{service}\n{slot}"))).AsSpan(0, 16));

    public static long SlotOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / (long)SecretLife.TotalSeconds;

    /// <summary>Whether a time in Unix milliseconds, as text, lies within the window.</summary>
    public static bool IsNow(string time, DateTimeOffset now) =>
        long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && Math.Abs((decimal)at - now.ToUnixTimeMilliseconds()) <= (decimal)Window.TotalMilliseconds;

    public static bool IsSame(string given, string expected) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private static string Sign(string secret, string text) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));
}
