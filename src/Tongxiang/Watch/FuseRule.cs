using System.Text.Json.Serialization;
using Tongxiang.Core.Behaviour;

namespace Tongxiang.Watch;

/// <summary>Whether a rule acts.</summary>
public enum RuleMode
{
    /// <summary>Under trial: what it would have done is recorded and shown.</summary>
    Dark,

    Live,

    Off,
}

/// <summary>Declared policy: which alarm trips which fuse.</summary>
/// <param name="Signs">Signs that count, by their name in alarms; the alarm must have one of them as a reason.</param>
/// <param name="LeastStrength">How strong that reason is at least; 1 raises an alarm alone.</param>
/// <param name="OnlySensitive">Only for personal data and for grades from general 3.</param>
/// <param name="OtherCallers">How many different callers must have raised alarms there within the hour; scopes that reach many need more than one.</param>
public sealed record RuleTerms(
    string Name, string NameEn, IReadOnlyList<Sign> Signs, double LeastStrength, bool OnlySensitive, FuseScope Scope, FuseAction Action, int? CallsPerMinute, int OtherCallers)
{
    /// <summary>Callers that a scope needs at least: never one alone where others are stopped with it.</summary>
    [JsonIgnore]
    public int LeastCallers => Math.Max(OtherCallers, Scope switch { FuseScope.Department => 2, FuseScope.Resource => 3, FuseScope.Node => 5, _ => 1 });
}

/// <summary>A rule and where it stands.</summary>
/// <param name="DarkSince">Since when it runs under trial, or ran before it went live.</param>
public sealed record FuseRule(string Id, RuleTerms Terms, RuleMode Mode, DateTimeOffset DarkSince, DateTimeOffset? LiveSince, string ChangedByName, DateTimeOffset ChangedAt)
{
    /// <summary>What it did, or would have done, in the last thirty days.</summary>
    public long Trips { get; init; }
}

/// <summary>What an alarm is measured by.</summary>
/// <param name="Callers">Different callers with a bound identity whose alarms of the last hour concern the rule's scope, this one included.</param>
internal readonly record struct AlarmFacts(IReadOnlyList<Reason> Reasons, bool IsBound, bool IsSensitive, bool HasOperator, bool HasGrant, bool HasAgency, int Callers);

/// <summary>Decides by rules; values in, value out.</summary>
internal static class RuleBook
{
    /// <summary>The scope on which the rule trips; null when it does not.</summary>
    public static FuseScope? Trips(RuleTerms rule, in AlarmFacts alarm)
    {
        if (rule.OnlySensitive && !alarm.IsSensitive) return null;
        if (!alarm.Reasons.Any(r => r.Strength >= rule.LeastStrength && rule.Signs.Contains(r.Sign))) return null;
        if (rule.LeastCallers > 1) return alarm.IsBound && alarm.Callers >= rule.LeastCallers ? rule.Scope : null;
        // Whoever may have come by a key that is not his own can stop that key, and nothing that others use too.
        if (!alarm.IsBound) return FuseScope.Caller;
        return rule.Scope switch
        {
            FuseScope.Operator when !alarm.HasOperator => FuseScope.Caller,
            FuseScope.Grant when !alarm.HasGrant => FuseScope.Caller,
            FuseScope.Department when !alarm.HasAgency => null,
            _ => rule.Scope,
        };
    }

    /// <summary>What may still be done: lives before everything, then the cap of the hour.</summary>
    public static FuseAction Bounded(FuseAction action, bool isVital, bool isCapped) => (action, isVital, isCapped) switch
    {
        ( > FuseAction.Slow, true, _) => FuseAction.Slow,
        (FuseAction.Cut, _, true) => FuseAction.Slow,
        _ => action,
    };

    /// <summary>What is left of an alarm after what people judged to be no alarm; null when nothing is.</summary>
    /// <remarks>What the grant declares is not unlearnt: there the grant is changed.</remarks>
    public static Alarm? Rest(Alarm alarm, IReadOnlyList<Lesson> lessons)
    {
        if (lessons.Count == 0) return alarm;
        var left = alarm.Reasons.Where(r => IsDeclared(r.Sign) || !lessons.Any(l => l.Sign == r.Sign && r.Strength <= l.Strength * Lesson.Slack)).ToList();
        if (left.Count == alarm.Reasons.Count) return alarm;
        double score = 0, part = 1;
        foreach (var reason in left)
        {
            score += part * reason.Strength;
            part *= 0.4;
        }
        return left.Count > 0 && score >= 1 && left[0].Strength >= 0.7 ? alarm with { Score = (float)score, Reasons = left } : null;
    }

    /// <summary>Signs of what the grant itself says.</summary>
    public static bool IsDeclared(Sign sign) => sign is Sign.Hours or Sign.Network or Sign.Matter or Sign.NoCase;
}

/// <summary>What a false alarm taught: this sign of this caller or operator, up to this strength, is none.</summary>
public sealed record Lesson(string Actor, string? Operator, Sign Sign, double Strength)
{
    /// <summary>A quarter more than what was judged is still the same.</summary>
    public const double Slack = 1.25;
}
