using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Public;

public sealed class StandingPagesTests(Chromium chromium, Site site)
{
    [Theory, InlineData("/help"), InlineData("/en/help"), InlineData("/licence"), InlineData("/en/privacy"), InlineData("/accessibility"), InlineData("/developers"), InlineData("/en/sitemap"), InlineData("/problems/kernel.not-found")]
    public Task Pages_of_words_pass_every_check(string path) => PageCheck.Passes(chromium, site.Url, path, 80_000);
}
