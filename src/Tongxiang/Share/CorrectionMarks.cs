using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What a served record is marked with while a request about it is open, and in versions that stay wrong after it.</summary>
/// <param name="IsCorrected">Corrected at the source; versions up to <paramref name="Through"/> still say otherwise.</param>
/// <param name="Fields">Fields it is about; empty: the record as a whole.</param>
public sealed record CorrectionMark(bool IsCorrected, FrozenSet<string> Fields, long? Through)
{
    /// <summary>Whether rows of that version carry it.</summary>
    public bool Marks(long version) => !IsCorrected || version <= Through;
}

/// <summary>The marks of one resource: on single records by a keyed name, and on fields in general.</summary>
public sealed class MarkedResource
{
    private readonly FrozenDictionary<string, CorrectionMark[]> byRecord;
    private readonly byte[] key;
    private readonly Id<Entry> entry;

    internal MarkedResource(byte[] key, Id<Entry> entry, IReadOnlyList<CorrectionMark> general, FrozenDictionary<string, CorrectionMark[]> byRecord) =>
        (this.key, this.entry, General, this.byRecord) = (key, entry, general, byRecord);

    /// <summary>Marks on fields of every record.</summary>
    public IReadOnlyList<CorrectionMark> General { get; }

    public bool HasRecords => byRecord.Count > 0;

    /// <summary>The marks of the record with this key, its parts in the order of the entry.</summary>
    public IReadOnlyList<CorrectionMark> Of(IReadOnlyList<string> parts) => byRecord.TryGetValue(CorrectionMarks.NameOf(key, entry, parts), out var marks) ? marks : [];
}

/// <summary>All marks at one moment: immutable, read without lock or database on the path of a call; empty costs one look into an empty table.</summary>
public sealed class OpenCorrections
{
    private readonly FrozenDictionary<Id<Entry>, MarkedResource> byEntry;

    internal OpenCorrections(FrozenDictionary<Id<Entry>, MarkedResource> byEntry) => this.byEntry = byEntry;

    public static OpenCorrections None { get; } = new(FrozenDictionary<Id<Entry>, MarkedResource>.Empty);

    public MarkedResource? Find(Id<Entry> entry) => byEntry.TryGetValue(entry, out var found) ? found : null;
}

/// <summary>Keeps the marks in memory: read anew after each own commit, and every second for those of other copies.</summary>
public sealed class CorrectionMarks(Db db, NodeKey node) : IDisposable
{
    private readonly SemaphoreSlim following = new(1, 1);
    private readonly byte[] key = node.Derive("share correction record");
    private volatile OpenCorrections now = OpenCorrections.None;

    private sealed record Row(Id<Entry> Entry, string? Record, CorrectionMark Mark);

    public OpenCorrections Now => now;

    public async Task Follow(CancellationToken ct)
    {
        await following.WaitAsync(ct);
        try
        {
            var rows = await db.List(
                $"select entry, key_mark, fields, state, stale_through from share_correction where marked = 1",
                r => new Row(r.Id<Entry>(0), r.TextOrNull(1), new CorrectionMark(r.GetString(3) == nameof(CorrectionState.Corrected), Split(r.GetString(2)), r.LongOrNull(4))), ct);
            now = rows.Count == 0 ? OpenCorrections.None : new OpenCorrections(rows.GroupBy(r => r.Entry).ToFrozenDictionary(g => g.Key, g => new MarkedResource(
                key, g.Key, [.. g.Where(r => r.Record is null).Select(r => r.Mark)],
                g.Where(r => r.Record is not null).GroupBy(r => r.Record!).ToFrozenDictionary(r => r.Key, r => r.Select(m => m.Mark).ToArray(), StringComparer.Ordinal))));
        }
        finally
        {
            following.Release();
        }
    }

    public void Dispose() => following.Dispose();

    internal string NameOf(Id<Entry> entry, IReadOnlyList<string> parts) => NameOf(key, entry, parts);

    // Keyed: whoever reads the store cannot try numbers until one fits.
    internal static string NameOf(byte[] key, Id<Entry> entry, IReadOnlyList<string> parts)
    {
        var text = new StringBuilder(entry.ToString());
        foreach (var part in parts) text.Append('\u001f').Append(part);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    private static FrozenSet<string> Split(string fields) => fields.Split(',', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
