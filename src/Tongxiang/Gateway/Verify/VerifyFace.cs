using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Verify;

/// <summary>Verification (核验): does this value belong to this key? <c>POST /verify/{resource}</c> answers yes or no and never the row.</summary>
public sealed class VerifyFace(Calls calls, GatewaySources sources, TimeProvider clock)
{
    internal void Map(IEndpointRouteBuilder app)
    {
        app.MapMethods("/verify/{resource}", [HttpMethods.Post], Answer).WithName("gateway.verify");
        app.MapMethods("/verify/{resource}/openapi.json", [HttpMethods.Get, HttpMethods.Head], Describe).WithName("gateway.verify-openapi");
    }

    private async Task Answer(HttpContext http, string resource)
    {
        var ct = http.RequestAborted;
        http.Response.Headers.CacheControl = "no-store";
        // Nobody is read a body of a megabyte from before he has said who he is.
        if (sources.Caller(http).IsAnonymous)
        {
            await Refuse(http, await calls.Run(Receive(http, resource, null), ct) ?? new Stop(new Refusal(401, "gateway.sign-in", resource, resource), null));
            return;
        }

        var read = await Read(http, ct);
        if (read.IsRefused)
        {
            await Refuse(http, new Stop(read.Refusal, null));
            return;
        }

        var call = Receive(http, resource, read.Value);
        var stop = await DataFace.Try(calls, sources, call, ct);
        DataFace.Headers(http, call);
        if (stop is not null)
        {
            await Refuse(http, stop);
            return;
        }

        using var page = call.Page;
        if (call.Receipt is { } receipt) http.Response.Headers[Receipt.Header] = receipt.ToString();
        http.Response.ContentType = "application/json; charset=utf-8";
        Write(http.Response.BodyWriter, read.Value, Language.Of(http.Request));
        await http.Response.BodyWriter.FlushAsync(ct);
    }

    // The query string is no place for a verification: addresses are written into the logs of everybody on the way.
    private Call Receive(HttpContext http, string resource, Claims? claims) =>
        Reception.Receive(http, sources, resource, Mode.Verification, clock.GetUtcNow(), "verify", false, null, claims);

    private static async ValueTask<Outcome<Claims>> Read(HttpContext http, CancellationToken ct)
    {
        if (http.Request.QueryString.HasValue) return Refusal.Invalid(new FieldError("query", "gateway.verify-query"));
        if (!http.Request.HasJsonContentType()) return new Refusal(415, "gateway.verify-type");
        if (http.Request.ContentLength > ClaimsReader.MostBytes) return TooLarge;
        var body = http.Request.BodyReader;
        while (true)
        {
            var got = await body.ReadAsync(ct);
            var (bytes, isTooLarge) = (got.IsCompleted ? got.Buffer.ToArray() : [], got.Buffer.Length > ClaimsReader.MostBytes);
            body.AdvanceTo(got.IsCompleted ? got.Buffer.End : got.Buffer.Start, got.Buffer.End);
            if (isTooLarge) return TooLarge;
            if (got.IsCompleted) return ClaimsReader.Read(bytes);
        }
    }

    private static Refusal TooLarge => new(413, "gateway.verify-large", ClaimsReader.MostBytes >> 20);

    private static void Write(IBufferWriter<byte> to, Claims claims, string language)
    {
        using var json = new Utf8JsonWriter(to);
        if (!claims.IsBatch)
        {
            One(json, claims.Verdicts[0], language);
            return;
        }

        json.WriteStartObject();
        json.WriteStartArray("answers");
        foreach (var verdict in claims.Verdicts) One(json, verdict, language);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void One(Utf8JsonWriter json, Verdict verdict, string language)
    {
        json.WriteStartObject();
        if (verdict.Error is not { } refusal) json.WriteBoolean("match", verdict.IsMatch);
        else
        {
            var problem = Problems.Of(refusal, language);
            json.WriteStartObject("error");
            json.WriteNumber("status", refusal.Status);
            json.WriteString("code", refusal.Code);
            json.WriteString("title", problem.Title);
            json.WriteString("detail", problem.Detail);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static Task Refuse(HttpContext http, Stop stop) => DataProblem.Write(http, stop);

    private async Task Describe(HttpContext http, string resource)
    {
        var call = Receive(http, resource, null);
        if (await calls.Decide(call, http.RequestAborted) is { } stop)
        {
            await DataProblem.Write(http, stop);
            return;
        }

        var language = Language.Of(http.Request);
        http.Response.ContentType = "application/vnd.oai.openapi+json;version=3.1; charset=utf-8";
        http.Response.Headers.ContentLanguage = language;
        http.Response.Headers.Vary = "Accept-Language, Authorization";
        http.Response.Headers.CacheControl = "private, no-store";
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await http.Response.WriteAsync(VerifyDescription.Document(call, language, $"{http.Request.Scheme}://{http.Request.Host}").ToJsonString(Wire.Json), http.RequestAborted);
    }
}
