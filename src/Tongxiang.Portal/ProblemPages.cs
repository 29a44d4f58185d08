using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tongxiang.Portal;

/// <summary>Turns a fault or a bare error status of a page into a page that says what happened, what to do, and the request's number.</summary>
sealed partial class ProblemPages(IServiceScopeFactory scopes, ILogger<ProblemPages> log)
{
    public static Task Run(HttpContext http, RequestDelegate next) => http.RequestServices.GetRequiredService<ProblemPages>().Go(http, next);

    async Task Go(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            http.Response.StatusCode = e.StatusCode;
        }
        catch (Exception e) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            LogFault(e, http.Request.Method, http.Request.Path.Value ?? "");
            http.Response.Clear();
            http.Response.StatusCode = 500;
        }
        var answer = http.Response;
        if (IsBareForm(http))
        {
            if (http.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
            {
                await ShowAgain(http);
                return;
            }
            answer.Clear();
            answer.StatusCode = 400;
        }
        if (answer.StatusCode < 400 || answer.HasStarted || answer.ContentType is not null || answer.ContentLength > 0)
            return;
        await Show(http, answer.StatusCode);
    }

    // The framework answers a form that the page no longer has with 400 and nothing else; a form without its token is another matter.
    static bool IsBareForm(HttpContext http) =>
        HttpMethods.IsPost(http.Request.Method) && http.Response is { StatusCode: 400, HasStarted: false, ContentLength: null or 0 }
        && http.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    // The page as it stands now, told that it was asked to do what it no longer offers.
    async Task ShowAgain(HttpContext http)
    {
        var own = http.RequestServices;
        await using var scope = scopes.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        http.Request.Method = HttpMethods.Get;
        try
        {
            http.Response.Clear();
            Faces.Headers(http.Response);
            Visit.MarkAgain(http);
            await http.GetEndpoint()!.RequestDelegate!(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Post;
            http.RequestServices = own;
        }
    }

    // The renderer of a request renders once: the problem's page gets a scope of its own, and the headers that a cleared or abandoned answer lost or left.
    async Task Show(HttpContext http, int status)
    {
        var own = http.RequestServices;
        await using var scope = scopes.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        // Whoever renders reads the form of a POST, and a form without its token must not be read: the page of the problem needs none.
        var method = http.Request.Method;
        if (HttpMethods.IsPost(method))
        {
            http.Request.Method = HttpMethods.Get;
            http.Request.ContentType = null;
            http.Features.Set<IFormFeature>(null);
        }
        try
        {
            http.Response.Headers.Remove("blazor-enhanced-nav");
            Faces.Headers(http.Response);
            await new RazorComponentResult<App>(new { Status = (int?)status }) { StatusCode = status, PreventStreamingRendering = true }.ExecuteAsync(http);
        }
        finally
        {
            http.Request.Method = method;
            http.RequestServices = own;
        }
    }

    [LoggerMessage(2500, LogLevel.Error, "The page {Method} {Path} failed.")]
    partial void LogFault(Exception fault, string method, string path);
}
