using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Tests.Share;

public sealed class LawTests
{
    [Theory]
    [InlineData(2, "第二条")]
    [InlineData(10, "第十条")]
    [InlineData(20, "第二十条")]
    [InlineData(21, "第二十一条")]
    [InlineData(44, "第四十四条")]
    public void An_article_is_numbered_as_the_law_does(int number, string end)
    {
        Assert.EndsWith(end, Law.Order809(number), StringComparison.Ordinal);
        Assert.EndsWith($"art. {number}", Law.Named(Law.Order809(number), Texts.English), StringComparison.Ordinal);
        Assert.Equal(Law.Order809(number), Law.Named(Law.Order809(number), Texts.Chinese));
    }

    [Fact]
    public void Another_basis_stays_as_it_is_written() => Assert.Equal("《居民身份证法》第六条", Law.Named("《居民身份证法》第六条", Texts.English));
}
