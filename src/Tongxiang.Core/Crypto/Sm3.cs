using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace Tongxiang.Core.Crypto;

/// <summary>SM3 digests (GB/T 32905) and their HMAC: 32 bytes each.</summary>
public static class Sm3
{
    public const int Size = 32;

    // A digest holds a kilobyte of tables, and a log makes two of them an entry.
    [ThreadStatic]
    private static SM3Digest? own;

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var to = new byte[Size];
        Hash(data, to);
        return to;
    }

    public static void Hash(ReadOnlySpan<byte> data, Span<byte> to)
    {
        var digest = own ??= new SM3Digest();
        digest.Reset();
        digest.BlockUpdate(data);
        digest.DoFinal(to);
    }

    public static byte[] Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        var mac = new HMac(new SM3Digest());
        mac.Init(new KeyParameter(key));
        mac.BlockUpdate(data);
        var to = new byte[Size];
        mac.DoFinal(to);
        return to;
    }
}
