using Tongxiang.Catalog;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Ingest;

/// <summary>Where a landing stands.</summary>
public enum RunState
{
    /// <summary>The file is on its way; a break here means sending it again.</summary>
    Receiving,

    /// <summary>Received whole and sealed; a person looks at the proposal.</summary>
    Proposed,

    /// <summary>Confirmed; from here on a break is made good by itself.</summary>
    Queued,
    Checking,
    Sealing,
    Done,
    Refused,
}

/// <summary>What whoever delivers a file wants done with it.</summary>
/// <param name="ConfirmsItself">Go on without a person when nothing in the proposal is doubtful.</param>
/// <param name="Promotes">Make the version current when it is landed.</param>
/// <param name="MostBadRows">The steward's limit of rows in quarantine; null: a twentieth of all rows, at least 100.</param>
/// <param name="Sheet">The sheet of a workbook; null: the first with rows.</param>
public sealed record LandingWish(bool ConfirmsItself = false, bool Promotes = false, long? MostBadRows = null, string? Sheet = null, string Note = "");

/// <summary>What a file seems to be; a person confirms or corrects it.</summary>
/// <param name="Kind"><c>csv</c>, <c>xlsx</c>, <c>xls</c>, <c>json</c>, <c>ndjson</c>, <c>parquet</c>.</param>
/// <param name="Encoding">Encoding of a text file.</param>
/// <param name="Sheets">Names of the sheets of a workbook.</param>
/// <param name="Columns">Type and element of each column, from a full scan; only when asked for.</param>
/// <param name="PlaceOfField">For every field of the entry the column found for it, -1 when none was.</param>
/// <param name="Doubts">Why a person has to look: text keys with arguments.</param>
public sealed record Proposal(
    string Kind, string? Encoding, string? Delimiter, IReadOnlyList<string> Sheets, Layout Layout, long Rows, IReadOnlyList<Guess> Columns,
    IReadOnlyDictionary<string, int> PlaceOfField, IReadOnlyList<Doubt> Doubts, IReadOnlyList<IReadOnlyList<string>> Sample);

/// <summary>Something a person has to look at.</summary>
public sealed record Doubt(string Key, params string[] Args);

/// <summary>The proposal as a person confirmed it.</summary>
/// <param name="FirstRow">First line with data, from 1.</param>
/// <param name="LeaveOut">Lines after it that are no rows.</param>
/// <param name="PlaceOfField">Field name → column, from 0.</param>
public sealed record Confirmation(string? Sheet, long FirstRow, IReadOnlyList<long> LeaveOut, IReadOnlyDictionary<string, int> PlaceOfField);

/// <summary>One landing of one file into one entry.</summary>
/// <param name="Fields">The entry's fields when the file came: types come from the entry, never from guessing.</param>
public sealed record Run(
    Id<Run> Id, Id<Entry> Entry, Id<Version> Version, string FileName, RunState State, long Bytes, string? RawDigest, LandingWish Wish, IReadOnlyList<Field> Fields, IReadOnlyList<string> Key,
    Proposal? Proposal, Confirmation? Confirmation,
    long RowsRead, long RowsBad, RunRefusal? Refusal, long? VersionNumber, string Actor, string? Agency, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
{
    public bool IsOver => State is RunState.Done or RunState.Refused;
}

/// <summary>Why a landing was refused, kept so that it can be shown in either language.</summary>
public sealed record RunRefusal(int Status, string Code, IReadOnlyList<string> Args)
{
    public static RunRefusal Of(Refusal refusal) =>
        new(refusal.Status, refusal.Code, [.. refusal.Args.Select(a => Convert.ToString(a, System.Globalization.CultureInfo.InvariantCulture) ?? "")]);

    public Refusal ToRefusal() => new(Status, Code, [.. Args]);
}

/// <summary>How far a landing is, for a page or a terminal that waits.</summary>
public readonly record struct Progress(RunState State, long Bytes, long BytesDone, long RowsRead, long RowsBad);
