using System.Net;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Wiring;

/// <summary>Traces, metrics and health: what an operator watches.</summary>
internal static class Telemetry
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var isExported = !string.IsNullOrEmpty(configuration["Telemetry:Otlp"]);
        services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("tongxiang"))
            .WithTracing(tracing =>
            {
                tracing.AddSource("tongxiang.*").AddAspNetCoreInstrumentation();
                if (isExported) tracing.AddOtlpExporter(o => o.Endpoint = new Uri(configuration["Telemetry:Otlp"]!));
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("tongxiang.*").AddMeter("Microsoft.AspNetCore.Hosting").AddMeter("Microsoft.AspNetCore.Server.Kestrel").AddMeter("System.Runtime").AddPrometheusExporter();
                if (isExported) metrics.AddOtlpExporter(o => o.Endpoint = new Uri(configuration["Telemetry:Otlp"]!));
            });
        services.AddHealthChecks().AddCheck<StoreAnswers>("store", tags: ["ready"]);
        return services;
    }

    /// <summary>Live: the process answers. Ready: it can serve.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready") });
        app.MapPrometheusScrapingEndpoint("/metrics");
    }

    /// <summary>Metrics tell much about a node: only this machine reads them unless <c>Telemetry:MetricsFromAnywhere</c>.</summary>
    public static void GuardMetrics(this WebApplication app)
    {
        if (app.Configuration.GetValue<bool>("Telemetry:MetricsFromAnywhere")) return;
        app.Use((http, next) => http.Request.Path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase) && !IsLocal(http)
            ? Refusal.NotFound("page").ToProblem().ExecuteAsync(http)
            : next(http));
    }

    private static bool IsLocal(HttpContext http) => http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
}
