using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>What a push needs of the other parts' snapshots.</summary>
/// <param name="Caller">The receiving system as a caller; null when it is revoked.</param>
public sealed record PushSources(Func<Id<Grant>, Grant?> Grant, Func<Id<Client>, Caller?> Caller, Func<Id<Entry>, Entry?> Entry);

/// <summary>Pushes changes to the addresses of subscriptions: in order, at least once, decided anew before each batch, signed, with growing pauses, until an event is given up and the next one goes.</summary>
/// <remarks>The place of a subscription moves on only when its event has arrived or was given up: a crash in between sends it again, under the same id.</remarks>
public sealed partial class Pushes(Db db, TimeProvider clock, NodeKey key, Feed feed, GatewaySettings settings, PushSources sources, HttpMessageInvoker http, ILogger<Pushes> log)
{
    public const string EventHeader = "Tongxiang-Event";
    private const int mostPerRound = 100;
    private const int atOnce = 8;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan kept = TimeSpan.FromDays(90);
    private static readonly TimeSpan holding = TimeSpan.FromSeconds(30);

    /// <summary>One round over all subscriptions; a slow receiver holds up nobody but itself.</summary>
    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var due = await db.List(
            $"select grant_id, client, url, payload, case_number, operator, is_enabled, seq, skip, held, created_at from gateway_subscription where is_enabled = 1 and next_at <= {now} order by next_at limit 1000", Subscription.Read, ct);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct }, async (subscription, stop) => await Drain(subscription, stop));
    }

    /// <summary>What arrived long ago is of no use to anybody; what was given up stays until it is sent.</summary>
    public Task Forget(CancellationToken ct) => db.Run($"delete from gateway_delivery where state = {DeliveryState.Sent} and done_at < {clock.GetUtcNow() - kept}", ct);

    private async Task Drain(Subscription subscription, CancellationToken ct)
    {
        for (var sent = 0; sent < mostPerRound; sent++)
            if (await One(subscription.Grant, ct) is false) return;
    }

    // True when an event arrived and the next one may follow.
    private async Task<bool> One(Id<Grant> grant, CancellationToken ct)
    {
        if (await db.One($"select grant_id, client, url, payload, case_number, operator, is_enabled, seq, skip, held, created_at from gateway_subscription where grant_id = {grant} and is_enabled = 1", Subscription.Read, ct) is not { } subscription) return false;
        var waiting = await db.One(
            $"select from_seq, from_skip, attempts, next_at from gateway_delivery where grant_id = {grant} and state = {DeliveryState.Waiting} order by from_seq, from_skip limit 1",
            r => new Tried(new EventPlace(r.GetInt64(0), (int)r.GetInt64(1)), r.GetInt64(2), r.Instant(3)), ct);
        if (waiting is not null && waiting.NextAt > clock.GetUtcNow()) return false;
        var from = waiting?.From ?? subscription.Place;
        if (Maker(subscription) is not { } make)
        {
            await Hold(grant, "gateway.push-client-gone", ct);
            return false;
        }

        var (next, stop) = await feed.Next(make, from, subscription.Payload == PushPayload.Rows, ct);
        if (next is null)
        {
            await Hold(grant, stop?.Code, ct);
            return false;
        }

        if (waiting is null) await Begin(grant, from, next, ct);
        var error = await Post(subscription, next, ct);
        return await Settle(subscription, from, next, (waiting?.Attempts ?? 0) + 1, error, ct);
    }

    private CallMaker? Maker(Subscription subscription)
    {
        if (sources.Grant(subscription.Grant) is not { } grant || sources.Entry(grant.Entry) is not { } entry || sources.Caller(subscription.Client) is not { } caller) return null;
        return (version, adjust) => new Call
        {
            Resource = entry.Slug,
            Number = version,
            Query = new QueryText(""),
            Caller = caller,
            // The node calls the address that was registered for this system and signs what it says.
            Assurance = Assurance.SignedAssertion,
            Mode = Mode.Subscription,
            Context = new CallPurpose(grant.Matter, subscription.Case.Length > 0 ? subscription.Case : null, subscription.Operator) { OperatorAssurance = Operators.OwnSession, IsOwnOperator = true },
            Form = EventStream.Form,
            Adjust = adjust,
            Under = grant.Id,
            At = clock.GetUtcNow(),
        };
    }

    /// <summary>Null when the receiver took it; otherwise why not.</summary>
    private async Task<string?> Post(Subscription subscription, PushEvent next, CancellationToken ct)
    {
        var secret = Encoding.UTF8.GetString(key.Unwrap((await db.One($"select secret from gateway_subscription where grant_id = {subscription.Grant}", r => r.Bytes(0), ct))!, Subscriptions.Context(subscription.Grant)));
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(patience);
        try
        {
            var body = Encoding.UTF8.GetString(next.Json);
            using var request = new HttpRequestMessage(HttpMethod.Post, subscription.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add(Webhooks.SignatureHeader, Webhooks.Sign(secret, body, clock.GetUtcNow()));
            request.Headers.Add(EventHeader, next.Place.ToString());
            request.Headers.Add("Tongxiang-Kind", next.Kind);
            if (next.Receipt is { } receipt) request.Headers.TryAddWithoutValidation(Receipt.Header, receipt.ToString());
            using var answer = await http.SendAsync(request, limited.Token);
            return (int)answer.StatusCode is >= 200 and < 300 ? null : string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)answer.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Net.Sockets.SocketException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            return e is OperationCanceledException ? "timeout" : e.Message;
        }
    }

    private Task<int> Begin(Id<Grant> grant, EventPlace from, PushEvent next, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.Run(
            $"""
            insert into gateway_delivery (grant_id, from_seq, from_skip, event, state, attempts, row_count, next_at, created_at)
            values ({grant}, {from.Seq}, {from.Skip}, {next.Place.ToString()}, {DeliveryState.Waiting}, 0, {next.Rows}, {now}, {now}) on conflict do nothing
            """, ct);
    }

    private async Task<bool> Settle(Subscription subscription, EventPlace from, PushEvent next, long attempts, string? error, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var state = error is null ? DeliveryState.Sent : attempts >= settings.PushAttempts ? DeliveryState.Dead : DeliveryState.Waiting;
        if (state == DeliveryState.Dead) GivenUp(log, subscription.Grant.ToString(), next.Place.ToString(), attempts);
        var nextAt = state == DeliveryState.Waiting ? now + Outbox.Pause(attempts - 1) : now;
        DateTimeOffset? done = state == DeliveryState.Sent ? now : null;
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                update gateway_delivery set state = {state}, attempts = {attempts}, last_error = {(error is { Length: > 300 } ? error[..300] : error)}, row_count = {next.Rows}, next_at = {nextAt}, done_at = {done}
                where grant_id = {subscription.Grant} and from_seq = {from.Seq} and from_skip = {from.Skip}
                """);
            // One sent again after it was given up must not take the place back.
            if (state != DeliveryState.Waiting)
                await tx.Run($"update gateway_subscription set seq = {next.Place.Seq}, skip = {next.Place.Skip} where grant_id = {subscription.Grant} and seq = {from.Seq} and skip = {from.Skip}");
            await tx.Run($"update gateway_subscription set held = null, next_at = {nextAt} where grant_id = {subscription.Grant}");
        }, ct);
        return state != DeliveryState.Waiting;
    }

    // Nothing new is no hold; a refusal is looked at again soon, for a right that was suspended may be resumed.
    private async Task Hold(Id<Grant> grant, string? code, CancellationToken ct)
    {
        if (code is null) await db.Run($"update gateway_subscription set held = null where grant_id = {grant} and held is not null", ct);
        else await db.Run($"update gateway_subscription set held = {code}, next_at = {clock.GetUtcNow() + holding} where grant_id = {grant}", ct);
    }

    private sealed record Tried(EventPlace From, long Attempts, DateTimeOffset NextAt);

    [LoggerMessage(1820, LogLevel.Warning, "An event under grant {Grant} could not be pushed and is given up: {Event} after {Attempts} tries.")]
    private static partial void GivenUp(ILogger log, string grant, string @event, long attempts);
}
