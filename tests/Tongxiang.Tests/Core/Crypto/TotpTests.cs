using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Tests.Core.Crypto;

public sealed class TotpTests
{
    private static readonly byte[] Twenty = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238, appendix B: the seed is repeated to the length of the digest.
    [Theory]
    [InlineData(59L, "94287082", "46119246", "90693936")]
    [InlineData(1111111109L, "07081804", "68084774", "25091201")]
    [InlineData(1111111111L, "14050471", "67062674", "99943326")]
    [InlineData(1234567890L, "89005924", "91819424", "93441116")]
    [InlineData(2000000000L, "69279037", "90698825", "38618901")]
    [InlineData(20000000000L, "65353130", "77737706", "47863826")]
    public void The_vectors_of_the_standard_come_out(long seconds, string sha1, string sha256, string sha512)
    {
        var step = Totp.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds));
        Assert.Equal(sha1, Totp.Code(Twenty, step, 8));
        Assert.Equal(sha256, Totp.Code(Seed(32), step, 8, HashAlgorithmName.SHA256));
        Assert.Equal(sha512, Totp.Code(Seed(64), step, 8, HashAlgorithmName.SHA512));
    }

    // RFC 4226, appendix D.
    [Fact]
    public void The_vectors_of_the_counter_come_out()
    {
        string[] codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (var i = 0; i < codes.Length; i++) Assert.Equal(codes[i], Totp.Code(Twenty, i));
    }

    // RFC 4648, section 10, without padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_is_that_of_the_standard(string text, string expected) => Assert.Equal(expected, Totp.Base32(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_code_holds_for_its_neighbours_and_only_once()
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var now = Totp.StepOf(at);
        foreach (var step in new[] { now - 1, now, now + 1 }) Assert.Equal(step, Totp.Match(Twenty, Totp.Code(Twenty, step), at, 0));
        foreach (var step in new[] { now - 2, now + 2 }) Assert.Null(Totp.Match(Twenty, Totp.Code(Twenty, step), at, 0));
        Assert.Null(Totp.Match(Twenty, Totp.Code(Twenty, now), at, now));
        Assert.Null(Totp.Match(Twenty, Totp.Code(Twenty, now - 1), at, now));
        foreach (var bad in new[] { "", "12345", "1234567", "12345a", "１２３４５６" }) Assert.Null(Totp.Match(Twenty, bad, at, 0));
    }

    [Fact]
    public void The_address_names_issuer_and_account_safely() => Assert.Equal(
        "otpauth://totp/%E9%80%9A%E4%BA%AB:a%26b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E9%80%9A%E4%BA%AB&algorithm=SHA1&digits=6&period=30", Totp.Address("通享", "a&b", Twenty));

    private static byte[] Seed(int length) => [.. Enumerable.Range(0, length).Select(i => Twenty[i % Twenty.Length])];
}
