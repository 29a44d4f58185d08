using Tongxiang.Portal.Kit;
using Tongxiang.Share;

namespace Tongxiang.Portal.Bureau.Journal;

/// <summary>Where an opening of the disclosure journal stands, and what could not be told, in words.</summary>
static class JournalWords
{
    public static string State(Visit visit, JournalOpening opening) => visit["journal.state-" + StateOf(visit, opening)];

    public static Tone Tone(Visit visit, JournalOpening opening) => StateOf(visit, opening) switch { "open" => Kit.Tone.Ok, "waits" => Kit.Tone.Warn, _ => Kit.Tone.Plain };

    public static string Purpose(Visit visit, JournalPurpose purpose) => visit["journal.purpose-" + purpose];

    /// <summary>Why some persons have no name; null where all have.</summary>
    public static IReadOnlyList<string> Gaps(Visit visit, JournalUse use)
    {
        var (unnamed, found) = (use.Unnamed, new List<string>());
        if (unnamed.Unmatched > 0) found.Add(visit.T("journal.gap-unmatched", Visit.Count(unnamed.Unmatched)));
        if (unnamed.LostCalls > 0) found.Add(visit.T("journal.gap-lost", Visit.Count(unnamed.LostCalls), Visit.Count(unnamed.LostPersons)));
        if (unnamed.Changed > 0) found.Add(visit.T("journal.gap-changed", Visit.Count(unnamed.Changed)));
        if (use.Uncompared.Count > 0) found.Add(visit.T("journal.gap-uncompared", string.Join(visit["results.comma"], use.Uncompared)));
        return found;
    }

    /// <summary>What the journal counted when the list was asked for.</summary>
    public static string Expected(Visit visit, JournalExpected counted) => visit.T("journal.expected", Visit.Count(counted.Persons))
        + (counted.LostCalls > 0 ? visit.T("journal.expected-lost", Visit.Count(counted.LostCalls), Visit.Count(counted.LostPersons)) : "")
        + (counted.Changed > 0 ? visit.T("journal.expected-changed", Visit.Count(counted.Changed)) : "");

    static string StateOf(Visit visit, JournalOpening opening) => (opening.ApprovedAt, visit.Now > opening.EndsAt) switch
    {
        (null, false) => "waits",
        (null, true) => "lapsed",
        (_, false) => "open",
        _ => "over",
    };
}
