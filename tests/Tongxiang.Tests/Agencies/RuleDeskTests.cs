using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class RuleDeskTests
{
    private static readonly DateOnly Day = new(2026, 9, 18);

    [Theory, EveryStore]
    public async Task A_preview_names_the_clocks_that_a_tightening_then_moves(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var (head, entry, duty) = await Running(lab);
        var wish = new NewTightening(1, "云岭省政务数据共享办法第八条", Day, 2);
        var preview = (await lab.Desk.Preview(head, "DL-02", wish, default)).Value;
        Assert.Equal([("review", entry.Code, "2026-09-21", "2026-09-20")], preview.Select(m => (m.Kind, m.Number, Said(m.Before), Said(m.After))));
        Assert.Equal(new DateOnly(2026, 9, 21), WorkCalendar.Day((await lab.Entries.Find(entry.Id, default))!.DueAt!.Value));

        var change = (await lab.Desk.Tighten(head, "DL-02", wish, default)).Value;
        Assert.Equal(preview, change.Moved);
        Assert.Equal((1, 2, true), (change.Sheet!.Rule.Value, change.Sheet.Statute, change.Sheet.Rule.IsLocal));
        Assert.Equal(new DateOnly(2026, 9, 20), WorkCalendar.Day((await lab.Entries.Find(entry.Id, default))!.DueAt!.Value));

        var duties = (await lab.Desk.Tighten(head, "DL-01", new NewTightening(4, "云岭省政务数据共享办法第七条", Day), default)).Value;
        Assert.Equal(["duty"], duties.Moved.Select(m => m.Kind));
        Assert.Equal(duties.Moved[0].After, (await lab.Duties.Of(duty.Entry, default)).Single(d => d.Id == duty.Id).DueAt);
        Assert.Equal(2, (await lab.Evidenced()).Count(e => e.Contains("agencies.clock-moved", StringComparison.Ordinal)));
        // A page of one: the rest follows by its cursor.
        var first = (await lab.Moves.List(head, null, 1, default)).Value;
        Assert.NotEqual(first.Items.Single().Move.Kind, (await lab.Moves.List(head, first.Next, 1, default)).Value.Items.Single().Move.Kind);
        Assert.Equal("kernel.bad-cursor", (await lab.Moves.List(head, "x", 1, default)).Refusal!.Code);
    }

    [Theory, EveryStore]
    public async Task What_is_tightened_and_in_force_is_never_loosened_and_what_is_announced_may_be_put_right(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var head = lab.Person(lab.Bureau, Role.BureauHead);
        Assert.False((await lab.Desk.Tighten(head, "DL-04", new NewTightening(5, "本地办法", Day), default)).IsRefused);
        foreach (var (value, from) in new[] { (7, Day), (6, Day.AddDays(30)), (10, Day.AddDays(1)) })
        {
            var looser = (await lab.Desk.Tighten(head, "DL-04", new NewTightening(value, "本地办法", from), default)).Refusal!;
            Assert.Equal((422, "agencies.never-loosened", "809-23"), (looser.Status, looser.Code, looser.Article));
        }
        var slower = (await lab.Desk.Tighten(head, "DL-04", new NewTightening(12, "本地办法", Day), default)).Refusal!;
        Assert.Equal((422, "agencies.only-tighten", "809-23"), (slower.Status, slower.Code, slower.Article));
        Assert.False((await lab.Desk.Tighten(head, "DL-04", new NewTightening(3, "本地办法", Day.AddDays(60)), default)).IsRefused);
        Assert.False((await lab.Desk.Tighten(head, "DL-04", new NewTightening(4, "本地办法", Day.AddDays(60)), default)).IsRefused);
        Assert.Equal((5, 4), (lab.Rules.Find("DL-04", Day).Value, lab.Rules.Find("DL-04", Day.AddDays(61)).Value));
        Assert.Equal(["validFrom"], (await lab.Desk.Tighten(head, "DL-04", new NewTightening(3, "本地办法", Day.AddYears(-2)), default)).Refusal!.Fields.Select(f => f.Field));
    }

    [Theory, EveryStore]
    public async Task Of_two_heads_who_decided_on_the_same_number_the_second_is_told_what_stands(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var heads = new[] { lab.Person(lab.Bureau, Role.BureauHead), lab.Person(lab.Bureau, Role.BureauHead) };
        var both = await Task.WhenAll(heads.Select((h, i) => lab.Desk.Tighten(h, "DL-05", new NewTightening(15 - i, "本地办法", Day, 20), default)));
        Assert.Single(both, o => !o.IsRefused);
        Assert.Equal("agencies.rule-changed", both.Single(o => o.IsRefused).Refusal!.Code);
        var years = await Task.WhenAll(heads.Select((h, i) => lab.Desk.Load(h, Year(2027, $"通知{i}"), "", default)));
        Assert.Equal("agencies.calendar-changed", years.Single(o => o.IsRefused).Refusal!.Code);
    }

    [Theory, EveryStore]
    public async Task A_year_that_is_loaded_makes_provisional_clocks_final(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        lab.Store.Clock.AdjustTime(new DateTimeOffset(2026, 12, 30, 9, 0, 0, TimeSpan.FromHours(8)));
        var (head, entry, _) = await Running(lab);
        Assert.True((await lab.Entries.Find(entry.Id, default))!.DueIsProvisional);
        Assert.Equal([2027], lab.Desk.Missing(new DateOnly(2026, 12, 30)));
        var year = Year(2027, "国务院办公厅关于2027年部分节假日安排的通知");
        var preview = (await lab.Desk.Preview(head, year, default)).Value;
        Assert.Contains(preview, m => m.Kind == "review" && !m.IsProvisional);
        var change = (await lab.Desk.Load(head, year, "", default)).Value;
        Assert.Equal(preview, change.Moved);
        var after = (await lab.Entries.Find(entry.Id, default))!;
        Assert.Equal((false, new DateOnly(2027, 1, 4)), (after.DueIsProvisional, WorkCalendar.Day(after.DueAt!.Value)));
        Assert.Empty(lab.Desk.Missing(new DateOnly(2026, 12, 30)));
        Assert.Equal("off", (await lab.Desk.Load(head, year with { Off = [] }, null, default)).Refusal!.Fields.Single().Field);
        Assert.Equal("source", (await lab.Desk.Preview(head, year with { Source = " " }, default)).Refusal!.Fields.Single().Field);
    }

    [Theory, EveryStore]
    public async Task Only_the_head_of_this_nodes_own_bureau_changes_its_numbers(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var city = (await lab.Roster.Add(Caller.Platform, new Agency(Id<Agency>.New(lab.Store.Clock), "city-bureau", "91350100M000100Y43", "南湖市数据局", "City bureau", AgencyKind.Bureau, "290100", null, null, null), default)).Value;
        foreach (var caller in new[] { lab.Person(city, Role.BureauHead), lab.Head, lab.Reviewer, lab.Company, Caller.Anonymous })
        {
            Assert.Equal(403, (await lab.Desk.Tighten(caller, "DL-04", new NewTightening(5, "本地办法", Day), default)).Refusal!.Status);
            Assert.Equal(403, (await lab.Desk.Preview(caller, "DL-04", new NewTightening(5, "本地办法", Day), default)).Refusal!.Status);
            Assert.Equal(403, (await lab.Desk.Load(caller, Year(2027, "通知"), "", default)).Refusal!.Status);
        }
        Assert.Equal(10, lab.Rules.Find("DL-04", Day).Value);
    }

    [Theory, EveryStore]
    public async Task The_pack_is_read_tightened_and_the_calendar_loaded_over_HTTP(Store store)
    {
        await using var lab = await CatalogNode.Start(store);
        var head = await lab.Enrol("bureau.head", "data-bureau", Role.BureauHead);
        var steward = await lab.SignIn("transport.steward");
        var all = await Json(await lab.Public.GetAsync("/api/rules"));
        var dl04 = all.GetProperty("items").EnumerateArray().Single(r => r.GetProperty("id").GetString() == "DL-04");
        Assert.Equal(("21", 10, "WorkingDay", "A", "000000"), (dl04.GetProperty("article").GetString(), dl04.GetProperty("value").GetInt32(), dl04.GetProperty("unit").GetString(), dl04.GetProperty("grade").GetString(), dl04.GetProperty("jurisdiction").GetString()));
        Assert.Contains(all.GetProperty("items").EnumerateArray(), r => r.GetProperty("isUnverified").GetBoolean());
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Public.GetAsync("/api/rules/NO-SUCH")).StatusCode);

        Assert.Equal(HttpStatusCode.Forbidden, (await steward.PostAsJsonAsync("/api/rules/DL-04/tightenings", new { value = 5, source = "办法", validFrom = "2026-09-18" })).StatusCode);
        using (var looser = await head.PostAsJsonAsync("/api/rules/DL-04/tightenings", new { value = 12, source = "办法", validFrom = "2026-09-18" }))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, looser.StatusCode);
            Assert.Equal("809-23", (await Json(looser)).GetProperty("article").GetString());
        }
        Assert.Equal(HttpStatusCode.OK, (await head.PostAsJsonAsync("/api/rules/DL-04/preview", new { value = 5, source = "办法", validFrom = "2026-09-18" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await head.PostAsJsonAsync("/api/rules/DL-04/tightenings", new { value = 5, source = "办法", validFrom = "2026-09-18", seen = 10 })).StatusCode);
        Assert.Equal(5, (await Json(await lab.Public.GetAsync("/api/rules/DL-04"))).GetProperty("value").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await steward.GetAsync("/api/rules/moves")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Public.GetAsync("/api/rules/moves")).StatusCode);

        var notice = new { source = "放假通知", grade = "C", off = new[] { "2027-01-01/2027-01-03" }, working = new[] { "2027-01-09" } };
        Assert.Equal([2027], (await Json(await lab.Public.GetAsync("/api/calendar"))).GetProperty("provisional").EnumerateArray().Select(y => y.GetInt32()));
        Assert.Equal(HttpStatusCode.OK, (await head.PostAsJsonAsync("/api/calendar/2027/preview", notice)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await head.PostAsJsonAsync("/api/calendar/2027", notice)).StatusCode);
        Assert.Empty((await Json(await lab.Public.GetAsync("/api/calendar"))).GetProperty("provisional").EnumerateArray());
    }

    private static async Task<(Caller Head, Entry Review, UpdateDuty Duty)> Running(CatalogLab lab)
    {
        var published = await lab.Publish(Samples.Open());
        var duty = (await lab.Duties.Report(lab.Steward, published.Id, lab.Store.Clock.GetUtcNow(), "线路管理办法修订", default)).Value;
        var entry = await lab.Assessed(Samples.Open("站点二", "Stops two"));
        await lab.Entries.Submit(lab.Steward, entry.Id, 1, default);
        Assert.False((await lab.Entries.Approve(lab.Head, entry.Id, 1, default)).IsRefused);
        return (lab.Person(lab.Bureau, Role.BureauHead), entry, duty);
    }

    private static CalendarYear Year(int year, string source) => new(year, source, RuleGrade.B, [$"{year}-01-01/{year}-01-03"], [$"{year}-01-09"]);

    private static string Said(DateTimeOffset at) => WorkCalendar.Day(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
