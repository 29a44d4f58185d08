using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>A stop as an RFC 9457 problem that also carries what clients of PostgREST read: code, message, details, hint.</summary>
internal static class DataProblem
{
    public static Task Write(HttpContext http, Stop stop)
    {
        if (XRoadFace.IsSpoken(http)) return XRoadFace.Refuse(http, stop.Status, stop.Status >= 500 ? "Server.ServerProxy.ServiceFailed" : "Client." + stop.Code, stop.Fault?.Message ?? stop.Code);
        var language = Language.Of(http.Request);
        var refusal = stop.Refusal ?? new Refusal(stop.Status, "gateway.query-refused");
        var problem = Problems.Of(refusal, language, http.TraceIdentifier);
        problem.Extensions["code"] = stop.Code;
        problem.Extensions["message"] = stop.Fault?.Message ?? problem.Title;
        problem.Extensions["details"] = stop.Fault?.Details ?? problem.Detail;
        problem.Extensions["hint"] = stop.Fault is { } fault ? Texts.Parts.Get(language, fault.Key, fault.Args) : null;
        problem.Detail ??= stop.Fault is null ? null : Texts.Parts.Get(language, stop.Fault.Key, stop.Fault.Args);
        http.Response.StatusCode = stop.Status;
        if (refusal.RetryAfterSeconds is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (stop.Status == 401) http.Response.Headers.WWWAuthenticate = "Bearer";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentType = "application/problem+json; charset=utf-8";
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.WriteAsJsonAsync(problem, Wire.Json, "application/problem+json; charset=utf-8", http.RequestAborted);
    }
}
