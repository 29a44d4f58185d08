namespace Tongxiang.Core.Elements;

/// <summary>What a check needs to know of the world: the day it is made and the dated division list (null: regions are not looked up).</summary>
public sealed class Surroundings(DateOnly today, DivisionList? divisions = null)
{
    public DateOnly Today { get; } = today;

    public DivisionList? Divisions { get; } = divisions;

    internal int TodayNumber { get; } = Dates.Number(today);
}
