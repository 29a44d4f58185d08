using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Server.Wiring;

namespace Tongxiang.Server;

/// <summary>Builds and starts a whole node in one process.</summary>
internal static class Node
{
    private static readonly PathString[] Machines = ["/api", "/data", "/batch", "/subscribe", "/log", "/legacy", "/r1", "/connect", "/openapi", "/health"];

    /// <summary>Builds the node, or says which setting is wrong.</summary>
    public static bool TryBuild(NodeOptions options, [NotNullWhen(true)] out WebApplication? app, out string complaint)
    {
        complaint = "";
        app = null;
        try
        {
            app = Build(options);
            return true;
        }
        catch (Exception e) when (e is ValidationException or FileNotFoundException or FormatException or UnauthorizedAccessException or CryptographicException)
        {
            complaint = $"The node does not start / 节点未启动:{Environment.NewLine}{e.Message}";
            return false;
        }
    }

    /// <param name="options">From the command line.</param>
    /// <param name="more">Further registrations, such as a test's clock; they come first, so the node's own do not replace them.</param>
    public static WebApplication Build(NodeOptions options, Action<IServiceCollection>? more = null)
    {
        var (settings, listeners, configuration) = NodeConfiguration.Read(options);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(Node).Assembly.GetName().Name });
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls([.. listeners.Addresses]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4L << 20;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 << 10;
            ServerCertificate.Use(kestrel, listeners, settings);
        });
        Logs(builder.Logging);
        more?.Invoke(builder.Services);
        builder.Services.AddSingleton(listeners);
        builder.Services.AddRouting();
        builder.Services.AddKernel(settings);
        builder.Services.AddParts(settings);
        builder.Services.AddTelemetry(configuration);
        builder.Services.AddNetworkLog();
        builder.Services.AddApiDocument();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));

        var app = builder.Build();
        // Now and not at the first use: a device that does not open is a complaint about the settings, not a fault.
        app.Services.GetRequiredService<NodeKey>();
        app.Services.GetRequiredService<NetworkLog>();
        app.UseNetworkLog();
        // What a caller sent wrongly, or too slowly, is no fault of the node: its log is not theirs to fill.
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Fault, SuppressDiagnosticsCallback = fault => fault.Exception is BadHttpRequestException });
        app.UseStatusCodePages(BareStatus);
        app.Use(OnlyOwnFace);
        app.UseNodeHeaders();
        app.GuardMetrics();
        app.UseFront();
        app.UseParts();
        app.MapHealth();
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapParts();
        return app;
    }

    /// <summary>Brings the schema up to date, listens, and fills an empty node with the demonstration region when asked to.</summary>
    public static async Task Start(WebApplication app, NodeOptions options, CancellationToken ct)
    {
        var settings = app.Services.GetRequiredService<NodeSettings>();
        var home = app.Services.GetRequiredService<Home>();
        EmptyScratch(home);
        Schema.Upgrade(settings.Store, settings.ConnectionString(home));
        await app.OpenParts(ct);
        await app.StartAsync(ct);
        await app.Ready(options, ct);
    }

    /// <summary>The address a browser on this machine can use.</summary>
    public static string Address(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
            .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "127.0.0.1", StringComparison.Ordinal);

    // Clear copies of sealed data live here while DuckDB works on them: never longer than one run of the node.
    private static void EmptyScratch(Home home)
    {
        foreach (var left in new DirectoryInfo(home.Scratch).EnumerateFileSystemInfos())
        {
            if (left is DirectoryInfo folder) folder.Delete(recursive: true);
            else left.Delete();
        }
    }

    private static void Logs(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Tongxiang", LogLevel.Information);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // Otherwise each request gets an activity and a scope for lines that are never written.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    private static Task Fault(HttpContext http)
    {
        var refusal = http.Features.Get<IExceptionHandlerFeature>()?.Error switch
        {
            BadHttpRequestException { StatusCode: 413 } => new Refusal(413, "server.too-large"),
            BadHttpRequestException bad => new Refusal(bad.StatusCode, "server.malformed"),
            _ => new Refusal(500, "kernel.fault"),
        };
        return refusal.ToProblem().ExecuteAsync(http);
    }

    // An answer without a body, such as an unknown route, still says what happened; pages bring their own.
    private static Task BareStatus(StatusCodeContext context)
    {
        var http = context.HttpContext;
        if (!Machines.Any(m => http.Request.Path.StartsWithSegments(m, StringComparison.Ordinal))) return Task.CompletedTask;
        return (http.Response.StatusCode switch
        {
            404 => new Refusal(404, "server.no-such-address", http.Request.Path.Value),
            405 => new Refusal(405, "server.wrong-method", http.Request.Method),
            415 => new Refusal(415, "server.wrong-content-type", http.Request.ContentType),
            var status => new Refusal(status, "server.malformed"),
        }).ToProblem().ExecuteAsync(http);
    }

    private static Task OnlyOwnFace(HttpContext http, RequestDelegate next)
    {
        var listeners = http.RequestServices.GetRequiredService<Listeners>();
        if (listeners.Serves(http.Connection.LocalPort, http.Request.Path.Value ?? "/")) return next(http);
        return Refusal.NotFound("page").ToProblem().ExecuteAsync(http);
    }
}
