using System.Security.Cryptography;
using Tongxiang.Catalog;
using Tongxiang.Core.Crypto;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>One key for each dataset and version: it seals the raw landing, the quarantine and the version; erasing it destroys all three.</summary>
public sealed class VersionKeys(Db db, NodeKey nodeKey, NodeSettings settings, TimeProvider clock)
{
    private readonly SealAlgorithm algorithm = settings.NationalProfile ? SealAlgorithm.Sm4Gcm : SealAlgorithm.Aes256Gcm;

    /// <summary>A new version's id and key; the version itself comes later, or never.</summary>
    public async Task<(Id<Version> Version, SealKey Key)> Make(Id<Entry> entry, CancellationToken ct)
    {
        var version = Id<Version>.New(clock);
        var secret = RandomNumberGenerator.GetBytes(Aead.KeySize(algorithm));
        byte[] blob = [(byte)algorithm, .. nodeKey.Wrap(secret, Context(version))];
        await db.Run($"insert into warehouse_key (version, entry, wrapped, created_at) values ({version}, {entry}, {blob}, {clock.GetUtcNow()})", ct);
        return (version, new SealKey(Context(version), algorithm, secret));
    }

    /// <summary>The key of a version.</summary>
    /// <exception cref="CryptographicException">It was erased or never made.</exception>
    public async Task<SealKey> Open(Id<Version> version, CancellationToken ct)
    {
        var blob = await db.One($"select wrapped from warehouse_key where version = {version} and wrapped is not null", row => row.Bytes(0), ct);
        if (blob is null) throw new CryptographicException($"The key of version {version} is erased.");
        return new SealKey(Context(version), (SealAlgorithm)blob[0], nodeKey.Unwrap(blob.AsSpan(1), Context(version)));
    }

    private static string Context(Id<Version> version) => $"version:{version}";
}
