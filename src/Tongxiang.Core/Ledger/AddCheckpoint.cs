using System.Globalization;
using System.Text;

namespace Tongxiang.Core.Ledger;

/// <summary>A request to a witness (C2SP tlog-witness): the size it last saw, the proof that the new tree extends it, and the new checkpoint.</summary>
public sealed record AddCheckpoint(long Old, IReadOnlyList<Digest> Proof, Note Note)
{
    /// <summary>Longest request that is read: the proof of the largest tree and a hundred signatures fit many times.</summary>
    public const int MaxBytes = 64 << 10;

    private const int MaxProof = 63;

    public byte[] Bytes()
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"old {Old}\n");
        foreach (var node in Proof) head.Append(node.ToString()).Append('\n');
        return [.. Encoding.ASCII.GetBytes(head.Append('\n').ToString()), .. Note.Bytes()];
    }

    /// <exception cref="FormatException">Not of the form of the protocol.</exception>
    public static AddCheckpoint Parse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\n\n"u8);
        if (end < 0 || bytes.Length > MaxBytes) throw new FormatException("A request has a head, an empty line and a checkpoint.");
        var lines = Encoding.ASCII.GetString(bytes[..end]).Split('\n');
        if (lines.Length - 1 > MaxProof) throw new FormatException($"A consistency proof has at most {MaxProof} hashes.");
        var proof = new List<Digest>();
        foreach (var line in lines.Skip(1))
            proof.Add(Digest.TryParse(line, out var node) ? node : throw new FormatException("A line of the proof is no hash."));
        return new(OldSize(lines[0]), proof, Note.Parse(bytes[(end + 2)..]));
    }

    private static long OldSize(string line) =>
        line.StartsWith("old ", StringComparison.Ordinal) && long.TryParse(line.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var old) && line == string.Create(CultureInfo.InvariantCulture, $"old {old}")
            ? old : throw new FormatException("The first line reads: old, a space, the size.");
}

/// <summary>What a witness says to a request.</summary>
public enum WitnessAnswer
{
    /// <summary>The new checkpoint extends the old one: it may be cosigned once that is on record.</summary>
    Extends,

    /// <summary>Another size than the witness remembers: the log sends a proof from that one.</summary>
    OtherSize,

    /// <summary>The same size with another root: the log shows different trees to different readers.</summary>
    Forked,

    /// <summary>The old size is larger than the checkpoint.</summary>
    Backwards,

    /// <summary>The proof does not show that the new tree extends the old one.</summary>
    NoProof,
}

/// <summary>What a witness checks before it cosigns: never two trees of one log that do not extend each other.</summary>
public static class WitnessRules
{
    /// <param name="known">The last checkpoint of this log that was cosigned; null before the first.</param>
    public static WitnessAnswer Judge(AddCheckpoint request, Checkpoint next, Checkpoint? known)
    {
        if (request.Old > next.Size) return WitnessAnswer.Backwards;
        var seen = known?.Size ?? 0;
        if (request.Old != seen) return WitnessAnswer.OtherSize;
        if (seen == next.Size && known is not null) return request.Proof.Count > 0 ? WitnessAnswer.NoProof : known.Root == next.Root ? WitnessAnswer.Extends : WitnessAnswer.Forked;
        // Everything extends the empty tree; its proof is empty.
        if (seen == 0) return request.Proof.Count == 0 ? WitnessAnswer.Extends : WitnessAnswer.NoProof;
        return Merkle.VerifyConsistency(TreeHash.Sha256, seen, next.Size, [.. request.Proof], known!.Root, next.Root) ? WitnessAnswer.Extends : WitnessAnswer.NoProof;
    }
}
