using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Subscribe;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Tests.Gateway.Subscribe;

public sealed class PushTests
{
    private const string Address = "https://hooks.civil-affairs.example/changes";
    private static readonly PushWish Wish = new(Address, "civil-affairs-01", PushPayload.Rows, "DB20260001");

    [Theory, EveryStore]
    public async Task Pushes_come_in_order_signed_and_go_on_where_they_stopped(Store store)
    {
        var receiver = new Receiver();
        await using var lab = await Start(store, receiver);
        var (steward, grant) = Parties(lab);
        var door = lab.Get<Subscriptions>();
        Assert.True(await door.MayKeep(steward, grant.Id, default));
        var secret = (await door.Set(steward, grant.Id, Wish, default)).Value;

        // The node is killed while the receiver has the first event in its hands: it comes again under the same id.
        receiver.Answers.Enqueue(() => throw new InvalidOperationException("killed"));
        await Land(lab, grant, "甲公司");
        await Until(() => receiver.Taken.Any(t => t.Kind == "version"));
        var taken = receiver.Taken.ToList();
        Assert.Equal(taken[0].Event, taken[1].Event);
        Assert.Equal(taken.Skip(1).Select(t => t.Event), taken.Skip(1).Select(t => t.Event).Distinct());
        Assert.Equal("version", taken[^1].Kind);
        var items = taken.Where(t => t.Kind == "rows").SelectMany(e => e.Json.GetProperty("items").EnumerateArray()).ToList();
        Assert.Contains(items, i => i.GetProperty("change").GetString() == "added" && i.GetProperty("row").GetProperty("name").GetString() == "甲公司");
        Assert.Contains(items, i => i.GetProperty("change").GetString() == "removed");
        Assert.All(taken, t => Assert.Equal(Webhooks.Sign(secret, t.Body, DateTimeOffset.FromUnixTimeSeconds(long.Parse(t.Signature.Split('=', ',')[1]))), t.Signature));

        // Stopped: what comes meanwhile waits.
        Assert.Null(await door.Enable(steward, grant.Id, false, default));
        await Land(lab, grant, "乙公司");
        Assert.DoesNotContain(receiver.Taken, t => t.Body.Contains("乙公司", StringComparison.Ordinal));
        Assert.Null(await door.Enable(steward, grant.Id, true, default));
        await Until(() => receiver.Taken.Any(t => t.Body.Contains("乙公司", StringComparison.Ordinal)));
        await lab.Get<Pushes>().Forget(default);
        Assert.NotEmpty(await door.Deliveries(steward, grant.Id, 10, default));
    }

