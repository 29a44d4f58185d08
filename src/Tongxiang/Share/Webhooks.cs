using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>An address of an agency's own system that is told of notices.</summary>
public sealed record Webhook(Id<Webhook> Id, Id<Agency> Agency, string Url, bool IsEnabled, DateTimeOffset CreatedAt);

/// <summary>Registers webhooks; the secret is shown once and kept wrapped.</summary>
public sealed class Webhooks(Db db, TimeProvider clock, EvidenceLog evidence, NodeKey key, NoticeSettings settings)
{
    /// <summary>HMAC-SHA-256 of <c>time.body</c>, as <c>t=unix seconds,v1=hex</c>.</summary>
    public const string SignatureHeader = "Tongxiang-Signature";

    private const int MostPerAgency = 10;

    /// <summary>The new webhook and its secret, which is never shown again.</summary>
    public async Task<Outcome<(Webhook Webhook, string Secret)>> Add(Caller caller, string url, CancellationToken ct)
    {
        if (caller.Person is null || caller.Agency is not { } agency || !MayKeep(caller)) return Refusal.Forbidden("share.webhook-keeper");
        if (Wrong(url) is { } wrong) return Refusal.Invalid(wrong);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var hook = new Webhook(Id<Webhook>.New(clock), agency, url, true, clock.GetUtcNow());
        return await db.Commit(async tx =>
        {
            var count = await tx.One($"select count(*) from share_webhook where agency = {agency} and is_enabled = 1", r => r.GetInt64(0));
            if (count >= MostPerAgency) return (Outcome<(Webhook, string)>)Refusal.Conflict("share.webhook-many", MostPerAgency);
            await tx.Run(
                $"""
                insert into share_webhook (id, agency, url, secret, is_enabled, created_at)
                values ({hook.Id}, {agency}, {url}, {key.Wrap(Encoding.UTF8.GetBytes(secret), Context(hook.Id))}, {true}, {hook.CreatedAt})
                """);
            await evidence.Append(tx, new Happening("share.webhook-added", caller.Actor, agency.ToString(), $"webhook:{hook.Id}", hook.CreatedAt, new Dictionary<string, string>()));
            return (hook, secret);
        }, ct);
    }

    public async Task<Refusal?> Remove(Caller caller, Id<Webhook> id, CancellationToken ct)
    {
        if (!MayKeep(caller)) return Refusal.Forbidden("share.webhook-keeper");
        return await db.Commit(async tx =>
        {
            if (await tx.Run($"update share_webhook set is_enabled = 0 where id = {id} and agency = {caller.Agency} and is_enabled = 1") == 0) return Refusal.NotFound(id.ToString());
            await evidence.Append(tx, new Happening("share.webhook-removed", caller.Actor, caller.Agency?.ToString(), $"webhook:{id}", clock.GetUtcNow(), new Dictionary<string, string>()));
            return null;
        }, ct);
    }

    public async Task<IReadOnlyList<Webhook>> Of(Caller caller, CancellationToken ct) => caller.Agency is { } agency && MayKeep(caller)
        ? await db.List($"select id, agency, url, is_enabled, created_at from share_webhook where agency = {agency} and is_enabled = 1 order by created_at",
            r => new Webhook(r.Id<Webhook>(0), r.Id<Agency>(1), r.GetString(2), r.Flag(3), r.Instant(4)), ct)
        : [];

    /// <summary>The header's value for a body sent at this moment.</summary>
    public static string Sign(string secret, string body, DateTimeOffset at)
    {
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}")))}";
    }

    internal async Task<(string Url, string Secret)?> Open(Id<Webhook> id, CancellationToken ct) =>
        await db.One<(string, string)?>($"select url, secret from share_webhook where id = {id} and is_enabled = 1",
            r => (r.GetString(0), Encoding.UTF8.GetString(key.Unwrap(r.Bytes(1), Context(id)))), ct);

    /// <summary>What is wrong with an address that the node should call: only https, and no private host that is not allowed.</summary>
    public FieldError? Wrong(string url)
    {
        if (url.Length > 500 || !Uri.TryCreate(url, UriKind.Absolute, out var address)) return new FieldError("url", "share.field.url", Short(url));
        if (address.Scheme != Uri.UriSchemeHttps && !(settings.AllowHttp && address.Scheme == Uri.UriSchemeHttp)) return new FieldError("url", "share.field.url-https", address.Scheme);
        if (address.UserInfo.Length > 0 || address.Fragment.Length > 0) return new FieldError("url", "share.field.url", Short(url));
        var isPrivate = System.Net.IPAddress.TryParse(address.Host.Trim('[', ']'), out var literal) && !PublicAddress.IsPublic(literal);
        return isPrivate && !settings.AllowedPrivateHosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase) ? new FieldError("url", "share.field.url-private", address.Host) : null;
    }

    private static bool MayKeep(Caller caller) => caller.Has(Role.SharingOfficeHead) || caller.Has(Role.SystemAdmin);

    private static string Context(Id<Webhook> id) => $"share.webhook:{id}";

    private static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
