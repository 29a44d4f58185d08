using Microsoft.AspNetCore.Http;

namespace Tongxiang.Portal;

/// <summary>Tells pages from the machines' faces and guards what a page may load and who may frame it.</summary>
static class Faces
{
    const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
        "form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    static readonly string[] Machines = ["/api", "/data", "/log", "/openapi", "/health", "/metrics", "/.well-known", "/connect", "/assets", "/catalog.", "/sitemap.xml", "/feed"];

    public static bool IsPage(HttpContext http) => !Machines.Any(m => http.Request.Path.Value!.StartsWith(m, StringComparison.OrdinalIgnoreCase) && Ends(http.Request.Path.Value!, m));

    // "/data" is a machine's face, "/datasets" is a page.
    static bool Ends(string path, string prefix) => prefix[^1] == '.' || path.Length == prefix.Length || path[prefix.Length] is '/' or '.';

    public static Task Guard(HttpContext http, RequestDelegate next)
    {
        Headers(http.Response);
        return next(http);
    }

    public static void Headers(HttpResponse answer)
    {
        var headers = answer.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }
}
