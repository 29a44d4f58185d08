using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Events, clocks and tasks in the reader's words.</summary>
public static class IncidentSay
{
    /// <summary>An event as a sentence; codes among its arguments are said in words.</summary>
    public static string Event(IncidentEvent said, Texts texts, string language, Func<string, Rule?> rules) =>
        texts.Get(language, "watch.event." + Form(said), [.. Enumerable.Range(0, 4).Select(i => (object?)Word(said, i, texts, language, rules))]);

    /// <summary>A clock's duty in words.</summary>
    public static string Duty(string rule, Func<string, Rule?> rules, string language) => rules(rule) is { } found ? found.Says[language == Texts.English ? 1 : 0] : rule;

    /// <summary>To whom it is owed.</summary>
    public static string Addressee(string rule, Texts texts, string language) => texts.Get(language, "watch.addressee." + rule);

    /// <summary>The time in words: hours and minutes.</summary>
    public static string Span(TimeSpan span, Texts texts, string language)
    {
        var whole = span.Duration();
        var key = whole.TotalDays >= 2 ? "watch.span-days" : whole.TotalHours >= 1 ? "watch.span-hours" : "watch.span-minutes";
        return texts.Get(language, key, (long)whole.TotalDays, whole.TotalDays >= 2 ? whole.Hours : (long)whole.TotalHours, whole.Minutes);
    }

    // A clock without hours has no end to name, and one that only lost its "provisional" did not move.
    private static string Form(IncidentEvent said) => said switch
    {
        { Kind: "clock-started", Args: [_, _, ""] } => "clock-at-once",
        { Kind: "clock-moved", Args: [_, var old, var due] } when old == due => "clock-confirmed",
        _ => said.Kind,
    };

    private static string Word(IncidentEvent said, int place, Texts texts, string language, Func<string, Rule?> rules)
    {
        if (place >= said.Args.Count) return "";
        var value = said.Args[place];
        return (said.Kind, place) switch
        {
            ("judged", 0 or 1) => texts.Get(language, "watch.level." + value.ToLowerInvariant()),
            ("submitted", 0) => texts.Get(language, "watch.paper." + value.ToLowerInvariant()),
            ("submitted", 1) => texts.Get(language, "watch.channel." + value.ToLowerInvariant()),
            ("escalated", 0) => texts.Get(language, "agencies.role." + value),
            ("clock-started" or "clock-moved" or "clock-lapsed" or "warned", 0) => $"{value} {Duty(value, rules, language)}",
            ("clock-started" or "clock-moved", 1 or 2) when value.Length == 0 => texts.Get(language, "watch.no-figure"),
            ("task-done" or "task-late", 0) when texts.Has("watch.task." + value) => texts.Get(language, "watch.task." + value),
            _ => value,
        };
    }
}
