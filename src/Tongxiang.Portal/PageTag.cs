using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tongxiang.Portal;

/// <summary>Gives an anonymous page its entity tag, so that the cache before it can answer "not modified".</summary>
static class PageTag
{
    public static async Task Run(HttpContext http, RequestDelegate next)
    {
        if (!(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) || http.User.Identity?.IsAuthenticated == true)
        {
            await next(http);
            return;
        }
        var wire = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var page = new MemoryStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(page, wire));
        try
        {
            await next(http);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
        finally
        {
            http.Features.Set(wire);
        }
        if (http.Response.StatusCode == 200 && http.Response.Headers.SetCookie.Count == 0)
            // Weak, because compression changes the bytes and not the page.
            http.Response.Headers.ETag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(page.GetBuffer().AsSpan(0, (int)page.Length)))[..24]}\"";
        page.Position = 0;
        await page.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
