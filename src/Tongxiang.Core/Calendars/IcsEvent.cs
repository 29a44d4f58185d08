namespace Tongxiang.Core.Calendars;

/// <summary>One entry of a calendar to take away: a day, or an instant where hours count.</summary>
/// <param name="Uid">Stays the same when the entry is written anew, so that a calendar replaces it.</param>
/// <param name="Stamp">When it was written.</param>
/// <param name="Day">The whole day; null when <paramref name="At"/> says the instant.</param>
/// <param name="Url">Absolute address.</param>
public sealed record IcsEvent(string Uid, DateTimeOffset Stamp, DateOnly? Day, DateTimeOffset? At, string Summary, string Description, string Url)
{
    /// <summary>The day may still move.</summary>
    public bool IsTentative { get; init; }

    /// <summary>Words to sort by; may be empty.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];
}
