extern alias PollyCore;

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PollyCore::Polly;
using PollyCore::Polly.CircuitBreaker;
using PollyCore::Polly.Timeout;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Proxying;

/// <summary>The way to one provider's system: few calls at a time, each with its time limit, and none at all for a while after too many have failed.</summary>
internal sealed class ProviderLine : IDisposable
{
    private readonly HttpMessageInvoker http;
    private readonly SemaphoreSlim places;
    private readonly ResiliencePipeline<Reply> pipeline;
    private readonly string? secret;
    private readonly CircuitBreakerStateProvider breaker = new();

    public ProviderLine(ProviderApi api, string? secret, HttpMessageInvoker http, GatewaySettings settings, TimeProvider clock)
    {
        (Api, this.secret, this.http) = (api, secret, http);
        places = new SemaphoreSlim(settings.ProviderCallsAtOnce);
        // A failure is what the provider's system does, not what a caller asks: refusals of ours never open the breaker.
        pipeline = new ResiliencePipelineBuilder<Reply> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Reply>
            {
                StateProvider = breaker,
                FailureRatio = 0.5,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(settings.ProviderBreakSeconds),
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is HttpRequestException or TimeoutRejectedException or IOException || args.Outcome.Result is { IsFault: true }),
            })
            .AddTimeout(TimeSpan.FromMilliseconds(api.TimeoutMs))
            .Build();
    }

    public ProviderApi Api { get; }

    /// <summary>Whether calls go through now.</summary>
    public string Breaker => breaker.CircuitState.ToString();

    /// <summary>The body of the answer, null when the provider has no such row; or why there is none.</summary>
    public async ValueTask<Kernel.Outcome<ReadOnlyMemory<byte>?>> Ask(Uri address, Call? call, CancellationToken ct)
    {
        // Whoever comes when all places are taken is told at once: a slow provider must not gather callers.
        if (!places.Wait(0, CancellationToken.None)) return new Refusal(503, "gateway.provider-busy") { RetryAfterSeconds = 1 };
        try
        {
            var reply = await pipeline.ExecuteAsync(async (asked, inner) => await asked.Line.Send(asked.Address, asked.Call, inner), (Line: this, Address: address, Call: call), ct);
            return reply.Refusal is { } refusal ? refusal : reply.Body;
        }
        catch (BrokenCircuitException e)
        {
            return new Refusal(503, "gateway.provider-broken") { RetryAfterSeconds = Math.Max(1, (int)(e.RetryAfter ?? TimeSpan.FromSeconds(1)).TotalSeconds) };
        }
        catch (TimeoutRejectedException)
        {
            return new Refusal(504, "gateway.provider-slow", Api.TimeoutMs);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new Refusal(502, "gateway.provider-unreachable");
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();

    private async ValueTask<Reply> Send(Uri address, Call? call, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        Dress(request, call);
        using var answer = await http.SendAsync(request, ct);
        if ((int)answer.StatusCode >= 500) return new Reply(null, new Refusal(502, "gateway.provider-fault", (int)answer.StatusCode), IsFault: true);
        // No such row is an answer; a redirect is none, wherever it leads.
        if (answer.StatusCode == HttpStatusCode.NotFound) return new Reply(null, null, IsFault: false);
        if (answer.StatusCode != HttpStatusCode.OK) return new Reply(null, new Refusal(502, "gateway.provider-status", (int)answer.StatusCode), IsFault: false);
        if (answer.Content.Headers.ContentLength > Api.MostBytes) return TooLarge();
        return await Body(answer.Content, ct) is { } body ? new Reply(body, null, IsFault: false) : TooLarge();
    }

    // All that the provider hears: our own credentials and, where it was agreed, in whose matter.
    private void Dress(HttpRequestMessage request, Call? call)
    {
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (Api.Auth == ProviderAuth.Header) request.Headers.TryAddWithoutValidation(Api.AuthName!, secret);
        if (Api.Auth == ProviderAuth.Bearer) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        if (Api.Auth == ProviderAuth.Basic) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret!)));
        if (!Api.TellsContext || call is not { Grant: { } grant }) return;
        request.Headers.TryAddWithoutValidation("Data-Grant", grant.Number);
        request.Headers.TryAddWithoutValidation("Data-Matter", Uri.EscapeDataString(call.Context.Matter is { Length: > 0 } matter ? matter : grant.Matter));
        if (call.Context.Case is { Length: > 0 } number) request.Headers.TryAddWithoutValidation("Data-Case", Uri.EscapeDataString(number));
    }

    private async Task<ReadOnlyMemory<byte>?> Body(HttpContent content, CancellationToken ct)
    {
        await using var from = await content.ReadAsStreamAsync(ct);
        using var to = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await from.ReadAsync(buffer, ct)) > 0;)
        {
            if (to.Length + read > Api.MostBytes) return null;
            to.Write(buffer, 0, read);
        }

        return to.ToArray();
    }

    private Reply TooLarge() => new(null, new Refusal(502, "gateway.provider-large", Api.MostBytes), IsFault: false);

    private sealed record Reply(ReadOnlyMemory<byte>? Body, Refusal? Refusal, bool IsFault);
}
