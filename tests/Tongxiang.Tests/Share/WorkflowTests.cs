using Tongxiang.Agencies;
using Tongxiang.Share;
using static Tongxiang.Share.ApplicationState;

namespace Tongxiang.Tests.Share;

public sealed class WorkflowTests
{
    private static readonly Caller[] Everybody =
        [Facts.PoliceSteward, Facts.PoliceHead, Facts.CivilSteward, Facts.CivilHead, Facts.HealthSteward, Facts.Reviewer, Facts.CompanyPerson, Facts.Citizen, Caller.Platform, Caller.Anonymous];

    /// <summary>The whole workflow by hand: state, step, where it leads, who may.</summary>
    private static readonly (Lane Lane, ApplicationState From, Step Step, ApplicationState To, string Who)[] Table =
    [
        (Lane.Sharing, Draft, Step.Edit, Draft, "civil-steward"),
        (Lane.Sharing, Draft, Step.Propose, AwaitingOwnHead, "civil-steward"),
        (Lane.Sharing, Draft, Step.Withdraw, Withdrawn, "civil-steward"),
        (Lane.Sharing, AwaitingOwnHead, Step.SendBack, Draft, "civil-head"),
        (Lane.Sharing, AwaitingOwnHead, Step.Agree, Submitted, "civil-head"),
        (Lane.Sharing, AwaitingOwnHead, Step.Withdraw, Withdrawn, "civil-steward"),
        (Lane.Sharing, Submitted, Step.AskSupplement, SupplementAsked, "police-steward police-head"),
        (Lane.Sharing, Submitted, Step.AskExtension, AwaitingExtension, "police-steward police-head"),
        (Lane.Sharing, Submitted, Step.ProposeReply, AwaitingProviderHead, "police-steward police-head"),
        (Lane.Sharing, Submitted, Step.Withdraw, Withdrawn, "civil-steward"),
        (Lane.Sharing, Submitted, Step.Consent, Delivering, "system"),
        (Lane.Sharing, SupplementAsked, Step.Supplement, Submitted, "civil-steward"),
        (Lane.Sharing, SupplementAsked, Step.AskExtension, AwaitingExtension, "police-steward police-head"),
        (Lane.Sharing, SupplementAsked, Step.ProposeReply, AwaitingProviderHead, "police-steward police-head"),
        (Lane.Sharing, SupplementAsked, Step.Withdraw, Withdrawn, "civil-steward"),
        (Lane.Sharing, AwaitingExtension, Step.AgreeExtension, Submitted, "reviewer"),
        (Lane.Sharing, AwaitingExtension, Step.DenyExtension, Submitted, "reviewer"),
        (Lane.Sharing, AwaitingExtension, Step.Supplement, AwaitingExtension, "civil-steward"),
        (Lane.Sharing, AwaitingExtension, Step.ProposeReply, AwaitingProviderHead, "police-steward police-head"),
        (Lane.Sharing, AwaitingExtension, Step.Withdraw, Withdrawn, "civil-steward"),
        (Lane.Sharing, AwaitingProviderHead, Step.ReturnReply, Submitted, "police-head"),
        (Lane.Sharing, AwaitingProviderHead, Step.Consent, Delivering, "police-head"),
        (Lane.Sharing, AwaitingProviderHead, Step.Refuse, Refused, "police-head"),
        (Lane.Sharing, AwaitingProviderHead, Step.Withdraw, Withdrawn, "civil-steward"),
        (Lane.Sharing, Delivering, Step.Deliver, InUse, "system"),
        (Lane.Sharing, Delivering, Step.Suspend, Suspended, "police-steward police-head reviewer"),
        (Lane.Sharing, Delivering, Step.End, Ended, "police-steward police-head reviewer civil-steward system"),
        (Lane.Sharing, InUse, Step.Suspend, Suspended, "police-steward police-head reviewer"),
        (Lane.Sharing, InUse, Step.End, Ended, "police-steward police-head reviewer civil-steward system"),
        (Lane.Sharing, Suspended, Step.Resume, InUse, "police-steward police-head reviewer"),
        (Lane.Sharing, Suspended, Step.End, Ended, "police-steward police-head reviewer civil-steward system"),
        (Lane.Sharing, Ended, Step.Dispose, Disposed, "civil-steward"),
        (Lane.Opening, Draft, Step.Edit, Draft, "company-person"),
        (Lane.Opening, Draft, Step.Submit, Submitted, "company-person"),
        (Lane.Opening, Draft, Step.Withdraw, Withdrawn, "company-person"),
        (Lane.Opening, Submitted, Step.AskSupplement, SupplementAsked, "police-steward police-head"),
        (Lane.Opening, Submitted, Step.AskExtension, AwaitingExtension, "police-steward police-head"),
        (Lane.Opening, Submitted, Step.ProposeReply, AwaitingProviderHead, "police-steward police-head"),
        (Lane.Opening, Submitted, Step.Withdraw, Withdrawn, "company-person"),
        (Lane.Opening, SupplementAsked, Step.Supplement, Submitted, "company-person"),
        (Lane.Opening, SupplementAsked, Step.AskExtension, AwaitingExtension, "police-steward police-head"),
        (Lane.Opening, SupplementAsked, Step.ProposeReply, AwaitingProviderHead, "police-steward police-head"),
        (Lane.Opening, SupplementAsked, Step.Withdraw, Withdrawn, "company-person"),
        (Lane.Opening, AwaitingExtension, Step.AgreeExtension, Submitted, "police-head"),
        (Lane.Opening, AwaitingExtension, Step.DenyExtension, Submitted, "police-head"),
        (Lane.Opening, AwaitingExtension, Step.Supplement, AwaitingExtension, "company-person"),
        (Lane.Opening, AwaitingExtension, Step.ProposeReply, AwaitingProviderHead, "police-steward police-head"),
        (Lane.Opening, AwaitingExtension, Step.Withdraw, Withdrawn, "company-person"),
        (Lane.Opening, AwaitingProviderHead, Step.ReturnReply, Submitted, "police-head"),
        (Lane.Opening, AwaitingProviderHead, Step.Consent, Delivering, "police-head"),
        (Lane.Opening, AwaitingProviderHead, Step.Refuse, Refused, "police-head"),
        (Lane.Opening, AwaitingProviderHead, Step.Withdraw, Withdrawn, "company-person"),
        (Lane.Opening, Delivering, Step.Deliver, InUse, "system"),
        (Lane.Opening, Delivering, Step.Suspend, Suspended, "police-steward police-head reviewer"),
        (Lane.Opening, Delivering, Step.End, Ended, "police-steward police-head reviewer company-person system"),
        (Lane.Opening, InUse, Step.Suspend, Suspended, "police-steward police-head reviewer"),
        (Lane.Opening, InUse, Step.End, Ended, "police-steward police-head reviewer company-person system"),
        (Lane.Opening, Suspended, Step.Resume, InUse, "police-steward police-head reviewer"),
        (Lane.Opening, Suspended, Step.End, Ended, "police-steward police-head reviewer company-person system"),
        (Lane.Opening, Ended, Step.Dispose, Disposed, "company-person"),
    ];

