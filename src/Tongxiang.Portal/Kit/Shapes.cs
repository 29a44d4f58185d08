namespace Tongxiang.Portal.Kit;

/// <summary>A link with its words.</summary>
public sealed record Go(string Text, string Href);

/// <summary>One choice of a facet: the value sent, the words shown, how many results it would leave.</summary>
public sealed record FacetItem(string Value, string Text, long Count, bool On = false);

/// <summary>A filter in force and the address without it.</summary>
public sealed record Chip(string Group, string Text, string Without);

/// <summary>A tab: a link, whether it is the current one, and a count when it says something.</summary>
public sealed record TabLink(string Text, string Href, bool On = false, long? Count = null);

/// <summary>One point of a chart.</summary>
public sealed record Point(string Label, double Value);

/// <summary>A choice of a select, radio or check group.</summary>
public sealed record Choice(string Value, string Text, string? Hint = null);

/// <summary>How a word is coloured; the word itself always says the same.</summary>
public enum Tone { Plain, Info, Ok, Warn, Bad }

/// <summary>A step of a wizard or a task of a list.</summary>
public sealed record Step(string Text, StepState State, string? Href = null, string? Hint = null);

/// <summary>Where a step stands.</summary>
public enum StepState { Done, Now, Todo, Blocked }

/// <summary>One event of a timeline.</summary>
public sealed record Moment(DateTimeOffset At, string Title, string? Text = null, string? Who = null, Tone Tone = Tone.Plain);

/// <summary>A mistake in a form: the field's name (also its id) and what to do.</summary>
public sealed record Mistake(string Field, string Text);

/// <summary>One row of a difference between two versions.</summary>
public sealed record DiffRow(string Key, DiffKind Kind, IReadOnlyList<DiffCell> Cells);

/// <summary>One cell before and after.</summary>
public sealed record DiffCell(string Column, string? Before, string? After);

/// <summary>What happened to a row.</summary>
public enum DiffKind { Added, Removed, Changed }

/// <summary>A sample in one language of programming.</summary>
public sealed record Sample(string Name, string Code);

static class Tones
{
    public static string Css(this Tone tone) => tone switch
    {
        Tone.Ok => "ok",
        Tone.Warn => "warn",
        Tone.Bad => "bad",
        Tone.Info => "info",
        _ => "plain",
    };
}
