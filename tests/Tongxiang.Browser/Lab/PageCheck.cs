using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Tongxiang.Browser.Lab;

/// <summary>What every page must pass, on a desk and on a phone, with and without scripts.</summary>
public static class PageCheck
{
    static readonly string? Shots = Environment.GetEnvironmentVariable("TONGXIANG_SHOTS");

    // Into the page itself: a frame of another origin, which needs more, no page of ours has.
    static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    const string Examine = """
        async () => {
          const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
          const found = await axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
          return found.violations.flatMap(v => v.nodes.slice(0, 4).map(n => `${v.id}: ${v.help}: ${n.html} (${n.target})`));
        }
        """;

    /// <summary>Opens a page on a desk, on a phone and without scripts, and collects everything that is wrong with it.</summary>
    public static async Task Passes(Chromium chromium, string site, string path, int budgetBytes = 100_000, string? cookie = null)
    {
        // Both at once: most of a look is waiting until the page has fallen silent.
        var wrong = await Task.WhenAll(WithScripts(chromium, site, path, budgetBytes, cookie), WithoutScripts(chromium, site, path, cookie));
        Assert.True(wrong.All(w => w.Count == 0), $"{path}\n  " + string.Join("\n  ", wrong.SelectMany(w => w).Distinct()));
    }

    static async Task<IReadOnlyCollection<string>> WithScripts(Chromium chromium, string site, string path, int budgetBytes, string? cookie)
    {
        var wrong = new ConcurrentQueue<string>();
        await using var context = await chromium.Open(site);
        await Keep(context, site, cookie);
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync("window.__csp=[];document.addEventListener('securitypolicyviolation',e=>__csp.push(e.violatedDirective+' '+e.blockedURI+' '+e.sourceFile))");
        page.Request += (_, r) => { if (!r.Url.StartsWith(site, StringComparison.Ordinal) && !r.Url.StartsWith("data:", StringComparison.Ordinal)) wrong.Enqueue($"asks another origin: {r.Url}"); };
        page.Console += (_, m) => { if (m.Type == "error") wrong.Enqueue($"console: {m.Text}"); };
        page.PageError += (_, e) => wrong.Enqueue($"script: {e}");
        var bytes = await Weigh(page);
        var answer = await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.NetworkIdle });
        if (answer!.Status != 200)
            wrong.Enqueue($"answers {answer.Status}");
        if (bytes() > budgetBytes)
            wrong.Enqueue($"transfers {bytes()} bytes, budget {budgetBytes}");
        foreach (var (width, height) in new[] { (1440, 900), (390, 844) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var fault in await Faults(page, width))
                wrong.Enqueue(fault);
            await Shoot(page, $"{path.Trim('/').Replace('/', '-').Replace('?', '_')}-{width}");
        }
        foreach (var broken in await page.EvaluateAsync<string[]>("window.__csp"))
            wrong.Enqueue($"breaks the content security policy: {broken}");
        return wrong;
    }

    static async Task<IReadOnlyCollection<string>> WithoutScripts(Chromium chromium, string site, string path, string? cookie)
    {
        var wrong = new List<string>();
        await using var plain = await chromium.Open(site, scripts: false);
        await Keep(plain, site, cookie);
        var quiet = await plain.NewPageAsync();
        await quiet.GotoAsync(path);
        if (await quiet.GetByRole(AriaRole.Heading, new() { Level = 1 }).CountAsync() != 1)
            wrong.Add("has no heading without scripts");
        if (await quiet.Locator(".no-js:visible").CountAsync() < await quiet.Locator(".no-js").CountAsync())
            wrong.Add("hides a button that readers without scripts need");
        return wrong;
    }

    /// <summary>Keeps a picture of the whole page where the run asked for pictures.</summary>
    public static Task Shoot(IPage page, string name) =>
        Shots is null ? Task.CompletedTask : page.ScreenshotAsync(new() { Path = Path.Combine(Shots, name + ".png"), FullPage = true });

    /// <summary>Accessibility and layout of the page as it stands.</summary>
    public static async Task<IReadOnlyList<string>> Faults(IPage page, int width)
    {
        var wrong = new List<string>();
        if (!await page.EvaluateAsync<bool>("typeof axe === 'object'"))
            await page.EvaluateAsync(Axe);
        wrong.AddRange((await page.EvaluateAsync<string[]>(Examine)).Select(v => $"axe at {width}: {v}"));
        if (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).CountAsync() != 1)
            wrong.Add("does not have exactly one h1");
        var (wide, room) = (await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await page.EvaluateAsync<int>("document.documentElement.clientWidth"));
        if (wide > room)
            wrong.Add($"at {width} is {wide} pixels wide in {room}");
        if (await page.EvaluateAsync<int>("document.querySelectorAll('[style]').length") is var styled and > 0)
            wrong.Add($"has {styled} inline styles");
        return wrong;
    }

    static Task Keep(IBrowserContext context, string site, string? cookie) =>
        cookie is null ? Task.CompletedTask : context.AddCookiesAsync([new() { Name = cookie.Split('=')[0], Value = cookie.Split('=')[1], Url = site }]);

    static async Task<Func<long>> Weigh(IPage page)
    {
        var bytes = 0L;
        var wire = await page.Context.NewCDPSessionAsync(page);
        await wire.SendAsync("Network.enable");
        wire.Event("Network.loadingFinished").OnEvent += (_, e) => Interlocked.Add(ref bytes, (long)e!.Value.GetProperty("encodedDataLength").GetDouble());
        return () => Interlocked.Read(ref bytes);
    }
}
