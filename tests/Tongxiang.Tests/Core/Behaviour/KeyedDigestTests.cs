using Tongxiang.Core.Behaviour;

namespace Tongxiang.Tests.Core.Behaviour;

public sealed class KeyedDigestTests
{
    // Vectors of the authors of SipHash: the key is 00 … 0f, the message 00, 01, 02 …
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31UL)]
    [InlineData(1, 0x74f839c593dc67fdUL)]
    [InlineData(8, 0x93f5f5799a932462UL)]
    [InlineData(15, 0xa129ca6149be45e5UL)]
    public void Digests_are_those_of_the_published_scheme(int length, ulong digest)
    {
        var key = Enumerable.Range(0, 16).Select(i => (byte)i).ToArray();
        Assert.Equal(digest, new KeyedDigest(key).Of((ReadOnlySpan<byte>)key.AsSpan(0, length)));
    }

    [Fact]
    public void Another_key_gives_another_digest_and_none_is_ever_nought()
    {
        var (one, other) = (new KeyedDigest(new byte[16]), new KeyedDigest([.. Enumerable.Repeat((byte)1, 16)]));
        Assert.NotEqual(one.Of("290102198001010033"), other.Of("290102198001010033"));
        Assert.Equal(one.Of("290102198001010033"), one.Of("290102198001010033"));
        Assert.All(Enumerable.Range(0, 1000), i => Assert.NotEqual(0UL, one.Of(i.ToString("x", null))));
    }
}
