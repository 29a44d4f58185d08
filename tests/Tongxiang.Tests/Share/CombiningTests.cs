using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class CombiningTests
{
    private static CombinationTable Table => CombinationTable.Current;

    /// <summary>A resource of persons whose further fields are titled so.</summary>
    internal static Entry Resource(int number, string name, params Field[] fields)
    {
        var entry = Facts.Entry(ShareClass.Conditional, OpenClass.Conditional, fields);
        return entry with { Id = new Id<Entry>(new Guid(number, 0, 7, [8, 0, 0, 0, 0, 0, 0, 1])), Code = $"306001/{number:000000}", Slug = $"resource-{number}", Content = entry.Content with { Name = name } };
    }

    internal static Field Of(string name, string title, string? element = null) => Facts.Field(name, personal: true) with { Title = title, Element = element };

    internal static readonly Field Number = Of("id_number", "身份证号", "citizen-id");
    internal static readonly Entry Persons = Resource(1, "人口基本信息", Number, Of("name", "姓名", "person-name"));
    internal static readonly Entry Homes = Resource(2, "居住登记", Number, Of("home", "居住地址", "address"));
    internal static readonly Entry Sick = Resource(3, "门诊记录", Number, Of("illness", "诊断名称"));

    private static Holding Held(Entry entry, FieldForm form = FieldForm.Plain) => CombinationRules.Of(entry, entry.Content.Fields.Select(f => new GrantedField(f.Name, form)), Table);

    public static TheoryData<string, Grade, string?> Cases { get; } = new()
    {
        { "persons", Grade.General2, null },
        { "homes", Grade.General2, null },
        { "persons homes", Grade.General2, null },
        { "sick", Grade.General4, "AG-02" },
        { "persons sick", Grade.General4, "AG-02" },
        { "persons homes sick", Grade.Important, "AG-05" },
        { "persons homes masked-sick", Grade.General2, null },
        { "persons unlinked-homes sick", Grade.General4, "AG-02" },
        { "persons homes stops", Grade.General2, null },
    };

    [Theory, MemberData(nameof(Cases))]
    public void What_is_held_together_is_graded_by_what_can_be_joined(string held, Grade grade, string? rule)
    {
        var stops = Resource(4, "站点", Facts.Field("code"), Facts.Field("place") with { Title = "住址", Element = "address" });
        var unlinked = Resource(5, "楼栋", Of("home", "居住地址", "address"));
        Holding One(string name) => name switch { "persons" => Held(Persons), "homes" => Held(Homes), "sick" => Held(Sick), "masked-sick" => Held(Sick, FieldForm.Masked), "stops" => Held(stops), _ => Held(unlinked) };
        var combined = CombinationRules.Together(CombinationRules.Merge(held.Split(' ').Select(One)), Table);
        Assert.Equal((held, grade, rule), (held, combined.Grade, combined.Rule?.Id));
    }

    [Fact]
    public void Two_grants_on_one_resource_are_one_holding_and_every_rule_of_the_table_is_sound()
    {
        var (one, other) = (CombinationRules.Of(Persons, [new GrantedField("id_number", FieldForm.Plain)], Table), CombinationRules.Of(Persons, [new GrantedField("name", FieldForm.Plain)], Table));
        Assert.Equal(["identity", "name"], Assert.Single(CombinationRules.Merge([one, other])).Traits.Order());
        Assert.All(Table.Rules, r =>
        {
            Assert.All(r.Of, t => Assert.Contains(Table.Traits, known => known.Id == t));
            Assert.True(Texts.Parts.Has("share.combination." + r.Id.ToLowerInvariant()));
            Assert.True(r.Evidence != RuleGrade.C || r.Source.Contains("未核实", StringComparison.Ordinal));
        });
        Assert.Equal(Table.Rules.Count, Table.Rules.Select(r => r.Id).Distinct().Count());
    }

    [Fact]
    public void A_grant_without_part_in_what_stands_above_is_not_blocked()
    {
        IReadOnlyList<Holding> before = [Held(Persons), Held(Homes), Held(Sick)];
        var bus = CombinationRules.Of(Resource(6, "公交站点", Facts.Field("code")), [new GrantedField("code", FieldForm.Plain)], Table);
        Assert.Null(CombinationRules.Blocks(before, bus, Grade.General3, Table, null));
        Assert.Equal("share.combined-above-clearance", CombinationRules.Blocks(before, Held(Sick), Grade.General3, Table, null)?.Code);
        Assert.Equal("share.above-clearance", CombinationRules.Blocks([], Held(Persons), Grade.General1, Table, null)?.Code);
    }

    internal static async Task<Application> Consent(ShareLab lab, Entry entry)
    {
        var names = entry.Content.Fields.Select(f => f.Name).ToArray();
        var draft = Good(await lab.Applications.Draft(Facts.CivilSteward, Lane.Sharing, entry.Id, Facts.Wish(names), default));
        Good(await lab.Applications.Propose(Facts.CivilSteward, draft.Id, null, default));
        Good(await lab.Applications.Agree(Facts.CivilHead, draft.Id, null, default));
        return Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, draft.Id, null, Facts.Consent([.. names.Select(n => new FieldDecision(n, FieldAnswer.Plain, null))]), default));
    }

    [Theory, EveryStore]
    public async Task Only_the_bureaus_head_sets_a_clearance_over_the_one_that_was_seen(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var chief = Facts.Reviewer with { Roles = new HashSet<Role> { Role.BureauHead } };
        Refuses("share.clearance-only-head", await lab.Combining.Set(Facts.Reviewer, Facts.Civil.Id, 0, Grade.Important, "专项救助", default));
        Refuses("kernel.not-found", await lab.Combining.Set(Facts.PoliceHead, Facts.Civil.Id, 0, Grade.Important, "专项救助", default));
        Refuses("kernel.not-found", await lab.Combining.Set(chief, Facts.Company.Id, 0, Grade.Important, "专项救助", default));
        Assert.Equal("grade", (await lab.Combining.Set(chief, Facts.Civil.Id, 0, Grade.Core, "专项救助", default)).Refusal!.Fields[0].Field);
        Assert.Equal("reason", (await lab.Combining.Set(chief, Facts.Civil.Id, 0, Grade.Important, " ", default)).Refusal!.Fields[0].Field);
        Assert.Equal((Grade.General4, 0L), await lab.Combining.Of(Facts.Civil.Id, default) is var c ? (c.Grade, c.Revision) : default);
        Assert.Equal(1, Good(await lab.Combining.Set(chief, Facts.Civil.Id, 0, Grade.General3, "降级使用", default)).Revision);
        Refuses("share.clearance-changed", await lab.Combining.Set(chief, Facts.Civil.Id, 0, Grade.Important, "专项救助", default));
        Assert.Equal(2, Good(await lab.Combining.Set(chief, Facts.Civil.Id, 1, Grade.Important, "专项救助", default)).Revision);
        Assert.Equal(Grade.Important, (await lab.Combining.View(chief, Facts.Civil.Id, default))!.Clearance.Grade);
        Assert.NotNull(await lab.Combining.View(Facts.CivilSteward, Facts.Civil.Id, default));
        Assert.Null(await lab.Combining.View(Facts.PoliceSteward, Facts.Civil.Id, default));
    }

    [Theory, EveryStore]
    public async Task Of_two_grants_signed_at_one_moment_the_one_that_lifts_too_high_is_refused(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        lab.More.AddRange([Persons, Homes, Sick]);
        var persons = await Consent(lab, Persons);
        Good(await lab.Applications.Sign(Facts.PoliceHead, persons.Id, null, default));
        var (homes, sick) = (await Consent(lab, Homes), await Consent(lab, Sick));
        Assert.Null(await lab.Combining.Foresee(sick, Sick, sick.Reply!, default));
        var signed = await Task.WhenAll(lab.Applications.Sign(Facts.PoliceHead, homes.Id, null, default), lab.Applications.Sign(Facts.PoliceHead, sick.Id, null, default));
        var refused = Assert.Single(signed, s => s.IsRefused).Refusal!;
        Assert.Equal(("share.combined-above-clearance", Law.Order809(25)), (refused.Code, refused.Article));
        var left = signed[0].IsRefused ? homes : sick;
        var still = (await lab.Applications.Find(Facts.PoliceHead, left.Id, default))!;
        Assert.Equal((ApplicationState.AwaitingProviderHead, left.Revision, null), (still.State, still.Revision, still.Grant));
        Assert.Equal("share.combined-above-clearance", (await lab.Combining.Foresee(still, left == homes ? Homes : Sick, still.Reply!, default))?.Code);
    }
}
