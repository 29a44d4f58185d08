using System.Net;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Gateway;

public sealed class DataFaceTests
{
    [Theory, EveryStore]
    public async Task Open_data_is_read_by_anyone_and_only_counted(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        await lab.Add(People.Stops(lab), People.StopRows);
        var answer = await lab.Call("/data/stops?id=lte.2&select=编号:id,name,price");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""[{"编号":1,"name":"南湖公园站","price":2.00},{"编号":2,"name":"𠮷祥里","price":null}]""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["0-1/*"], answer.Content.Headers.GetValues("Content-Range"));
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal([("stops", 1L, 2)], lab.Counted);
        Assert.Empty(lab.Witnessed);
    }

    [Theory, EveryStore]
    public async Task What_was_personal_when_it_was_landed_is_not_opened_by_calling_it_something_else(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Change(entry with { Revision = 2, Content = entry.Content with { Opening = entry.Content.Opening with { Class = OpenClass.Open }, Fields = [.. entry.Content.Fields.Select(f => f with { IsPersonal = false })] } });
        Assert.Equal("""[{"division":"290101"}]""", await (await lab.Call("/data/people?limit=1")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.Call("/data/people?phone=like.139*")).StatusCode);
    }

    [Fact]
    public async Task Refusals_of_one_caller_do_not_fill_the_log()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        for (var i = 0; i < Calls.RefusalsPerMinute; i++) await lab.Call($"/data/nothing{i}", GatewayLab.Other);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await lab.Call("/data/nothing", GatewayLab.Other)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Call("/data/nothing", GatewayLab.Consumer)).StatusCode);
        Assert.Equal(Calls.RefusalsPerMinute + 1, lab.Witnessed.Count);
    }

    [Theory, EveryStore]
    public async Task A_granted_answer_carries_a_receipt_and_its_evidence_stands_before_it(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        var grant = lab.Grant(entry, GatewayLab.Consumer, ["id", "division"], ["name", "phone"], "division=like.2901*");
        var answer = await lab.Call("/data/people?order=id", GatewayLab.Consumer, change: r => r.Headers.Add("Data-Case", "BJ-1"));

        Assert.Equal("""[{"id":"29010119800101001X","name":"张*","division":"290101","phone":"139****0001"},{"id":"290102198001010020","name":"欧阳*","division":"290102","phone":"139****0002"}]""", await answer.Content.ReadAsStringAsync());
        Assert.Matches("origin=\".+\", index=0, leaf=\".+\"", answer.Headers.GetValues(Receipt.Header).Single());
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        var happening = Assert.Single(lab.Witnessed);
        Assert.Equal(("gateway.answered", $"grant:{grant.Id}", "2", "id,name,division,phone"), (happening.Kind, happening.Subject, happening.Facts["rows"], happening.Facts["columns"]));
        Assert.DoesNotContain(happening.Facts.Values, v => v.Contains("张三") || v.Contains("29010119800101001X"));
        Assert.Empty(lab.Counted);
        Assert.Equal([(grant.Id, Mode.Api)], lab.Delivered);
    }

    [Theory, EveryStore]
    public async Task Hidden_columns_and_rows_cannot_be_named_filtered_counted_or_ordered_by(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["division"], ["name"], "division=like.2901*");
        async Task<(HttpStatusCode, string)> Ask(string query) => await lab.Call("/data/people?" + query, GatewayLab.Consumer, change: r => r.Headers.Add("Prefer", "count=exact")) is var a
            ? (a.StatusCode, (await a.Content.ReadAsStringAsync()) + string.Join("", a.Content.Headers.TryGetValues("Content-Range", out var range) ? range : [])) : default;

        foreach (var query in (string[])["phone=like.139*", "select=phone", "order=phone", "or=(phone.is.null,division.is.null)", "select=x:phone"])
        {
            var (status, body) = await Ask(query);
            var (otherStatus, otherBody) = await Ask(query.Replace("phone", "nosuch"));
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Equal(otherStatus, status);
            Assert.Equal(Without(otherBody.Replace("nosuch", "phone")), Without(body));
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await Ask("name=like.张*")).Item1);
        Assert.Equal(HttpStatusCode.BadRequest, (await Ask("order=name")).Item1);
        Assert.Contains("*/0", (await Ask("division=eq.290201")).Item2);
        Assert.Contains("0-1/2", (await Ask("or=(division.like.*,division.is.null)")).Item2);
        Assert.Contains("0-0/2", (await Ask("limit=1")).Item2);
        Assert.DoesNotContain("290201", (await Ask("not.and=(division.eq.1,division.eq.2)")).Item2);
    }

    [Theory]
    [InlineData("people", "nobody", 401, "gateway.sign-in")]
    [InlineData("people", "other", 403, "gateway.no-grant")]
    [InlineData("secret", "nobody", 404, "kernel.not-found")]
    [InlineData("secret", "company", 404, "kernel.not-found")]
    [InlineData("secret", "other", 403, "gateway.no-grant")]
    [InlineData("draft", "other", 404, "kernel.not-found")]
    [InlineData("nothing", "other", 404, "kernel.not-found")]
    [InlineData("people@7", "consumer", 404, "kernel.not-found")]
    [InlineData("people@0", "consumer", 404, "kernel.not-found")]
    [InlineData("people@x", "consumer", 404, "kernel.not-found")]
    [InlineData("..%2f..%2fetc", "other", 404, "kernel.not-found")]
    [InlineData("people'--", "other", 404, "kernel.not-found")]
    public async Task Who_may_not_read_is_told_so_and_no_more(string resource, string who, int status, string code)
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id"]);
        await lab.Add(lab.Entry("secret", People.Fields, ["id"], OpenClass.Closed), People.Rows);
        await lab.Add(lab.Entry("draft", People.Fields, ["id"], state: EntryState.AwaitingReview), People.Rows);
        var answer = await lab.Call("/data/" + resource, who switch { "nobody" => null, "company" => GatewayLab.Company, "other" => GatewayLab.Other, _ => GatewayLab.Consumer });

        Assert.Equal((status, code), ((int)answer.StatusCode, (await Problem(answer)).GetProperty("code").GetString()));
        Assert.Equal(who == "nobody" ? 0 : 1, lab.Witnessed.Count(h => h.Kind == "gateway.refused" && h.Facts["code"] == code));
    }

    public static TheoryData<string, Func<Grant, Grant>, string> Closed => new()
    {
        { "suspended", g => g with { State = GrantState.Suspended }, "gateway.grant-suspended" },
        { "ended", g => g with { State = GrantState.Ended }, "gateway.grant-ended" },
        { "expired", g => g with { Until = g.From.AddHours(1) }, "gateway.grant-ended" },
        { "not begun", g => g with { From = g.Until.AddDays(-1) }, "gateway.grant-not-begun" },
        { "file only", g => g with { Modes = [Mode.File] }, "gateway.grant-mode" },
        { "other matter", g => g with { Matter = "房产过户" }, "gateway.other-matter" },
        { "case", g => g with { NeedsCase = true }, "gateway.needs-case" },
        { "assurance", g => g with { LowestAssurance = Assurance.BoundToken }, "gateway.low-assurance" },
        { "hours", g => g with { Limits = g.Limits with { Hours = new HourRange(18, 22) } }, "gateway.outside-hours" },
        { "network", g => g with { Limits = g.Limits with { Networks = ["10.0.0.0/8"] } }, "gateway.outside-network" },
        { "day calls", g => g with { Limits = g.Limits with { CallsPerDay = 0 } }, "gateway.day-calls" },
        { "day rows", g => g with { Limits = g.Limits with { RowsPerDay = 2 } }, "gateway.day-rows" },
        { "fields", g => g with { Fields = [new GrantedField("gone", FieldForm.Plain)] }, "gateway.grant-fields" },
        { "rows", g => g with { Rows = "gone=eq.1" }, "gateway.grant-rows" },
    };

    [Theory, MemberData(nameof(Closed))]
    public async Task A_grant_that_does_not_fit_gives_nothing(string what, Func<Grant, Grant> change, string code)
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id"], change: change);
        var answer = await lab.Call("/data/people", GatewayLab.Consumer, change: r => r.Headers.TryAddWithoutValidation("Data-Matter", Uri.EscapeDataString("助学金核验")));

        Assert.False(answer.IsSuccessStatusCode, what);
        var problem = await Problem(answer);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.True(problem.GetProperty("details").GetString()!.Length > 5);
    }

    [Fact]
    public async Task The_fitting_one_of_several_grants_is_used_and_a_revocation_works_at_once()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id"], change: g => g with { State = GrantState.Ended });
        lab.Grant(entry, GatewayLab.Consumer, ["division"]);

        Assert.Equal("""[{"division":"290101"}]""", await (await lab.Call("/data/people?limit=1", GatewayLab.Consumer)).Content.ReadAsStringAsync());
        lab.Grants[1] = lab.Grants[1] with { State = GrantState.Suspended };
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Call("/data/people?limit=1", GatewayLab.Consumer)).StatusCode);
    }

    [Theory, EveryStore]
    public async Task Versions_not_in_use_are_nobodys_and_missing_copies_are_built_again(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var stops = await lab.Add(People.Stops(lab), People.StopRows);
        lab.Put(stops, 2, VersionState.Ready);
        lab.Put(stops, 3, VersionState.Destroyed);
        lab.Put(stops, 4, VersionState.Superseded);

        Assert.Equal(HttpStatusCode.NotFound, (await lab.Call("/data/stops@2")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Call("/data/stops@3")).StatusCode);
        var answer = await lab.Call("/data/stops@4");
        Assert.Equal((503, "gateway.no-copy"), ((int)answer.StatusCode, (await Problem(answer)).GetProperty("code").GetString()));
        Assert.Equal([4], lab.Rebuilt);
    }

    [Fact]
    public async Task A_column_that_left_the_entry_is_not_open_in_older_versions_either()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var stops = await lab.Add(People.Stops(lab), People.StopRows);
        lab.Change(stops with { Revision = 2, Content = stops.Content with { Fields = [.. People.StopFields.Where(f => f.Name != "price")] } });

        var answer = await (await lab.Call("/data/stops?id=eq.1")).Content.ReadAsStringAsync();
        Assert.Equal("""[{"id":1,"name":"南湖公园站","lon":120.5,"lat":30.25}]""", answer);
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.Call("/data/stops?price=gt.1")).StatusCode);
    }

    [Fact]
    public async Task No_evidence_no_data_but_open_data_go_on()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        await lab.Add(People.Stops(lab), People.StopRows);
        lab.Grant(entry, GatewayLab.Consumer, ["id"]);
        lab.LogStands = false;

        var answer = await lab.Call("/data/people", GatewayLab.Consumer);
        Assert.Equal((503, "gateway.no-evidence"), ((int)answer.StatusCode, (await Problem(answer)).GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/stops")).StatusCode);
    }

    [Fact]
    public async Task An_address_that_comes_too_fast_is_told_when_to_come_back()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite, openCallsPerMinute: 3);
        await lab.Add(People.Stops(lab), People.StopRows);
        for (var i = 2; i >= 0; i--) Assert.Equal($"{i}", (await lab.Call("/data/stops")).Headers.GetValues("RateLimit-Remaining").Single());
        var answer = await lab.Call("/data/stops");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(20, answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        lab.Store.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/stops")).StatusCode);
    }

    [Fact]
    public async Task An_anonymous_call_that_works_the_node_hard_counts_for_several()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite, openCallsPerMinute: 60);
        await lab.Add(lab.Entry("many", People.Fields, ["id"]), [.. Enumerable.Range(0, 60_000).Select(i => new object?[] { $"{i:000000}", "名", "290101", "1" })]);
        using var costly = await lab.Call($"/data/many?or=({string.Join(',', Enumerable.Range(0, 30).Select(i => $"division.like.*x{i}*"))})");
        Assert.Equal(System.Net.HttpStatusCode.OK, costly.StatusCode);
        var left = int.Parse((await lab.Call("/data/many?id=eq.000001")).Headers.GetValues("RateLimit-Remaining").Single());

        Assert.InRange(left, 0, 57);
    }

    [Theory, EveryStore]
    public async Task What_a_grant_used_today_survives_a_restart(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        var grant = lab.Grant(entry, GatewayLab.Consumer, ["id"]);
        await lab.Call("/data/people", GatewayLab.Consumer);
        await lab.Call("/data/people?limit=1", GatewayLab.Consumer);
        var uses = lab.Get<Tongxiang.Gateway.DayUses>();
        await uses.Save(default);
        await uses.Save(default);

        var again = new Tongxiang.Gateway.DayUses(lab.Store.Db, lab.Store.Clock);
        await again.Load(default);
        Assert.Equal((2, 4), again.Today(grant.Id));
        Assert.Equal([new(new DateOnly(2026, 9, 18), 2, 4)], await again.Of(grant.Id, new DateOnly(2026, 9, 1), default));
    }

    internal static async Task<JsonElement> Problem(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    private static string Without(string body) => System.Text.RegularExpressions.Regex.Replace(body, "\"traceId\":\"[^\"]*\"", "");
}
