using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Gateway;

public sealed class JournalOpeningsTests
{
    private static readonly Caller Security = Facts.Reviewer with { Actor = "security", Roles = new HashSet<Role> { Role.SecurityAdmin } };
    private static readonly Caller Auditor = Facts.Reviewer with { Actor = "auditor", Roles = new HashSet<Role> { Role.AuditAdmin } };

    private static JournalOpenings Door(GatewayLab lab, Tongxiang.Catalog.Entry entry) => new(
        lab.Store.Db, lab.Store.Clock, lab.Get<EvidenceLog>(), new Disclosures(lab.Store.Db, lab.Get<EvidenceLog>()),
        new RulePack(lab.Store.Db, lab.Store.Clock, lab.Get<EvidenceLog>(), lab.Store.Settings), slug => slug == entry.Slug ? entry : null, lab.Get<Versions>(), lab.Get<ServingCopies>());

    private static async Task<(GatewayLab Lab, JournalOpenings Door)> Open(Store store)
    {
        var lab = await GatewayLab.Open(store);
        var people = People.Entry(lab);
        await lab.Land(people, "29010119800101001X,张三,290101,13900000001\n290102198001010020,欧阳修,290102,13900000002\n290201198001010031,李四,290201,13900000003\n", 3);
        lab.Grant(people, GatewayLab.Consumer, ["name"]);
        lab.Grant(people, GatewayLab.Other, ["id", "name"]);
        await lab.Call("/data/people?select=name&limit=2", GatewayLab.Consumer);
        await lab.Call("/data/people?id=eq.110101199003070011", GatewayLab.Other);
        return (lab, Door(lab, people));
    }

    private static NewJournalOpening Wish(GatewayLab lab, JournalPurpose purpose = JournalPurpose.Persons, DisclosureScope? scope = null) =>
        new(purpose, "people", scope, lab.Store.Clock.GetUtcNow().AddDays(-1), lab.Store.Clock.GetUtcNow().AddDays(1), "安全事件影响人员通知名单");

    [Theory, EveryStore]
    public async Task Two_of_security_and_audit_name_the_affected_and_nobody_alone(Store store)
    {
        var (lab, door) = await Open(store);
        await using var _ = lab;
        foreach (var other in new[] { Facts.Reviewer, Facts.PoliceHead, Facts.Citizen, Caller.Anonymous }) ShareLab.Refuses("share.journal-only-security", await door.Ask(other, Wish(lab), default));
        ShareLab.Refuses("kernel.invalid-input", await door.Ask(Security, Wish(lab) with { Reason = "看看" }, default));
        ShareLab.Refuses("kernel.not-found", await door.Ask(Security, Wish(lab) with { Resource = "nothing" }, default));
        var asked = ShareLab.Good(await door.Ask(Security, Wish(lab, scope: new DisclosureScope { Agency = GatewayLab.Consumer.ToString() }), default));
        ShareLab.Refuses("share.journal-not-approved", await door.Persons(Security, asked.Id, default));
        ShareLab.Refuses("share.journal-other-person", await door.Approve(Security, asked.Id, default));
        ShareLab.Good(await door.Approve(Auditor, asked.Id, default));
        ShareLab.Refuses("share.journal-decided", await door.Approve(Auditor with { Actor = "third" }, asked.Id, default));
        ShareLab.Refuses("share.journal-other-person", await door.Persons(Auditor with { Actor = "third" }, asked.Id, default));
        var persons = ShareLab.Good(await door.Persons(Security, asked.Id, default));
        Assert.Equal(["29010119800101001X", "290102198001010020"], persons.Identifiers.Order(StringComparer.Ordinal));
        Assert.Equal((0L, false), (persons.Unresolved, persons.IsCut));
        lab.Store.Clock.Advance(TimeSpan.FromDays(4));
        ShareLab.Refuses("share.journal-over", await door.Persons(Security, asked.Id, default));
        Assert.Single(await door.List(Auditor, default));
        Assert.Empty(await door.List(Facts.Reviewer, default));
    }

    [Theory, EveryStore]
    public async Task Who_was_asked_for_and_is_in_no_row_is_counted_as_unresolved(Store store)
    {
        var (lab, door) = await Open(store);
        await using var _ = lab;
        var asked = ShareLab.Good(await door.Ask(Auditor, Wish(lab), default));
        ShareLab.Good(await door.Approve(Security, asked.Id, default));
        var persons = ShareLab.Good(await door.Persons(Auditor, asked.Id, default));
        Assert.Equal((2, 1L), (persons.Identifiers.Count, persons.Unresolved));
    }

    [Theory, EveryStore]
    public async Task A_list_that_breaks_off_is_kept_as_one_that_is_not_whole(Store store)
    {
        var (lab, door) = await Open(store);
        await using var _ = lab;
        ShareLab.Refuses("kernel.invalid-input", await door.Ask(Security, Wish(lab, JournalPurpose.Incident), default));
        var asked = ShareLab.Good(await door.Ask(Security, Wish(lab), default));
        ShareLab.Refuses("share.journal-not-approved", await door.Export(Security, asked.Id, Texts.Chinese, default));
        ShareLab.Good(await door.Approve(Auditor, asked.Id, default));
        var whole = new MemoryStream();
        await ShareLab.Good(await door.Export(Auditor, asked.Id, Texts.Chinese, default)).Write(whole, default);
        Assert.Equal(3, System.Text.Encoding.UTF8.GetString(whole.ToArray()).Count(c => c == '\n'));
        // A stream of eight bytes takes no head.
        var broken = ShareLab.Good(await door.Export(Security, asked.Id, Texts.Chinese, default));
        await Assert.ThrowsAsync<NotSupportedException>(() => broken.Write(new MemoryStream(new byte[8]), default));
        var uses = (await door.Find(Auditor, asked.Id, default))!.Uses;
        Assert.Equal([("auditor", true, 2L), ("security", false, 0L)], uses.Select(u => (u.Actor, u.IsWhole, u.Named)).Order());
        Assert.All(uses, u => Assert.NotNull(u.EndedAt));
        Assert.Null(await door.Find(Facts.Reviewer, asked.Id, default));
    }

    [Theory, EveryStore]
    public async Task A_key_is_destroyed_by_two_and_never_before_its_three_years(Store store)
    {
        var (lab, door) = await Open(store);
        await using var _ = lab;
        var asked = ShareLab.Good(await door.Ask(Security, Wish(lab, JournalPurpose.Destroy), default));
        ShareLab.Good(await door.Approve(Auditor, asked.Id, default));
        ShareLab.Refuses("share.journal-too-early", await door.Destroy(Security, asked.Id, default));
        ShareLab.Refuses("kernel.not-found", await door.Persons(Security, asked.Id, default));
        var from = lab.Store.Clock.GetUtcNow().AddDays(-1);
        lab.Store.Clock.Advance(TimeSpan.FromDays(365 * 3 + 20));
        asked = ShareLab.Good(await door.Ask(Security, Wish(lab, JournalPurpose.Destroy) with { From = from }, default));
        ShareLab.Good(await door.Approve(Auditor, asked.Id, default));
        Assert.NotNull(ShareLab.Good(await door.Destroy(Security, asked.Id, default)).DestroyedAt);
        ShareLab.Refuses("kernel.not-found", await door.Destroy(Security, asked.Id, default));
    }
}
