using System.Buffers.Text;
using System.Text;
using NSec.Cryptography;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Tests.Core.Crypto;

public sealed class MessageSignatureTests
{
    // RFC 9421 appendix B.2.6, signed with the Ed25519 key of appendix B.1.4.
    [Fact]
    public void The_published_example_has_the_published_signature()
    {
        var message = new MessageSignature(
        [
            new("date", "Tue, 20 Apr 2021 02:07:55 GMT"), new("@method", "POST"), new("@path", "/foo"), new("@authority", "example.com"), new("content-type", "application/json"), new("content-length", "18"),
        ], DateTimeOffset.FromUnixTimeSeconds(1618884473), "test-key-ed25519");
        Assert.Equal("(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"", message.Parameters);
        using var key = Key.Import(SignatureAlgorithm.Ed25519, Base64Url.DecodeFromChars("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"), KeyBlobFormat.RawPrivateKey);
        Assert.Equal("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==", Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(key, Encoding.UTF8.GetBytes(message.Base()))));
    }

    [Fact]
    public void What_would_change_the_reading_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new MessageSignature([new("x", "a\nb")], default, "k").Base());
        Assert.Throws<ArgumentException>(() => new MessageSignature([new("x", "a"), new("x", "b")], default, "k").Base());
        Assert.Throws<ArgumentException>(() => new MessageSignature([], default, "钥").Base());
        Assert.EndsWith(";keyid=\"a\\\"b\\\\c\"", new MessageSignature([], default, "a\"b\\c").Parameters, StringComparison.Ordinal);
        Assert.StartsWith("\"@method\";req: GET\n", new MessageSignature([new("@method", "GET", true)], default, "k").Base(), StringComparison.Ordinal);
    }
}
