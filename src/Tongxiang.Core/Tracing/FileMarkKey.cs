using System.Security.Cryptography;

namespace Tongxiang.Core.Tracing;

/// <summary>The two marks that one delivered file carries without any value being changed: the order of its rows, and the choice between forms of a cell that mean the same.</summary>
public sealed class FileMarkKey
{
    private readonly SipKey order;
    private readonly SipKey form;

    /// <param name="secret">32 bytes that only the node knows, another for each delivered file.</param>
    public FileMarkKey(ReadOnlySpan<byte> secret)
    {
        Span<byte> both = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, both, [], "file mark"u8);
        (order, form) = (SipKey.Of(both), SipKey.Of(both[16..]));
    }

    /// <summary>The place of a row among the rows of its block: smaller first.</summary>
    public ulong Place(ulong row) => order.Hash(row, 0);

    /// <summary>Which of two equal forms a cell takes.</summary>
    public bool Chooses(ulong row, int column) => (form.Hash(row, (ulong)column) & 1) == 1;

    /// <summary>The rows of a block in the order of the mark; equal rows keep theirs.</summary>
    public int[] Arrange(ReadOnlySpan<ulong> rows)
    {
        var (places, order) = (new ulong[rows.Length], new int[rows.Length]);
        for (var i = 0; i < rows.Length; i++) (places[i], order[i]) = (Place(rows[i]), i);
        Array.Sort(places, order);
        return order;
    }
}
