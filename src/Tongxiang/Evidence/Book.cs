using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>The open log of this node with its keys and its newest signed checkpoint.</summary>
internal sealed class Book : IDisposable
{
    private readonly string folder;
    private readonly SignerKey[] signers;
    private readonly Lock cosigning = new();
    private Published published;
    private Published? final;

    private Book(string folder, string origin, GroupLog log, SignerKey[] signers, Published published) =>
        (this.folder, Origin, Log, this.signers, this.published) = (folder, origin, log, signers, published);

    /// <summary>A signed tree head, for the canonical tree and for the SM3 tree (origin with <c>/sm3</c>).</summary>
    public sealed record Published(long Size, Note Note, Note Sm3Note);

    public string Origin { get; }
    public GroupLog Log { get; }
    public IEnumerable<VerifierKey> Keys => signers.Select(s => s.Verifier);
    public Published Newest => Volatile.Read(ref published);

    /// <summary>The newest checkpoint that enough witnesses cosigned; null without witnesses, and before the first.</summary>
    public Published? Final => Volatile.Read(ref final);

    /// <summary>Opens the log and compares it with the last checkpoint it signed: a log set back to an older copy, or changed, does not start.</summary>
    public static Book Open(Home home, NodeKey key, string origin, bool national, DateTimeOffset now)
    {
        var log = GroupLog.Open(home.Log);
        try
        {
            var signers = Signers(home, key, origin, national, mayCreate: log.Size == 0);
            var kept = Path.Combine(home.Log, "checkpoint");
            var published = File.Exists(kept)
                ? Resume(log, origin, File.ReadAllBytes(kept), File.ReadAllBytes(kept + ".sm3"), [.. signers.Select(s => s.Verifier)])
                : Sign(log, origin, 0, signers, now);
            return new(home.Log, origin, log, signers, published);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Signs what is durable and not yet signed; null when there is nothing new.</summary>
    public Published? Sign(DateTimeOffset now)
    {
        var size = Log.Size;
        if (size == Newest.Size && File.Exists(Path.Combine(folder, "checkpoint"))) return null;
        var next = Sign(Log, Origin, size, signers, now);
        // Kept before it is shown: a checkpoint that was seen and then forgotten could later be contradicted. The SM3 note first, so that the pair is never behind.
        Durable.Replace(Path.Combine(folder, "checkpoint.sm3"), next.Sm3Note.Bytes());
        Durable.Replace(Path.Combine(folder, "checkpoint"), next.Note.Bytes());
        Volatile.Write(ref published, next);
        return next;
    }

    /// <summary>Adds what witnesses signed to a checkpoint; true when it is final by that.</summary>
    public bool Cosign(Published of, IReadOnlyList<NoteSignature> lines, int quorum)
    {
        if (lines.Count == 0 || lines.Count < quorum) return false;
        var cosigned = of with { Note = new Note(of.Note.Text, [.. of.Note.Signatures, .. lines]) };
        lock (cosigning)
        {
            if (Final is { } known && known.Size > of.Size) return true;
            Volatile.Write(ref final, cosigned);
            // Readers of the newest checkpoint get the cosignatures too, while it is still the newest.
            Interlocked.CompareExchange(ref published, cosigned, of);
        }
        return true;
    }

    /// <summary>The proof of an entry under the newest checkpoint that is final, or just the newest, the entry's data as its extra line; null when no checkpoint covers it yet.</summary>
    public TlogProof? Prove(long index)
    {
        var under = Final is { } cosigned && index < cosigned.Size ? cosigned : Newest;
        if (index < 0 || index >= under.Size) return null;
        return new(index, Log.ProveInclusion(TreeHash.Sha256, index, under.Size), under.Note, Log.Read(index).Leaf);
    }

    public void Dispose() => Log.Dispose();

    private static Published Sign(GroupLog log, string origin, long size, SignerKey[] signers, DateTimeOffset now) => new(
        size,
        new Checkpoint(origin, size, log.Root(TreeHash.Sha256, size)).Sign(now, signers),
        new Checkpoint(origin + "/sm3", size, log.Root(TreeHash.Sm3, size)).Sign(now, signers));

    private static Published Resume(GroupLog log, string origin, byte[] note, byte[] sm3Note, VerifierKey[] keys)
    {
        var (last, lastSm3) = (Checkpoint.Open(note, keys), Checkpoint.Open(sm3Note, keys));
        if (last.Origin != origin)
            throw new InvalidDataException($"The log is {last.Origin}; the settings say {origin}. A log keeps its name: set Node:LogOrigin back, or begin with an empty log folder.");
        // A crash between the two files leaves the SM3 note ahead by one.
        var newest = Math.Max(last.Size, lastSm3.Size);
        if (newest > log.Size)
            throw new InvalidDataException($"The log has {log.Size} entries but {newest} were signed: it was set back to an older copy. Restore the newest copy.");
        if (log.Root(TreeHash.Sha256, last.Size) != last.Root || log.Root(TreeHash.Sm3, lastSm3.Size) != lastSm3.Root)
            throw new InvalidDataException($"The log's first {last.Size} entries are not those that were signed. Restore an unchanged copy.");
        return new(last.Size, Note.Parse(note), Note.Parse(sm3Note));
    }

    private static SignerKey[] Signers(Home home, NodeKey node, string origin, bool national, bool mayCreate)
    {
        var ed25519 = Signer(Path.Combine(home.Keys, "log.key"), node, origin, NoteAlgorithm.Ed25519, mayCreate);
        // The second line may join a log at any time: it replaces nothing.
        return national ? [ed25519, Signer(Path.Combine(home.Keys, "log-sm2.key"), node, origin, NoteAlgorithm.Sm2, mayCreate: true)] : [ed25519];
    }

    private static SignerKey Signer(string path, NodeKey node, string origin, NoteAlgorithm algorithm, bool mayCreate)
    {
        if (KeyFile.Read(path, node) is { } known) return SignerKey.Parse(known);
        if (!mayCreate) throw new InvalidDataException($"{path} is missing while the log has entries: restore the key, another one would make this a different log.");
        var key = SignerKey.Generate(origin, algorithm);
        KeyFile.Write(path, key.Secret(), node);
        return key;
    }
}
