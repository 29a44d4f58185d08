using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>Whether a caller who was let in at a moment would still be: the system is not revoked, and tokens of that time are not void.</summary>
public delegate bool CallerStands(Caller caller, DateTimeOffset since);

/// <summary>Changes pushed (订阅) as server-sent events: <c>GET /subscribe/{resource}</c>. The stream goes on from <c>Last-Event-ID</c> and ends within a second when the right does.</summary>
public sealed class SubscribeFace(Calls calls, GatewaySources sources, Feed feed, GatewaySettings settings, CallerStands stands, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan heartbeat = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<Id<Grant>, int> open = new();

    internal void Map(IEndpointRouteBuilder app) => app.MapMethods("/subscribe/{resource}", [HttpMethods.Get], Answer).WithName("gateway.subscribe");

    private async Task Answer(HttpContext http, string resource)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        var said = http.Request.Headers["Last-Event-ID"].ToString();
        var (from, call) = (EventPlace.Read(said), Make(http, resource, null, null, null));
        Stop? stop = said.Length > 0 && from is null ? Refusal.Invalid(new FieldError("Last-Event-ID", "gateway.subscribe-id", QueryFault.Clip(said)))
            : resource.Contains('@', StringComparison.Ordinal) ? Refusal.NotFound(QueryFault.Clip(resource)) : null;
        stop ??= await calls.Subscribe(call, both.Token);
        if (stop is null && !Enter(call.Grant!.Id))
        {
            stop = new Refusal(429, "gateway.subscribe-many", settings.StreamsPerGrant) { RetryAfterSeconds = 60 };
            // The permission is on record: so is that nothing left under it.
            await calls.Ended(call, 0, isWhole: false);
        }

        if (stop is not null)
        {
            await DataProblem.Write(http, stop);
            return;
        }

        var stream = new EventStream(http.Response);
        var isWhole = false;
        try
        {
            var place = from ?? new EventPlace(await feed.Last(call.Entry!.Id, both.Token), 0);
            await stream.Begin(call, both.Token);
            await Follow((version, adjust) => Make(http, resource, version, adjust, call.Grant!.Id), call.Entry!.Id, place, stream, Language.Of(http.Request), both.Token);
            isWhole = true;
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // The reader went away, or the node stops: either may go on from the last event.
        }
        finally
        {
            open.AddOrUpdate(call.Grant!.Id, 0, static (_, streams) => streams - 1);
            await calls.Ended(call, stream.Bytes, isWhole);
        }
    }

    // Returns when the right ended it.
    private async Task Follow(CallMaker make, Id<Entry> entry, EventPlace place, EventStream stream, string language, CancellationToken ct)
    {
        var since = clock.GetUtcNow();
        while (true)
        {
            // Looked at before the feed: what comes after this moment is seen as another version then.
            var known = sources.Current(entry)?.Id;
            var (next, stop) = stands(make(null, null).Caller, since) ? await feed.Next(make, place, tellsRows: true, ct) : (null, new Stop(new Refusal(401, "gateway.subscribe-revoked"), null));
            if (next is not null)
            {
                await stream.Write(next, ct);
                place = next.Place;
                continue;
            }

            if (stop is { Refusal.RetryAfterSeconds: { } seconds, Code: "gateway.too-fast" or "gateway.no-copy" })
            {
                // That passes; the right is looked at all the same.
                stop = await Wait(make, () => false, TimeSpan.FromSeconds(Math.Max(1, seconds)), since, stream, ct);
            }

            stop ??= await Wait(make, () => sources.Current(entry)?.Id != known, Timeout.InfiniteTimeSpan, since, stream, ct);
            if (stop is null) continue;
            await stream.Close(stop, language, ct);
            return;
        }
    }

    // A quarter of a second between two looks at the right: with the half second in which grants of another copy arrive it is under one.
    private async Task<Stop?> Wait(CallMaker make, Func<bool> isOver, TimeSpan most, DateTimeOffset since, EventStream stream, CancellationToken ct)
    {
        var (began, beat) = (clock.GetTimestamp(), clock.GetTimestamp());
        while (!isOver() && (most == Timeout.InfiniteTimeSpan || clock.GetElapsedTime(began) < most))
        {
            var again = make(null, null);
            if (!stands(again.Caller, since)) return new Refusal(401, "gateway.subscribe-revoked");
            if (await calls.StillHolds(again, ct) is { } stop) return stop;
            await Task.Delay(look, clock, ct);
            if (clock.GetElapsedTime(beat) < heartbeat) continue;
            await stream.Beat(ct);
            beat = clock.GetTimestamp();
        }

        return null;
    }

    private bool Enter(Id<Grant> grant)
    {
        if (open.AddOrUpdate(grant, 1, static (_, streams) => streams + 1) <= settings.StreamsPerGrant) return true;
        open.AddOrUpdate(grant, 0, static (_, streams) => streams - 1);
        return false;
    }

    private Call Make(HttpContext http, string resource, long? version, Func<QueryScope, Plan, Outcome<Plan>>? adjust, Id<Grant>? only) =>
        Reception.Receive(http, sources, version is null ? resource : $"{resource}@{version}", Mode.Subscription, clock.GetUtcNow(), EventStream.Form, false, adjust, null, only);
}
