using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Tongxiang.Kernel;

/// <summary>Turns refusals into RFC 9457 problems in the reader's language.</summary>
public static class Problems
{
    /// <summary>The problem: type is a page of this site, title and detail are texts, and code, article, errors and traceId come as extensions.</summary>
    public static ProblemDetails Of(Refusal refusal, string language, string? traceId = null)
    {
        var problem = new ProblemDetails
        {
            Status = refusal.Status,
            Type = $"/problems/{refusal.Code}",
            Title = Texts.Parts.Get(language, refusal.Code, refusal.Args),
        };
        if (Texts.Parts.Has(refusal.Code + ".detail")) problem.Detail = Texts.Parts.Get(language, refusal.Code + ".detail", refusal.Args);
        problem.Extensions["code"] = refusal.Code;
        if (refusal.Article is not null) problem.Extensions["article"] = refusal.Article;
        if (traceId is not null) problem.Extensions["traceId"] = traceId;
        if (refusal.Fields.Count > 0)
        {
            problem.Extensions["errors"] = refusal.Fields
                .GroupBy(f => f.Field, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Select(f => Texts.Parts.Get(language, f.Key, f.Args)).ToArray(), StringComparer.Ordinal);
        }
        return problem;
    }

    /// <summary>The refusal as an answer; the language is read from the request.</summary>
    public static IResult ToProblem(this Refusal refusal) => new ProblemAnswer(refusal);

    /// <summary>The value as the given answer, or the refusal as a problem.</summary>
    public static IResult Answer<T>(this Outcome<T> outcome, Func<T, IResult> answer) =>
        outcome.Refusal is { } refusal ? refusal.ToProblem() : answer(outcome.Value);

    private sealed class ProblemAnswer(Refusal refusal) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => refusal.Status;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = refusal.Status;
            if (refusal.RetryAfterSeconds is { } seconds) httpContext.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var problem = Of(refusal, Language.Of(httpContext.Request), httpContext.TraceIdentifier);
            return httpContext.Response.WriteAsJsonAsync(problem, Wire.Json, "application/problem+json; charset=utf-8", httpContext.RequestAborted);
        }
    }
}

/// <summary>The language a request is read in: the path (/en/…), then Accept-Language, then Chinese.</summary>
public static class Language
{
    public static string Of(HttpRequest request)
    {
        if (request.Path.StartsWithSegments("/en", StringComparison.Ordinal)) return Texts.English;
        if (request.PathBase.StartsWithSegments("/en", StringComparison.Ordinal)) return Texts.English;
        var best = request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(l => l.Quality ?? 1)
            .Select(l => l.Value.Value ?? "")
            .FirstOrDefault(l => l.StartsWith("zh", StringComparison.OrdinalIgnoreCase) || l.StartsWith("en", StringComparison.OrdinalIgnoreCase));
        return best is not null && best.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? Texts.English : Texts.Chinese;
    }
}
