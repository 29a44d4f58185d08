using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>What a consumer wants pushed where.</summary>
public sealed record PushWish(string Url, string Client, PushPayload Payload, string Case);

/// <summary>The addresses that changes are pushed to, one per right of use, kept by the consumer's side.</summary>
public sealed class Subscriptions(Db db, TimeProvider clock, EvidenceLog evidence, NodeKey key, Grants grants, Clients clients, Webhooks webhooks, Promotions promotions, Catalogue catalogue)
{
    /// <summary>The subscription under a right of use, for those of the consumer's side.</summary>
    public async Task<Subscription?> Find(Caller caller, Id<Grant> id, CancellationToken ct) => await Own(caller, id, ct) is null ? null
        : await db.One($"select grant_id, client, url, payload, case_number, operator, is_enabled, seq, skip, held, created_at from gateway_subscription where grant_id = {id}", Subscription.Read, ct);

    /// <summary>Whether the caller may keep the subscription of this right.</summary>
    public async Task<bool> MayKeep(Caller caller, Id<Grant> id, CancellationToken ct) => await Own(caller, id, ct) is { } grant && grant.Modes.Contains(Mode.Subscription) && Keeps(caller);

    /// <summary>Whether its pushes need a standing case number, as the resource is graded today.</summary>
    public bool NeedsCase(Grant grant) => catalogue.Find(grant.Entry) is { } entry ? Demands.NeedsCase(grant, entry.Content) : grant.NeedsCase;

    /// <summary>Sets the address; the first time begins with what comes from now on. The new secret is shown once and never again.</summary>
    public async Task<Outcome<string>> Set(Caller caller, Id<Grant> id, PushWish wish, CancellationToken ct)
    {
        if (await Own(caller, id, ct) is not { } grant) return Refusal.NotFound(id.ToString());
        if (!Keeps(caller)) return Refusal.Forbidden("gateway.push-keeper");
        if (!grant.Modes.Contains(Mode.Subscription)) return Refusal.Forbidden("gateway.grant-mode", grant.Number);
        var client = clients.Find(wish.Client.Trim());
        if (Wrong(caller, grant, wish, client) is { Length: > 0 } wrong) return Refusal.Invalid(wrong);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var (at, last) = (clock.GetUtcNow(), await promotions.Last(grant.Entry, ct));
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into gateway_subscription (grant_id, client, url, secret, payload, case_number, operator, is_enabled, seq, skip, next_at, created_at, changed_at)
                values ({id}, {client!.Id}, {wish.Url.Trim()}, {key.Wrap(Encoding.UTF8.GetBytes(secret), Context(id))}, {wish.Payload}, {wish.Case.Trim()}, {caller.Person!.Value.ToString()}, {true}, {last}, {0L}, {at}, {at}, {at})
                on conflict (grant_id) do update set client = excluded.client, url = excluded.url, secret = excluded.secret, payload = excluded.payload, case_number = excluded.case_number,
                  operator = excluded.operator, is_enabled = excluded.is_enabled, held = null, next_at = excluded.next_at, changed_at = excluded.changed_at
                """);
            await Witness(tx, "gateway.push-set", caller, grant, at);
        }, ct);
        return secret;
    }

    /// <summary>Stops or resumes the pushes; what comes meanwhile is sent afterwards.</summary>
    public async Task<Refusal?> Enable(Caller caller, Id<Grant> id, bool isEnabled, CancellationToken ct)
    {
        if (await Own(caller, id, ct) is not { } grant) return Refusal.NotFound(id.ToString());
        if (!Keeps(caller)) return Refusal.Forbidden("gateway.push-keeper");
        var at = clock.GetUtcNow();
        return await db.Commit(async tx =>
        {
            if (await tx.Run($"update gateway_subscription set is_enabled = {isEnabled}, held = null, next_at = {at}, changed_at = {at} where grant_id = {id}") == 0) return Refusal.NotFound(id.ToString());
            await Witness(tx, isEnabled ? "gateway.push-resumed" : "gateway.push-stopped", caller, grant, at);
            return null;
        }, ct);
    }

    /// <summary>Sends what was given up once more, before what comes next.</summary>
    public async Task<Refusal?> Resend(Caller caller, Id<Grant> id, EventPlace from, CancellationToken ct)
    {
        if (await Own(caller, id, ct) is not { } grant) return Refusal.NotFound(id.ToString());
        if (!Keeps(caller)) return Refusal.Forbidden("gateway.push-keeper");
        var at = clock.GetUtcNow();
        return await db.Commit(async tx =>
        {
            if (await tx.Run($"update gateway_delivery set state = {DeliveryState.Waiting}, attempts = 0, next_at = {at} where grant_id = {id} and from_seq = {from.Seq} and from_skip = {from.Skip} and state = {DeliveryState.Dead}") == 0)
                return Refusal.Conflict("gateway.push-not-dead");
            await tx.Run($"update gateway_subscription set next_at = {at} where grant_id = {id}");
            await Witness(tx, "gateway.push-resent", caller, grant, at);
            return null;
        }, ct);
    }

    /// <summary>The latest deliveries; those that wait or were given up come first.</summary>
    public async Task<IReadOnlyList<Delivery>> Deliveries(Caller caller, Id<Grant> id, int most, CancellationToken ct) => await Own(caller, id, ct) is null ? []
        : await db.List(
            $"""
            select from_seq, from_skip, event, state, attempts, last_error, row_count, created_at, done_at from gateway_delivery where grant_id = {id}
            order by case state when 'Dead' then 0 when 'Waiting' then 1 else 2 end, from_seq desc, from_skip desc limit {most}
            """,
            r => new Delivery(new EventPlace(r.GetInt64(0), (int)r.GetInt64(1)), r.GetString(2), r.Kind<DeliveryState>(3), r.GetInt64(4), r.TextOrNull(5), r.GetInt64(6), r.Instant(7), r.InstantOrNull(8)), ct);

    internal static string Context(Id<Grant> id) => $"gateway.subscription:{id}";

    // The other side and the bureau see the right, not where the consumer's systems stand.
    private async Task<Grant?> Own(Caller caller, Id<Grant> id, CancellationToken ct) =>
        await grants.Find(caller, id, ct) is { } grant && caller.Person is not null && (grant.ConsumerAgency is { } agency ? agency == caller.Agency : grant.ConsumerPerson == caller.Person) ? grant : null;

    private static bool Keeps(Caller caller) => caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead) || caller.Has(Role.SystemAdmin) || caller.Has(Role.CompanyUser) || caller.Agency is null;

    private FieldError[] Wrong(Caller caller, Grant grant, PushWish wish, Client? client) =>
    [
        .. webhooks.Wrong(wish.Url.Trim()) is { } url ? [url] : Array.Empty<FieldError>(),
        .. client is { IsEnabled: true } && (client.Agency is { } agency ? agency == caller.Agency : client.Owner == caller.Person) ? [] : new[] { new FieldError("client", "gateway.push-client") },
        .. !NeedsCase(grant) || CallContext.Takes(wish.Case.Trim()) ? [] : new[] { new FieldError("case", "gateway.push-case") },
    ];

    private Task<string> Witness(Tx tx, string kind, Caller caller, Grant grant, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["grant"] = grant.Number };
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"grant:{grant.Id}", at, facts) { Parties = [grant.Provider.ToString()] });
    }
}
