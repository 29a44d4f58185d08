using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class TlogProofTests
{
    private static readonly SignerKey Signer = SignerKey.From("a.example/log", NoteAlgorithm.Ed25519, new byte[32]);
    private static readonly byte[][] Entries = Trees.Entries(21);

    private static TlogProof Make(int index, byte[]? extra = null)
    {
        var nodes = Trees.Nodes(TreeHash.Sha256, Entries);
        var checkpoint = new Checkpoint("a.example/log", Entries.Length, Trees.Root(TreeHash.Sha256, Entries)).Sign(DateTimeOffset.UnixEpoch, Signer);
        return new(index, Merkle.ProveInclusion(TreeHash.Sha256, index, Entries.Length, nodes), checkpoint, extra ?? []);
    }

    [Fact]
    public void A_proof_is_written_read_and_holds_for_its_entry_only()
    {
        for (var index = 0; index < Entries.Length; index++)
        {
            var proof = TlogProof.Parse(Make(index, index == 3 ? [1, 2] : null).ToString());
            Assert.Equal(Entries.Length, proof.Verify(TreeHash.Sha256, TreeHash.Sha256.Leaf(Entries[index]), "a.example/log", Signer.Verifier).Size);
            Assert.Throws<InvalidDataException>(() => proof.Verify(TreeHash.Sha256, TreeHash.Sha256.Leaf(Entries[(index + 1) % 21]), null, Signer.Verifier));
            Assert.Throws<InvalidDataException>(() => (proof with { Index = (index + 1) % 21 }).Verify(TreeHash.Sha256, TreeHash.Sha256.Leaf(Entries[index]), null, Signer.Verifier));
            Assert.Throws<InvalidDataException>(() => proof.Verify(TreeHash.Sha256, TreeHash.Sha256.Leaf(Entries[index]), "b.example/log", Signer.Verifier));
        }
    }

    [Fact]
    public void Any_changed_character_is_found()
    {
        var text = Make(5).ToString();
        var leaf = TreeHash.Sha256.Leaf(Entries[5]);
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var other in "A1\n ")
            {
                if (text[at] == other)
                    continue;
                var changed = text[..at] + other + text[(at + 1)..];
                Assert.True(Refuses(changed, leaf), $"{at}: {(int)text[at]} became {(int)other}");
            }
            Assert.True(Refuses(text[..at], leaf), $"cut at {at}");
        }
    }

    private static bool Refuses(string text, Digest leaf)
    {
        try
        {
            TlogProof.Parse(text).Verify(TreeHash.Sha256, leaf, "a.example/log", Signer.Verifier);
            return false;
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            return true;
        }
    }
}
