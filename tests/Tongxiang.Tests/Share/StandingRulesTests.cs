using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Tests.Share;

public sealed class StandingRulesTests
{
    internal static StandingRule Rule(params string[] fields) => new(
        [Facts.Civil.Id], null, "", ["最低生活保障审核确认"], [.. (fields.Length > 0 ? fields : ["id_number", "name"]).Select(f => new FieldDecision(f, FieldAnswer.Plain, null))], "", null, [Mode.Api, Mode.File],
        Grade.General2, 365, new DateOnly(2027, 2, 1), new GrantLimits(null, [], null, null, 60), true, Assurance.SignedAssertion, "王警官", 1);

    /// <summary>What is changed of a wish that lies within, and in what it then lies outside.</summary>
    public static TheoryData<string, Func<StandingRule, StandingRule>, Func<Wish, Wish>, string[]> Cases { get; } = new()
    {
        { "wholly within", r => r, w => w, [] },
        { "fewer fields", r => r, w => w with { Fields = ["name"] }, [] },
        { "shorter and narrower", r => r, w => w with { Until = new DateOnly(2026, 3, 1), Rows = "division=eq.290101" }, [] },
        { "one field more", r => r, w => w with { Fields = ["id_number", "name", "division"] }, ["fields"] },
        { "another matter", r => r, w => w with { Matter = "房产过户" }, ["matter"] },
        { "another mode", r => r, w => w with { Modes = [Mode.Api, Mode.Batch] }, ["modes"] },
        { "a day too long", r => r with { LongestDays = 30 }, w => w with { Until = new DateOnly(2026, 3, 15) }, ["until"] },
        { "exactly the longest", r => r with { LongestDays = 30 }, w => w with { Until = new DateOnly(2026, 3, 14) }, [] },
        { "another department", r => r with { Agencies = [Facts.Health.Id] }, w => w, ["applicant"] },
        { "any department", r => r with { Agencies = [], Kind = AgencyKind.Department }, w => w, [] },
        { "departments of another kind", r => r with { Agencies = [], Kind = AgencyKind.PublicBody }, w => w, ["applicant"] },
        { "departments of the province", r => r with { Agencies = [], Kind = AgencyKind.Department, Division = "290000" }, w => w, [] },
        { "departments of another place", r => r with { Agencies = [], Kind = AgencyKind.Department, Division = "330000" }, w => w, ["applicant"] },
        { "rows not narrowed", r => r with { Rows = "division=like.2901*" }, w => w, ["rows"] },
        { "rows as the rule has them", r => r with { Rows = "division=like.2901*" }, w => w with { Rows = "division=like.2901*" }, [] },
        { "rows narrower still", r => r with { Rows = "division=like.2901*" }, w => w with { Rows = "name=eq.x&division=like.2901*" }, [] },
        { "rows that only look alike", r => r with { Rows = "division=like.2901*" }, w => w with { Rows = "division=like.290*" }, ["rows"] },
        { "own rows not asked for", r => r with { Bound = new RowBinding("division", null) }, w => w, ["rows"] },
        { "own rows asked for", r => r with { Bound = new RowBinding("division", null) }, w => w with { Rows = "division=like.29*" }, [] },
        { "a grade above", r => r with { Highest = Grade.General1 }, w => w, ["grade"] },
        { "everything at once", r => r with { LongestDays = 1 }, w => w with { Fields = ["division"], Matter = "x", Modes = [Mode.Batch] }, ["matter", "fields", "modes", "until"] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void An_application_lies_within_or_the_difference_is_named(string what, Func<StandingRule, StandingRule> rule, Func<Wish, Wish> wish, string[] outside)
    {
        var application = Facts.Application(ApplicationState.Submitted) with { Wish = wish(Facts.Wish()) };
        var found = StandingRules.Outside(rule(Rule()), application, Facts.Civil, Facts.Entry(), Facts.Today);
        Assert.Equal((what, string.Join(',', outside)), (what, string.Join(',', found.Select(d => d.Field))));
        Assert.All(found, d => Assert.True(Texts.Parts.Has(d.Key)));
    }

    [Fact]
    public void Conditional_opening_is_never_answered_so()
    {
        var application = Facts.Application(ApplicationState.Submitted, Lane.Opening) with { Wish = Facts.Wish() };
        Assert.Equal(["applicant"], StandingRules.Outside(Rule() with { Agencies = [Facts.Company.Id] }, application, Facts.Company, Facts.Entry(), Facts.Today).Select(d => d.Field));
    }

    /// <summary>What is wrong with a rule, and the field that says so.</summary>
    public static TheoryData<Func<StandingRule, StandingRule>, string?> Wrong { get; } = new()
    {
        { r => r, null },
        { r => r with { Agencies = [] }, "agencies" },
        { r => r with { Agencies = [Facts.Company.Id] }, "agencies" },
        { r => r with { Agencies = [], Kind = AgencyKind.Company }, "kind" },
        { r => r with { Matters = [] }, "matters" },
        { r => r with { Matters = [" "] }, "matters" },
        { r => r with { Fields = [] }, "fields" },
        { r => r with { Fields = [new FieldDecision("case_note", FieldAnswer.Plain, null)] }, "fields.case_note" },
        { r => r with { Fields = [new FieldDecision("nope", FieldAnswer.Plain, null)] }, "fields.nope" },
        { r => r with { Modes = [] }, "modes" },
        { r => r with { Modes = [Mode.Subscription] }, "modes" },
        { r => r with { LongestDays = 0 }, "longestDays" },
        { r => r with { LongestDays = 5000 }, "longestDays" },
        { r => r with { Until = Facts.Today }, "until" },
        { r => r with { Until = Facts.Today.AddYears(4) }, "until" },
        { r => r with { OneIn = 0 }, "oneIn" },
        { r => r with { Highest = Grade.Core }, "highest" },
        { r => r with { Rows = "nope=eq.1" }, "rows" },
        { r => r with { LowestAssurance = Assurance.Key }, "lowestAssurance" },
        { r => r with { ProviderResponsible = "" }, "providerResponsible" },
        { r => r with { Division = "29" }, "division" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_rule_says_what_is_wrong_with_it(Func<StandingRule, StandingRule> change, string? field) =>
        Assert.Equal(field, StandingRules.Check(change(Rule()), Facts.Entry(), a => a != Facts.Company.Id, Facts.Today).Select(e => e.Field).FirstOrDefault());

    [Fact]
    public void The_sample_is_the_same_for_whoever_draws_it_and_of_the_size_that_was_said()
    {
        var standing = new Id<StandingConsent>(Guid.Parse("00000000-0000-7000-8000-0000000000c1"));
        var all = Enumerable.Range(1, 5000).Select(i => new Id<Application>(new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]))).ToList();
        var drawn = all.Where(a => StandingRules.IsSampled(standing, a, 5)).ToList();
        Assert.Equal(drawn, all.Where(a => StandingRules.IsSampled(standing, a, 5)));
        Assert.InRange(drawn.Count, 850, 1150);
        Assert.All(all, a => Assert.True(StandingRules.IsSampled(standing, a, 1)));
    }
}
