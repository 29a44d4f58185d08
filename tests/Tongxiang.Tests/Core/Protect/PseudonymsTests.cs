using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Protect;

namespace Tongxiang.Tests.Core.Protect;

public sealed class PseudonymsTests
{
    private static readonly byte[] key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Theory, InlineData(SealAlgorithm.Aes256Gcm), InlineData(SealAlgorithm.Sm4Gcm)]
    public void One_value_has_one_pseudonym_however_it_is_written(SealAlgorithm algorithm)
    {
        var names = new Pseudonyms(algorithm, key);
        var id = names.Of(ElementKind.CitizenId);
        var one = id.Run("11010519491231002X");
        foreach (var same in (string[])["11010519491231002x", " 11010519491231002X ", "１１０１０５１９４９１２３１００２Ｘ", "110105491231002"]) Assert.Equal(one, id.Run(same));
        Assert.NotEqual(one, id.Run("110105194912310038"));
        var mobile = names.Of(ElementKind.Mobile);
        Assert.Equal(mobile.Run("13812345678"), mobile.Run("+86 138-1234-5678"));
    }

    [Fact]
    public void A_pseudonym_is_26_signs_whatever_it_hides()
    {
        var names = new Pseudonyms(SealAlgorithm.Aes256Gcm, key);
        foreach (var value in (string[])["1", "张三", new string('长', 5_000), "\u202Ex"]) Assert.Matches("^[a-z2-7]{26}$", names.Of(ElementKind.Text).Run(value));
        Assert.Matches("^[a-z2-7]{26}$", names.Of(ElementKind.Text).Run((byte[])[0xFF, 0xFE]));
    }

    [Fact]
    public void It_is_the_hmac_that_anyone_with_the_key_can_compute()
    {
        var mac = HMACSHA256.HashData(key, "13812345678"u8);
        var bits = string.Concat(mac.Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));
        var expected = string.Concat(Enumerable.Range(0, 26).Select(i => "abcdefghijklmnopqrstuvwxyz234567"[Convert.ToInt32(bits.Substring(i * 5, 5), 2)]));
        Assert.Equal(expected, new Pseudonyms(SealAlgorithm.Aes256Gcm, key).Of(ElementKind.Mobile).Run("13812345678"));
    }

    [Fact]
    public void A_dictionary_of_all_numbers_does_not_help_without_the_key()
    {
        var seen = new Pseudonyms(SealAlgorithm.Aes256Gcm, key).Of(ElementKind.Mobile).Run("13800004711");
        string[] attempts = ["", "key", "tongxiang", "0000000000000000"];
        for (var number = 0; number < 10_000; number++)
        {
            var phone = Encoding.ASCII.GetBytes($"1380000{number:0000}");
            Assert.NotEqual(seen, Cut(SHA256.HashData(phone)));
            foreach (var attempt in attempts) Assert.NotEqual(seen, Cut(HMACSHA256.HashData(Encoding.ASCII.GetBytes(attempt), phone)));
        }
    }

    private static string Cut(byte[] mac)
    {
        var bits = string.Concat(mac.Take(17).Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));
        return string.Concat(Enumerable.Range(0, 26).Select(i => "abcdefghijklmnopqrstuvwxyz234567"[Convert.ToInt32(bits.Substring(i * 5, 5), 2)]));
    }
}
