using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

public sealed class BreakGlassTests
{
    private static readonly BreakGlassWish Wish = new("population", ["id_number", "name"], "生产库同步异常，需要核对三条记录", "SJ20260212-0001", 15);

    [Theory, EveryStore]
    public async Task Two_persons_of_two_roles_open_it_for_minutes_and_everybody_who_watches_is_told(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var door = Door(lab);
        var vendor = await Enrol(lab, "vendor", Facts.Police, Role.Vendor);
        var (system, security, audit) = (await Enrol(lab, "system", Facts.Bureau, Role.SystemAdmin), await Enrol(lab, "security", Facts.Bureau, Role.SecurityAdmin), await Enrol(lab, "audit", Facts.Bureau, Role.AuditAdmin));
        foreach (var other in new[] { Facts.PoliceSteward, Facts.CivilHead, audit, Facts.Citizen }) ShareLab.Refuses("share.break-glass.not-for-you", await door.Ask(other, Wish, default));
        var glass = ShareLab.Good(await door.Ask(vendor, Wish, default));
        Assert.Empty(door.With(lab.Entry.Id, vendor, []));

        ShareLab.Refuses("share.break-glass.own", await door.Decide(vendor, glass.Id, true, "", default));
        ShareLab.Refuses("share.break-glass.not-decider", await door.Decide(audit, glass.Id, true, "", default));
        foreach (var stranger in new[] { Facts.CivilHead, Facts.HealthSteward, system, Facts.PoliceSteward }) Assert.Equal(404, (await door.Decide(stranger, glass.Id, true, "", default)).Refusal?.Status);
        Assert.Equal(400, (await door.Decide(security, glass.Id, false, "", default)).Refusal?.Status);
        var open = ShareLab.Good(await door.Decide(security, glass.Id, true, "按应急预案", default));
        Assert.Equal((BreakGlassState.Open, lab.Clock.GetUtcNow().AddMinutes(15)), (open.State, open.Until));
        var right = Assert.Single(door.With(lab.Entry.Id, vendor, []));
        Assert.Equal((glass.Number, true, vendor.Person), (right.Number, right.NeedsCase, right.ConsumerPerson));
        Assert.True(right.IsUsableBy(vendor));
        Assert.Empty(door.With(lab.Entry.Id, system, []));
        Assert.Empty(door.With(Id<Tongxiang.Catalog.Entry>.New(lab.Clock), vendor, []));
        ShareLab.Refuses("share.break-glass.decided", await door.Decide(Facts.PoliceHead, glass.Id, true, "", default));

        var told = await lab.Told();
        foreach (var to in new[] { "bureau AuditAdmin", "bureau SecurityAdmin", "police SharingOfficeHead", "vendor" }) Assert.Contains((NoticeKind.BreakGlassOpened, to), told);
        Assert.Single((await door.List(audit, null, 50, default)).Items);
        Assert.Empty((await door.List(Facts.CivilHead, null, 50, default)).Items);
        Assert.NotNull(await door.Find(vendor, glass.Id, default));

        // The minutes run out by the clock alone; the chore puts that on record.
        lab.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.False(Assert.Single(door.With(lab.Entry.Id, vendor, [])).IsUsable(lab.Clock.GetUtcNow()));
        await door.Sweep(default);
        await door.Follow(default);
        Assert.Empty(door.With(lab.Entry.Id, vendor, []));
        Assert.Equal(BreakGlassState.Ended, (await door.Find(vendor, glass.Id, default))!.State);
        var said = await lab.Evidenced();
        foreach (var kind in new[] { "share.break-glass-asked", "share.break-glass-opened", "share.break-glass-ended" }) Assert.Contains(said, s => s.Contains(kind, StringComparison.Ordinal) && s.Contains(glass.Number, StringComparison.Ordinal));
        Assert.DoesNotContain(said, s => s.Contains("生产库同步异常", StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task It_is_refused_lapses_and_is_ended_early(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var door = Door(lab);
        var vendor = await Enrol(lab, "vendor", Facts.Police, Role.Vendor);
        var refused = ShareLab.Good(await door.Ask(vendor, Wish, default));
        Assert.Equal(BreakGlassState.Refused, ShareLab.Good(await door.Decide(Facts.PoliceHead, refused.Id, false, "无需读取明细", default)).State);
        var late = ShareLab.Good(await door.Ask(vendor, Wish, default));
        lab.Clock.Advance(BreakGlassRules.Waits);
        ShareLab.Refuses("share.break-glass.decided", await door.Decide(Facts.PoliceHead, late.Id, true, "", default));
        await door.Sweep(default);
        Assert.Equal(BreakGlassState.Lapsed, (await door.Find(vendor, late.Id, default))!.State);
        var early = ShareLab.Good(await door.Ask(vendor, Wish, default));
        var outcomes = await Task.WhenAll(door.Decide(Facts.PoliceHead, early.Id, true, "", default), door.Decide(Facts.PoliceOther, early.Id, false, "不同意", default));
        Assert.Single(outcomes, o => !o.IsRefused);
        var again = ShareLab.Good(await door.Ask(vendor, Wish, default));
        ShareLab.Good(await door.Decide(Facts.PoliceHead, again.Id, true, "", default));
        Assert.Equal(BreakGlassState.Ended, ShareLab.Good(await door.End(vendor, again.Id, default)).State);
        Assert.DoesNotContain(door.With(lab.Entry.Id, vendor, []), g => g.Number == again.Number);
        ShareLab.Refuses("share.break-glass.decided", await door.End(vendor, again.Id, default));
        Assert.Equal(2, (await door.List(vendor, null, 2, default)).Items.Count);
        Assert.NotEmpty((await door.List(vendor, (await door.List(vendor, null, 2, default)).Next, 2, default)).Items);

        // The store itself keeps no access that one person opened, none that one role opened, and none of hours.
        var one = ShareLab.Good(await door.Ask(vendor, Wish, default));
        foreach (var (by, role, minutes) in new[] { (vendor.Actor, "BureauHead", 5L), (Facts.PoliceHead.Actor, "Vendor", 5L), (Facts.PoliceHead.Actor, "SharingOfficeHead", 61L) })
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => lab.Db.Run(
                $"update share_break_glass set state = 'Open', decided_by = {by}, decided_role = {role}, decided_at = {0L}, until_at = {minutes * 60_000} where id = {one.Id}", default));
    }

    public static TheoryData<BreakGlassWish, string> Bad => new()
    {
        { Wish with { Resource = "nothing" }, "resource" },
        { Wish with { Fields = [] }, "fields" },
        { Wish with { Fields = ["id_number", "secret"] }, "fields" },
        { Wish with { Reason = "急" }, "reason" },
        { Wish with { Occasion = "" }, "occasion" },
        { Wish with { Minutes = 0 }, "minutes" },
        { Wish with { Minutes = 61 }, "minutes" },
    };

    [Theory, MemberData(nameof(Bad))]
    public async Task What_is_asked_for_is_one_resource_a_reason_an_occasion_and_minutes(BreakGlassWish wish, string field)
    {
        await using var lab = await ShareLab.Open(Store.Sqlite);
        var refusal = (await Door(lab).Ask(await Enrol(lab, "vendor", Facts.Police, Role.Vendor), wish, default)).Refusal!;
        Assert.Equal((400, field), (refusal.Status, refusal.Fields[0].Field));
    }

    // Two copies of the node, each with its own memory, and reads side by side.
    [Theory, EveryStore]
    public async Task All_reads_of_one_access_take_from_one_count(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var (door, other) = (Door(lab), Door(lab));
        var vendor = await Enrol(lab, "vendor", Facts.Police, Role.Vendor);
        var glass = ShareLab.Good(await door.Ask(vendor, Wish, default));
        Assert.Null(await door.Take(glass.Id, 100, default));
        ShareLab.Good(await door.Decide(Facts.PoliceHead, glass.Id, true, "", default));
        var taken = await Task.WhenAll(Enumerable.Range(0, 14).Select(i => Task.Run(() => (i % 2 == 0 ? door : other).Take(glass.Id, 90, default))));
        Assert.Equal(BreakGlassRules.MostRows, taken.Sum());
        Assert.Equal(0, await door.Take(glass.Id, 1, default));
        await other.GiveBack(glass.Id, 30);
        Assert.Equal((30, 0), (await door.Take(glass.Id, 100, default), await other.Take(glass.Id, 100, default)));
        Assert.Equal(BreakGlassRules.MostRows, (await door.Find(vendor, glass.Id, default))!.RowsRead);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => lab.Db.Run($"update share_break_glass set rows_read = 1001 where id = {glass.Id}", default));
        lab.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Null(await door.Take(glass.Id, 100, default));
    }

    public static TheoryData<BreakGlassWish> Probes => [Wish with { Resource = "nothing" }, Wish with { Fields = ["secret"] }, Wish with { Resource = "nothing", Fields = ["secret"] }, Wish with { Fields = ["id_number", "secret"] }];

    [Theory, MemberData(nameof(Probes))]
    public async Task A_contractor_of_a_company_learns_no_name_from_a_refusal(BreakGlassWish probe)
    {
        await using var lab = await ShareLab.Open(Store.Sqlite);
        var (door, vendor) = (Door(lab), await Enrol(lab, "vendor", Facts.Company, Role.Vendor));
        var error = Assert.Single((await door.Ask(vendor, probe, default)).Refusal!.Fields);
        Assert.Equal(("resource", "share.break-glass.unseen", 0), (error.Field, error.Key, error.Args.Length));
        // Nor by a wish that would never be kept.
        Assert.Equal("reason", Assert.Single((await door.Ask(vendor, probe with { Reason = "" }, default)).Refusal!.Fields).Field);
        Assert.Empty((await door.List(vendor, null, 10, default)).Items);
        ShareLab.Good(await door.Ask(vendor, Wish, default));
    }

    [Theory, EveryStore]
    public async Task Three_requests_of_one_person_wait_and_no_more(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var (door, vendor) = (Door(lab), await Enrol(lab, "vendor", Facts.Company, Role.Vendor));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => door.Ask(vendor, Wish, default))));
        Assert.Equal(BreakGlassRules.MostWaiting, outcomes.Count(o => !o.IsRefused));
        Assert.All(outcomes.Where(o => o.IsRefused), o => Assert.Equal((429, "share.break-glass.waiting"), (o.Refusal!.Status, o.Refusal.Code)));
        // The same whatever is asked for: it tells no name either.
        ShareLab.Refuses("share.break-glass.waiting", await door.Ask(vendor, Wish with { Resource = "nothing" }, default));
        ShareLab.Good(await door.Ask(await Enrol(lab, "vendor2", Facts.Police, Role.Vendor), Wish, default));
        ShareLab.Good(await door.Decide(Facts.PoliceHead, outcomes.First(o => !o.IsRefused).Value.Id, false, "无需读取", default));
        ShareLab.Good(await door.Ask(vendor, Wish, default));
        ShareLab.Refuses("share.break-glass.waiting", await door.Ask(vendor, Wish, default));
        lab.Clock.Advance(BreakGlassRules.Waits);
        ShareLab.Good(await door.Ask(vendor, Wish, default));
    }

    [Theory]
    [InlineData(Role.Vendor, false)]
    [InlineData(Role.SystemAdmin, false)]
    [InlineData(Role.SecurityAdmin, false)]
    [InlineData(Role.AuditAdmin, false)]
    [InlineData(Role.CyberspaceInspector, false)]
    [InlineData(Role.Operative, true)]
    public void No_right_of_the_department_reaches_a_contractor_or_an_administrator(Role role, bool reads)
    {
        var glass = new BreakGlass(
            default, "n", default, "", Facts.Police.Id, null, default, Role.Vendor, null, [], "", "", 5, Facts.At("2026-02-12"), BreakGlassState.Open, default(Id<Person>), Role.BureauHead, Facts.At("2026-02-12"), "",
            Facts.At("2026-02-13"), null, null, "");
        var grant = glass.AsGrant() with { ConsumerAgency = Facts.Civil.Id, ConsumerPerson = null };
        // Even where a store held two roles that never go together.
        var caller = Facts.CivilSteward with { Roles = new HashSet<Role> { role, Role.Steward } };
        Assert.Equal(reads, grant.IsUsableBy(caller));
    }

    private static BreakGlasses Door(ShareLab lab) => new(lab.Db, lab.Clock, lab.Evidence, lab.Directory, lab.Notices, slug => slug == lab.Entry.Slug ? lab.Entry : null);

    internal static async Task<Caller> Enrol(ShareLab lab, string name, Agency agency, Role role)
    {
        var (id, now) = (Id<Person>.New(lab.Clock), lab.Clock.GetUtcNow());
        await lab.Db.Run($"insert into agencies_person (id, user_name, normal_name, name, agency, security_stamp, created_at) values ({id}, {name}, {name}, {name}, {agency.Id}, {"s"}, {now})", default);
        await lab.Db.Run($"insert into agencies_role (person, role, given_by, given_at) values ({id}, {role}, {"system"}, {now})", default);
        await lab.Directory.Refresh(default);
        return new Caller(id.ToString(), id, null, agency.Id, agency.Kind, new HashSet<Role> { role }, name);
    }
}
