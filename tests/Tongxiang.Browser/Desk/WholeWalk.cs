using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

/// <summary>The whole main job: a department's file becomes a governed, documented, witnessed API, and anybody can check the receipt offline.</summary>
public sealed partial class WholeWalk(Chromium chromium, Site site)
{
    private const string Resource = "城市逐日人数（有条件共享）";

    [Fact]
    public async Task From_a_file_on_the_desk_to_a_receipt_verified_offline()
    {
        var (file, rows) = await Stewardship.Delivery();
        await using var providers = await chromium.Open(site.Url);
        var steward = await Stewardship.SignIn(site, providers, "health.steward");
        await Offer(steward, file, rows);

        await using var consumers = await chromium.Open(site.Url);
        var consumer = await Stewardship.SignIn(site, consumers, "education.steward");
        var path = await Apply(consumer);
        await Sign("education.office", path, "同意并提交");
        await steward.GotoAsync(path + "/reply");
        await steward.GetByRole(AriaRole.Button, new() { Name = "提交签发" }).ClickAsync();
        await steward.WaitForURLAsync("**" + path + "?done=*");
        await Sign("health.office", path, "签发同意");

        var sample = await Sample(consumer);
        var (client, key) = await Key(consumer);
        var folder = Directory.CreateTempSubdirectory("tongxiang-walk-").FullName;
        try
        {
            var (body, receipt) = await Call(sample, client, key, folder);
            Assert.Equal(10, body.GetArrayLength());
            Assert.Equal(["city", "confirmed", "date", "province"], body[0].EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
            await Verify(receipt, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        await consumer.GotoAsync("/desk/ledger?view=own");
        await Assertions.Expect(consumer.GetByRole(AriaRole.Main)).ToContainTextAsync(Resource);
    }

    private async Task Offer(IPage steward, string file, int rows)
    {
        var address = await Stewardship.Catalogue(steward, Resource, false, "有条件共享", "有条件开放");
        await Stewardship.Step(steward, "提交负责人审批", "提交");
        foreach (var (user, button, done) in new[] { ("health.head", "同意并送主管部门审核", "approved"), ("bureau.reviewer", "审核通过并发布", "published") })
        {
            await using var office = await chromium.Open(site.Url);
            await Stewardship.Decide(await Stewardship.SignIn(site, office, user), address, button, done, false);
        }
        await Stewardship.Land(steward, address, file, rows, false);
    }

    private static async Task<string> Apply(IPage page)
    {
        await page.GotoAsync("/desk/find?q=" + Uri.EscapeDataString("城市逐日人数"));
        await page.GetByRole(AriaRole.Link, new() { Name = Resource }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "申请共享" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "开始申请" }).ClickAsync();
        await page.WaitForURLAsync("**/edit/basis");
        await page.GetByLabel("使用依据").FillAsync("《中华人民共和国教育法》第十五条");
        await page.GetByLabel("办理事项").FillAsync("学校公共卫生事件预警");
        await page.GetByLabel("使用场景").FillAsync("研判学校所在城市的人数变化");
        await page.GetByLabel("用途").FillAsync("决定学校何时恢复线下教学");
        await Next(page, "scope");
        foreach (var field in new[] { "date", "province", "city", "confirmed" }) await page.Locator($"input[name=fields][value={field}]").CheckAsync();
        await Next(page, "terms");
        await page.GetByLabel("使用期限").FillAsync("2028-10-31");
        await Next(page, "check");
        await page.GetByRole(AriaRole.Button, new() { Name = "提请负责人同意" }).ClickAsync();
        await page.WaitForURLAsync("**?done=propose");
        return new Uri(page.Url).AbsolutePath;
    }

    private static async Task Next(IPage page, string step)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "保存并继续" }).ClickAsync();
        await page.WaitForURLAsync("**/edit/" + step);
    }

    private async Task Sign(string user, string path, string button)
    {
        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, user);
        await page.GotoAsync("/desk");
        await page.Locator($"#main a[href='{path}']").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.WaitForURLAsync("**" + path + "?done=*");
    }

    // The command as the page of the grant shows it.
    private static async Task<string> Sample(IPage page)
    {
        await page.GotoAsync("/desk/grants");
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = Resource }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Assertions.Expect(page.Locator("#record")).ToContainTextAsync("签名有效");
        Assert.Empty(await PageCheck.Faults(page, 1440));
        return (await page.Locator("#call code").First.TextContentAsync())!;
    }

    private static async Task<(string Client, string Key)> Key(IPage page)
    {
        await page.GotoAsync("/desk/clients");
        await page.GetByLabel("系统标识").FillAsync("education-walk");
        await page.GetByLabel("系统名称").FillAsync("学校预警系统");
        await page.GetByRole(AriaRole.Button, new() { Name = "登记", Exact = true }).ClickAsync();
        var secret = page.GetByRole(AriaRole.Region, new() { Name = "只显示这一次" }).Locator("code");
        await Assertions.Expect(secret).ToContainTextAsync("\"d\"");
        return ("education-walk", await secret.InnerTextAsync());
    }

    private async Task<(JsonElement Body, string Receipt)> Call(string sample, string client, string key, string folder)
    {
        var file = Path.Combine(folder, "key.jwk");
        await File.WriteAllTextAsync(file, key);
        var (code, token) = await Run(Product, null, "token", "--client", client, "--key", file, "--url", site.Url);
        Assert.True(code == 0, token);
        if (!OperatingSystem.IsWindows() && Found("curl") && Found("sh"))
        {
            // What the reader copies is what runs: only the headers are kept aside.
            var (left, answer) = await Run("sh", token.Trim(), "-c", sample.Replace("curl ", $"curl -sS -D '{folder}/headers' ", StringComparison.Ordinal));
            Assert.True(left == 0, answer);
            var receipt = Receipt().Match(await File.ReadAllTextAsync(Path.Combine(folder, "headers")));
            Assert.True(receipt.Success, answer);
            return (JsonSerializer.Deserialize<JsonElement>(answer), receipt.Groups[1].Value);
        }
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", token.Trim()) } };
        using var response = await http.GetAsync(Address().Match(sample).Groups[1].Value);
        return (JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()), response.Headers.GetValues("Evidence-Receipt").Single());
    }

    private async Task Verify(string receipt, string folder)
    {
        await using var context = await chromium.Open(site.Url);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/verify");
        await page.GetByLabel("回执").FillAsync(receipt);
        await page.GetByRole(AriaRole.Button, new() { Name = "核验" }).ClickAsync();
        // The proof exists within two seconds of the call.
        for (var asked = 0; asked < 40 && await page.GetByRole(AriaRole.Link, new() { Name = "下载证明" }).CountAsync() == 0; asked++)
        {
            await page.WaitForTimeoutAsync(250);
            await page.GotoAsync(page.Url);
        }
        Assert.Empty(await PageCheck.Faults(page, 1440));
        await PageCheck.Shoot(page, "verify-holds");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "下载证明" }).ClickAsync());
        var proof = Path.Combine(folder, "proof.tlog-proof");
        await download.SaveAsAsync(proof);
        var keys = Path.Combine(folder, "keys");
        await File.WriteAllTextAsync(keys, await (await context.APIRequest.GetAsync("/log/key")).TextAsync());
        // From here on nothing asks the node.
        var (code, said) = await Run(Product, null, "verify", receipt, "--proof", proof, "--key", keys);
        Assert.True(code == 0, said);
        var other = LastIndex().Replace(receipt, m => $"index={long.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) - 1}");
        Assert.NotEqual(0, (await Run(Product, null, "verify", other, "--proof", proof, "--key", keys)).Code);
    }

    private static string Product => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Tongxiang.Server.exe" : "Tongxiang.Server");

    private static bool Found(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<(int Code, string Said)> Run(string program, string? token, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (token is not null) start.Environment["TOKEN"] = token;
        using var process = Process.Start(start)!;
        var (said, complaint) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? await said : await said + await complaint);
    }

    [GeneratedRegex("(?im)^evidence-receipt: *(.*?)\r?$")]
    private static partial Regex Receipt();

    [GeneratedRegex("[\"'](http[^\"']*)[\"']")]
    private static partial Regex Address();

    [GeneratedRegex("index=([0-9]+)")]
    private static partial Regex LastIndex();
}
