using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Tongxiang.Portal;

/// <summary>What a reader may set without an account: large type, kept in one cookie that says only that.</summary>
static class Preferences
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/preferences", Run).DisableAntiforgery().ExcludeFromDescription().WithName("portal.preferences");

    static RedirectHttpResult Run(HttpContext http, [FromForm] string? elder, [FromForm] string? back)
    {
        if (elder == "1")
            http.Response.Cookies.Append(Visit.ElderCookie, "1", new CookieOptions { MaxAge = TimeSpan.FromDays(365), HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true });
        else
            http.Response.Cookies.Delete(Visit.ElderCookie);
        return TypedResults.LocalRedirect(IsLocal(back) ? back! : "/");
    }

    /// <summary>Only a path of this site: no scheme, no second slash or backslash that a browser would read as a host.</summary>
    internal static bool IsLocal(string? path) =>
        path is ['/', ..] && !(path.Length > 1 && path[1] is '/' or '\\') && !path.Any(char.IsControl);
}
