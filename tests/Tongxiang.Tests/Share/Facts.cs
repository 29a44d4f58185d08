using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Tests.Share;

/// <summary>Agencies, people and entries that the tests of sharing agree on.</summary>
internal static class Facts
{
    public static readonly Agency Bureau = Make("bureau", AgencyKind.Bureau, null);
    public static readonly Agency Police = Make("police", AgencyKind.Department, Bureau.Id);
    public static readonly Agency Civil = Make("civil-affairs", AgencyKind.Department, Bureau.Id);
    public static readonly Agency Health = Make("health", AgencyKind.Department, Bureau.Id);
    public static readonly Agency Company = Make("company", AgencyKind.Company, null);

    public static readonly Caller PoliceSteward = Someone("police-steward", Police, Role.Steward);
    public static readonly Caller PoliceHead = Someone("police-head", Police, Role.SharingOfficeHead);
    public static readonly Caller PoliceOther = Someone("police-other", Police, Role.SharingOfficeHead, Role.Steward);
    public static readonly Caller CivilSteward = Someone("civil-steward", Civil, Role.Steward);
    public static readonly Caller CivilHead = Someone("civil-head", Civil, Role.SharingOfficeHead);
    public static readonly Caller HealthSteward = Someone("health-steward", Health, Role.Steward);
    public static readonly Caller Reviewer = Someone("reviewer", Bureau, Role.BureauReviewer);
    public static readonly Caller CompanyPerson = Someone("company-person", Company, Role.CompanyUser);
    public static readonly Caller Citizen = Someone("citizen", null, Role.Citizen);

    public static readonly DateOnly Today = new(2026, 2, 12);

    public static WorkCalendar Calendar { get; } = new(
        Days("01-01", "01-03", "02-15", "02-23", "04-04", "04-06", "05-01", "05-05", "06-19", "06-21", "09-25", "09-27", "10-01", "10-07"),
        new[] { "01-04", "02-14", "02-28", "05-09", "09-20", "10-10" }.Select(Day).ToHashSet(),
        new HashSet<int> { 2026 });

    public static DateOnly Day(string monthDay) => DateOnly.ParseExact("2026-" + monthDay, "yyyy-MM-dd", null);

    /// <summary>Nine in the morning, Shanghai.</summary>
    public static DateTimeOffset At(string day) => new(DateOnly.ParseExact(day, "yyyy-MM-dd", null).ToDateTime(new TimeOnly(9, 0)), TimeSpan.FromHours(8));

    public static Field Field(string name, bool personal = false, ShareClass? share = null, OpenClass? open = null) =>
        new(name, "项" + name, null, FieldType.Text, 50, null, "含义", null, null, personal, false, share, open, Grade.General2);

    public static Entry Entry(ShareClass share = ShareClass.Conditional, OpenClass open = OpenClass.Conditional, params Field[] fields) => new(
        new Id<Entry>(Guid.Parse("00000000-0000-7000-8000-00000000e001")), "306001/000001", "population", Police.Id, EntryState.Published, 1,
        new EntryContent(
            "人口基本信息", null, "摘要", null, [], "306001", "population", "S", "290000", ["csv"], UpdatePromise.Daily,
            new Sharing(share, [Mode.Api, Mode.Batch, Mode.File], "各部门", "办理事项", share == ShareClass.Withheld ? "涉及侦查" : "",
                share == ShareClass.Withheld ? [new LegalBasis(BasisKind.Law, "中华人民共和国人民警察法", "第二十二条")] : []),
            new Opening(open, "", "", "", []), Grade.General2, null, Secrecy.None,
            fields.Length > 0 ? fields : [Field("id_number", personal: true), Field("name", personal: true), Field("division"), Field("case_note", share: ShareClass.Withheld, open: OpenClass.Closed)],
            ["id_number"], null, null, [], "0290-0000000", "data@police.example", "条款", null),
        null, null, At("2026-01-05"), At("2026-01-05"), At("2026-01-05"));

    public static Wish Wish(params string[] fields) => new(
        "《社会救助暂行办法》第五十八条", "低保申请审核时核对申请人身份", "最低生活保障审核确认", "核对申请人身份信息",
        fields.Length > 0 ? fields : ["id_number", "name"], "", [Mode.Api], new DateOnly(2026, 12, 31), new GrantLimits(null, [], null, null, 60), "专机专用，访问留痕", true);

    public static Application Application(ApplicationState state, Lane lane = Lane.Sharing) => new(
        new Id<Application>(Guid.Parse("00000000-0000-7000-8000-0000000000a1")), "GX20260212-0001", lane, Entry().Id, Police.Id, lane == Lane.Sharing ? Civil.Id : Company.Id,
        lane == Lane.Sharing ? CivilSteward.Person!.Value : CompanyPerson.Person!.Value, state, Wish(), false, false, null, null, null, false,
        At("2026-02-12"), null, At("2026-02-12"), null, null);

    public static Reply Consent(params FieldDecision[] decisions) => new(
        true, null, "", decisions.Length > 0 ? decisions : [new("id_number", FieldAnswer.Plain, null), new("name", FieldAnswer.Masked, null)],
        "", null, null, true, Assurance.SignedAssertion, "王警官");

    public static Reply Refused(string reason = "申请用途超出职责", RefusalGround? ground = RefusalGround.OutsideDuty) =>
        new(false, ground, reason, [], "", null, null, false, Assurance.Key, "");

    private static Agency Make(string slug, AgencyKind kind, Id<Agency>? bureau) =>
        new(new Id<Agency>(Named(slug)), slug, "", slug, slug, kind, "290000", bureau, null, slug + "@agency.example");

    private static Caller Someone(string name, Agency? agency, params Role[] roles)
    {
        var id = new Id<Person>(Named(name));
        return new Caller(id.ToString(), id, null, agency?.Id, agency?.Kind, roles.ToHashSet(), name);
    }

    private static Guid Named(string name) => new(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));

    private static HashSet<DateOnly> Days(params string[] pairs)
    {
        var days = new HashSet<DateOnly>();
        for (var i = 0; i < pairs.Length; i += 2)
            for (var day = Day(pairs[i]); day <= Day(pairs[i + 1]); day = day.AddDays(1)) days.Add(day);
        return days;
    }
}