    [Theory, InlineData(Lane.Sharing), InlineData(Lane.Opening)]
    public void Every_state_step_and_person_behaves_as_the_table_says(Lane lane)
    {
        foreach (var state in Enum.GetValues<ApplicationState>())
            foreach (var step in Enum.GetValues<Step>())
                foreach (var who in Everybody) Check(lane, state, step, who);
    }

    [Fact]
    public void No_step_of_the_opening_lane_rests_on_an_article() => Assert.All(Workflow.Moves(Lane.Opening), m => Assert.Null(m.Article));

    [Fact]
    public void Nobody_signs_what_they_wrote()
    {
        var proposed = Facts.Application(AwaitingProviderHead) with { Proposer = Facts.PoliceOther.Person };
        Assert.Equal("share.not-yours", Workflow.Find(proposed, Step.Consent, SidesOf(Facts.PoliceOther, proposed)).Refusal!.Code);
        Assert.False(Workflow.Find(proposed, Step.Consent, SidesOf(Facts.PoliceHead, proposed)).IsRefused);
        var drafted = Facts.Application(AwaitingOwnHead) with { Applicant = Facts.CivilHead.Person!.Value };
        Assert.Equal("share.not-yours", Workflow.Find(drafted, Step.Agree, SidesOf(Facts.CivilHead, drafted)).Refusal!.Code);
    }

