using System.Net;
using System.Text;
using System.Text.Json;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using MimeKit;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The mail addresses behind a recipient: a person's, or an agency's box.</summary>
public delegate ValueTask<IReadOnlyList<string>> MailAddresses(Id<Person>? person, Id<Agency>? agency, CancellationToken ct);

/// <summary>Sends what waits in the outbox by SMTP and signed webhook: at least once, with growing pauses, until it is dead.</summary>
public sealed partial class Outbox(Db db, TimeProvider clock, Webhooks webhooks, NoticeSettings settings, MailAddresses addresses, HttpMessageInvoker http, ILogger<Outbox> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private const int Batch = 100;

    private sealed record Sending(string Id, string Channel, string Target, long Attempts, Notice Notice);

    /// <summary>Sendings that nobody could take, for the administrator.</summary>
    public Task<IReadOnlyList<(string Channel, string Target, long Attempts, string? Error, DateTimeOffset At)>> Dead(CancellationToken ct) =>
        db.List($"select channel, target, attempts, last_error, next_at from share_sending where state = {"dead"} order by next_at desc limit 200",
            r => (r.GetString(0), r.GetString(1), r.GetInt64(2), r.TextOrNull(3), r.Instant(4)), ct);

    /// <summary>One round; safe to repeat after a crash (a sending may then arrive twice, with the same id).</summary>
    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var waiting = await db.List(
            $"""
            select s.id, s.channel, s.target, s.attempts, n.id, n.kind, n.application, n.to_person, n.to_agency, n.to_role, n.args, n.at
            from share_sending s join share_notice n on n.id = s.notice
            where s.state = {"waiting"} and s.next_at <= {now} order by s.next_at limit {Batch}
            """,
            r => new Sending(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), new Notice(
                r.Id<Notice>(4), r.Kind<NoticeKind>(5), r.IdOrNull<Application>(6), new Recipient(r.IdOrNull<Person>(7), r.IdOrNull<Agency>(8), r.IsDBNull(9) ? null : r.Kind<Role>(9)),
                r.Json<string[]>(10), r.Instant(11), false)), ct);
        foreach (var sending in waiting) await Settle(sending, await Try(sending, ct), ct);
    }

    /// <summary>The pause before the next try: 30 s, doubled each time, at most six hours.</summary>
    public static TimeSpan Pause(long attempts) => TimeSpan.FromSeconds(Math.Min(30 * Math.Pow(2, Math.Min(attempts, 20)), 6 * 3600));

    /// <summary>Null when it was taken; otherwise why not.</summary>
    private async Task<string?> Try(Sending sending, CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(Patience);
        try
        {
            return sending.Channel == "mail" ? await Mail(sending, limited.Token) : await Post(sending, limited.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Net.Sockets.SocketException or ProtocolException or AuthenticationException or SslHandshakeException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return e is OperationCanceledException ? "timeout" : e.Message;
        }
    }

    private async Task<string?> Post(Sending sending, CancellationToken ct)
    {
        if (!Id<Webhook>.TryParse(sending.Target, null, out var id) || await webhooks.Open(id, ct) is not { } hook) return null; // removed meanwhile
        var at = clock.GetUtcNow();
        var body = JsonSerializer.Serialize(new
        {
            id = sending.Id,
            notice = sending.Notice.Id,
            kind = sending.Notice.Kind,
            application = sending.Notice.Application,
            number = sending.Notice.Args[0],
            resource = sending.Notice.Args[1],
            due = sending.Notice.Args[2],
            at = sending.Notice.At,
        }, Wire.Json);
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(Webhooks.SignatureHeader, Webhooks.Sign(hook.Secret, body, at));
        using var answer = await http.SendAsync(request, ct);
        return answer.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous ? null : $"HTTP {(int)answer.StatusCode}";
    }

    private async Task<string?> Mail(Sending sending, CancellationToken ct)
    {
        if (settings.SmtpHost is not { } host) return "no SMTP host";
        var to = await addresses(sending.Notice.To.Person, sending.Notice.To.Agency, ct);
        if (to.Count == 0) return null; // nobody gave an address; the notice stands in the desk
        using var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(settings.From));
        foreach (var address in to.Where(a => MailboxAddress.TryParse(a, out _))) message.Bcc.Add(MailboxAddress.Parse(address));
        if (message.Bcc.Count == 0) return null;
        message.MessageId = $"{sending.Id}@{settings.From.Split('@')[^1]}";
        message.Subject = sending.Notice.Text(Texts.Parts, Texts.Chinese);
        message.Body = new TextPart("plain") { Text = $"{sending.Notice.Text(Texts.Parts, Texts.Chinese)}\n\n{sending.Notice.Text(Texts.Parts, Texts.English)}\n" };
        using var smtp = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
        await smtp.ConnectAsync(host, settings.SmtpPort, settings.SmtpTls ? SecureSocketOptions.Auto : SecureSocketOptions.None, ct);
        if (settings.SmtpUser is { } user) await smtp.AuthenticateAsync(user, settings.SmtpPassword ?? "", ct);
        await smtp.SendAsync(message, ct);
        await smtp.DisconnectAsync(true, ct);
        return null;
    }

    private async Task Settle(Sending sending, string? error, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var attempts = sending.Attempts + 1;
        if (error is null)
        {
            await db.Run($"update share_sending set state = {"sent"}, attempts = {attempts}, done_at = {now}, last_error = null where id = {sending.Id}", ct);
            return;
        }
        var isDead = attempts >= settings.MostAttempts;
        if (isDead) Died(log, sending.Channel, sending.Id, attempts);
        var short_ = error.Length > 300 ? error[..300] : error;
        await db.Run(
            $"""
            update share_sending set state = {(isDead ? "dead" : "waiting")}, attempts = {attempts}, last_error = {short_}, next_at = {now + Pause(sending.Attempts)}
            where id = {sending.Id}
            """, ct);
    }

    [LoggerMessage(1602, LogLevel.Warning, "Notice by {Channel} could not be sent and is dead: sending {Sending} after {Attempts} tries.")]
    private static partial void Died(ILogger log, string channel, string sending, long attempts);
}
