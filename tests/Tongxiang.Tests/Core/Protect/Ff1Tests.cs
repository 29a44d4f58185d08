using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Fpe;
using Org.BouncyCastle.Crypto.Parameters;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Protect;

namespace Tongxiang.Tests.Core.Protect;

public sealed class Ff1Tests
{
    private const string key256 = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";

    // The nine samples that NIST publishes for FF1.
    [Theory]
    [InlineData(16, 10, "", "0123456789", "2433477484")]
    [InlineData(16, 10, "39383736353433323130", "0123456789", "6124200773")]
    [InlineData(16, 36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum")]
    [InlineData(24, 10, "", "0123456789", "2830668132")]
    [InlineData(24, 10, "39383736353433323130", "0123456789", "2496655549")]
    [InlineData(24, 36, "3737373770717273373737", "0123456789abcdefghi", "xbj3kv35jrawxv32ysr")]
    [InlineData(32, 10, "", "0123456789", "6657667009")]
    [InlineData(32, 10, "39383736353433323130", "0123456789", "1001623463")]
    [InlineData(32, 36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd")]
    public void The_published_samples_come_out(int keyBytes, int radix, string tweak, string clear, string sealedText)
    {
        var ff1 = new Ff1(SealAlgorithm.Aes256Gcm, Convert.FromHexString(key256).AsSpan(0, keyBytes));
        var numerals = Numerals(clear);
        ff1.Encrypt(numerals, radix, Convert.FromHexString(tweak));
        Assert.Equal(sealedText, Text(numerals));
        ff1.Decrypt(numerals, radix, Convert.FromHexString(tweak));
        Assert.Equal(clear, Text(numerals));
    }

    [Theory, InlineData(SealAlgorithm.Aes256Gcm, 32), InlineData(SealAlgorithm.Sm4Gcm, 16)]
    public void Another_library_makes_the_same_of_twenty_thousand_numbers(SealAlgorithm algorithm, int keyBytes)
    {
        var chance = new Random(20261129);
        var key = new byte[keyBytes];
        chance.NextBytes(key);
        var ours = new Ff1(algorithm, key);
        var theirs = algorithm == SealAlgorithm.Sm4Gcm ? new FpeFf1Engine(new SM4Engine()) : new FpeFf1Engine();
        for (var i = 0; i < 20_000; i++)
        {
            var radix = chance.Next(2, 37);
            var shortest = (int)Math.Ceiling(Math.Log(Ff1.SmallestDomain) / Math.Log(radix)) + 1;
            var numerals = Enumerable.Range(0, chance.Next(shortest, shortest + 12)).Select(_ => (byte)chance.Next(radix)).ToArray();
            var tweak = new byte[chance.Next(0, 25)];
            chance.NextBytes(tweak);
            var clear = numerals.ToArray();
            var expected = new byte[numerals.Length];
            theirs.Init(true, new FpeParameters(new KeyParameter(key), radix, tweak));
            theirs.ProcessBlock(numerals, 0, numerals.Length, expected, 0);
            ours.Encrypt(numerals, radix, tweak);
            Assert.Equal(expected, numerals);
            ours.Decrypt(numerals, radix, tweak);
            Assert.Equal(clear, numerals);
        }
    }

    [Fact]
    public void A_short_domain_is_refused()
    {
        var ff1 = new Ff1(SealAlgorithm.Aes256Gcm, new byte[32]);
        Assert.Throws<ArgumentException>(() => ff1.Encrypt(new byte[5], 10, []));
        Assert.Throws<ArgumentException>(() => ff1.Encrypt(new byte[3], 36, []));
        Assert.Throws<ArgumentException>(() => ff1.Encrypt(new byte[19], 2, []));
        Assert.Throws<ArgumentException>(() => ff1.Encrypt([10, 0, 0, 0, 0, 0, 0], 10, []));
        ff1.Encrypt(new byte[6], 10, []);
    }

    [Fact]
    public async Task Many_threads_share_one_key()
    {
        foreach (var algorithm in Enum.GetValues<SealAlgorithm>())
        {
            var ff1 = new Ff1(algorithm, new byte[Aead.KeySize(algorithm)]);
            var alone = Enumerable.Range(0, 500).Select(i => Once(ff1, i)).ToArray();
            var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 500).Select(i => Once(ff1, i)).ToArray())));
            foreach (var one in together) Assert.Equal(alone, one);
        }
    }

    private static string Once(Ff1 ff1, int number)
    {
        var numerals = Numerals($"{number:00000000000000000}");
        ff1.Encrypt(numerals, 10, [1, 2]);
        return Text(numerals);
    }

    private static byte[] Numerals(string text) => [.. text.Select(c => (byte)(c <= '9' ? c - '0' : c - 'a' + 10))];

    private static string Text(byte[] numerals) => string.Concat(numerals.Select(n => (char)(n < 10 ? '0' + n : 'a' + n - 10)));
}
