using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Subscribe;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway.Subscribe;

public sealed class SubscribeTests
{
    private const string First = "29010119800101001X,张三,290101,13900000001\n290102198001010020,欧阳修,290102,13900000002\n290103198001010031,李四,290103,13900000003\n290104198001010041,王五,290104,13900000004\n";

    // 张三 has another name, 欧阳修 moved away, 李四 another phone (which is not granted), 王五 is gone, 赵六 came, 钱七 came elsewhere, 孙八 came in from elsewhere later.
    private const string Second = "29010119800101001X,张三丰,290101,13900000001\n290102198001010020,欧阳修,290201,13900000002\n290103198001010031,李四,290103,13900000009\n290105198001010051,赵六,290105,13900000005\n290206198001010061,钱七,290206,13900000006\n";

    [Theory, EveryStore]
    public async Task Changes_arrive_as_the_right_gives_them_and_go_on_from_the_last_event(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await Opened(lab);
        string last;
        await using (var reader = await Reader.Open(lab))
        {
            await lab.Land(entry, Second, 5);
            var rows = await reader.Next();
            Assert.Equal("rows", rows.Kind);
            var told = rows.Json.GetProperty("items").EnumerateArray().Select(Said).ToList();
            Assert.Equal(["changed 29010119800101001X 张三丰", "removed 290102198001010020 ", "removed 290104198001010041 ", "added 290105198001010051 赵六"], told);
            Assert.DoesNotContain("1390000", rows.Json.GetRawText(), StringComparison.Ordinal);
            var version = await reader.Next();
            Assert.Equal(("version", 2L, 1L, true), (version.Kind, version.Json.GetProperty("version").GetInt64(), version.Json.GetProperty("from").GetInt64(), version.Json.GetProperty("told").GetBoolean()));
            // The size of the whole would tell of rows that are not granted.
            Assert.False(version.Json.TryGetProperty("rows", out _));
            last = rows.Id;
        }

        await lab.Until(3);
        Assert.Equal(["gateway.permitted", "gateway.answered", "gateway.closed"], lab.Witnessed.Select(h => h.Kind));
        Assert.Equal(("2", "event", "DB1"), (lab.Witnessed[1].Facts["rows"], lab.Witnessed[1].Facts["form"], lab.Witnessed[1].Facts["case"]));
        Assert.Equal(("0", "aborted"), (lab.Witnessed[2].Facts["rows"], lab.Witnessed[2].Facts["outcome"]));

        // What landed while nobody listened is not lost: after the last event comes the rest of it, then the next version.
        await lab.Land(entry, First, 4);
        await using var again = await Reader.Open(lab, last);
        Assert.Equal("version", (await again.Next()).Kind);
        Assert.Equal(3, (await again.Next()).Json.GetProperty("version").GetInt64());
        Assert.True((await again.Next()).Json.GetProperty("told").GetBoolean());
    }

