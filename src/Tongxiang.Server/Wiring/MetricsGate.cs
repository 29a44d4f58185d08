using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Wiring;

/// <summary>Who reads <c>/metrics</c>: whoever has the token, or reaches the listener made for it. An address is no proof: behind a proxy on this machine everybody is this machine.</summary>
internal sealed class MetricsGate(Listeners listeners, string token)
{
    private const int ShortestToken = 16;
    private static readonly string[] Forwarded = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"];
    private readonly byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>With the token of <c>Telemetry:MetricsToken</c>, or the one that the node made in its folder of keys.</summary>
    /// <exception cref="ValidationException">The token is too short to be one.</exception>
    public static MetricsGate Of(Listeners listeners, IConfiguration configuration, Home home)
    {
        var said = configuration["Telemetry:MetricsToken"];
        if (said is { Length: < ShortestToken }) throw new ValidationException($"Telemetry:MetricsToken: {said.Length} characters; give at least {ShortestToken}. / 至少 {ShortestToken} 个字符。");
        return new MetricsGate(listeners, said ?? Own(home));
    }

    public static Task Guard(HttpContext http, RequestDelegate next)
    {
        if (!http.Request.Path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase)) return next(http);
        if (!http.RequestServices.GetRequiredService<MetricsGate>().Opens(http)) return new Refusal(401, "server.metrics-token").ToProblem().ExecuteAsync(http);
        // It is no access token: whoever reads those further down must not refuse it.
        http.Request.Headers.Remove("Authorization");
        return next(http);
    }

    internal bool Opens(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[7..].Trim())), digest);
        // A proxy before the listener of its own would make it everybody's.
        return listeners.IsMetrics(http.Connection.LocalPort) && !Forwarded.Any(http.Request.Headers.ContainsKey);
    }

    private static string Own(Home home)
    {
        var path = Path.Combine(home.Keys, "metrics.token");
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(path, options);
            file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))));
        }
        return File.ReadAllText(path).Trim();
    }
}
