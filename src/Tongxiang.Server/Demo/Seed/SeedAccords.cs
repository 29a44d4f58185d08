using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>Standing consents, a service change, prepared grants, return flows, a clearance and an onward request, each brought as far as a newcomer should find it; an interrupted one goes on where it stands.</summary>
internal sealed class SeedAccords(
    StandingConsents standings, StandingAnswers answers, ServiceChanges changes, PreparedGrants prepared, ReturnFlows returns, OnwardRequests onward, Combining combining, Applications applications, Grants grants, Catalogue catalogue,
    Cast cast, Scale scale)
{
    private const string Insured = "medical-insurance-enrolment";

    public async Task Run(CancellationToken ct)
    {
        await Clear("lanpu-civil-affairs", Grade.General3, "市级民政业务所需数据最高为一般三级，按最小必要核定。", ct);
        await Stand(Insured, StandingState.Signed, Rule("medical-insurance", ["临时救助审核确认", "家庭经济困难学生认定"], ["citizen_id", "scheme", "status", "division"], 1) with { Kind = AgencyKind.Department, Division = Region.Province }, ct);
        await Stand("pension-payments", StandingState.Drafted, Rule("human-resources", ["高龄津贴审核", "养老服务补贴审核"], ["citizen_id", "kind", "monthly_amount", "checked_on"], 10) with { Agencies = [cast.Agency("civil-affairs").Id, cast.Agency("health").Id] }, ct);
        await Apply("lanpu-civil-affairs", Wish("《社会救助暂行办法》第五十八条", "受理临时救助申请时核对申请人参保状态，不再要求提交参保证明", "临时救助审核确认", "核对救助申请人的医疗保险参保情况", ["citizen_id", "scheme", "status"], 1), ct);
        // Outside the rule by one field and by its term: it goes to a person, who sees the difference.
        await Apply("education", Wish("《学生资助资金管理办法》", "认定家庭经济困难学生时核对家庭成员参保情况", "家庭经济困难学生认定", "核对资助申请家庭的医疗保险参保情况", ["citizen_id", "name", "scheme", "status"], 2), ct);
        await Change(ct);
        await Prepare("spatial-units", "emergency", PreparedState.Ready, EmergencyKind.NaturalDisaster, Region.Province,
            Wish("《中华人民共和国突发事件应对法》", "地震、洪涝灾害发生后估算受影响建筑，确定搜救和转移范围", "自然灾害应急处置", "确定受灾区域内的建筑及其用途", ["unit_code", "name", "use", "storeys", "division", "address", "longitude", "latitude"], 1), ct);
        await Prepare("population", "health", PreparedState.Drafted, EmergencyKind.PublicHealth, Region.Qingyu.Code,
            Wish("《中华人民共和国传染病防治法》", "传染病暴发时开展流行病学调查，联系密切接触者", "突发公共卫生事件处置", "联系受影响区域的居民", ["name", "phone", "address", "division"], 1), ct);
        await Return("minimum-living-allowance", "civil-affairs", "lanpu-civil-affairs", ReturnState.Open, ct);
        await Return("driver-qualifications", "transport", "qingyu-transport", ReturnState.Agreed, ct);
        await Return("construction-permits", "housing", "qingyu-city-management", ReturnState.Asked, ct);
        await PassOn(ct);
    }

    private async Task Clear(string department, Grade grade, string reason, CancellationToken ct)
    {
        var agency = cast.Agency(department).Id;
        if ((await combining.Of(agency, ct)).Revision == 0) Must(await combining.Set(cast.Of("bureau.head"), agency, 0, grade, reason, ct), "clearance of " + department);
    }

    private async Task Stand(string slug, StandingState goal, StandingRule rule, CancellationToken ct)
    {
        var (entry, owner) = (Entry(slug), Resources.Shelf.Find(slug).Organisation);
        var steward = cast.Steward(owner);
        var found = (await standings.List(steward, ct)).FirstOrDefault(s => s.Entry == entry.Id) ?? Must(await standings.Draft(steward, entry.Id, rule, ct), "standing consent for " + slug);
        if (found.State < goal) Must(await standings.Sign(cast.Office(owner), found.Id, found.Revision, ct), "signature under " + found.Number);
    }

    private async Task Apply(string department, Wish wish, CancellationToken ct)
    {
        var (entry, steward) = (Entry(Insured), cast.Steward(department));
        var now = (await applications.Mine(steward, null, 200, ct)).Items.FirstOrDefault(a => a.Entry == entry.Id) ?? Must(await applications.Draft(steward, Lane.Sharing, entry.Id, wish, ct), "application of " + department);
        if (now.State == ApplicationState.Draft) now = Must(await applications.Propose(steward, now.Id, null, ct), now.Number);
        if (now.State == ApplicationState.AwaitingOwnHead) Must(await applications.Agree(cast.Office(department), now.Id, null, ct), now.Number);
        await answers.Run(ct);
    }

    private async Task Change(CancellationToken ct)
    {
        var head = cast.Office("medical-insurance");
        var found = (await changes.List(head, ct)).FirstOrDefault(c => c.Provider == head.Agency) ?? Must(
            await changes.Propose(head, Entry(Insured).Id, new NewServiceChange(ChangeKind.Change, ["scheme"], "险种代码改用国家医保信息业务编码，由一位改为三位，原代码停止使用。", scale.Today.AddDays(60)), ct), "the service change");
        var user = cast.Steward("lanpu-civil-affairs");
        if (found.State == ChangeState.Consulting && found.Users.Any(u => u.Consumer == user.Agency && u.Answer is null))
            Must(await changes.Answer(user, found.Id, ChangeAnswer.Agreed, "系统已预留新代码，可以按期切换。", ct), "answer to the service change");
    }

    private async Task Prepare(string slug, string consumer, PreparedState goal, EmergencyKind kind, string area, Wish wish, CancellationToken ct)
    {
        var (entry, owner, steward) = (Entry(slug), Resources.Shelf.Find(slug).Organisation, cast.Steward(consumer));
        var now = (await prepared.List(steward, ct)).FirstOrDefault(p => p.Entry == entry.Id) ?? Must(await prepared.Draft(steward, new NewPrepared(entry.Id, kind, area, wish, "division"), ct), "prepared grant on " + slug);
        var reply = new Reply(true, null, "", [.. wish.Fields.Select(Plain)], "", null, null, false, Assurance.SignedAssertion, Responsible(owner));
        while (now.State < goal)
        {
            now = Must(now switch
            {
                { State: PreparedState.Drafted } => await prepared.SignAsConsumer(cast.Office(consumer), now.Id, now.Revision, ct),
                { Reply: null } => await prepared.Propose(cast.Steward(owner), now.Id, now.Revision, reply, ct),
                _ => await prepared.SignAsProvider(cast.Office(owner), now.Id, now.Revision, ct),
            }, now.Number);
        }
    }

    private async Task Return(string slug, string superior, string receiver, ReturnState goal, CancellationToken ct)
    {
        var (entry, steward) = (Entry(slug), cast.Steward(receiver));
        var now = (await returns.List(steward, ct)).FirstOrDefault(f => f.Entry == entry.Id) ?? Must(await returns.Ask(steward, entry.Id, "division", ct), "return flow of " + slug);
        while (now.State < goal)
        {
            now = Must(now.State == ReturnState.Asked
                ? await returns.Agree(cast.Office(receiver), now.Id, now.Revision, ct)
                : await returns.Open(cast.Office(superior), now.Id, now.Revision, null, ct), now.Number);
        }
    }

    private async Task PassOn(CancellationToken ct)
    {
        var steward = cast.Steward("civil-affairs");
        if (grants.Active.Of(Entry("legal-persons").Id, steward).FirstOrDefault(g => g.State == GrantState.Active) is not { } grant || (await onward.Of(steward, grant.Id, ct)).Count > 0) return;
        var wish = new NewOnward(OnwardKind.ThirdParty, cast.Agency("disabled-persons").Id, "", "困难残疾人生活补贴审核", "残联核对申请家庭成员的经营情况，不再要求提交证明。", scale.Today.AddDays(180));
        Must(await onward.Ask(steward, grant.Id, wish, ct), "the onward request");
    }

    private StandingRule Rule(string provider, string[] matters, string[] fields, int oneIn) => new(
        [], null, "", matters, [.. fields.Select(Plain)], "", null, [Mode.Api, Mode.Verification], Grade.General3, 366, scale.Today.AddYears(1), Limits, true, Assurance.SignedAssertion, Responsible(provider), oneIn);

    private Wish Wish(string basis, string scenario, string matter, string purpose, string[] fields, int years) => new(basis, scenario, matter, purpose, fields, "", [Mode.Api], scale.Today.AddYears(years), Limits, "", false);

    private static GrantLimits Limits { get; } = new(null, [], 20_000, 200_000, 600);

    private static FieldDecision Plain(string field) => new(field, FieldAnswer.Plain, null);

    private string Responsible(string department) => cast.Agency(department).Name + "数据共享工作机构";

    private Entry Entry(string slug) => catalogue.BySlug(slug) ?? throw new InvalidOperationException($"'{slug}' is not published.");

    private static T Must<T>(Outcome<T> outcome, string what) => outcome.Refusal is { } refusal ? throw new RefusedException(what, refusal) : outcome.Value;
}
