using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Tables;

namespace Tongxiang.Ingest;

/// <summary>What one pass over the rows found.</summary>
/// <param name="KeysUnchecked">More keys than fit in memory: repeated ones have to be found on disk.</param>
internal sealed record Checked(long Read, long Good, long Bad, bool TooManyBad, bool KeysUnchecked, TableFault? Fault, Profile Profile);

/// <summary>The one pass: every cell against its element, keys against each other, profile and quarantine on the way.</summary>
internal sealed class Checker(Source source, RowRules rules, Confirmation confirmed, Surroundings around, CleanCopy copy, QuarantineFile quarantine, long expectedRows, Action<long, long, long> report) : IDisposable
{
    private const int MostReasonsPerRow = 8;
    private readonly HashSet<long> leaveOut = [.. confirmed.LeaveOut];
    private readonly ColumnTally[] tallies = rules.Tallies();
    private readonly Flaw[] flaws = new Flaw[rules.Rules.Length];
    private readonly int[] order = [.. rules.KeyParts, .. Enumerable.Range(0, rules.Rules.Length).Except(rules.KeyParts)];
    private readonly KeyIndex keys = new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), expected: expectedRows);
    private byte[] room = new byte[4096];
    private byte[] key = new byte[256];
    private long read, good, bad;
    private int keyLength;
    private ulong keyHash;

    public Checked Run(long? mostBad, CancellationToken ct)
    {
        using var scanner = new CsvScanner(source.Clear.Open(), source.Delimiter);
        var tooMany = false;
        while (!tooMany && scanner.Read())
        {
            if (scanner.RowNumber < confirmed.FirstRow) continue;
            if (leaveOut.Count > 0 && leaveOut.Contains(scanner.RowNumber))
            {
                copy.Skip(scanner);
                continue;
            }
            if ((++read & 0x3FFF) == 0)
            {
                ct.ThrowIfCancellationRequested();
                report(scanner.NextOffset, read, bad);
            }
            Take(scanner);
            tooMany = mostBad is { } limit ? bad > limit : bad > 100_000 && bad * 5 > read;
        }
        report(scanner.Offset, read, bad);
        if (!tooMany && scanner.Fault is null) copy.Complete();
        var columns = rules.Fields.Select((f, i) => tallies[i].Profile(f.Name, rules.Rules[i].Kind, !f.IsPersonal && !rules.Rules[i].Kind.IsPersonal())).ToList();
        tooMany |= mostBad is null && bad > Math.Max(100, read / 20);
        return new Checked(read, good, bad, tooMany, rules.KeyParts.Length > 0 && keys.IsFull, scanner.Fault, new Profile(good, columns));
    }

    public void Dispose() => keys.Dispose();

    private void Take(CsvScanner row)
    {
        var rewrites = !row.IsRegular;
        if (row.Flaw != Flaw.None || !Fits(row, ref rewrites))
        {
            Refuse(row, "", row.Flaw != Flaw.None ? row.Flaw : Flaw.ColumnCount, RowReason(row));
            return;
        }
        var worst = Flaw.None;
        for (var n = 0; n < order.Length; n++)
        {
            var i = order[n];
            var place = rules.Places[i];
            var flaw = flaws[i] = rules.Rules[i].Check(place < 0 ? default : row[place], around);
            // The key's slot comes from memory while the other cells are checked.
            if (n == rules.KeyParts.Length - 1 && !flaw.IsError() && !worst.IsError()) Expect(row);
            if (flaw == Flaw.None) continue;
            if (flaw > worst) worst = flaw;
            rewrites |= flaw.IsRewritten();
            if (!flaw.IsError()) tallies[i].Note(flaw);
        }
        if (source.Errors.Count > 0 && FailedCells(row)) worst = Flaw.CellError;
        if (worst.IsError()) RefuseCells(row);
        else if (rules.KeyParts.Length > 0 && RepeatsKey(row.Offset)) Refuse(row, rules.Fields[rules.KeyParts[0]].Name, Flaw.DuplicateKey, KeyShown(row));
        else Accept(row, rewrites);
    }

    // A formula that failed is no empty cell: nobody knows what should stand there.
    private bool FailedCells(CsvScanner row)
    {
        var found = false;
        for (var i = 0; i < flaws.Length; i++)
        {
            if (!source.Errors.ContainsKey((row.RowNumber, rules.Places[i]))) continue;
            flaws[i] = Flaw.CellError;
            found = true;
        }
        return found;
    }

    // More cells than columns are fine while the surplus is empty: spreadsheets export such rows.
    private bool Fits(CsvScanner row, ref bool rewrites)
    {
        if (row.Count == rules.Width) return true;
        if (row.Count < rules.Width) return false;
        for (var i = rules.Width; i < row.Count; i++)
            if (row[i].Length > 0) return false;
        return rewrites = true;
    }

    private void Accept(CsvScanner row, bool rewrites)
    {
        good++;
        if (!rewrites) copy.Keep(row);
        var writer = rewrites ? copy.Rewrite(row) : null;
        if (writer is not null)
            for (var column = 0; column < rules.Width; column++) writer.Cell(Array.IndexOf(rules.Places, column) is >= 0 and var field ? Normal(field, row[column]) : row[column]);
        writer?.EndRow();
        for (var i = 0; i < tallies.Length; i++)
        {
            var value = rules.Places[i] < 0 ? default : flaws[i] == Flaw.None ? row[rules.Places[i]] : Normal(i, row[rules.Places[i]]);
            if (value.Length == 0) tallies[i].AddMissing();
            else tallies[i].Add(value);
        }
    }

    private ReadOnlySpan<byte> Normal(int field, ReadOnlySpan<byte> value)
    {
        if (value.Length == 0 || !flaws[field].IsRewritten()) return value;
        if (room.Length < value.Length + 48) room = new byte[value.Length + 1024];
        return room.AsSpan(0, rules.Rules[field].Normalise(value, around, room));
    }

    private void RefuseCells(CsvScanner row)
    {
        bad++;
        copy.Skip(row);
        var reasons = 0;
        for (var i = 0; i < flaws.Length && reasons < MostReasonsPerRow; i++)
        {
            if (!flaws[i].IsError()) continue;
            reasons++;
            quarantine.Add(row.RowNumber, rules.Fields[i].Name, flaws[i], flaws[i] == Flaw.CellError ? Encoding.UTF8.GetString(row[rules.Places[i]]) : Masking.Mask(MaskOf(i), rules.Places[i] < 0 ? default : row[rules.Places[i]]));
        }
    }

    private void Refuse(CsvScanner row, string field, Flaw flaw, string shown)
    {
        bad++;
        copy.Skip(row);
        quarantine.Add(row.RowNumber, field, flaw, shown);
    }

    private string RowReason(CsvScanner row) => row.Flaw switch
    {
        Flaw.Encoding => "@" + (source.Offsets is { } offsets && offsets.SourceOffset(row.BrokenAt()) is >= 0 and var at ? at : row.BrokenAt()).ToString(CultureInfo.InvariantCulture),
        Flaw.CellTooLong => TableLimits.Default.CellBytes.ToString(CultureInfo.InvariantCulture),
        Flaw.None => string.Create(CultureInfo.InvariantCulture, $"{row.Count} ≠ {rules.Width}"),
        _ => "",
    };

    private ElementKind MaskOf(int field) => rules.Rules[field].Kind is var kind && kind == ElementKind.Text || !rules.Fields[field].IsPersonal || kind.IsPersonal() ? kind : ElementKind.Text;

    private string KeyShown(CsvScanner row) => string.Join(" / ", rules.KeyParts.Select(i => Masking.Mask(MaskOf(i), rules.Places[i] < 0 ? default : row[rules.Places[i]])));

    private void Expect(CsvScanner row)
    {
        keyLength = WriteKey(row, ref key);
        keyHash = Hash64.Of(key.AsSpan(0, keyLength), keys.Seed);
        keys.Expect(keyHash);
    }

    private bool RepeatsKey(long place) =>
        keys.Repeats(keyHash, place, this, static (own, place) => own.key.AsSpan(0, own.keyLength).SequenceEqual(own.KeyAt(place)));

    // Parts in their normal form, each with its length before it: ("a", "bc") is not ("ab", "c").
    private int WriteKey(CsvScanner row, ref byte[] to)
    {
        var length = 0;
        foreach (var i in rules.KeyParts)
        {
            var raw = rules.Places[i] < 0 ? default : row[rules.Places[i]];
            if (to.Length < length + raw.Length + 64) Array.Resize(ref to, (length + raw.Length + 64) * 2);
            var value = flaws[i].IsRewritten() ? Normal(i, raw) : raw;
            BitConverter.TryWriteBytes(to.AsSpan(length), value.Length);
            value.CopyTo(to.AsSpan(length + 4));
            length += 4 + value.Length;
        }
        return length;
    }

    // Only where two hashes meet: the earlier row is read again and its key compared byte by byte.
    private ReadOnlySpan<byte> KeyAt(long place)
    {
        var file = source.Clear.Open();
        file.Position = place;
        using var scanner = new CsvScanner(file, source.Delimiter, bufferBytes: 4096);
        if (!scanner.Read() || scanner.Count < rules.Width) return default;
        var now = flaws.ToArray();
        foreach (var i in rules.KeyParts) flaws[i] = rules.Rules[i].Check(rules.Places[i] < 0 ? default : scanner[rules.Places[i]], around);
        var other = new byte[256];
        var length = WriteKey(scanner, ref other);
        now.CopyTo(flaws, 0);
        return other.AsSpan(0, length);
    }
}
