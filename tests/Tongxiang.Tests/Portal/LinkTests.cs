using System.Text.RegularExpressions;
using System.Net;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Portal;

public sealed partial class LinkTests
{
    [Fact]
    public async Task No_address_makes_a_page_point_to_another_host()
    {
        await using var lab = await NodeLab.Start(Store.Sqlite);
        foreach (var trick in (string[])
        [
            "/en//evil.example", "/en///evil.example/x", "/en/%5Cevil.example", "/en/%5C%5Cevil.example", "/en/\\evil.example", "/en/%09/evil.example", "/en/%0A%0D/evil.example", "/en/%09%2F/evil.example",
            "/en/%20//evil.example", "/en/.//evil.example", "/en/x/..//evil.example", "/en/%2e%2e//evil.example", "//evil.example", "//evil.example/en/", "///evil.example", "/%5Cevil.example", "/%09/evil.example",
            "/./%09/evil.example", "/en//evil.example?q=//evil.example", "/en/https:evil.example", "/en/%E3%80%80/evil.example", "/en/%00/evil.example", "/en//evil.example%3Fa%23b", "/datasets//evil.example", "/en/datasets?q=//evil.example&page=2",
            "/en/sign-in?returnUrl=//evil.example", "/sign-in?returnUrl=/%09/evil.example", "/sign-in?returnUrl=/%5Cevil.example", "/sign-in?returnUrl=javascript:alert(1)",
        ])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(lab.Http.BaseAddress!.ToString().TrimEnd('/') + trick, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            using var answer = await lab.Http.SendAsync(request);
            if (answer.StatusCode == HttpStatusCode.BadRequest) continue;
            var page = await answer.Content.ReadAsStringAsync();
            var links = Links().Matches(page).Select(m => WebUtility.HtmlDecode(m.Groups[2].Value)).Append(answer.Headers.Location?.OriginalString ?? "").ToList();
            Assert.True(links.Count > 5, trick);
            foreach (var link in links) Assert.False(LeavesTheSite(link, lab.Http.BaseAddress!), $"{trick}: {link}");
        }
    }

    [Theory]
    [InlineData("/en/datasets", "/datasets")]
    [InlineData("/en", "/")]
    [InlineData("/datasets?q=%E5%85%AC%E4%BA%A4", "/en/datasets?q=%E5%85%AC%E4%BA%A4")]
    [InlineData("/", "/en")]
    public async Task The_other_language_is_one_link_away(string path, string other)
    {
        await using var lab = await NodeLab.Start(Store.Sqlite);
        var page = await lab.Http.GetStringAsync(path);
        Assert.Contains($"<a href=\"{other}\" lang=", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    // As browsers read it: control characters and blanks at the edges fall away, tab and line ends everywhere, a backslash is a slash.
    private static bool LeavesTheSite(string link, Uri own)
    {
        var read = string.Concat(link.Where(c => c is not ('\t' or '\n' or '\r'))).Trim([' ', .. Enumerable.Range(0, 32).Select(i => (char)i)]).Replace('\\', '/');
        if (read.StartsWith("//", StringComparison.Ordinal)) return true;
        if (!Scheme().IsMatch(read)) return false;
        return !(Uri.TryCreate(read, UriKind.Absolute, out var uri) && ((uri.Scheme is "http" && uri.Authority == own.Authority) || uri.Scheme is "mailto"));
    }

    [GeneratedRegex("(href|action|src|name=\"(?:back|returnUrl)\" value)=\"([^\"]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex("^[a-z][a-z0-9+.-]*:", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();
}
