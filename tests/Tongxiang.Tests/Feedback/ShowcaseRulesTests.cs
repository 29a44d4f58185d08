using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Feedback;
using Tongxiang.Kernel;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Feedback;

public sealed class ShowcaseRulesTests
{
    private static readonly NewShowcase plain = new("到站时刻", ShowcaseKind.App, "按站点查询下一班车何时到达。", "https://bus.example.cn/", [Ids(1)[0]], "");

    [Theory]
    [InlineData("https://bus.example.cn", "https://bus.example.cn/")]
    [InlineData("HTTP://bus.example.cn:8080/a?b=c#d", "http://bus.example.cn:8080/a?b=c#d")]
    [InlineData("https://例子.中国/公交", "https://例子.中国/%E5%85%AC%E4%BA%A4")]
    [InlineData("https://203.0.113.7/app", "https://203.0.113.7/app")]
    [InlineData("https://[2001:db8::7]/app", "https://[2001:db8::7]/app")]
    public void An_address_the_public_can_open_is_linked(string said, string linked) => Assert.Equal(linked, ShowcaseRules.Link(said));

    [Theory]
    [InlineData("")]
    [InlineData("bus.example.cn")]
    [InlineData("//bus.example.cn")]
    [InlineData("/etc/passwd")]
    [InlineData("https:bus.example.cn")]
    [InlineData("https:/bus.example.cn")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)//https://bus.example.cn")]
    [InlineData("java\tscript:alert(1)")]
    [InlineData(" https://bus.example.cn")]
    [InlineData("https://bus.example.cn/ x")]
    [InlineData("https://bus.example.cn/\u0000")]
    [InlineData("https://bus.example.cn/\u202Egnp")]
    [InlineData("https:\\\\bus.example.cn")]
    [InlineData("https://bus.example.cn\\@evil.example")]
    [InlineData("https://gov.cn@evil.example/")]
    [InlineData("https://u:p@bus.example.cn/")]
    [InlineData("https://bus.example.cn/\"onclick=")]
    [InlineData("https://bus.example.cn/<script>")]
    [InlineData("data:text/html,hello")]
    [InlineData("vbscript:x")]
    [InlineData("file:///c:/a.txt")]
    [InlineData("ftp://bus.example.cn/")]
    [InlineData("https://")]
    [InlineData("https://server/")]
    [InlineData("https://localhost/")]
    [InlineData("https://app.localhost./")]
    [InlineData("https://printer.local/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://172.31.0.1/")]
    [InlineData("https://192.168.0.1/")]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:192.168.0.1]/")]
    [InlineData("https://[fd00::1]/")]
    public void An_address_that_leads_readers_astray_is_not(string said)
    {
        Assert.Null(ShowcaseRules.Link(said));
        Assert.Equal(["address"], ShowcaseRules.Check(plain with { Address = said }).Select(e => e.Field));
    }

    [Theory]
    [InlineData("title", "车", null)]
    [InlineData("title", "   ", null)]
    [InlineData("title", "到站\n时刻", null)]
    [InlineData("title", "到站\u202E时刻", null)]
    [InlineData("title", "到站\u0000时刻", null)]
    [InlineData("title", "到站\uFFFD时刻", null)]
    [InlineData("summary", null, "短")]
    [InlineData("summary", null, "第一句。\n第二句。")]
    [InlineData("summary", null, "响铃\u0007响铃响铃")]
    [InlineData("summary", null, "负责人 11010119900307{0} 开发")]
    public void Words_that_cannot_be_shown_are_named_by_their_field(string field, string? title, string? summary)
    {
        // Made valid here, so that the table shows no identity number that somebody may have.
        summary = summary?.Replace("{0}", "003" + Tongxiang.Core.Elements.CitizenId.CheckCharacter("11010119900307003"u8), StringComparison.Ordinal);
        Assert.Equal([field], ShowcaseRules.Check(plain with { Title = title ?? plain.Title, Summary = summary ?? plain.Summary }).Select(e => e.Field));
    }

    [Fact]
    public void Lengths_and_numbers_have_ends()
    {
        Assert.Empty(ShowcaseRules.Check(plain));
        Assert.Empty(ShowcaseRules.Check(plain with { Title = new string('车', ShowcaseRules.TitleMost), Summary = new string('站', ShowcaseRules.SummaryMost), Datasets = Ids(10), Contact = "a@b.cn" }));
        var flood = new string('a', 10_240);
        Assert.Equal(["title", "kind", "summary", "address", "datasets", "contact"], ShowcaseRules.Check(new(flood, null, flood, "https://" + flood + ".cn", Ids(11), flood + "@b.cn")).Select(e => e.Field));
        Assert.Equal(["kind", "datasets"], ShowcaseRules.Check(plain with { Kind = (ShowcaseKind)99, Datasets = [] }).Select(e => e.Field));
        Assert.Empty(ShowcaseRules.Check(plain with { Datasets = [.. Enumerable.Repeat(Ids(1)[0], 11)] }));
        Assert.Equal(["reason"], ShowcaseRules.CheckReason(flood).Select(e => e.Field));
    }

    // Who may take a use from where to where; null is yes.
    [Theory]
    [InlineData("reviewer", ShowcaseState.Proposed, ShowcaseState.Shown, null)]
    [InlineData("reviewer", ShowcaseState.Proposed, ShowcaseState.Declined, null)]
    [InlineData("reviewer", ShowcaseState.Proposed, ShowcaseState.Withdrawn, "feedback.use-reviewer")]
    [InlineData("reviewer", ShowcaseState.Shown, ShowcaseState.Withdrawn, null)]
    [InlineData("reviewer", ShowcaseState.Shown, ShowcaseState.Declined, "feedback.use-step")]
    [InlineData("reviewer", ShowcaseState.Shown, ShowcaseState.Shown, "feedback.use-step")]
    [InlineData("reviewer", ShowcaseState.Proposed, ShowcaseState.Proposed, "feedback.use-step")]
    [InlineData("reviewer", ShowcaseState.Declined, ShowcaseState.Shown, "feedback.use-step")]
    [InlineData("reviewer", ShowcaseState.Withdrawn, ShowcaseState.Shown, "feedback.use-step")]
    [InlineData("proposer", ShowcaseState.Proposed, ShowcaseState.Shown, "feedback.use-reviewer")]
    [InlineData("proposer", ShowcaseState.Proposed, ShowcaseState.Declined, "feedback.use-reviewer")]
    [InlineData("proposer", ShowcaseState.Proposed, ShowcaseState.Withdrawn, null)]
    [InlineData("proposer", ShowcaseState.Shown, ShowcaseState.Withdrawn, null)]
    [InlineData("proposer", ShowcaseState.Declined, ShowcaseState.Withdrawn, "feedback.use-step")]
    [InlineData("own reviewer", ShowcaseState.Proposed, ShowcaseState.Shown, "feedback.use-own")]
    [InlineData("own reviewer", ShowcaseState.Proposed, ShowcaseState.Withdrawn, null)]
    [InlineData("bureau's steward", ShowcaseState.Proposed, ShowcaseState.Shown, "feedback.use-reviewer")]
    [InlineData("bureau's steward", ShowcaseState.Shown, ShowcaseState.Withdrawn, "feedback.use-reviewer")]
    [InlineData("stranger", ShowcaseState.Proposed, ShowcaseState.Shown, "kernel.not-found")]
    [InlineData("provider", ShowcaseState.Shown, ShowcaseState.Withdrawn, "kernel.not-found")]
    [InlineData("nobody", ShowcaseState.Shown, ShowcaseState.Withdrawn, "kernel.not-found")]
    public void Each_step_has_its_taker(string who, ShowcaseState from, ShowcaseState to, string? refused)
    {
        var caller = who switch
        {
            "reviewer" or "own reviewer" => Facts.Reviewer,
            "bureau's steward" => Facts.Reviewer with { Roles = new HashSet<Role> { Role.Steward } },
            "proposer" => Facts.CompanyPerson,
            "provider" => Facts.PoliceSteward,
            "stranger" => Facts.Citizen,
            _ => Caller.Anonymous,
        };
        var proposer = who == "own reviewer" ? Facts.Reviewer : who == "bureau's steward" ? Facts.Citizen : Facts.CompanyPerson;
        var use = new Showcase(
            new Id<Showcase>(Ids(1)[0].Value), plain.Title, plain.Kind!.Value, plain.Summary, plain.Address, plain.Datasets, "", proposer.Person!.Value, proposer.Agency, from, "", 1, Facts.At("2026-02-12"), null);
        Assert.Equal(refused, ShowcaseRules.Step(caller, use, to)?.Code);
    }

    private static Id<Entry>[] Ids(int count) => [.. Enumerable.Range(1, count).Select(n => new Id<Entry>(Guid.Parse($"00000000-0000-7000-8000-{n:000000000000}")))];
}
