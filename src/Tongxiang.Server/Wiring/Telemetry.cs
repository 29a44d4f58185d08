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
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("tongxiang"))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("tongxiang.*").AddMeter("Microsoft.AspNetCore.Hosting").AddMeter("Microsoft.AspNetCore.Server.Kestrel").AddMeter("System.Runtime").AddPrometheusExporter();
                if (isExported) metrics.AddOtlpExporter(o => o.Endpoint = new Uri(configuration["Telemetry:Otlp"]!));
            });
        // A trace that nobody takes would still cost every call some microseconds.
        if (isExported) telemetry.WithTracing(tracing => tracing.AddSource("tongxiang.*").AddAspNetCoreInstrumentation().AddOtlpExporter(o => o.Endpoint = new Uri(configuration["Telemetry:Otlp"]!)));
        services.AddSingleton(p => MetricsGate.Of(p.GetRequiredService<Listeners>(), configuration, p.GetRequiredService<Home>()));
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

    /// <summary>Metrics tell much about a node: see <see cref="MetricsGate"/>.</summary>
    public static void GuardMetrics(this WebApplication app)
    {
        // Made now and not at the first request: a token that is none must stop the start.
        app.Services.GetRequiredService<MetricsGate>();
        app.Use(MetricsGate.Guard);
    }
}
