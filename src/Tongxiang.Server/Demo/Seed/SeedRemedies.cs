using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>Source departments, corrections, a dispute of two cities and objections, each brought as far as a newcomer should find it; an interrupted one goes on where it stands.</summary>
internal sealed class SeedRemedies(SourcesOfRecord sources, Corrections corrections, Disputes disputes, Objections objections, Grants grants, Catalogue catalogue, Cast cast, Scale scale)
{
    private const string Companies = "legal-persons";

    public async Task Run(CancellationToken ct)
    {
        await Source("citizen-id", "police", "civil-affairs", ct);
        await Source("credit-code", "market-supervision", "taxation", ct);
        await Correct("industry", "同一企业的行业门类与营业执照经营范围明显不符，抽查二十户有三户如此。", null, ct);
        await Correct("registered_capital", "注册资本单位疑似为元，目录写明为万元。", "已核对登记系统，数值以万元计，属个别企业录入错误，已在源头更正。", ct);
        await Dispute(ct);
        await Object("citizen", new NewObjection(ObjectionAbout.OwnData, cast.Agency("police").Id, null, "", "户籍地址仍是三年前的旧址，办理入学时被要求补交材料。", "请更正为现住址"), null, ct);
        await Object("qiming.user", new NewObjection(ObjectionAbout.CreditData, cast.Agency("market-supervision").Id, null, "云市监异〔2026〕7号", "企业已于今年二月移出经营异常名录，公示信息仍显示在列。", "请更新公示状态"), "经核实已移出，公示信息当日更新。", ct);
    }

    private async Task Source(string element, string department, string assists, CancellationToken ct)
    {
        if ((await sources.List(cast.Reviewer, element, null, 1, ct)).Items.Count > 0) return;
        var wish = new NewSource(element, SourceSegment.All, cast.Agency(department).Id, "省数据局关于明确首批数源部门的通知（演示）", scale.Today.AddDays(-60), null, [new NewAssist(cast.Agency(assists).Id, "发现差异时及时告知数源部门并协助更新")]);
        Must(await sources.Appoint(cast.Reviewer, wish, ct), "source of " + element);
    }

    private async Task Correct(string field, string wrong, string? result, CancellationToken ct)
    {
        var reporter = cast.Steward("civil-affairs");
        var found = (await corrections.Reported(reporter, null, 200, ct)).Items.FirstOrDefault(c => c.Fields.Contains(field));
        if (found is null)
        {
            if (catalogue.BySlug(Companies) is not { } entry || grants.Active.Of(entry.Id, reporter).FirstOrDefault(g => g.State == GrantState.Active) is not { } grant) return;
            found = Must(await corrections.Report(reporter, new NewCorrection(grant.Id, new Dictionary<string, string>(), [field], wrong, "", ""), ct), "correction of " + field);
        }
        if (result is not null && found.IsOpen) Must(await corrections.Correct(cast.Steward("market-supervision"), found.Id, null, result, null, ct), "answer to the correction of " + field);
    }

    private async Task Dispute(CancellationToken ct)
    {
        var (one, other) = (cast.Office("qingyu-transport"), cast.Office("lanpu-transport"));
        var found = (await disputes.Mine(one, null, 1, ct)).Items is [var known, ..] ? known : Must(
            await disputes.Open(one, new NewDispute(cast.Agency("lanpu-transport").Id, DisputeAbout.Conditions, null, "", "跨市客运班线数据附加条件", "澜浦方面要求先签订费用协议才提供跨市班线数据。该条件没有法律依据，属于自行设置条件阻碍共享。"), ct), "the dispute");
        if (found.State != DisputeState.Negotiating) return;
        if (found.Revision == 1) found = Must(await disputes.Take(other, found.Id, DisputeStep.Say, null, "班线数据由企业报送，采集有成本，希望由省里统一明确费用分担。", null, null, ct), "the dispute's answer");
        Must(await disputes.Take(one, found.Id, DisputeStep.Escalate, null, "两次协商未能一致，提请协调。", null, null, ct), "the dispute's referral");
    }

    private async Task Object(string user, NewObjection said, string? answer, CancellationToken ct)
    {
        var who = cast.Of(user);
        var found = (await objections.Mine(who, null, 1, ct)).Items is [var known, ..] ? known : Must(await objections.File(who, said, ct), "objection of " + user);
        if (answer is not null && found.IsOpen) Must(await objections.Answer(cast.Steward("market-supervision"), found.Id, null, ObjectionOutcome.Upheld, answer, ct), "answer to " + user);
    }

    private static T Must<T>(Outcome<T> outcome, string what) => outcome.Refusal is { } refusal ? throw new RefusedException(what, refusal) : outcome.Value;
}
