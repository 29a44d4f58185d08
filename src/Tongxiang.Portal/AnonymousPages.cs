using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;

namespace Tongxiang.Portal;

/// <summary>Keeps pages for a minute, for readers who are not signed in, by address and by the reader's wishes.</summary>
sealed class AnonymousPages : IOutputCachePolicy
{
    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken ct)
    {
        var http = context.HttpContext;
        var may = (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            && http.GetEndpoint()?.Metadata.GetMetadata<FreshAttribute>() is null
            && http.User.Identity?.IsAuthenticated != true;
        context.EnableOutputCaching = may;
        context.AllowCacheLookup = may;
        context.AllowCacheStorage = may;
        context.AllowLocking = true;
        context.ResponseExpirationTimeSpan = TimeSpan.FromSeconds(60);
        context.CacheVaryByRules.QueryKeys = "*";
        context.CacheVaryByRules.VaryByHost = true;
        context.CacheVaryByRules.VaryByValues["elder"] = http.Request.Cookies[Visit.ElderCookie] == "1" ? "1" : "0";
        // Enhanced navigation says so in Accept and gets other headers back.
        context.CacheVaryByRules.VaryByValues["enhanced"] = http.Request.Headers.Accept.ToString().Contains("blazor-enhanced-nav", StringComparison.Ordinal) ? "1" : "0";
        return default;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken ct) => default;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken ct)
    {
        var answer = context.HttpContext.Response;
        // A page with a form carries a token of its reader: the framework marks it no-store.
        if (answer.StatusCode != 200 || answer.Headers.SetCookie.Count > 0 || answer.Headers.CacheControl.ToString().Contains("no-store", StringComparison.Ordinal))
            context.AllowCacheStorage = false;
        return default;
    }
}

/// <summary>On a page that must never come from the cache: forms, personal lists, proofs in the making.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FreshAttribute : Attribute;
