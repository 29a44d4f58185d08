using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>Where a version stands.</summary>
public enum VersionState
{
    /// <summary>Sealed and checked, not served yet.</summary>
    Ready,

    /// <summary>The one that readers get.</summary>
    Current,

    /// <summary>Replaced by a newer one; still readable under its number.</summary>
    Superseded,

    /// <summary>Its key is erased.</summary>
    Destroyed,
}

/// <summary>An immutable version (版本) of a resource's data.</summary>
/// <param name="Number">1, 2, 3 … within the entry: <c>/data/{resource}@{number}</c>.</param>
/// <param name="Columns">The fields as they were when it was landed.</param>
/// <param name="Key">Names of the key fields; empty: the row number in landing order is the key.</param>
/// <param name="Digest">SHA-256 of the clear Parquet file, lower-case hex.</param>
/// <param name="Bytes">Size of the clear Parquet file.</param>
/// <param name="ProfileJson">Profile of every column (nulls, distinct, min, max, lengths, format hits), JSON of <c>Core.Tables.Profile</c>.</param>
/// <param name="EvidenceId">Evidence of its sealing.</param>
public sealed record Version(
    Id<Version> Id, Id<Entry> Entry, long Number, VersionState State, IReadOnlyList<Field> Columns, IReadOnlyList<string> Key, long Rows, long QuarantinedRows,
    string Digest, long Bytes, string ProfileJson, DateTimeOffset LandedAt, DateTimeOffset? PromotedAt, string? EvidenceId, string Note)
{
    /// <summary>Columns in which some cell begins as a spreadsheet's formula does: a reader of the CSV should take them as text.</summary>
    public IReadOnlyList<string> FormulaColumns() => ProfileJson.Length > 2 && JsonSerializer.Deserialize<Profile>(ProfileJson, Wire.Json) is { Columns: { } columns }
        ? [.. columns.Where(c => c.Flaws.ContainsKey(Flaw.FormulaLike.Code())).Select(c => c.Name)]
        : [];
}
