using System.Text;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Tests.Core.Crypto;

public sealed class SmTests
{
    private static readonly byte[] Key = Convert.FromHexString("0123456789abcdeffedcba9876543210");

    [Theory]
    [InlineData("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")]
    [InlineData("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")]
    [InlineData("政务数据", "c85bedf24cda90298b777721b19c770e52e81c232e16ccaa5ed21b3bdb9a45bb")]
    public void Sm3_agrees_with_the_reference(string text, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(Sm3.Hash(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Hmac_sm3_agrees_with_the_reference() =>
        Assert.Equal("2e17ae601b82e03f4c5c5fe260e7acd52fa9bc96cc498dda5a0c4ea866451dee",
            Convert.ToHexStringLower(Sm3.Hmac(Convert.FromHexString("000102030405060708090a0b0c0d0e0f"), "hello"u8)));

    [Fact]
    public void Sm4_agrees_with_the_reference_for_a_block_and_for_cbc()
    {
        Assert.Equal("681edf34d206965e86b3e94f536e4246", Convert.ToHexStringLower(Sm4.Block(Key, Key, encrypt: true)));
        Assert.Equal(Key, Sm4.Block(Key, Sm4.Block(Key, Key, encrypt: true), encrypt: false));
        var cbc = Sm4.EncryptCbc(Key, new byte[16], "0123456789abcdef"u8);
        Assert.Equal("e6887b77dbabb572ffa07fed7548b192ceaace11f2b90b94c2b7a4d9382e471e", Convert.ToHexStringLower(cbc));
        Assert.Equal("0123456789abcdef"u8, Sm4.DecryptCbc(Key, new byte[16], cbc));
    }

    [Fact]
    public void Sm4_gcm_agrees_with_rfc_8998()
    {
        using var cipher = new Aead(SealAlgorithm.Sm4Gcm, Key);
        var nonce = Convert.FromHexString("00001234567800000000abcd");
        var associated = Convert.FromHexString("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        var clear = Convert.FromHexString("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa");
        var box = new byte[clear.Length + Aead.TagSize];
        cipher.Seal(nonce, clear, associated, box);
        Assert.Equal("17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
            + "83de3541e4c2b58177e065a9bf7b62ec", Convert.ToHexStringLower(box));
        var back = new byte[clear.Length];
        Assert.True(cipher.TryOpen(nonce, box, associated, back));
        Assert.Equal(clear, back);
        box[^1] ^= 1;
        Assert.False(cipher.TryOpen(nonce, box, associated, back));
    }

    // GB/T 32918.5 annex A.2: the signature of "message digest" on the recommended curve.
    [Fact]
    public void Sm2_accepts_the_signature_of_the_standard_and_no_other()
    {
        var secret = Convert.FromHexString("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
        var signature = Convert.FromHexString("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
        var publicKey = Sm2.PublicOf(secret);
        Assert.Equal("0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13", Convert.ToHexStringLower(publicKey));
        Assert.True(Sm2.Verify(publicKey, "message digest"u8, signature));
        Assert.False(Sm2.Verify(publicKey, "message digesu"u8, signature));
        Assert.False(Sm2.Verify(publicKey, "message digest"u8, signature, "another signer"));
        signature[40] ^= 1;
        Assert.False(Sm2.Verify(publicKey, "message digest"u8, signature));
    }

    [Fact]
    public void Sm2_signs_and_encrypts_for_its_own_key_only()
    {
        var (secret, publicKey) = Sm2.Generate();
        var (otherSecret, otherPublic) = Sm2.Generate();
        var signature = Sm2.Sign(secret, "存证"u8);
        Assert.True(Sm2.Verify(publicKey, "存证"u8, signature));
        Assert.False(Sm2.Verify(otherPublic, "存证"u8, signature));
        var box = Sm2.Encrypt(publicKey, "数据密钥"u8);
        Assert.Equal("数据密钥"u8, Sm2.Decrypt(secret, box)!);
        Assert.Null(Sm2.Decrypt(otherSecret, box));
        box[^1] ^= 1;
        Assert.Null(Sm2.Decrypt(secret, box));
        Assert.Null(Sm2.Decrypt(secret, box.AsSpan(0, 50)));
        Assert.Null(Sm2.Decrypt(secret, []));
    }

    [Fact]
    public void A_point_that_is_not_on_the_curve_is_no_key()
    {
        var (_, publicKey) = Sm2.Generate();
        publicKey[64] ^= 1;
        Assert.False(Sm2.Verify(publicKey, "x"u8, new byte[64]));
        Assert.False(Sm2.Verify([], "x"u8, new byte[64]));
        Assert.Throws<ArgumentException>(() => Sm2.Encrypt(publicKey, "x"u8));
    }
}
