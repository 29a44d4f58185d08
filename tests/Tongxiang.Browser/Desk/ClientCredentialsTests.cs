using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

public sealed class ClientCredentialsTests(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_steward_registers_a_certificate_and_makes_a_header_key_and_withdraws_both(bool scripts)
    {
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await Stewardship.SignIn(site, context, "human-resources.steward");
        await page.GotoAsync("/desk/clients");
        var system = page.GetByRole(AriaRole.Region, new() { NameRegex = new System.Text.RegularExpressions.Regex("human-resources-01") });
        await system.GetByText("客户端证书（双向 TLS）").First.ClickAsync();
        await system.GetByLabel("证书（PEM）").FillAsync("nonsense");
        await system.GetByRole(AriaRole.Button, new() { Name = "登记证书" }).ClickAsync();
        await Assertions.Expect(system.GetByText("无法读取证书")).ToBeVisibleAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN=human-resources-{scripts}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await system.GetByLabel("证书（PEM）").FillAsync(certificate.ExportCertificatePem());
        await system.GetByRole(AriaRole.Button, new() { Name = "登记证书" }).ClickAsync();
        await system.GetByText("客户端证书（双向 TLS）").First.ClickAsync();
        var row = system.GetByRole(AriaRole.Row).Filter(new() { HasText = $"CN=human-resources-{scripts}" });
        await Assertions.Expect(row).ToContainTextAsync("2090-01-01");
        await Stewardship.Look(page, "client-certificates", scripts);
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(system.GetByRole(AriaRole.Row).Filter(new() { HasText = $"CN=human-resources-{scripts}" })).ToHaveCountAsync(0);

        await system.GetByText("请求头密钥").First.ClickAsync();
        await system.GetByRole(AriaRole.Button, new() { Name = "制作请求头密钥" }).ClickAsync();
        var secret = page.GetByRole(AriaRole.Region, new() { Name = "请求头密钥" }).Locator("code").First;
        await Assertions.Expect(secret).ToContainTextAsync("txk_");
        var text = await secret.InnerTextAsync();
        using var http = new HttpClient { BaseAddress = new Uri(site.Url) };
        http.DefaultRequestHeaders.Add("Api-Key", text);
        Assert.Equal(200, (int)(await http.GetAsync("/data/bus-stops?limit=1")).StatusCode);
        await page.GotoAsync("/desk/clients");
        await system.GetByText("请求头密钥").First.ClickAsync();
        await system.GetByRole(AriaRole.Row).Filter(new() { HasText = text[..8] }).GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(system.GetByRole(AriaRole.Row).Filter(new() { HasText = text[..8] })).ToHaveCountAsync(0);
        Assert.Equal(401, (int)(await http.GetAsync("/data/bus-stops?limit=1")).StatusCode);
    }
}
