using Tongxiang.Watch;

namespace Tongxiang.Portal.Bureau.Watching;

/// <summary>Words and colours of fuses, rules and alarms.</summary>
static class FuseWords
{
    public static string Scope(Visit visit, FuseScope scope) => visit["fuse.scope-" + scope];

    public static string Action(Visit visit, FuseAction action) => visit["fuse.action-" + action];

    /// <summary>Name of the rule; a fuse that a person pulled has none.</summary>
    public static string Rule(Visit visit, Policy policy, string id) =>
        id == Trip.Manual ? visit["fuse.manual"] : policy.Rules.FirstOrDefault(r => r.Id == id) is { } rule ? visit.Pick(rule.Terms.Name, rule.Terms.NameEn) : id;

    public static string Subject(Visit visit, Subjects subjects, Trip trip) => trip.Scope == FuseScope.Node ? visit["fuse.whole-node"] : subjects.NameOf(trip.Scope, trip.Subject);

    public static Kit.Tone Tone(FuseAction action) => action switch
    {
        FuseAction.Cut => Kit.Tone.Bad,
        FuseAction.StepUp or FuseAction.Slow => Kit.Tone.Warn,
        _ => Kit.Tone.Info,
    };

    public static Kit.Tone Tone(RuleMode mode) => mode switch
    {
        RuleMode.Live => Kit.Tone.Ok,
        RuleMode.Dark => Kit.Tone.Info,
        _ => Kit.Tone.Plain,
    };

    public static Kit.Tone Tone(AlarmState state) => state switch
    {
        AlarmState.Open => Kit.Tone.Warn,
        AlarmState.Confirmed => Kit.Tone.Bad,
        _ => Kit.Tone.Plain,
    };
}
