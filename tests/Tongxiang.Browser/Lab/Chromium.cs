using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Tongxiang.Browser.Lab;

/// <summary>The machine's own chromium, started once for the run; tests skip where there is none.</summary>
public sealed class Chromium : IAsyncLifetime
{
    static readonly string[] Flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"];

    // The shell has no windows, tabs and toolbars of its own to draw: most of a small page's time.
    static readonly string Path = Environment.GetEnvironmentVariable("CHROMIUM") ?? new[] { "/usr/bin/chromium-headless-shell", "/usr/bin/chromium" }.FirstOrDefault(File.Exists) ?? "/usr/bin/chromium";

    IPlaywright? _driver;
    IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Path))
            return;
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new() { Headless = true, Args = Flags, ExecutablePath = Path });
    }

    /// <summary>A fresh profile on <paramref name="site"/>.</summary>
    public Task<IBrowserContext> Open(string site, bool scripts = true, int width = 1440, int height = 900)
    {
        Assert.SkipWhen(_browser is null, $"No chromium at {Path}: install the package chromium-headless-shell or chromium, or set CHROMIUM to its path.");
        return _browser!.NewContextAsync(new() { BaseURL = site, JavaScriptEnabled = scripts, Locale = "zh-CN", TimezoneId = "Asia/Shanghai", ViewportSize = new() { Width = width, Height = height } });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _driver?.Dispose();
    }
}