    [Fact]
    public void What_the_bureau_suspended_only_the_bureau_resumes()
    {
        var suspended = Facts.Application(Suspended) with { SuspendedBy = Side.Bureau };
        Assert.Equal("share.bureau-suspended", Workflow.Find(suspended, Step.Resume, SidesOf(Facts.PoliceHead, suspended)).Refusal!.Code);
        Assert.False(Workflow.Find(suspended, Step.Resume, SidesOf(Facts.Reviewer, suspended)).IsRefused);
    }

    [Theory]
    [InlineData(true, true, SupplementAsked)]
    [InlineData(false, true, Submitted)]
    public void An_unanswered_supplement_stays_visible_after_an_extension(bool open, bool delivered, ApplicationState expected) =>
        Assert.Equal(expected, Workflow.Next(Workflow.Moves(Lane.Sharing).First(m => m.Step == Step.AgreeExtension), open, delivered));

    [Fact]
    public void What_was_never_delivered_is_not_in_use_after_a_suspension() =>
        Assert.Equal(Delivering, Workflow.Next(Workflow.Moves(Lane.Sharing).First(m => m.Step == Step.Resume), false, delivered: false));

    [Fact]
    public void An_application_is_hidden_from_everyone_it_does_not_concern()
    {
        var draft = Facts.Application(Draft);
        var sent = Facts.Application(Submitted);
        Assert.All(new[] { Facts.PoliceSteward, Facts.Reviewer, Facts.HealthSteward, Facts.CompanyPerson, Facts.Citizen, Caller.Anonymous }, c => Assert.False(Sides.MaySee(c, draft, Facts.Bureau.Id)));
        Assert.All(new[] { Facts.CivilSteward, Facts.CivilHead }, c => Assert.True(Sides.MaySee(c, draft, Facts.Bureau.Id)));
        Assert.All(new[] { Facts.PoliceSteward, Facts.Reviewer, Facts.CivilSteward }, c => Assert.True(Sides.MaySee(c, sent, Facts.Bureau.Id)));
        Assert.All(new[] { Facts.HealthSteward, Facts.CompanyPerson, Facts.Citizen, Caller.Anonymous }, c => Assert.False(Sides.MaySee(c, sent, Facts.Bureau.Id)));
    }

    private static void Check(Lane lane, ApplicationState state, Step step, Caller who)
    {
        var now = Facts.Application(state, lane);
        var found = Workflow.Find(now, step, SidesOf(who, now));
        var row = Table.FirstOrDefault(t => t.Lane == lane && t.From == state && t.Step == step);
        var context = $"{lane} {state} {step} {who.Name}";
        if (row.Who is null) Assert.True(found.Refusal?.Code == "share.wrong-state", context);
        else if (!row.Who.Split(' ').Contains(who.Name)) Assert.True(found.Refusal?.Code == "share.not-yours", context);
        else Assert.True(!found.IsRefused && found.Value.To == row.To, context);
    }

    private static IReadOnlySet<Side> SidesOf(Caller caller, Application now) => Sides.Of(caller, now, Facts.Bureau.Id, []);
}
