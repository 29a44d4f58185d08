using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tongxiang.Kernel;

namespace Tongxiang.Portal;

/// <summary>The pages as one face: <see cref="AddPortal"/>, <see cref="UsePortal"/> before anything that answers, <see cref="MapPortal"/>.</summary>
public static class PortalFace
{
    public static IServiceCollection AddPortal(this IServiceCollection services)
    {
        // Without this each Chinese character would be sent as an eight-byte entity.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddAntiforgery(o => (o.Cookie.Name, o.Cookie.SameSite, o.FormFieldName, o.SuppressXFrameOptionsHeader) = ("tx-form", SameSiteMode.Strict, "_form", true));
        services.AddResponseCompression(o => o.EnableForHttps = true);
        services.AddOutputCache(o =>
        {
            // /EN/… renders in Chinese: kept under the key of /en/… it would be shown to every English reader.
            o.UseCaseSensitivePaths = true;
            o.AddBasePolicy(new AnonymousPages());
        });
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Settings);
        services.AddSingleton<ProblemPages>();
        services.AddSingleton<Public.Shelf>();
        services.AddSingleton<Public.DataLook>();
        services.AddScoped<Visit>();
        return services;
    }

    /// <summary>Headers, compression, the cache of anonymous pages and problem pages; only requests for pages are touched.</summary>
    public static IApplicationBuilder UsePortal(this IApplicationBuilder app) => app
        .UseWhen(Faces.IsPage, pages => pages
            .UseResponseCompression()
            .Use(Faces.Guard)
            .UseOutputCache()
            .Use(PageTag.Run)
            .Use(ProblemPages.Run))
        .UseAntiforgery();

    public static IEndpointRouteBuilder MapPortal(this IEndpointRouteBuilder routes)
    {
        Bundle.Map(routes);
        Preferences.Map(routes);
        Public.Takeaway.Map(routes);
        Desk.LandingPorts.Map(routes);
        routes.MapRazorComponents<App>().Add(AnswerHead);
        return routes;
    }

    // Link checkers and caches ask for the head of a page; the framework maps GET and POST only.
    static void AnswerHead(EndpointBuilder page)
    {
        for (var i = 0; i < page.Metadata.Count; i++)
        {
            if (page.Metadata[i] is HttpMethodMetadata methods && methods.HttpMethods.Contains("GET"))
                page.Metadata[i] = new HttpMethodMetadata([.. methods.HttpMethods, "HEAD"]);
        }
    }

    static PortalSettings Settings(IServiceProvider at)
    {
        var said = at.GetService<IConfiguration>()?.GetSection("Portal").Get<PortalSettings>() ?? new PortalSettings();
        var node = at.GetService<NodeSettings>() ?? new NodeSettings();
        return said with { NameZh = said.NameZh.Length > 0 ? said.NameZh : node.Name, NameEn = said.NameEn.Length > 0 ? said.NameEn : node.NameEn };
    }
}
