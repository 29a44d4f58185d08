using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Query;
using Tongxiang.Gateway.Verify;
using Tongxiang.Kernel;
using Tongxiang.Tests.Gateway.Query;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway.Verify;

public sealed class VerifyTests
{
    private const string Zhang = "29010119800101001X", Nobody = "290101198001010099";

    [Theory, EveryStore]
    public async Task A_right_name_is_yes_a_wrong_one_no_and_an_unknown_id_is_the_same_no(Store store)
    {
        await using var lab = await Open(store);
        var right = await Ask(lab, Zhang.ToLowerInvariant(), "張 三");
        Assert.Equal("""{"match":true}""", right.Text);
        Assert.Contains("Evidence-Receipt", right.Headers, StringComparison.Ordinal);
        var wrong = await Ask(lab, Zhang, "李四");
        var unknown = await Ask(lab, Nobody, "李四");
        Assert.Equal("""{"match":false}""", wrong.Text);
        // To the byte, but for the receipt, the hour and what is left of the rate.
        Assert.Equal(wrong, unknown);
        // A row that exists and was not granted is no other.
        Assert.Equal(wrong, await Ask(lab, "290201198001010031", "李四"));
    }

    [Theory, EveryStore]
    public async Task The_evidence_holds_counts_and_never_a_value(Store store)
    {
        await using var lab = await Open(store);
        await Batch(lab, (Zhang, "张三"), (Zhang, "王五"), (Nobody, "王五"), ("290102198001010020", "欧阳修"));
        var happening = Assert.Single(lab.Witnessed);
        Assert.Equal("gateway.verified", happening.Kind);
        Assert.Equal(("4", "2", "2", "0"), (happening.Facts["rows"], happening.Facts["matches"], happening.Facts["misses"], happening.Facts["refused"]));
        Assert.Equal(("DB1", "id,name"), (happening.Facts["case"], happening.Facts["columns"]));
        var all = JsonSerializer.Serialize(happening, Wire.Json);
        foreach (var value in (string[])["张三", "王五", Zhang, Nobody, "clerk"]) Assert.DoesNotContain(value, all, StringComparison.Ordinal);
        Assert.False(happening.Facts.ContainsKey("query"));
    }

    [Theory, EveryStore]
    public async Task A_thousand_questions_are_answered_in_their_order_and_a_bad_one_only_spoils_itself(Store store)
    {
        await using var lab = await Open(store);
        using var answer = await Post(lab, new
        {
            items = Enumerable.Range(0, 1_000).Select(i => (i % 4) switch
            {
                0 => One(Zhang, "张三"),
                1 => One("290102198001010020", "欧阳修"),
                2 => One($"29010219800101{i:0000}", "无人"),
                _ => new { key = new { id = Zhang, name = "张三" }, claims = new { name = "张三" } },
            }),
        });
        var answers = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("answers").EnumerateArray().Select(Said).ToList();
        Assert.Equal(1_000, answers.Count);
        // One claim that fails for a hundred subjects is a search for whom it fits: the rest of them is not asked.
        Assert.Equal(["True", "True", "False", "gateway.verify-key"], answers.Take(4));
        Assert.Equal(["True", "True", "gateway.verify-too-many-subjects", "gateway.verify-key"], answers.TakeLast(4));
        Assert.Equal((500, 100, 150, 250), (answers.Count(a => a == "True"), answers.Count(a => a == "False"), answers.Count(a => a == "gateway.verify-too-many-subjects"), answers.Count(a => a == "gateway.verify-key")));
        Assert.Equal((1L, 1_000L), lab.Get<DayUses>().Today(lab.Grants[0].Id));
        // Those that were asked may be asked again, and a name that holds is no miss.
        Assert.Equal(["False", "True"], (await Batch(lab, ("290102198001010002", "无人"), ("290102198001010020", "欧阳修"))).EnumerateArray().Select(Said));
    }

