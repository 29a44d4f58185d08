using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Agencies;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

public sealed class OwnLooksTests
{
    private static readonly Caller BureauHead = Facts.Reviewer with { Actor = "head", Person = new Id<Person>(Guid.Parse("00000000-0000-7000-8000-0000000000b1")), Roles = new HashSet<Role> { Role.BureauHead } };
    private static readonly Caller Auditor = Facts.Reviewer with { Actor = "auditor", Person = new Id<Person>(Guid.Parse("00000000-0000-7000-8000-0000000000b2")), Roles = new HashSet<Role> { Role.AuditAdmin } };

    private sealed class Door(ShareLab lab) : IDisposable
    {
        public Disclosures Disclosures { get; } = new(lab.Db, lab.Evidence);
        public Identities Identities { get; } = new(lab.Db, lab.Clock, lab.Evidence, lab.Directory, lab.NodeKey);
        public Hidings Hidings { get; } = new(lab.Db, lab.Clock, lab.Evidence, lab.Grants);
        public OwnLooks Looks => new(lab.Clock, lab.Evidence, Disclosures, Identities, Hidings, lab.Rules);
        public Challenges Challenges => new(lab.Db, lab.Clock, lab.Evidence, Looks, slug => slug == lab.Entry.Slug ? lab.Entry : null);
        public void Dispose() => Disclosures.Dispose();
    }

    private static async Task<long> Look(ShareLab lab, string number, string grant, Agency? by = null, string kind = "gateway.answered")
    {
        using var subjects = new SubjectList();
        subjects.Add(SubjectKind.Citizen, Encoding.UTF8.GetBytes(number));
        var facts = new Dictionary<string, string> { ["resource"] = lab.Entry.Slug, ["grant"] = grant, ["matter"] = "最低生活保障审核确认", ["case"] = "DB1", ["columns"] = "id_number,name", ["rows"] = "1" };
        return (await lab.Evidence.Witness(new Happening(kind, "client-1", (by ?? Facts.Civil).Id.ToString(), "grant:x", lab.Clock.GetUtcNow(), facts)
        {
            Parties = [Facts.Police.Id.ToString()],
            Disclosed = new Disclosed(lab.Entry.Id.ToString(), subjects),
        }, default)).Index;
    }

    [Theory, EveryStore]
    public async Task A_verified_person_sees_every_look_at_himself_and_nobody_elses(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        using var door = new Door(lab);
        var mine = IdentitiesTests.Valid();
        ShareLab.Refuses("share.identity-not-verified", await door.Looks.Of(Facts.Citizen, default));
        ShareLab.Refuses("share.sign-in", await door.Looks.Of(Caller.Anonymous, default));
        ShareLab.Refuses("share.looks-only-citizen", await door.Looks.Of(Facts.PoliceHead, default));
        ShareLab.Good(await door.Identities.Verify(Facts.Reviewer, Facts.Citizen.Person!.Value, mine, "居民身份证原件", default));
        var first = await Look(lab, mine, "SQ-1");
        await Look(lab, "110105194912310025", "SQ-1");
        var second = await Look(lab, mine, "SQ-2", Facts.Health, Disclosures.PartKind);
        var page = ShareLab.Good(await door.Looks.Of(Facts.Citizen, default));
        Assert.Equal([second, first], page.Items.Select(i => i.Index));
        Assert.Equal((Facts.Health.Id, "disclosed", "population", "最低生活保障审核确认"), (page.Items[0].Agency!.Value, page.Items[0].Kind, page.Items[0].Resource, page.Items[0].Matter));
        Assert.Equal(["id_number", "name"], page.Items[1].Columns);
        Assert.Equal((false, 0), (page.HasMore, page.Lost));
        // The look itself is evidence, and it names no number.
        var evidence = new List<string>();
        await new Sequencer(lab.Db, lab.Evidence, lab.Clock).Run(default);
        foreach (var opening in (await new Openings(lab.Db, lab.Evidence).List(new OpeningReader(null, IsAuditor: true), new OpeningQuery { Kind = "share.own-look" }, default)).Items) evidence.Add(opening.Record);
        Assert.Single(evidence);
        Assert.DoesNotContain(mine, evidence[0]);
        Assert.Equal([Facts.Health.Id, Facts.Civil.Id], await door.Looks.Receivers(lab.Entry with { Content = lab.Entry.Content with { Fields = [.. lab.Entry.Content.Fields.Select(f => f with { Element = f.Name == "id_number" ? "citizen-id" : null })] } }, mine, "correction:1", default));
    }

