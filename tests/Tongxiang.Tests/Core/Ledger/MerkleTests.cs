using System.Security.Cryptography;
using System.Text.Json;
using CsCheck;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class MerkleTests
{
    private static readonly TreeHash Sha = TreeHash.Sha256;

    // The eight-leaf tree that Certificate Transparency's implementations share.
    private static readonly string[] ReferenceLeaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] ReferenceRoots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void The_reference_tree_has_its_known_roots()
    {
        var frontier = new Frontier(Sha);
        Assert.Equal(ReferenceRoots[0], frontier.Root().ToHex());
        foreach (var (leaf, root) in ReferenceLeaves.Zip(ReferenceRoots.Skip(1)))
        {
            frontier.Append(Sha.Leaf(Convert.FromHexString(leaf)));
            Assert.Equal(root, frontier.Root().ToHex());
        }
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sm3")]
    public void Frontier_tiles_and_definition_give_one_root(string name)
    {
        var hash = name == "sm3" ? TreeHash.Sm3 : Sha;
        var entries = Trees.Entries(80);
        var frontier = new Frontier(hash);
        for (var size = 0; size <= entries.Length; size++)
        {
            var expected = Trees.Root(hash, entries.AsSpan(0, size));
            Assert.Equal(expected, frontier.Root());
            Assert.Equal(expected, Merkle.Root(hash, size, Trees.Nodes(hash, entries)));
            Assert.Equal(expected, Frontier.At(hash, size, Trees.Nodes(hash, entries)).Root());
            if (size < entries.Length)
                frontier.Append(hash.Leaf(entries[size]));
        }
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sm3")]
    public void Every_proof_made_is_accepted_and_no_changed_one_is(string name)
    {
        var hash = name == "sm3" ? TreeHash.Sm3 : Sha;
        var entries = Trees.Entries(33);
        var nodes = Trees.Nodes(hash, entries);
        var roots = Enumerable.Range(0, 34).Select(n => Trees.Root(hash, entries.AsSpan(0, n))).ToArray();
        for (var size = 1; size <= 33; size++)
        {
            for (var index = 0; index < size; index++)
                Inclusion(hash, entries, nodes, index, size, roots[size]);
            for (var older = 0; older <= size; older++)
                Consistency(hash, nodes, older, size, roots);
        }
    }

    private static void Inclusion(TreeHash hash, byte[][] entries, NodeAt nodes, int index, int size, Digest root)
    {
        var leaf = hash.Leaf(entries[index]);
        var path = Merkle.ProveInclusion(hash, index, size, nodes);
        Assert.True(Merkle.VerifyInclusion(hash, index, size, leaf, path, root));
        Assert.False(Merkle.VerifyInclusion(hash, index, size, root, path, root) && size > 1);
        Assert.False(Merkle.VerifyInclusion(hash, index + size, size, leaf, path, root));
        Assert.False(Merkle.VerifyInclusion(hash, index ^ 1, size, leaf, path, root) && size > 1);
        Assert.False(Merkle.VerifyInclusion(hash, index, size, leaf, [.. path, root], root));
        for (var i = 0; i < path.Length; i++)
        {
            Digest[] cut = [.. path[..i], .. path[(i + 1)..]];
            Assert.False(Merkle.VerifyInclusion(hash, index, size, leaf, cut, root));
            Digest[] changed = [.. path[..i], hash.Node(path[i], path[i]), .. path[(i + 1)..]];
            Assert.False(Merkle.VerifyInclusion(hash, index, size, leaf, changed, root));
        }
    }

    private static void Consistency(TreeHash hash, NodeAt nodes, int older, int size, Digest[] roots)
    {
        var path = Merkle.ProveConsistency(hash, older, size, nodes);
        Assert.Equal(older > 0, Merkle.VerifyConsistency(hash, older, size, path, roots[older], roots[size]));
        if (older == 0)
            return;
        Assert.False(Merkle.VerifyConsistency(hash, older, size, path, roots[older - 1], roots[size]));
        Assert.False(Merkle.VerifyConsistency(hash, older, size, path, roots[older], roots[size - 1]));
        Assert.False(Merkle.VerifyConsistency(hash, older, size, [.. path, roots[1]], roots[older], roots[size]));
        for (var i = 0; i < path.Length; i++)
        {
            Digest[] changed = [.. path[..i], hash.Node(path[i], path[i]), .. path[(i + 1)..]];
            Assert.False(Merkle.VerifyConsistency(hash, older, size, changed, roots[older], roots[size]));
        }
    }

    [Fact]
    public void A_proof_holds_for_one_index_of_a_size() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[0, 59], Gen.Int[0, 70]).Sample((size, index, other) =>
        {
            index %= size;
            var entries = Trees.Entries(60);
            var path = Merkle.ProveInclusion(Sha, index, size, Trees.Nodes(Sha, entries));
            return Merkle.VerifyInclusion(Sha, other, size, Sha.Leaf(entries[index]), path, Trees.Root(Sha, entries.AsSpan(0, size))) == (other == index);
        }, iter: 1000);

    [Fact]
    public void All_98_published_inclusion_vectors_agree() => Assert.Equal(98, Vectors("inclusion", v =>
        Merkle.VerifyInclusion(Sha, Index(v, "leafIdx"), Index(v, "treeSize"), Hash(v, "leafHash"), Proof(v), Hash(v, "root"))));

    [Fact]
    public void All_98_published_consistency_vectors_agree() => Assert.Equal(98, Vectors("consistency", v =>
        Merkle.VerifyConsistency(Sha, Index(v, "size1"), Index(v, "size2"), Proof(v), Hash(v, "root1"), Hash(v, "root2"))));

    private static int Vectors(string folder, Func<JsonElement, bool> verify)
    {
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(SharedData.Audit("transparency-dev-merkle/testdata/" + folder), "*.json", SearchOption.AllDirectories))
        {
            using var vector = JsonDocument.Parse(File.ReadAllBytes(file));
            bool accepted;
            try
            {
                accepted = verify(vector.RootElement);
            }
            catch (ArgumentException)
            {
                accepted = false; // a hash that has not 32 bytes
            }
            Assert.True(accepted != vector.RootElement.GetProperty("wantErr").GetBoolean(), file);
            count++;
        }
        return count;
    }

    // Sizes beyond 2⁶³ appear in vectors that must fail: a negative number fails as well.
    private static long Index(JsonElement v, string name) => unchecked((long)v.GetProperty(name).GetUInt64());

    // Some vectors carry a phrase where the root does not matter: its digest stands for it.
    private static Digest Hash(JsonElement v, string name)
    {
        var bytes = v.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetBytesFromBase64() : [];
        return new(bytes.Length is Digest.Size or 0 ? bytes : SHA256.HashData(bytes));
    }

    private static Digest[] Proof(JsonElement v) => v.GetProperty("proof") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(p => new Digest(p.GetBytesFromBase64()))] : [];
}