    private static string Said(JsonElement answer) => answer.TryGetProperty("match", out var match) ? match.GetBoolean().ToString() : answer.GetProperty("error").GetProperty("code").GetString()!;

    [Theory, EveryStore]
    public async Task A_birthday_cannot_be_guessed_and_a_restart_forgets_nothing(Store store)
    {
        await using var lab = await Open(store);
        for (var i = 0; i < 5; i++) Assert.Equal("""{"match":false}""", (await Ask(lab, Zhang, $"猜{(char)('一' + i)}")).Text);
        // What was asked before may be asked again, also by an id that does not exist; the right name comes too late.
        Assert.Equal("""{"match":false}""", (await Ask(lab, Zhang, "猜一")).Text);
        using var late = await Post(lab, One(Zhang, "张三"));
        Assert.Equal(HttpStatusCode.TooManyRequests, late.StatusCode);
        Assert.NotNull(late.Headers.RetryAfter);
        Assert.Contains("gateway.verify-too-many-claims", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await lab.Get<Guesses>().Save(default);
        var fresh = new Guesses(lab.Store.Db, lab.Store.Clock, lab.Get<GatewaySettings>(), lab.Store.Key);
        await fresh.Load(default);
        var (grant, subject) = (lab.Grants[0].Id, fresh.Digest(lab.Grants[0].Entry + "\u001f" + Zhang));
        Assert.Equal("gateway.verify-too-many-claims", fresh.Take(grant, new Attempt(subject, fresh.Digest("name=张三"), true))?.Code);

        lab.Store.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("""{"match":true}""", (await Ask(lab, Zhang, "张三")).Text);
        await lab.Get<Guesses>().Save(default);
        Assert.Equal(0, await lab.Store.Db.One($"select count(*) from gateway_claim", r => r.GetInt64(0), default));
    }

    [Theory, EveryStore]
    public async Task A_composite_key_is_asked_in_a_thousand_pairs(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var rows = Enumerable.Range(0, 3_000).Select(i => new object?[] { (long)(i / 10), $"k{i % 10}", $"v{i}", (long)i * 100 }).ToList();
        var entry = await lab.Add(lab.Entry("pairs", [Sample.Make("no", FieldType.Integer), Sample.Make("kind", FieldType.Text), Sample.Make("word", FieldType.Text), Sample.Make("sum", FieldType.Decimal, 2)], ["no", "kind"]), [.. rows]);
        lab.Grant(entry, GatewayLab.Consumer, ["no", "kind", "word", "sum"], change: g => g with { Modes = [Mode.Verification] });
        var body = new { items = Enumerable.Range(0, 1_000).Select(i => new { key = new { no = i * 3 / 10, kind = $"k{i * 3 % 10}" }, claims = new Dictionary<string, object> { ["word"] = $"v{i * 3}", ["sum"] = i * 3 + (i % 2 == 0 ? 0m : 0.5m) } }) };
        using var answer = await lab.Call("/verify/pairs", GatewayLab.Consumer, method: HttpMethod.Post, change: r => r.Content = JsonContent.Create(body));
        var answers = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("answers");
        Assert.Equal([.. Enumerable.Range(0, 1_000).Select(i => i % 2 == 0)], answers.EnumerateArray().Select(a => a.GetProperty("match").GetBoolean()));
    }

    [Theory, EveryStore]
    public async Task Who_may_not_ask_is_told_why_as_by_the_data_api(Store store)
    {
        await using var lab = await Open(store);
        Assert.Equal("gateway.sign-in", await Code(await lab.Call("/verify/people", method: HttpMethod.Post, change: r => r.Content = JsonContent.Create(One(Zhang, "张三")))));
        Assert.Equal("gateway.no-grant", await Code(await Post(lab, One(Zhang, "张三"), agency: GatewayLab.Other)));
        Assert.Equal("gateway.needs-case", await Code(await Post(lab, One(Zhang, "张三"), withCase: false)));
        Assert.Equal("42703", await Code(await Post(lab, new { key = new { id = Zhang }, claims = new { division = "290101" } })));
        Assert.Equal("42703", await Code(await Post(lab, new { key = new { id = Zhang }, claims = new { never = "290101" } })));
        Assert.Equal("gateway.masked-column", await Code(await Post(lab, new { key = new { id = Zhang }, claims = new { phone = "13900000001" } })));
        Assert.Equal("gateway.verify-key", await Code(await Post(lab, new { key = new { name = "张三" }, claims = new { id = Zhang } })));
        lab.Grants[0] = lab.Grants[0] with { Modes = [Mode.Api] };
        Assert.Equal("gateway.grant-mode", await Code(await Post(lab, One(Zhang, "张三"))));
        lab.Grants[0] = lab.Grants[0] with { Modes = [Mode.Verification], Limits = lab.Grants[0].Limits with { RowsPerDay = 3 } };
        Assert.Equal("gateway.day-rows", await Code(await Post(lab, new { items = Enumerable.Range(0, 4).Select(_ => One(Zhang, "张三")) })));
        lab.LogStands = false;
        Assert.Equal("gateway.no-evidence", await Code(await Post(lab, One(Zhang, "张三"))));
    }

    [Theory]
    [InlineData("nothing", "body")]
    [InlineData("[]", "body")]
    [InlineData("""{"items":[]}""", "items")]
    [InlineData("""{"items":[{"key":{"id":"1"},"claims":{"name":"a"}}],"key":{}}""", "items")]
    [InlineData("""{"items":[{"key":{"id":"1"}}]}""", "items[0]")]
    [InlineData("""{"key":{"id":"1"},"claims":{}}""", "claims")]
    [InlineData("""{"key":{"id":"1"},"claims":{"name":null}}""", "claims.name")]
    [InlineData("""{"key":{"id":"1"},"claims":{"name":{"a":1}}}""", "claims.name")]
    [InlineData("""{"key":{"id":"a\u0000"},"claims":{"name":"a"}}""", "key.id")]
    [InlineData("""{"key":{"id":"1","id":"2"},"claims":{"name":"a"}}""", "body")]
    [InlineData("""{"key":{"id":"\ud800"},"claims":{"name":"a"}}""", "body")]
    [InlineData("""{"key":{"id":"1"},"claims":{"name":"a","name":"b"}}""", "body")]
    public void A_body_that_does_not_hold_names_the_place(string body, string place) =>
        Assert.Equal(place, Assert.Single(ClaimsReader.Read(Encoding.UTF8.GetBytes(body)).Refusal!.Fields).Field);

    [Theory, EveryStore]
    public async Task Nothing_is_read_of_a_body_that_is_no_json_or_too_large_and_nothing_of_the_address(Store store)
    {
        await using var lab = await Open(store);
        using var text = await lab.Call("/verify/people", GatewayLab.Consumer, method: HttpMethod.Post, change: r => r.Content = new StringContent("id=1"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, text.StatusCode);
        using var large = await lab.Call("/verify/people", GatewayLab.Consumer, method: HttpMethod.Post, change: r => r.Content = new StringContent(new string(' ', ClaimsReader.MostBytes + 1), Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var address = await lab.Call("/verify/people?id=1", GatewayLab.Consumer, method: HttpMethod.Post, change: r => r.Content = JsonContent.Create(One(Zhang, "张三")));
        Assert.Equal(HttpStatusCode.BadRequest, address.StatusCode);
        using var get = await lab.Call("/verify/people", GatewayLab.Consumer);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
    }

    [Theory, EveryStore]
    public async Task The_description_names_the_granted_columns_and_no_others(Store store)
    {
        await using var lab = await Open(store);
        using var answer = await lab.Call("/verify/people/openapi.json", GatewayLab.Consumer, change: Case);
        var document = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var question = document.GetProperty("components").GetProperty("schemas").GetProperty("Question").GetProperty("properties");
        Assert.Equal(["id"], question.GetProperty("key").GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["name"], question.GetProperty("claims").GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.DoesNotContain("division", document.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>Counted and measured: a hit, another value and a missing row cost the same comparisons, and the middle times of many interleaved calls lie close together.</summary>
    [Theory, EveryStore]
    public async Task The_time_does_not_tell_a_missing_row_from_another_value(Store store)
    {
        await using var lab = await Open(store, claimsPerSubject: 1_000);
        var calls = lab.Get<Calls>();
        var times = new List<double>[] { [], [] };
        for (var round = 0; round < 300; round++)
        {
            foreach (var side in round % 2 == 0 ? (int[])[0, 1] : [1, 0])
            {
                var claims = new Claims([new Claim(new Dictionary<string, string> { ["id"] = side == 0 ? Zhang : Nobody }, new Dictionary<string, string> { ["name"] = "李四" })], isBatch: false);
                var call = Call(lab, claims);
                var started = Stopwatch.GetTimestamp();
                Assert.Null(await calls.Run(call, default));
                times[side].Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
                call.Page!.Dispose();
                Assert.Equal((0, 1, 1), (claims.Matches, claims.Misses, claims.Comparisons));
            }
        }

        var (another, missing) = (Middle(times[0]), Middle(times[1]));
        TestContext.Current.TestOutputHelper?.WriteLine($"{store}: another value {another:0} µs, missing row {missing:0} µs");
        Assert.InRange(missing / another, 0.6, 1.6);
    }

    private static Call Call(GatewayLab lab, Claims claims) => new()
    {
        Resource = "people",
        Query = new QueryText(""),
        Caller = Tongxiang.Agencies.Caller.Anonymous with { Actor = "c", Agency = GatewayLab.Consumer, AgencyKind = Tongxiang.Agencies.AgencyKind.Department, Client = Id<Tongxiang.Agencies.Client>.New(lab.Store.Clock) },
        Mode = Mode.Verification,
        Context = new CallPurpose(null, "DB1", "clerk"),
        Form = "verify",
        At = lab.Store.Clock.GetUtcNow(),
        Claims = claims,
    };

    private static double Middle(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    private static async Task<GatewayLab> Open(Store store, int claimsPerSubject = 5)
    {
        var lab = await GatewayLab.Open(store, s => s.AddSingleton(new GatewaySettings { ClaimsPerSubject = claimsPerSubject }));
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id", "name"], ["phone"], rows: "division=like.2901*", change: g => g with { Modes = [Mode.Verification], NeedsCase = true });
        return lab;
    }

    private static object One(string id, string name) => new { key = new { id }, claims = new { name } };

    private static void Case(HttpRequestMessage request)
    {
        request.Headers.Add("Data-Case", "DB1");
        request.Headers.Add("Data-Operator", "clerk");
    }

    private static Task<HttpResponseMessage> Post(GatewayLab lab, object body, bool withCase = true, Id<Tongxiang.Agencies.Agency>? agency = null) =>
        lab.Call("/verify/people", agency ?? GatewayLab.Consumer, method: HttpMethod.Post, change: r =>
        {
            r.Content = JsonContent.Create(body);
            if (withCase) Case(r);
        });

    private static async Task<(string Text, string Headers)> Ask(GatewayLab lab, string id, string name)
    {
        using var answer = await Post(lab, One(id, name));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return (text, string.Join(' ', answer.Headers.Concat(answer.Content.Headers).Select(h => h.Key)));
    }

    private static async Task<JsonElement> Batch(GatewayLab lab, params (string Id, string Name)[] asked)
    {
        using var answer = await Post(lab, new { items = asked.Select(a => One(a.Id, a.Name)) });
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, json.GetRawText());
        return json.GetProperty("answers");
    }

    private static async Task<string?> Code(HttpResponseMessage answer)
    {
        using (answer) return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }
}
