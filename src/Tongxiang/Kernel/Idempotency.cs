using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tongxiang.Kernel;

/// <summary>Makes a creating POST safe to send again: the same key and body get the first answer, and the work is done once.</summary>
/// <remarks>The key is reserved before the work and the answer kept after it. When a crash comes in between, the outcome is unknown and a repeat is
/// told so (409): doing the work twice would be worse. Answers are kept sealed, for some of them show a secret once.</remarks>
public sealed class Idempotency(Db db, TimeProvider clock, NodeKey nodeKey)
{
    public const string Header = "Idempotency-Key";
    private const long LargestKeptBody = 1 << 20;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    private readonly string holder = Guid.CreateVersion7().ToString("N");

    private sealed record Kept(string Digest, string Holder, long Status, string? ContentType, string? Location, byte[]? Body, string? Upload);

    /// <param name="upload">Reads what a repeat uploads and names it as the first request did; asked only when the first one uploaded something.</param>
    public async Task<IResult?> Begin(string scope, string key, string digest, Func<Task<string?>> upload, CancellationToken ct)
    {
        var reserved = await db.Run(
            $"""
            insert into kernel_idempotency (scope, key, digest, holder, created_at)
            values ({scope}, {key}, {digest}, {holder}, {clock.GetUtcNow()})
            on conflict (scope, key) do nothing
            """, ct);
        if (reserved == 1) return null;
        var kept = await db.One(
            $"select digest, holder, status, content_type, location, body, upload from kernel_idempotency where scope = {scope} and key = {key}",
            row => new Kept(row.GetString(0), row.GetString(1), row.GetInt64(2), row.TextOrNull(3), row.TextOrNull(4), row.IsDBNull(5) ? null : nodeKey.Unwrap(row.Bytes(5), Context(scope, key)), row.TextOrNull(6)), ct);
        if (kept is null || kept.Status == 0) return new Refusal(409, "kernel.outcome-unknown") { RetryAfterSeconds = 5 }.ToProblem();
        if (kept.Digest != digest || (kept.Upload is { } first && await upload() != first)) return Refusal.Conflict("kernel.key-reused", key).ToProblem();
        return new Replay(kept.Status, kept.ContentType, kept.Location, kept.Body);
    }

    public Task Keep(string scope, string key, HttpResponse response, byte[] body, string? upload, CancellationToken ct) =>
        db.Run(
            $"""
            update kernel_idempotency
            set status = {response.StatusCode}, content_type = {response.ContentType}, location = {response.Headers.Location.FirstOrDefault()},
              upload = {upload}, body = {(body.Length <= LargestKeptBody ? nodeKey.Wrap(body, Context(scope, key)) : null)}
            where scope = {scope} and key = {key}
            """, ct);

    /// <summary>Frees the key of work that refused or failed: nothing was done, so it may be tried again.</summary>
    public Task Free(string scope, string key, CancellationToken ct) =>
        db.Run($"delete from kernel_idempotency where scope = {scope} and key = {key} and status = 0", ct);

    /// <summary>Answers older than a week are nobody's repeat any more.</summary>
    public Task Forget(CancellationToken ct) => db.Run($"delete from kernel_idempotency where created_at < {clock.GetUtcNow() - Lifetime}", ct);

    private static string Context(string scope, string key) => $"kernel.idempotency {scope} {key}";

    private sealed class Replay(long status, string? contentType, string? location, byte[]? body) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = (int)status;
            httpContext.Response.Headers["Idempotent-Replay"] = "true";
            if (location is not null) httpContext.Response.Headers.Location = location;
            if (contentType is not null) httpContext.Response.ContentType = contentType;
            if (body is not null) await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}

/// <summary>Puts a creating endpoint under <see cref="Idempotency"/>. Without the header it works as always.</summary>
public static class IdempotencyRoutes
{
    private const int LargestDigestedBody = 1 << 20;

    private static readonly object Slot = new();

    /// <param name="upload">For endpoints that stream a file: reads it to its end and names it, as <see cref="TellUpload"/> did for the first request.</param>
    public static RouteHandlerBuilder WithIdempotency(this RouteHandlerBuilder route, Func<HttpContext, Task<string?>>? upload = null) =>
        route.AddEndpointFilter((context, next) => Filter(context, next, upload ?? (_ => Task.FromResult<string?>(null))));

    /// <summary>Says what this request uploaded, for a file is no bound argument.</summary>
    public static void TellUpload(this HttpContext http, string name) => http.Items[Slot] = name;

    private static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next, Func<HttpContext, Task<string?>> upload)
    {
        var http = context.HttpContext;
        var key = http.Request.Headers[Idempotency.Header].ToString();
        if (key.Length == 0) return await next(context);
        if (key.Length > 100 || key.Any(c => c is < '!' or > '~')) return new Refusal(400, "kernel.bad-key").ToProblem();
        var idempotency = http.RequestServices.GetRequiredService<Idempotency>();
        var scope = $"{http.User.Identity?.Name ?? "-"} {http.Request.Method} {http.Request.Path}";
        var digest = Digest(context);
        if (await idempotency.Begin(scope, key, digest, () => upload(http), http.RequestAborted) is { } earlier) return earlier;
        return new Recorded(idempotency, scope, key, () => next(context));
    }

    // The bound arguments, not the raw body: it has been read by now, and an upload must not be held in memory.
    private static string Digest(EndpointFilterInvocationContext context)
    {
        var text = new StringBuilder(context.HttpContext.Request.QueryString.Value);
        foreach (var argument in context.Arguments)
        {
            if (argument is null || argument.GetType().Namespace?.StartsWith("Tongxiang", StringComparison.Ordinal) != true || argument.GetType().GetProperties().Length == 0) continue;
            if (argument.GetType().GetMethod("<Clone>$") is null) continue;
            text.Append(System.Text.Json.JsonSerializer.Serialize(argument, argument.GetType(), Wire.Json));
            if (text.Length > LargestDigestedBody) break;
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private sealed class Recorded(Idempotency idempotency, string scope, string key, Func<ValueTask<object?>> work) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var kept = false;
            try
            {
                if (await work() is not IResult result) throw new InvalidOperationException("An idempotent endpoint answers an IResult.");
                await Capture(httpContext, result);
                kept = httpContext.Response.StatusCode < 300;
            }
            finally
            {
                if (!kept) await idempotency.Free(scope, key, CancellationToken.None);
            }
        }

        private async Task Capture(HttpContext http, IResult result)
        {
            var wire = http.Response.Body;
            await using var copy = new MemoryStream();
            http.Response.Body = copy;
            try
            {
                await result.ExecuteAsync(http);
            }
            finally
            {
                http.Response.Body = wire;
            }
            if (http.Response.StatusCode < 300) await idempotency.Keep(scope, key, http.Response, copy.ToArray(), http.Items[Slot] as string, CancellationToken.None);
            copy.Position = 0;
            await copy.CopyToAsync(wire, http.RequestAborted);
        }
    }
}
