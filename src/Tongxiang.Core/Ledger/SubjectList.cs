using System.Buffers;
using System.Buffers.Binary;

namespace Tongxiang.Core.Ledger;

/// <summary>How a subject is named: by the citizen's identity number, the same in every resource, or by the resource's own key.</summary>
public enum SubjectKind : byte { Citizen = 1, OwnKey = 2 }

/// <summary>The persons an answer speaks of, in clear and in memory only, until they are sealed as pseudonyms.</summary>
public sealed class SubjectList : IDisposable
{
    private const int Head = 3;
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(64);
    private int used;

    public int Count { get; private set; }

    /// <summary>An empty identifier names nobody and is left out.</summary>
    public void Add(SubjectKind kind, ReadOnlySpan<byte> utf8)
    {
        utf8 = utf8.Trim((byte)' ');
        if (utf8.IsEmpty) return;
        if (utf8.Length > ushort.MaxValue) utf8 = utf8[..ushort.MaxValue];
        if (used + Head + utf8.Length > bytes.Length) Grow(Head + utf8.Length);
        bytes[used] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(used + 1), (ushort)utf8.Length);
        utf8.CopyTo(bytes.AsSpan(used + Head));
        used += Head + utf8.Length;
        Count++;
    }

    public Walk GetEnumerator() => new(bytes.AsSpan(0, used));

    /// <summary>What it held is overwritten before the memory serves others.</summary>
    public void Dispose()
    {
        bytes.AsSpan(0, used).Clear();
        ArrayPool<byte>.Shared.Return(bytes);
        (bytes, used, Count) = ([], 0, 0);
    }

    private void Grow(int by)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(used + by, bytes.Length * 2));
        bytes.AsSpan(0, used).CopyTo(larger);
        bytes.AsSpan(0, used).Clear();
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }

    /// <summary>Walks over the subjects without copying one.</summary>
    public ref struct Walk(ReadOnlySpan<byte> left)
    {
        private ReadOnlySpan<byte> left = left;

        public Subject Current { get; private set; }

        public bool MoveNext()
        {
            if (left.IsEmpty) return false;
            var length = BinaryPrimitives.ReadUInt16LittleEndian(left[1..]);
            Current = new Subject((SubjectKind)left[0], left.Slice(Head, length));
            left = left[(Head + length)..];
            return true;
        }
    }
}

/// <summary>One subject as it lies in the list.</summary>
public readonly ref struct Subject(SubjectKind kind, ReadOnlySpan<byte> utf8)
{
    public SubjectKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Utf8 { get; } = utf8;
}
