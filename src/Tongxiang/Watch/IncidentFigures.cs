using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>What left of one resource, as the evidence says.</summary>
/// <param name="Columns">Names of the columns that left, with their grade.</param>
/// <param name="PersonalRows">Rows with a personal column: no more people than that.</param>
/// <param name="Persons">Distinct subjects of the disclosure journal; null where the journal says nothing.</param>
public sealed record ResourceFigures(
    string Resource, string Name, string NameEn, Id<Agency>? Provider, long Calls, long Refused, long Rows, long Bytes, IReadOnlyDictionary<string, Grade?> Columns, long PersonalRows, long Operators, long Cases, long? Persons)
{
    public Grade? Highest => Columns.Values.Max();
}

/// <summary>An incident in figures, counted from the entries of the evidence log and from nothing else.</summary>
/// <param name="Consumers">Agencies that called.</param>
/// <param name="RowsAfterCut">Rows that left after the sharing was cut: the proof of the cut is that this is 0.</param>
/// <param name="Persons">People affected as the disclosure journal counts them; null without a journal.</param>
/// <param name="PersonsAtMost">Upper bound from rows.</param>
/// <param name="FirstIndex">First and last entry of the log that was counted.</param>
/// <param name="IsWhole">Whether every entry of the window was read.</param>
public sealed record IncidentFigures(
    DateTimeOffset From, DateTimeOffset Until, DateTimeOffset CountedAt, long Calls, long Refused, long Rows, long Bytes, IReadOnlyList<ResourceFigures> Resources, long Operators, long Cases,
    IReadOnlyList<string> Consumers, long RowsAfterCut, long? Persons, long PersonsAtMost, DateTimeOffset? FirstAt, DateTimeOffset? LastAt, long? FirstIndex, long? LastIndex, bool IsWhole)
{
    /// <summary>Best figure of affected people: the journal's, else the upper bound.</summary>
    public long PersonsOrBound => Persons ?? PersonsAtMost;

    public Grade? Highest => Resources.Max(r => r.Highest);

    /// <summary>The same for an agency that may know its own resources only: sums over all of them would tell of others.</summary>
    public IncidentFigures For(Id<Agency> agency)
    {
        var own = Resources.Where(r => r.Provider == agency).ToList();
        long? persons = own.Count > 0 && own.All(r => r.Persons is not null) ? own.Sum(r => r.Persons) : null;
        return this with
        {
            Resources = own,
            Calls = own.Sum(r => r.Calls),
            Refused = own.Sum(r => r.Refused),
            Rows = own.Sum(r => r.Rows),
            Bytes = own.Sum(r => r.Bytes),
            Operators = own.Select(r => r.Operators).DefaultIfEmpty().Max(),
            Cases = own.Sum(r => r.Cases),
            Consumers = [],
            RowsAfterCut = 0,
            Persons = persons,
            PersonsAtMost = own.Sum(r => r.PersonalRows),
            FirstIndex = null,
            LastIndex = null,
        };
    }
}
