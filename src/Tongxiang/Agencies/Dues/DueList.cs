using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>The calendar of what is due: the sources of all parts as one list, the most urgent first.</summary>
public sealed class DueList(IEnumerable<DueSource> sources, RulePack rules, Deadlines deadlines, TimeProvider clock)
{
    /// <summary>What is due for the caller; nothing for whoever is not signed in, and nothing overseen for whoever is not of a bureau.</summary>
    public async Task<IReadOnlyList<Due>> Of(Caller caller, DueScope scope, CancellationToken ct)
    {
        if (caller is not { Person: not null, Client: null } || (scope == DueScope.Overseen && !caller.IsBureau)) return [];
        var now = clock.GetUtcNow();
        var all = new List<Due>();
        foreach (var source in sources)
            foreach (var item in await source.Of(caller, scope, ct)) all.Add(Dated(item, now));
        return [.. all.DistinctBy(d => d.Item.Key).OrderBy(d => d.Item.DueAt ?? DateTimeOffset.MaxValue).ThenBy(d => d.Item.From).ThenBy(d => d.Item.Key, StringComparer.Ordinal)];
    }

    private Due Dated(DueItem item, DateTimeOffset now)
    {
        int? left = item.DueAt is { } due ? deadlines.DaysLeft(now, due) : null;
        return new Due(item, item.Rule is { } rule ? rules.TryFind(rule, WorkCalendar.Day(item.From)) : null, left, DueRules.GroupOf(item.DueAt, now));
    }
}

/// <summary>How dues are grouped and said.</summary>
public static class DueRules
{
    private const string SharingRegulation = "政务数据共享条例（国务院令第809号）";

    /// <summary>Overdue, today, until Sunday, later; a term of hours can be overdue on its own day.</summary>
    public static DueGroup GroupOf(DateTimeOffset? dueAt, DateTimeOffset now)
    {
        if (dueAt is not { } due) return DueGroup.Undated;
        if (due < now) return DueGroup.Overdue;
        var (day, today) = (WorkCalendar.Day(due), WorkCalendar.Day(now));
        if (day == today) return DueGroup.Today;
        var sunday = today.AddDays((7 - (int)today.DayOfWeek) % 7);
        return day <= sunday ? DueGroup.ThisWeek : DueGroup.Later;
    }

    /// <summary>Whether it ends with its day: hours and minutes have an instant of their own.</summary>
    public static bool IsWholeDay(DateTimeOffset dueAt) => dueAt == WorkCalendar.EndOf(WorkCalendar.Day(dueAt));

    /// <summary>The text a rule stands in, with its article, in the reader's language.</summary>
    public static string Article(Rule rule, string language)
    {
        var source = rule.Source == SharingRegulation ? Texts.Parts.Get(language, "due.sharing-regulation") : rule.Source;
        if (rule.Article.Length == 0) return source;
        return Texts.Parts.Get(language, rule.Article.All(char.IsAsciiDigit) ? "due.article" : "due.article-other", source, rule.Article);
    }

    /// <summary>Why something is due: what started its clock and what the rule asks for.</summary>
    public static string Why(Due due, string language)
    {
        var began = Texts.Parts.Get(language, "due.began", due.Item.Began, WorkCalendar.Day(due.Item.From).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        if (due.Rule is not { } rule) return began;
        var says = rule.Says[language == Texts.English ? 1 : 0];
        return rule.Value is { } value
            ? Texts.Parts.Get(language, "due.why", began, says, Texts.Parts.Get(language, "due.unit." + rule.Unit, value))
            : Texts.Parts.Get(language, "due.why-no-number", began, says);
    }
}