    [Theory, EveryStore]
    public async Task A_thousand_changes_come_in_batches_that_can_be_resumed_in_between(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await Opened(lab);
        await lab.Land(entry, First + string.Concat(Enumerable.Range(0, 1_100).Select(i => $"29010119900101{i:0000},人{i},290101,1\n")), 1_104);
        string middle;
        await using (var reader = await Reader.Open(lab, "0"))
        {
            Assert.Equal("version", (await reader.Next()).Kind);
            var rows = await reader.Next();
            Assert.Equal(500, rows.Json.GetProperty("items").GetArrayLength());
            middle = rows.Id;
        }

        await using var again = await Reader.Open(lab, middle);
        Assert.Equal(500, (await again.Next()).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(100, (await again.Next()).Json.GetProperty("items").GetArrayLength());
        Assert.Equal("version", (await again.Next()).Kind);
    }

    [Theory, EveryStore]
    public async Task A_stream_ends_within_a_second_of_the_right_and_says_why(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        await Opened(lab);
        await using var reader = await Reader.Open(lab);
        lab.Grants[0] = lab.Grants[0] with { State = GrantState.Suspended };
        var from = lab.Store.Clock.GetUtcNow();
        var closed = await reader.Next();
        Assert.InRange((lab.Store.Clock.GetUtcNow() - from).TotalSeconds, 0, 1);
        Assert.Equal(("closed", "gateway.grant-suspended"), (closed.Kind, closed.Json.GetProperty("code").GetString()));
        await lab.Until(2);
        Assert.Equal("gateway.closed", lab.Witnessed[^1].Kind);
    }

    [Theory, EveryStore]
    public async Task A_revoked_system_ends_it_too(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        await Opened(lab);
        await using var reader = await Reader.Open(lab);
        lab.CallerStands = false;
        Assert.Equal("gateway.subscribe-revoked", (await reader.Next()).Json.GetProperty("code").GetString());
    }

    [Theory, EveryStore]
    public async Task Without_a_granted_key_or_with_too_many_changes_there_is_a_new_version_and_no_more(Store store)
    {
        await using var lab = await GatewayLab.Open(store, s => s.AddSingleton(new GatewaySettings { ChangedRowsTold = 2 }));
        var entry = await Opened(lab);
        await using (var reader = await Reader.Open(lab))
        {
            await lab.Land(entry, Second, 5);
            var version = await reader.Next();
            Assert.Equal(("version", false), (version.Kind, version.Json.GetProperty("told").GetBoolean()));
        }

        lab.Grants.Clear();
        lab.Grant(entry, GatewayLab.Consumer, ["name"], ["id"], change: g => g with { Modes = [Mode.Subscription] });
        await using var blind = await Reader.Open(lab, "0");
        Assert.Equal("version", (await blind.Next()).Kind);
        Assert.Equal("version", (await blind.Next()).Kind);
    }

    [Theory, EveryStore]
    public async Task What_cannot_be_subscribed_is_told_as_a_problem(Store store)
    {
        await using var lab = await GatewayLab.Open(store, s => s.AddSingleton(new GatewaySettings { StreamsPerGrant = 1 }));
        await Opened(lab);
        Assert.Equal("gateway.sign-in", await Code(lab, null));
        Assert.Equal("gateway.no-grant", await Code(lab, GatewayLab.Other));
        Assert.Equal("gateway.needs-case", await Code(lab, GatewayLab.Consumer, withCase: false));
        Assert.Equal("kernel.invalid-input", await Code(lab, GatewayLab.Consumer, last: "42'; drop table"));
        Assert.Equal("gateway.subscribe-query", await Code(lab, GatewayLab.Consumer, "?division=eq.290101"));
        Assert.Equal("42703", await Code(lab, GatewayLab.Consumer, "?select=phone"));
        await using var reader = await Reader.Open(lab);
        Assert.Equal("gateway.subscribe-many", await Code(lab, GatewayLab.Consumer));
        lab.Grants[0] = lab.Grants[0] with { Modes = [Mode.Api] };
        Assert.Equal("gateway.grant-mode", await Code(lab, GatewayLab.Consumer));
    }

    [Theory]
    [InlineData("42", 42, 0)]
    [InlineData("42:500", 42, 500)]
    [InlineData("0", 0, 0)]
    public void An_id_of_an_event_is_read_back(string text, long seq, int skip)
    {
        Assert.Equal(new EventPlace(seq, skip), EventPlace.Read(text));
        Assert.Equal(text, new EventPlace(seq, skip).ToString());
    }

    [Theory, InlineData(""), InlineData("-1"), InlineData("1:"), InlineData("1:0"), InlineData("1:2:3"), InlineData("1:-2"), InlineData("99999999999999999999999"), InlineData(null)]
    public void What_is_no_id_is_none(string? text) => Assert.Null(EventPlace.Read(text));

    private static string Said(JsonElement item)
    {
        var row = item.TryGetProperty("row", out var whole) ? whole : item.GetProperty("key");
        return $"{item.GetProperty("change").GetString()} {row.GetProperty("id").GetString()} {(row.TryGetProperty("name", out var name) ? name.GetString() : "")}";
    }

    private static async Task<Entry> Opened(GatewayLab lab)
    {
        var entry = People.Entry(lab);
        await lab.Land(entry, First, 4);
        lab.Grant(entry, GatewayLab.Consumer, ["id", "name", "division"], rows: "division=like.2901*", change: g => g with { Modes = [Mode.Subscription], NeedsCase = true });
        return entry;
    }

    private static async Task<string?> Code(GatewayLab lab, Id<Tongxiang.Agencies.Agency>? agency, string query = "", bool withCase = true, string? last = null)
    {
        using var answer = await lab.Call("/subscribe/people" + query, agency, change: r => Reader.Headers(r, withCase, last));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }

    /// <summary>A client of the stream; while it waits the lab's clock goes on.</summary>
    private sealed class Reader(GatewayLab lab, HttpResponseMessage answer, StreamReader lines) : IAsyncDisposable
    {
        public static async Task<Reader> Open(GatewayLab lab, string? last = null)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/subscribe/people");
            request.Headers.Add("Test-Agency", GatewayLab.Consumer.ToString());
            Headers(request, true, last);
            var answer = await lab.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, answer.StatusCode == HttpStatusCode.OK ? "" : await answer.Content.ReadAsStringAsync());
            Assert.True(answer.Headers.Contains("Evidence-Receipt"));
            var reader = new Reader(lab, answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
            Assert.Equal("retry: 5000", await reader.Line());
            return reader;
        }

        public static void Headers(HttpRequestMessage request, bool withCase, string? last)
        {
            if (last is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
            if (!withCase) return;
            request.Headers.Add("Data-Case", "DB1");
            request.Headers.Add("Data-Operator", "clerk");
        }

        public async Task<(string Id, string Kind, JsonElement Json)> Next()
        {
            var (id, kind) = ("", "");
            while (true)
            {
                var line = await Line() ?? throw new EndOfStreamException();
                if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
                if (line.StartsWith("event: ", StringComparison.Ordinal)) kind = line[7..];
                if (line.StartsWith("data: ", StringComparison.Ordinal)) return (id, kind, JsonSerializer.Deserialize<JsonElement>(line[6..]));
            }
        }

        private async Task<string?> Line()
        {
            var line = lines.ReadLineAsync();
            for (var waited = 0; !line.IsCompleted; waited++)
            {
                Assert.True(waited < 6_000, "Nothing came any more.");
                lab.Store.Clock.Advance(TimeSpan.FromMilliseconds(5));
                await Task.WhenAny(line, Task.Delay(10));
            }

            return await line;
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            answer.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
