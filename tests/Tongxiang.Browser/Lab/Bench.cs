using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tongxiang.Browser.Lab;
using Tongxiang.Portal;

[assembly: AssemblyFixture(typeof(Bench))]

namespace Tongxiang.Browser.Lab;

/// <summary>The pages alone on a real socket, with the gallery of the kit: what can be judged without a catalogue.</summary>
public sealed class Bench : IAsyncLifetime
{
    WebApplication? _app;

    public string Url { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new PortalSettings { NameZh = "公共数据开放平台", NameEn = "Open Government Data", Gallery = true, HostZh = "云岭省数据局", HostEn = "Yunling Data Bureau", BannerZh = "演示", BannerEn = "Demonstration" });
        builder.Services.AddPortal();
        _app = builder.Build();
        _app.UsePortal();
        _app.MapPortal();
        await _app.StartAsync();
        Url = _app.Urls.Single();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }
}
