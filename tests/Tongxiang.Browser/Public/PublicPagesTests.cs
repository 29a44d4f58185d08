using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Public;

public sealed class PublicPagesTests(Chromium chromium, Site site)
{
    [Theory]
    [InlineData("/"), InlineData("/en"), InlineData("/datasets"), InlineData("/en/datasets?q=%E5%85%AC%E4%BA%A4&open=Open"), InlineData("/datasets?q=zzzzzz"), InlineData("/datasets/bus-stops"), InlineData("/en/datasets/bus-stops")]
    [InlineData("/datasets/bus-stops/charts"), InlineData("/datasets/air-quality/api?run=1&limit=3"), InlineData("/en/datasets/bus-stops/versions"), InlineData("/en/datasets/bus-stops/reports"), InlineData("/datasets/bus-stops/report"), InlineData("/en/datasets/bus-stops/uses"), InlineData("/en/uses"), InlineData("/orgs"), InlineData("/en/stats"), InlineData("/sign-in"), InlineData("/verify")]
    public Task Every_public_page_passes_every_check(string path) => PageCheck.Passes(chromium, site.Url, path);
}
