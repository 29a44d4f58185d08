using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class NoticeTests
{
    [Theory, EveryStore]
    public async Task Receipt_half_time_four_fifths_overdue_and_decision_are_told_once_each(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        for (var hour = 0; hour < 24 * 22; hour += 6)
        {
            lab.Clock.AdjustTime(Facts.At("2026-02-12").AddHours(hour));
            await lab.Watch.Run(default);
            await lab.Watch.Run(default);
        }
        Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Consent(), default));
        Good(await lab.Applications.Sign(Facts.PoliceHead, sent.Id, null, default));
        var told = await lab.Told();
        Assert.Equal(told.Count, told.Distinct().Count());
        Assert.Contains((NoticeKind.Received, "police Steward"), told);
        Assert.Contains((NoticeKind.ReceiptConfirmed, "civil-steward"), told);
        Assert.Equal(["police Steward"], told.Where(t => t.Kind == NoticeKind.HalfTime).Select(t => t.To));
        Assert.Equal(["police SharingOfficeHead", "police Steward"], told.Where(t => t.Kind == NoticeKind.FourFifths).Select(t => t.To).Order());
        Assert.Equal(["bureau BureauReviewer", "civil-steward", "police SharingOfficeHead", "police Steward"], told.Where(t => t.Kind == NoticeKind.Overdue).Select(t => t.To).Order());
        Assert.Equal(["civil-affairs SharingOfficeHead", "civil-steward"], told.Where(t => t.Kind == NoticeKind.Consented).Select(t => t.To).Order());
        Assert.True(await lab.Db.One($"select count(*) from share_notice where args like {"%civil-steward%"}", r => r.GetInt64(0), default) == 0);
    }

    [Theory, EveryStore]
    public async Task A_reader_sees_what_is_for_them_and_their_roles_and_marks_it_read(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        await lab.Sent();
        var notice = Assert.Single(await lab.Notices.Of(Facts.PoliceSteward, 10, default));
        Assert.Equal(("收到申请 GX20260212-0001（人口基本信息），请于 2026-03-04 前答复", false), (notice.Text(Texts.Parts, Texts.Chinese), notice.IsRead));
        Assert.Equal(1, await lab.Notices.Unread(Facts.PoliceSteward, default));
        await lab.Notices.ReadAll(Facts.PoliceSteward, default);
        await lab.Notices.ReadAll(Facts.PoliceSteward, default);
        Assert.Equal(0, await lab.Notices.Unread(Facts.PoliceSteward, default));
        Assert.Equal(1, await lab.Notices.Unread(Facts.PoliceHead, default));
        Assert.Empty(await lab.Notices.Of(Facts.HealthSteward, 10, default));
        Assert.Empty(await lab.Notices.Of(Tongxiang.Agencies.Caller.Anonymous, 10, default));
    }

    [Theory, EveryStore]
    public async Task A_provisional_day_becomes_final_when_the_years_notice_is_loaded(Store store)
    {
        await using var lab = await ShareLab.Open(store, "2026-12-28");
        var sent = await lab.Sent(Facts.Wish() with { Until = new DateOnly(2027, 12, 31) });
        Assert.True(sent.DueIsProvisional);
        Good(await lab.Calendar.Load(Tongxiang.Agencies.Caller.Platform, new Tongxiang.Agencies.CalendarYear(2027, "示例", Tongxiang.Agencies.RuleGrade.C, ["2027-01-01/2027-01-05"], []), default));
        await lab.Moves.Follow(default);
        var final = (await lab.Applications.Find(Facts.CivilSteward, sent.Id, default))!;
        Assert.False(final.DueIsProvisional);
        Assert.True(final.DueAt > sent.DueAt);
    }

    [Theory, EveryStore]
    public async Task A_webhook_gets_a_signed_body_and_a_failing_one_is_tried_again_and_dies(Store store)
    {
        await using var lab = await ShareLab.Open(store, settings: new NoticeSettings { MostAttempts = 3 });
        Refuses("share.webhook-keeper", await lab.Webhooks.Add(Facts.PoliceSteward, "https://hooks.example/a", default));
        var (hook, secret) = Good(await lab.Webhooks.Add(Facts.PoliceHead, "https://hooks.example/a", default));
        await lab.Sent();
        var answers = new Queue<HttpStatusCode>([HttpStatusCode.InternalServerError, HttpStatusCode.OK, HttpStatusCode.Found, HttpStatusCode.Found, HttpStatusCode.Found]);
        using var wire = new Wires(answers);
        using var invoker = new HttpMessageInvoker(wire);
        var outbox = new Outbox(lab.Db, lab.Clock, lab.Webhooks, lab.Settings, (_, _, _) => ValueTask.FromResult<IReadOnlyList<string>>([]), invoker, NullLogger<Outbox>.Instance);
        await outbox.Run(default); // steward's notice fails, head's is taken
        Assert.Equal(2, wire.Seen.Count);
        await outbox.Run(default);
        Assert.Equal(2, wire.Seen.Count);
        for (var i = 0; i < 3; i++)
        {
            lab.Clock.Advance(TimeSpan.FromHours(1));
            await outbox.Run(default);
        }
        Assert.Equal(4, wire.Seen.Count); // a redirect is no delivery: three tries and dead
        Assert.Equal(3, Assert.Single(await outbox.Dead(default)).Attempts);
        var (body, signature) = wire.Seen[0];
        var time = signature.Split(',')[0][2..];
        Assert.Equal($"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}")))}", signature);
        Assert.Contains("\"number\":\"GX20260212-0001\"", body, StringComparison.Ordinal);
        Assert.Single(await lab.Webhooks.Of(Facts.PoliceHead, default));
        Assert.NotNull(await lab.Webhooks.Remove(Facts.CivilHead, hook.Id, default));
        Assert.Null(await lab.Webhooks.Remove(Facts.PoliceHead, hook.Id, default));
    }

    [Theory]
    [InlineData("https://hooks.example/a", null)]
    [InlineData("http://hooks.example/a", "share.field.url-https")]
    [InlineData("ftp://hooks.example/a", "share.field.url-https")]
    [InlineData("https://user:secret@hooks.example/", "share.field.url")]
    [InlineData("https://127.0.0.1/", "share.field.url-private")]
    [InlineData("https://[::1]/", "share.field.url-private")]
    [InlineData("https://[::ffff:10.0.0.1]/", "share.field.url-private")]
    [InlineData("https://2130706433/", "share.field.url-private")]
    [InlineData("https://169.254.169.254/latest", "share.field.url-private")]
    [InlineData("javascript:alert(1)", "share.field.url-https")]
    [InlineData("/relative", "share.field.url-https")]
    [InlineData("", "share.field.url")]
    public async Task An_address_into_the_own_network_is_refused(string url, string? key)
    {
        await using var lab = await ShareLab.Open(Store.Sqlite);
        var made = await lab.Webhooks.Add(Facts.PoliceHead, url, default);
        Assert.Equal(key, made.Refusal?.Fields[0].Key);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2400:3200::1", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("224.0.0.1", false)]
    public void Only_public_addresses_are_connected_to(string address, bool isPublic) => Assert.Equal(isPublic, PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task A_name_that_resolves_into_the_own_network_is_not_connected_to()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var invoker = new HttpMessageInvoker(PublicAddress.Handler([]));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://localhost:{port}/");
        await Assert.ThrowsAsync<HttpRequestException>(() => invoker.SendAsync(request, default));
        Assert.False(listener.Pending());
        using var allowed = new HttpMessageInvoker(PublicAddress.Handler(["localhost"]));
        using var again = new HttpRequestMessage(HttpMethod.Post, $"http://localhost:{port}/");
        var call = allowed.SendAsync(again, default);
        using var socket = await listener.AcceptSocketAsync();
        await socket.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        Assert.Equal(HttpStatusCode.NoContent, (await call).StatusCode);
    }

    [Theory, EveryStore]
    public async Task Mail_goes_to_the_agencys_box_with_no_name_in_it(Store store)
    {
        using var server = new MailSink();
        await using var lab = await ShareLab.Open(store, settings: new NoticeSettings { SmtpHost = "127.0.0.1", SmtpPort = server.Port, SmtpTls = false });
        await lab.Sent();
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var outbox = new Outbox(lab.Db, lab.Clock, lab.Webhooks, lab.Settings, (person, agency, _) =>
            ValueTask.FromResult<IReadOnlyList<string>>(person is null ? [lab.Directory.Find(agency!.Value)!.Email!] : []), invoker, NullLogger<Outbox>.Instance);
        await outbox.Run(default);
        await outbox.Run(default);
        var letters = server.Letters;
        Assert.Equal(3, letters.Count); // own head's, provider's steward, provider's head; the applicant gave no address
        Assert.All(letters, l => Assert.DoesNotContain("civil-steward", l, StringComparison.Ordinal));
        Assert.Equal(0, await lab.Db.One($"select count(*) from share_sending where state <> {"sent"}", r => r.GetInt64(0), default));
    }

    private sealed class Wires(Queue<HttpStatusCode> answers) : HttpMessageHandler
    {
        public List<(string Body, string Signature)> Seen { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Add((await request.Content!.ReadAsStringAsync(cancellationToken), request.Headers.GetValues(Webhooks.SignatureHeader).Single()));
            return new HttpResponseMessage(answers.Dequeue());
        }
    }
}
