using Tongxiang.Core.Behaviour;
using Tongxiang.Watch;

namespace Tongxiang.Tests.Watch;

public sealed class RuleBookTests
{
    [Theory]
    [InlineData(FuseScope.Grant, true, 1, 1, FuseScope.Grant)]
    [InlineData(FuseScope.Grant, false, 1, 1, FuseScope.Caller)]
    [InlineData(FuseScope.Operator, true, 1, 1, FuseScope.Operator)]
    [InlineData(FuseScope.Resource, true, 1, 1, null)]
    [InlineData(FuseScope.Resource, true, 1, 2, null)]
    [InlineData(FuseScope.Resource, true, 1, 3, FuseScope.Resource)]
    [InlineData(FuseScope.Resource, false, 1, 9, null)]
    [InlineData(FuseScope.Department, true, 1, 1, null)]
    [InlineData(FuseScope.Department, true, 1, 2, FuseScope.Department)]
    [InlineData(FuseScope.Node, true, 1, 4, null)]
    [InlineData(FuseScope.Node, true, 2, 5, FuseScope.Node)]
    [InlineData(FuseScope.Caller, true, 5, 4, null)]
    [InlineData(FuseScope.Caller, false, 1, 1, FuseScope.Caller)]
    public void Nobody_alone_stops_what_others_use_and_a_weak_identity_stops_only_itself(FuseScope scope, bool isBound, int others, int callers, FuseScope? trips) =>
        Assert.Equal(trips, RuleBook.Trips(Rule(scope, others), Facts(isBound, callers)));

    [Fact]
    public void A_rule_asks_for_its_sign_its_strength_and_what_is_at_stake()
    {
        var rule = Rule(FuseScope.Caller, 1);
        Assert.Null(RuleBook.Trips(rule with { Signs = [Sign.Volume] }, Facts(true, 1)));
        Assert.Null(RuleBook.Trips(rule with { LeastStrength = 2.1 }, Facts(true, 1)));
        Assert.Null(RuleBook.Trips(rule with { OnlySensitive = true }, Facts(true, 1) with { IsSensitive = false }));
        Assert.Equal(FuseScope.Caller, RuleBook.Trips(rule with { Scope = FuseScope.Grant }, Facts(true, 1) with { HasGrant = false }));
        Assert.Null(RuleBook.Trips(rule with { Scope = FuseScope.Department }, Facts(true, 5) with { HasAgency = false, IsBound = false }));
    }

    [Theory]
    [InlineData(FuseAction.Cut, false, false, FuseAction.Cut)]
    [InlineData(FuseAction.Cut, true, false, FuseAction.Slow)]
    [InlineData(FuseAction.StepUp, true, false, FuseAction.Slow)]
    [InlineData(FuseAction.Cut, false, true, FuseAction.Slow)]
    [InlineData(FuseAction.StepUp, false, true, FuseAction.StepUp)]
    [InlineData(FuseAction.Watch, true, true, FuseAction.Watch)]
    public void Lives_come_before_everything_then_the_cap_of_the_hour(FuseAction wanted, bool isVital, bool isCapped, FuseAction done) => Assert.Equal(done, RuleBook.Bounded(wanted, isVital, isCapped));

    [Fact]
    public void What_was_judged_no_alarm_does_not_alarm_again_unless_it_grows()
    {
        var alarm = new Alarm(0, 1, 0, 1.6f, [new Reason(Sign.Burst, 1.2f, 60, 5), new Reason(Sign.Rate, 1f, 90, 20)]);
        Lesson[] both = [new("a", null, Sign.Burst, 1.2), new("a", null, Sign.Rate, 1)];
        Assert.Same(alarm, RuleBook.Rest(alarm, []));
        Assert.Null(RuleBook.Rest(alarm, both));
        Assert.Equal([Sign.Rate], RuleBook.Rest(alarm, both[..1])!.Reasons.Select(r => r.Sign));
        var grown = alarm with { Reasons = [new Reason(Sign.Burst, 1.6f, 90, 5)] };
        Assert.Same(grown, RuleBook.Rest(grown, both));
        // The grant says so itself: there it is the grant that must be changed.
        var declared = alarm with { Reasons = [new Reason(Sign.Network, 1, 1, 0)] };
        Assert.Same(declared, RuleBook.Rest(declared, [new("a", null, Sign.Network, 9)]));
    }

    private static RuleTerms Rule(FuseScope scope, int others) => new("突发", "Burst", [Sign.Burst], 1, false, scope, FuseAction.Cut, null, others);

    private static AlarmFacts Facts(bool isBound, int callers) => new([new Reason(Sign.Burst, 2, 60, 5), new Reason(Sign.Rate, 0.5f, 1, 1)], isBound, true, true, true, true, callers);
}
