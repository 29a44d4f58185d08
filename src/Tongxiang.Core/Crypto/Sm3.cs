using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace Tongxiang.Core.Crypto;

/// <summary>SM3 digests (GB/T 32905) and their HMAC: 32 bytes each.</summary>
public static class Sm3
{
    public const int Size = 32;

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var to = new byte[Size];
        Hash(data, to);
        return to;
    }

    public static void Hash(ReadOnlySpan<byte> data, Span<byte> to)
    {
        var digest = new SM3Digest();
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
