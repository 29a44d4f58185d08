using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;
using Directory = System.IO.Directory;

namespace Tongxiang.Server.Wiring;

/// <summary>How long the network log stays; section <c>Logs</c> of the settings.</summary>
public sealed record NetworkLogSettings
{
    /// <summary>Months a day's file is kept at least; the law's minimum can be lengthened, not shortened.</summary>
    public int KeepMonths { get; init; } = 6;
}

/// <summary>Who asked for which address, when, and what came of it: one line a request in a file a day, kept as long as the law wants (Cybersecurity Law art. 23).</summary>
/// <remarks>Neither query nor body is written: they may name persons. Writing never holds up an answer; lines that could not be taken are counted in the file.</remarks>
[Enforces(25)]
internal sealed partial class NetworkLog : BackgroundService
{
    public const string Rule = "LOG-NETWORK";
    private const int Room = 1 << 16;
    private readonly Channel<(DateOnly Day, string Line)> lines = Channel.CreateBounded<(DateOnly, string)>(new BoundedChannelOptions(Room) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly string folder;
    private readonly TimeProvider clock;
    private readonly NetworkLogSettings settings;
    private readonly ILogger<NetworkLog> log;
    private long lost;

    /// <exception cref="ValidationException">The setting keeps less than the law's minimum.</exception>
    public NetworkLog(Home home, TimeProvider clock, RulePack rules, IOptions<NetworkLogSettings> options, ILogger<NetworkLog> log)
    {
        (this.clock, this.log, settings) = (clock, log, options.Value);
        var rule = rules.TryFind(Rule, WorkCalendar.Day(clock.GetUtcNow()));
        if (rule?.Value is { } least && settings.KeepMonths < least)
            throw new ValidationException($"Logs:KeepMonths = {settings.KeepMonths}: network logs stay at least {least} months ({rule.Source} art. {rule.Article}). / 网络日志留存不得少于 {least} 个月（{rule.Source}第{rule.Article}条）。");
        folder = Path.Combine(home.Root, "network-log");
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Writes the line of one request once its answer is over.</summary>
    public async Task Follow(HttpContext http, RequestDelegate next)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            var now = clock.GetUtcNow();
            var line = string.Create(CultureInfo.InvariantCulture,
                $"{now.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {http.Connection.RemoteIpAddress} {http.Request.Method} {http.Request.Path.ToUriComponent()} {http.Response.StatusCode} {(long)Stopwatch.GetElapsedTime(began).TotalMilliseconds} {http.User.Identity?.Name ?? "-"}\n");
            if (!lines.Writer.TryWrite((WorkCalendar.Day(now), line))) Interlocked.Increment(ref lost);
        }
    }

    /// <summary>Deletes the files of days that are past their months; never a younger one.</summary>
    public void Prune()
    {
        var before = WorkCalendar.Day(clock.GetUtcNow()).AddMonths(-settings.KeepMonths);
        foreach (var file in Directory.EnumerateFiles(folder, "*.log"))
            if (DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(file), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < before) File.Delete(file);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (await lines.Reader.WaitToReadAsync(stoppingToken)) await Write();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops: what is in the channel still goes to its file.
        }
        lines.Writer.TryComplete();
        await Write();
    }

    private async Task Write()
    {
        try
        {
            while (lines.Reader.TryPeek(out var first))
            {
                await using var file = new FileStream(Path.Combine(folder, first.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".log"), Options());
                while (lines.Reader.TryPeek(out var next) && next.Day == first.Day && lines.Reader.TryRead(out next)) await file.WriteAsync(Encoding.UTF8.GetBytes(next.Line));
                if (Interlocked.Exchange(ref lost, 0) is > 0 and var missed) await file.WriteAsync(Encoding.UTF8.GetBytes($"# {missed} lines could not be taken\n"));
            }
        }
        catch (IOException e)
        {
            NotWritten(log, e);
        }
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    [LoggerMessage(3224, LogLevel.Error, "The network log could not be written.")]
    private static partial void NotWritten(ILogger log, Exception e);
}

internal static class NetworkLogWiring
{
    public static IServiceCollection AddNetworkLog(this IServiceCollection services)
    {
        services.AddOptions<NetworkLogSettings>().BindConfiguration("Logs");
        services.AddSingleton<NetworkLog>();
        services.AddHostedService(p => p.GetRequiredService<NetworkLog>());
        services.AddSingleton(p => new Chore("server.network-log", TimeSpan.FromHours(1), _ =>
        {
            p.GetRequiredService<NetworkLog>().Prune();
            return Task.CompletedTask;
        }, OneCopyOnly: false));
        return services;
    }

    /// <summary>Outermost, so that the line says how the answer really ended; a setting below the law stops the start here.</summary>
    public static void UseNetworkLog(this WebApplication app) => app.Use(next =>
    {
        var log = app.Services.GetRequiredService<NetworkLog>();
        return http => log.Follow(http, next);
    });
}