    [Theory, EveryStore]
    public async Task A_look_is_hidden_only_by_two_with_a_basis_and_shows_again_by_itself(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        using var door = new Door(lab);
        var application = await lab.Consented();
        var grant = (await lab.Grants.Load(application.Grant!.Value, default))!;
        var mine = IdentitiesTests.Valid();
        ShareLab.Good(await door.Identities.Verify(Facts.Reviewer, Facts.Citizen.Person!.Value, mine, "居民身份证原件", default));
        var look = await Look(lab, mine, grant.Number);
        async Task<int> Seen() => ShareLab.Good(await door.Looks.Of(Facts.Citizen, default)).Items.Count;
        var wish = new NewHiding(grant.Number, "《中华人民共和国个人信息保护法》第三十五条", "告知将妨碍正在进行的社会救助骗保调查", lab.Clock.GetUtcNow().AddDays(30));

        ShareLab.Refuses("share.hiding-only-head", await door.Hidings.Ask(Facts.CivilSteward, wish, default));
        ShareLab.Refuses("kernel.not-found", await door.Hidings.Ask(Facts.PoliceHead, wish, default));
        var hiding = ShareLab.Good(await door.Hidings.Ask(Facts.CivilHead, wish, default));
        Assert.Equal(1, await Seen());
        ShareLab.Refuses("kernel.not-found", await door.Hidings.Approve(Facts.CivilHead, hiding.Id, default));
        ShareLab.Refuses("share.hiding-only-bureau", await door.Hidings.Approve(Facts.Reviewer, hiding.Id, default));
        ShareLab.Good(await door.Hidings.Approve(BureauHead, hiding.Id, default));
        Assert.Equal(1, await Seen());
        ShareLab.Refuses("share.hiding-other-person", await door.Hidings.Approve(BureauHead, hiding.Id, default));
        Assert.NotNull(ShareLab.Good(await door.Hidings.Approve(Auditor, hiding.Id, default)).InForceAt);
        Assert.Equal(0, await Seen());
        ShareLab.Refuses("share.hiding-changed", await door.Hidings.Approve(Auditor with { Actor = "third" }, hiding.Id, default));
        Assert.Single(await door.Hidings.List(Auditor, default));
        Assert.Single(await door.Hidings.List(Facts.CivilHead, default));
        Assert.Empty(await door.Hidings.List(Facts.HealthSteward, default));
        // Another grant's look was never hidden; and after the end this one shows again.
        await Look(lab, mine, "SQ-other");
        Assert.Equal(1, await Seen());
        lab.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(2, await Seen());
        Assert.Contains(ShareLab.Good(await door.Looks.Of(Facts.Citizen, default)).Items, l => l.Index == look);
    }

    [Theory]
    [InlineData("法", "告知将妨碍正在进行的社会救助骗保调查", 30, "article")]
    [InlineData("《中华人民共和国个人信息保护法》第三十五条", "短", 30, "reason")]
    [InlineData("《中华人民共和国个人信息保护法》第三十五条", "告知将妨碍正在进行的社会救助骗保调查", 0, "until")]
    [InlineData("《中华人民共和国个人信息保护法》第三十五条", "告知将妨碍正在进行的社会救助骗保调查", 400, "until")]
    public void Hiding_wants_an_article_a_reason_and_an_end(string article, string reason, int days, string field)
    {
        var now = Facts.At("2026-02-12");
        Assert.Equal(field, Assert.Single(HidingRules.Check(new NewHiding("SQ-1", article, reason, now.AddDays(days)), now)).Field);
    }

    [Theory, EveryStore]
    public async Task Only_the_own_look_is_challenged_and_both_departments_hear_of_it(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        using var door = new Door(lab);
        var mine = IdentitiesTests.Valid();
        ShareLab.Good(await door.Identities.Verify(Facts.Reviewer, Facts.Citizen.Person!.Value, mine, "居民身份证原件", default));
        var look = await Look(lab, mine, "SQ-1");
        var others = await Look(lab, "110105194912310025", "SQ-1");
        // Trying one place after the other tells nothing about other people's looks.
        for (var place = -1; place < 5; place++)
            if (place != look) ShareLab.Refuses("kernel.not-found", await door.Challenges.File(Facts.Citizen, place, "我没有申请过低保", default));
        Assert.NotEqual(look, others);
        ShareLab.Refuses("kernel.invalid-input", await door.Challenges.File(Facts.Citizen, look, "?", default));
        var made = ShareLab.Good(await door.Challenges.File(Facts.Citizen, look, "我没有申请过低保", default));
        Assert.Equal(made, ShareLab.Good(await door.Challenges.File(Facts.Citizen, look, "再问一次，为什么？", default)));
        Assert.Equal(["civil-affairs SharingOfficeHead", "police SharingOfficeHead"], (await lab.Told()).Where(t => t.Kind == NoticeKind.LookChallenged).Select(t => t.To).Order());
        Assert.Single(await door.Challenges.OfAgency(Facts.CivilHead, default));
        Assert.Empty(await door.Challenges.OfAgency(Facts.HealthSteward, default));
        ShareLab.Refuses("kernel.not-found", await door.Challenges.Answer(Facts.HealthSteward, made.Id, "与我无关，但我想回答", default));
        ShareLab.Good(await door.Challenges.Answer(Facts.CivilHead, made.Id, "系办理同户申请时核对家庭成员", default));
        ShareLab.Refuses("share.challenge-answered", await door.Challenges.Answer(Facts.CivilHead, made.Id, "再答一次看看", default));
        Assert.Equal("系办理同户申请时核对家庭成员", Assert.Single(await door.Challenges.Mine(Facts.Citizen, default)).Answer);
        Assert.Contains((NoticeKind.LookAnswered, "citizen"), await lab.Told());
    }
}
