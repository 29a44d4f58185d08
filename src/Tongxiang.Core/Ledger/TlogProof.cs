using System.Globalization;
using System.Text;

namespace Tongxiang.Core.Ledger;

/// <summary>A C2SP tlog-proof: everything needed to check offline that an entry is in a log.</summary>
public sealed record TlogProof(long Index, IReadOnlyList<Digest> Path, Note Checkpoint, ReadOnlyMemory<byte> Extra)
{
    private const string Head = "c2sp.org/tlog-proof@v1";

    public override string ToString()
    {
        var to = new StringBuilder(Head).Append('\n');
        if (Extra.Length > 0)
            to.Append("extra ").Append(Convert.ToBase64String(Extra.Span)).Append('\n');
        to.Append(CultureInfo.InvariantCulture, $"index {Index}\n");
        foreach (var node in Path)
            to.Append(node.ToString()).Append('\n');
        return to.Append('\n').Append(Checkpoint).ToString();
    }

    public static TlogProof Parse(string text)
    {
        var lines = new Queue<string>((text.Length > 1 << 20 ? throw new FormatException("A proof of more than a megabyte.") : text).Split('\n'));
        if (lines.Dequeue() != Head)
            throw new FormatException($"Not a proof: its first line is {Head}.");
        var extra = lines.TryPeek(out var line) && line.StartsWith("extra ", StringComparison.Ordinal) ? Convert.FromBase64String(lines.Dequeue()["extra ".Length..]) : [];
        if (!lines.TryDequeue(out line) || !line.StartsWith("index ", StringComparison.Ordinal)
            || !long.TryParse(line["index ".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || index.ToString(CultureInfo.InvariantCulture) != line["index ".Length..])
            throw new FormatException("A proof names the index of its entry.");
        var path = new List<Digest>();
        while (lines.TryDequeue(out line) && line.Length > 0)
            path.Add(Digest.TryParse(line, out var node) && path.Count < 63 ? node : throw new FormatException($"\"{line}\" is no hash of a path of at most 63."));
        return new(index, path, Note.Parse(Encoding.UTF8.GetBytes(string.Join('\n', lines))), extra);
    }

    /// <summary>The signed checkpoint that contains the leaf; throws <see cref="InvalidDataException"/> naming what does not hold.</summary>
    public Checkpoint Verify(TreeHash hash, Digest leaf, string? origin, params IReadOnlyList<VerifierKey> keys)
    {
        Checkpoint.Verify(keys);
        var checkpoint = Ledger.Checkpoint.Parse(Checkpoint.Text);
        if (origin is not null && origin != checkpoint.Origin)
            throw new InvalidDataException($"The proof is of log {checkpoint.Origin}, not of {origin}.");
        if (!Merkle.VerifyInclusion(hash, Index, checkpoint.Size, leaf, [.. Path], checkpoint.Root))
            throw new InvalidDataException($"The entry is not at index {Index} of the log {checkpoint.Origin} of {checkpoint.Size} entries.");
        return checkpoint;
    }
}
