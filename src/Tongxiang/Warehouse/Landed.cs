using Tongxiang.Catalog;
using Tongxiang.Core.Crypto;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>Checked rows on their way into a version: a clear CSV file in the scratch folder and what its columns are.</summary>
/// <param name="Version">Made by <see cref="VersionKeys.Make"/> when the landing began.</param>
/// <param name="Path">UTF-8, every value in its normal form.</param>
/// <param name="SkipLines">Lines before the first row.</param>
/// <param name="FileColumns">Columns of the file.</param>
/// <param name="PlaceOfField">For each of <paramref name="Columns"/> its column in the file, -1 where the file has none.</param>
/// <param name="ChecksKeys">Whether the keys still have to be looked through for repeated ones.</param>
public sealed record Landed(
    Id<Version> Version, SealKey Key, Id<Entry> Entry, IReadOnlyList<Field> Columns, IReadOnlyList<string> KeyNames, string Path, byte Delimiter, int SkipLines, int FileColumns,
    IReadOnlyList<int> PlaceOfField, long Rows, long QuarantinedRows, bool ChecksKeys, string ProfileJson, string Note, string Actor, string? Agency)
{
    /// <summary>Further facts for the evidence, such as the digest of the raw file.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();
}

/// <summary>DuckDB read the file differently from the scanner: nothing was kept.</summary>
public sealed class RowsDifferException(string message, Exception? inner = null) : Exception(message, inner);
