using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Whose work is asked for: what the reader can settle, or what the departments of the reader's bureau must.</summary>
public enum DueScope { Own, Overseen }

/// <summary>Something that is due, told by the part that keeps it.</summary>
/// <param name="Key">Stays the same while it is due: kind, id and step. A calendar finds its entry again by it.</param>
/// <param name="Todo">What is to be done, such as <c>due.todo.reply</c>.</param>
/// <param name="Number">The number people quote; may be empty.</param>
/// <param name="Name">What it is about, with <paramref name="NameEn"/> where there is an English name.</param>
/// <param name="Agency">Whose work it is.</param>
/// <param name="Began">What started the clock, such as <c>due.began.received</c>.</param>
/// <param name="From">When that happened.</param>
/// <param name="DueAt">The last instant; null where no number is set and it is due without delay.</param>
/// <param name="Rule">Id in the rule pack; null where no rule sets the time.</param>
/// <param name="Link">Path of the page, without language, with the anchor of the form that settles it.</param>
public sealed record DueItem(
    string Key, TextKey Todo, string Number, string Name, string? NameEn, Id<Agency>? Agency, TextKey Began, DateTimeOffset From, DateTimeOffset? DueAt, bool IsProvisional, string? Rule, string Link)
{
    /// <summary>The article it rests on where no rule of the pack sets a time.</summary>
    public string? Article { get; init; }
}

/// <summary>Where dues come from: a part registers one of these for each kind of work it keeps, and the calendar shows them all.</summary>
/// <param name="Of">Everything of its kind that is due for the caller now; nothing for whom it does not concern.</param>
public sealed record DueSource(string Name, Func<Caller, DueScope, CancellationToken, Task<IReadOnlyList<DueItem>>> Of);

/// <summary>When something is due, seen from today.</summary>
public enum DueGroup { Overdue, Today, ThisWeek, Later, Undated }

/// <summary>Something due with its rule.</summary>
/// <param name="DaysLeft">Working days left; negative when overdue, null without a day.</param>
public sealed record Due(DueItem Item, Rule? Rule, int? DaysLeft, DueGroup Group)
{
    /// <summary>The civil day on which it ends.</summary>
    public DateOnly? Day => Item.DueAt is { } at ? WorkCalendar.Day(at) : null;
}
