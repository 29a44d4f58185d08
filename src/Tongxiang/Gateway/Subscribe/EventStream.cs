using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>Events on their way to one reader, as <c>text/event-stream</c>.</summary>
internal sealed class EventStream(HttpResponse response)
{
    public const string Form = "event";

    public long Bytes { get; private set; }

    public Task Begin(Call call, CancellationToken ct)
    {
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        // A proxy that collects an answer before it passes it on would hold every event back.
        response.Headers["X-Accel-Buffering"] = "no";
        if (call.Receipt is { } receipt) response.Headers[Receipt.Header] = receipt.ToString();
        return Send("retry: 5000\n\n", ct);
    }

    public Task Write(PushEvent next, CancellationToken ct)
    {
        var receipt = next.Receipt is null ? "" : $": {Receipt.Header}: {next.Receipt}\n";
        return Send($"{receipt}id: {next.Place}\nevent: {next.Kind}\ndata: {Encoding.UTF8.GetString(next.Json)}\n\n", ct);
    }

    public Task Beat(CancellationToken ct) => Send(": alive\n\n", ct);

    /// <summary>Why it ends; a client should not come back before the reason is gone.</summary>
    public Task Close(Stop stop, string language, CancellationToken ct)
    {
        var problem = stop.Refusal is { } refusal ? Problems.Of(refusal, language) : null;
        var json = JsonSerializer.Serialize(new { code = stop.Code, title = problem?.Title ?? stop.Fault?.Message, detail = problem?.Detail }, Wire.Json);
        return Send($"event: closed\ndata: {json}\n\n", ct);
    }

    private async Task Send(string text, CancellationToken ct)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Bytes += bytes.Length;
        await response.BodyWriter.WriteAsync(bytes, ct);
    }
}
