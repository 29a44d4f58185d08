using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class SourcesOfRecordTests
{
    private static readonly DateOnly Today = new(2026, 9, 18);

    private static SourcesOfRecord Door(CatalogLab lab) => new(
        lab.Store.Db, lab.Store.Clock, lab.Store.Settings, new EvidenceLog(lab.Store.Db, lab.Store.Home, lab.Store.Key, lab.Store.Settings, lab.Store.Clock), lab.Directory, lab.Catalogue);

    private static NewSource Wish(Agency department, string element = "citizen-id", SourceSegment? segment = null, DateOnly? from = null, DateOnly? to = null, params NewAssist[] assists) =>
        new(element, segment ?? SourceSegment.All, department.Id, "云数〔2026〕12号文指定", from ?? Today, to, assists);

    private static async Task<SourceOfRecord> Named(SourcesOfRecord door, Caller by, NewSource wish)
    {
        var made = await door.Appoint(by, wish, default);
        Assert.True(!made.IsRefused, made.Refusal?.Code);
        return made.Value;
    }

    [Theory, EveryStore]
    public async Task Only_the_bureau_in_charge_names_a_source_and_the_second_is_refused_with_the_first(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var door = Door(lab);
        foreach (var other in new[] { lab.Steward, lab.Head, lab.Stranger, lab.Company, Caller.Anonymous, lab.Person(lab.Bureau, Role.SystemAdmin) })
        {
            var refused = (await door.Appoint(other, Wish(lab.Police), default)).Refusal!;
            Assert.Equal(("catalog.source-only-bureau", 403), (refused.Code, refused.Status));
            Assert.Contains("第十九条", refused.Article, StringComparison.Ordinal);
        }
        var police = await Named(door, lab.Reviewer, Wish(lab.Police, assists: new NewAssist(lab.Transport.Id, "发现差异时三日内告知")));
        var second = (await door.Appoint(lab.Reviewer, Wish(lab.Transport), default)).Refusal!;
        Assert.Equal("catalog.source-stands", second.Code);
        Assert.Contains("云岭省公安厅", Texts.Parts.Get(Texts.Chinese, second.Code, second.Args), StringComparison.Ordinal);
        // Another segment lies inside "all"; the same department twice is twice too.
        Assert.Equal("catalog.source-stands", (await door.Appoint(lab.Reviewer, Wish(lab.Transport, segment: new SourceSegment("division", "290100")), default)).Refusal!.Code);
        Assert.Equal("catalog.source-stands", (await door.Appoint(lab.Reviewer, Wish(lab.Police), default)).Refusal!.Code);
        Assert.Equal("发现差异时三日内告知", Assert.Single(await door.Assists(police.Id, default)).Duty);
        Assert.Contains(await lab.Evidenced(), e => e.Contains("catalog.source-appointed", StringComparison.Ordinal));
        Assert.Equal([police.Id], (await door.List(lab.Steward, null, null, 50, default)).Items.Select(s => s.Id));
        Assert.Empty((await door.List(lab.Company, null, null, 50, default)).Items);
        Assert.Null(await door.Find(lab.Company, police.Id, default));
    }

    [Theory, EveryStore]
    public async Task Of_reviewers_who_name_at_the_same_instant_one_wins(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var door = Door(lab);
        var rivals = Enumerable.Range(0, 8).Select(i => (Who: lab.Person(lab.Bureau, Role.BureauReviewer), Wish: Wish(i % 2 == 0 ? lab.Police : lab.Transport, segment: i % 4 == 3 ? new SourceSegment("division", "290100") : null))).ToList();
        var outcomes = await Task.WhenAll(rivals.Select(r => Task.Run(() => door.Appoint(r.Who, r.Wish, default))));
        var winner = Assert.Single(outcomes, o => !o.IsRefused).Value;
        Assert.All(outcomes.Where(o => o.IsRefused), o => Assert.Equal("catalog.source-stands", o.Refusal!.Code));
        Assert.Equal([winner.Id], (await door.List(lab.Reviewer, "citizen-id", null, 50, default)).Items.Select(s => s.Id));
    }

    [Theory, EveryStore]
    public async Task The_store_itself_takes_no_second_one(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var door = Door(lab);
        var first = await Named(door, lab.Reviewer, Wish(lab.Police, to: Today.AddDays(30)));
        Task<int> Put(DateOnly from, DateOnly to, DateOnly? previous) => lab.Store.Db.Run(
            $"""
            insert into catalog_source (id, element, segment_field, segment, department, bureau, ground, valid_from, valid_to, previous_to, revision, appointed_by, appointed_at)
            values ({Id<SourceOfRecord>.New(lab.Store.Clock)}, {"citizen-id"}, {""}, {"*"}, {lab.Transport.Id}, {lab.Bureau.Id}, {"x"}, {from}, {to}, {previous}, 1, {"x"}, 0)
            """, default);
        // Beside the first, before it was over, after an end that nothing has, and with the ends swapped.
        await Assert.ThrowsAnyAsync<DbException>(() => Put(Today, DateOnly.MaxValue, null));
        await Assert.ThrowsAnyAsync<DbException>(() => Put(first.To, DateOnly.MaxValue, first.To));
        await Assert.ThrowsAnyAsync<DbException>(() => Put(Today.AddDays(5), DateOnly.MaxValue, Today.AddDays(4)));
        await Assert.ThrowsAnyAsync<DbException>(() => Put(first.To.AddDays(5), first.To.AddDays(1), first.To));
        Assert.Equal(1, await Put(first.To.AddDays(1), DateOnly.MaxValue, first.To));
    }

    [Theory, EveryStore]
    public async Task A_naming_ends_and_the_next_begins_the_day_after(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var door = Door(lab);
        var police = await Named(door, lab.Reviewer, Wish(lab.Police, from: Today.AddDays(-9)));
        Assert.Equal(403, (await door.End(lab.Head, police.Id, 1, Today, "不再承担该职责", default)).Refusal!.Status);
        Assert.Equal("last", (await door.End(lab.Reviewer, police.Id, 1, Today.AddDays(-5), "不再承担该职责", default)).Refusal!.Fields.Single().Field);
        Assert.Equal("reason", (await door.End(lab.Reviewer, police.Id, 1, Today, "", default)).Refusal!.Fields.Single().Field);
        var ended = (await door.End(lab.Reviewer, police.Id, 1, Today, "职责划转", default)).Value;
        Assert.Equal((Today, 2), (ended.To, (int)ended.Revision));
        // Who decides on what was changed meanwhile sees what stands now.
        var late = (await door.End(lab.Person(lab.Bureau, Role.BureauHead), police.Id, 1, Today.AddDays(9), "职责划转", default)).Refusal!;
        Assert.Equal(("catalog.source-changed", 409), (late.Code, late.Status));
        Assert.Contains("2026-09-18", Texts.Parts.Get(Texts.Chinese, late.Code + ".detail", late.Args), StringComparison.Ordinal);
        var next = await Named(door, lab.Reviewer, Wish(lab.Transport, from: Today.AddDays(1)));
        Assert.Equal("catalog.source-in-order", (await door.Appoint(lab.Reviewer, Wish(lab.Police, from: Today.AddDays(-20), to: Today.AddDays(-10)), default)).Refusal!.Code);
        // Ending the first earlier keeps the chain whole.
        Assert.Equal(Today.AddDays(-1), (await door.End(lab.Reviewer, police.Id, 2, Today.AddDays(-1), "更正截止日", default)).Value.To);
        Assert.Equal(next.Id, (await door.List(lab.Reviewer, null, null, 50, default)).Items.Single(s => s.HoldsOn(Today.AddDays(3))).Id);
        Assert.Equal(404, (await door.End(lab.Reviewer, Id<SourceOfRecord>.New(lab.Store.Clock), 1, Today, "没有这一条", default)).Refusal!.Status);
    }

    [Theory, EveryStore]
    public async Task Segments_stand_beside_each_other_and_the_entry_is_marked(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var door = Door(lab);
        var entry = await lab.Publish(Samples.Personal());
        await lab.Catalogue.Follow(default);
        Assert.Empty(await door.Of(entry, default));
        var one = await Named(door, lab.Reviewer, Wish(lab.Police, segment: new SourceSegment("division", "290100")));
        await Named(door, lab.Reviewer, Wish(lab.Transport, segment: new SourceSegment("division", "290200")));
        await Named(door, lab.Reviewer, Wish(lab.Police, element: "person-name"));
        await Named(door, lab.Reviewer, Wish(lab.Police, element: "house_no", from: Today.AddDays(10)));
        var marks = await door.Of(entry, default);
        Assert.Equal([("citizen_id", 2, true, false), ("name", 1, false, true)], marks.Select(m => (m.Field.Name, m.Sources.Count, m.IsSource, m.Assists)));
        Assert.Equal([lab.Transport.Id], door.Holders("citizen-id", lab.Police.Id));
        Assert.Equal("catalog.source-use-element", (await door.Appoint(lab.Reviewer, Wish(lab.Police, element: "citizen_id"), default)).Refusal!.Fields.Single().Key);
        Assert.Equal("catalog.source-other-bureau", (await door.Appoint(lab.Reviewer, Wish(lab.Police) with { Department = Id<Agency>.New(lab.Store.Clock) }, default)).Refusal!.Code);
        // A page at a time, each once.
        var seen = new List<Id<SourceOfRecord>>();
        for (string? after = null; ;)
        {
            var page = await door.List(lab.Stranger, null, after, 1, default);
            seen.AddRange(page.Items.Select(s => s.Id));
            if ((after = page.Next) is null) break;
        }
        Assert.Equal(4, seen.Distinct().Count());
        Assert.Contains(one.Id, seen);
    }
}
