using Tongxiang.Catalog;
using Tongxiang.Share;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>How far an application of the demonstration has come when a newcomer looks.</summary>
internal enum Goal { AwaitingOwnHead, Submitted, AwaitingProviderHead, Granted }

/// <summary>An application of the demonstration.</summary>
/// <param name="Applicant">User name.</param>
/// <param name="Organisation">Slug; null for a citizen.</param>
/// <param name="Fields">Empty: all that can be granted.</param>
/// <param name="Client">Client id that uses the grant, with its name.</param>
internal sealed record Request(
    string Resource, string Applicant, string? Organisation, Lane Lane, Goal Goal, string[] Fields, string Basis, string Scenario, string Matter, string Purpose, (string Id, string Name)? Client = null)
{
    /// <summary>Ways of delivery besides the API.</summary>
    public Mode[] Further { get; init; } = [];

    public bool IsReached(ApplicationState state) => Goal switch
    {
        Goal.AwaitingOwnHead => state is ApplicationState.AwaitingOwnHead,
        Goal.Submitted => state is ApplicationState.Submitted,
        Goal.AwaitingProviderHead => state is ApplicationState.AwaitingProviderHead,
        _ => state is ApplicationState.Delivering or ApplicationState.InUse,
    }
    // Whatever people did with it since is theirs.
    || state is ApplicationState.Suspended or ApplicationState.Refused or ApplicationState.Withdrawn or ApplicationState.Ended or ApplicationState.Disposed
        or ApplicationState.SupplementAsked or ApplicationState.AwaitingExtension or ApplicationState.InUse or ApplicationState.Delivering;
}

/// <summary>The applications of the demonstration: some granted and used by clients, some waiting for someone.</summary>
internal static class Requests
{
    public static IReadOnlyList<Request> All { get; } =
    [
        new("population", "civil-affairs.steward", "civil-affairs", Lane.Sharing, Goal.Granted, ["citizen_id", "name", "sex", "birth_date", "division", "household_no", "marital_status", "address"],
            "《社会救助暂行办法》第五十八条", "受理最低生活保障申请时核对申请人户籍和家庭成员，不再要求提交户口簿复印件", "最低生活保障审核确认", "核对救助申请家庭的户籍和成员情况", ("civil-affairs-01", "社会救助审核系统")) { Further = [Mode.Verification] },
        new("population", "human-resources.steward", "human-resources", Lane.Sharing, Goal.Granted, ["citizen_id", "name", "birth_date", "division"],
            "《中华人民共和国社会保险法》第七十四条", "养老待遇领取资格静默认证，比对领取人户籍状态", "养老待遇领取资格认证", "免除退休人员每年到场认证", ("human-resources-01", "养老待遇资格认证系统")),
        new("medical-insurance-enrolment", "human-resources.steward", "human-resources", Lane.Sharing, Goal.Granted, [],
            "《中华人民共和国社会保险法》第七十四条", "核对参保人员医保状态", "养老待遇领取资格认证", "辅助判断待遇领取资格", ("human-resources-01", "养老待遇资格认证系统")),
        new("legal-persons", "civil-affairs.steward", "civil-affairs", Lane.Sharing, Goal.Granted, ["credit_code", "name", "kind", "industry", "registered_capital", "founded_on", "status", "division"],
            "《社会救助暂行办法》第五十八条", "核对申请家庭成员经营情况", "最低生活保障审核确认", "核对救助申请家庭的经营性收入来源", ("civil-affairs-01", "社会救助审核系统")) { Further = [Mode.Subscription] },
        new("legal-persons", "qiming.user", Organisations.Company, Lane.Opening, Goal.Granted, [],
            "", "", "", "区域产业结构研究，形成面向公众的产业分析报告", ("qiming-01", "启明产业分析平台")),
        new("hotline-cases", "qiming.user", Organisations.Company, Lane.Opening, Goal.Granted, [],
            "", "", "", "城市治理热点研究", ("qiming-01", "启明产业分析平台")),
        new("marriages", "housing.steward", "housing", Lane.Sharing, Goal.Submitted, ["man_id", "woman_id", "kind", "registered_on"],
            "《不动产登记暂行条例》第二十五条", "商品房网签备案核验购房家庭婚姻状况", "商品房网签备案", "不再要求购房人提交婚姻证明"),
        new("real-estate", "education.steward", "education", Lane.Sharing, Goal.AwaitingOwnHead, ["holder_id", "holder", "right", "address", "division"],
            "《中华人民共和国义务教育法》第十二条", "义务教育入学报名核验住房信息", "义务教育入学报名", "核验适龄儿童家庭住房所在学区"),
        new("social-security-participation", "taxation.steward", "taxation", Lane.Sharing, Goal.AwaitingProviderHead, ["citizen_id", "employer_code", "scheme", "status"],
            "《中华人民共和国社会保险法》第五十九条", "社会保险费征收核对参保人数", "社会保险费征收", "核对用人单位参保与申报人数"),
        new("disability-certificates", "transport.steward", "transport", Lane.Sharing, Goal.Submitted, ["citizen_id", "kind", "degree", "valid_until"],
            "《中华人民共和国残疾人保障法》第五十条", "公共交通优惠乘车资格核验", "残疾人免费乘车资格核验", "凭身份证件乘车，不再要求出示残疾人证"),
        new("spatial-units", "qiming.user", Organisations.Company, Lane.Opening, Goal.Submitted, [],
            "", "", "", "城市更新公益研究中的建筑年代分析"),
        new("traffic-flow", "citizen", null, Lane.Opening, Goal.Submitted, [],
            "", "", "", "个人硕士论文：节假日路网流量特征研究"),
    ];
}
