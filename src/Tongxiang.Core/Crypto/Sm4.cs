using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Paddings;
using Org.BouncyCastle.Crypto.Parameters;

namespace Tongxiang.Core.Crypto;

/// <summary>SM4 (GB/T 32907) with a 16-byte key: one block, and CBC with PKCS#7 padding for peers that ask for it.</summary>
public static class Sm4
{
    public const int KeySize = 16;
    public const int BlockSize = 16;

    public static byte[] Block(ReadOnlySpan<byte> key, ReadOnlySpan<byte> block, bool encrypt)
    {
        if (block.Length != BlockSize)
            throw new ArgumentException($"An SM4 block has {BlockSize} bytes, not {block.Length}.", nameof(block));
        var engine = new SM4Engine();
        engine.Init(encrypt, new KeyParameter(key));
        var to = new byte[BlockSize];
        engine.ProcessBlock(block, to);
        return to;
    }

    // CBC proves nothing about who wrote the bytes: for our own records Aead is the one to use.
    public static byte[] EncryptCbc(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> clear) => Cbc(true, key, iv, clear);

    public static byte[] DecryptCbc(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> cipher) => Cbc(false, key, iv, cipher);

    private static byte[] Cbc(bool encrypt, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> from)
    {
        var cipher = new PaddedBufferedBlockCipher(new CbcBlockCipher(new SM4Engine()), new Pkcs7Padding());
        cipher.Init(encrypt, new ParametersWithIV(new KeyParameter(key), iv));
        return cipher.DoFinal(from.ToArray());
    }
}