    [Theory, EveryStore]
    public async Task What_fails_too_often_is_given_up_and_sent_again_on_request(Store store)
    {
        var receiver = new Receiver();
        // A redirect into the node's own network is an answer like any other that is not 2xx: it is not followed.
        receiver.Answers.Enqueue(() => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("http://127.0.0.1/") } });
        await using var lab = await Start(store, receiver, new Dictionary<string, string> { ["Gateway:PushAttempts"] = "1" });
        var (steward, grant) = Parties(lab);
        var door = lab.Get<Subscriptions>();
        await door.Set(steward, grant.Id, Wish with { Payload = PushPayload.Reference }, default);
        await Land(lab, grant, "甲公司");
        Delivery? dead = null;
        await UntilAsync(async () => (dead = (await door.Deliveries(steward, grant.Id, 10, default)).FirstOrDefault(d => d.State == DeliveryState.Dead)) is not null);
        Assert.Equal((1L, "HTTP 302"), (dead!.Attempts, dead.Error));
        Assert.DoesNotContain("公司", receiver.Taken[0].Body, StringComparison.Ordinal);
        Assert.Equal("gateway.push-not-dead", (await door.Resend(steward, grant.Id, new EventPlace(1, 7), default))?.Code);
        Assert.Null(await door.Resend(steward, grant.Id, dead.From, default));
        await UntilAsync(async () => (await door.Deliveries(steward, grant.Id, 10, default)).All(d => d.State == DeliveryState.Sent));
        Assert.Equal([dead.Event, dead.Event], receiver.Taken.Select(t => t.Event));
    }

    [Theory, EveryStore]
    public async Task A_right_that_is_suspended_holds_its_pushes_and_they_come_when_it_is_resumed(Store store)
    {
        var receiver = new Receiver();
        await using var lab = await Start(store, receiver);
        var (steward, grant) = Parties(lab);
        var door = lab.Get<Subscriptions>();
        await door.Set(steward, grant.Id, Wish, default);
        var (office, applications) = (PersonOf(lab, "market-supervision.office"), lab.Get<Applications>());
        await applications.Delivered(grant.Id, Mode.Api, default);
        Assert.Null((await applications.Suspend(office, grant.Application!.Value, null, "核查", default)).Refusal);
        await Land(lab, grant, "甲公司");
        await UntilAsync(async () => (await door.Find(steward, grant.Id, default))!.Held == "gateway.grant-suspended");
        Assert.Empty(receiver.Taken);
        Assert.Null((await applications.Resume(office, grant.Application.Value, null, "已整改", default)).Refusal);
        Assert.Null(await door.Enable(steward, grant.Id, true, default));
        await Until(() => receiver.Taken.Count > 0);
    }

    private static Task<NodeLab> Start(Store store, Receiver receiver, IReadOnlyDictionary<string, string>? settings = null) => NodeLab.Start(store, s => s.AddSingleton(p => new Pushes(
        p.GetRequiredService<Db>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<NodeKey>(), p.GetRequiredService<Feed>(), p.GetRequiredService<GatewaySettings>(), p.GetRequiredService<PushSources>(),
        new HttpMessageInvoker(receiver), NullLogger<Pushes>.Instance)), people: 300, settings: settings);

    private static Task Until(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; !await holds(); i++)
        {
            Assert.True(i < 600, "It did not come.");
            await Task.Delay(100);
        }
    }

    [Theory, EveryStore]
    public async Task An_address_is_kept_by_the_consumers_side_and_never_inside_a_private_network(Store store)
    {
        await using var lab = await NodeLab.Start(store, people: 300);
        var (steward, grant) = Parties(lab);
        var door = lab.Get<Subscriptions>();
        foreach (var url in (string[])["http://hooks.example/x", "https://127.0.0.1/x", "https://[::1]/x", "https://[::ffff:10.0.0.1]/x", "https://169.254.169.254/latest", "https://10.1.2.3/", "https://user@hooks.example/", "file:///etc/passwd", "no address"])
            Assert.Equal("url", Assert.Single((await door.Set(steward, grant.Id, Wish with { Url = url }, default)).Refusal!.Fields).Field);
        Assert.Equal("client", Assert.Single((await door.Set(steward, grant.Id, Wish with { Client = "human-resources-01" }, default)).Refusal!.Fields).Field);
        Assert.Equal(404, (await door.Set(PersonOf(lab, "health.steward"), grant.Id, Wish, default)).Refusal?.Status);
        // The provider sees the right, not where the consumer's systems stand.
        Assert.Equal(404, (await door.Set(PersonOf(lab, "market-supervision.steward"), grant.Id, Wish, default)).Refusal?.Status);
        Assert.Null(await door.Find(PersonOf(lab, "market-supervision.steward"), grant.Id, default));
        Assert.Equal("gateway.push-keeper", (await door.Set(PersonOf(lab, "civil-affairs.clerk"), grant.Id, Wish, default)).Refusal?.Code);
        var other = lab.Get<Grants>().Active.All.First(g => g.ConsumerAgency == steward.Agency && !g.Modes.Contains(Mode.Subscription));
        Assert.Equal("gateway.grant-mode", (await door.Set(steward, other.Id, Wish, default)).Refusal?.Code);
        Assert.NotEmpty((await door.Set(steward, grant.Id, Wish, default)).Value);
    }

    [Theory]
    [InlineData("93.184.216.34", "127.0.0.1")]
    [InlineData("93.184.216.34", "::ffff:192.168.1.1")]
    [InlineData("93.184.216.34", "fe80::1")]
    public async Task A_name_that_turns_private_between_two_looks_is_not_called(string first, string then)
    {
        // The check that counts is made on the very address that is connected to, at every connection.
        var answers = new Queue<string>([then]);
        using var handler = PublicAddress.Handler([], (_, _) => Task.FromResult(new[] { IPAddress.Parse(answers.Dequeue()) }));
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://rebind.example/");
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(request, default));
        Assert.Contains("no public address", refused.ToString(), StringComparison.Ordinal);
        Assert.True(PublicAddress.IsPublic(IPAddress.Parse(first)));
        Assert.Empty(answers);
    }

    private static (Caller Steward, Grant Grant) Parties(NodeLab lab)
    {
        var steward = PersonOf(lab, "civil-affairs.steward");
        return (steward, lab.Get<Grants>().Active.All.Single(g => g.ConsumerAgency == steward.Agency && g.Modes.Contains(Mode.Subscription)));
    }

    private static Caller PersonOf(NodeLab lab, string user)
    {
        var directory = lab.Get<Directory>();
        return Caller.Of(directory.People.Single(p => p.UserName == user), directory);
    }

    // One company more and all others gone: a small register is enough to see every kind of change.
    private static async Task Land(NodeLab lab, Grant grant, string name)
    {
        var versions = lab.Get<Versions>();
        var now = versions.Current(grant.Entry)!;
        var path = Path.Combine(lab.Get<Home>().Scratch, $"{Guid.CreateVersion7():N}.csv");
        await File.WriteAllTextAsync(path, string.Join(',', now.Columns.Select(c => c.Name == "credit_code" ? "91290000MA00000" + (name == "甲公司" ? "00A" : "00B") : c.Name == "name" ? name : "")) + "\n");
        var (id, key) = await lab.Get<VersionKeys>().Make(grant.Entry, default);
        var landed = new Landed(id, key, grant.Entry, now.Columns, now.Key, path, (byte)',', 0, now.Columns.Count, [.. Enumerable.Range(0, now.Columns.Count)], 1, 0, true, "{}", "", "steward", null);
        await versions.Promote("steward", null, (await versions.Land(landed, default)).Value.Id, default);
    }

    /// <summary>The other end of the wire: keeps what came and answers as told.</summary>
    private sealed class Receiver : HttpMessageHandler
    {
        public Queue<Func<HttpResponseMessage>> Answers { get; } = new();

        public List<(string Event, string Kind, string Signature, string Body, JsonElement Json)> Taken { get; private set; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            Assert.Equal(Address, request.RequestUri!.ToString());
            var body = await request.Content!.ReadAsStringAsync(ct);
            Taken = [.. Taken, (request.Headers.GetValues(Tongxiang.Gateway.Subscribe.Pushes.EventHeader).Single(), request.Headers.GetValues("Tongxiang-Kind").Single(), request.Headers.GetValues(Webhooks.SignatureHeader).Single(), body, JsonSerializer.Deserialize<JsonElement>(Encoding.UTF8.GetBytes(body)))];
            return Answers.TryDequeue(out var answer) ? answer() : new HttpResponseMessage(HttpStatusCode.OK);
        }
    }
}
