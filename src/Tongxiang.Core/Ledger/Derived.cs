using Microsoft.Win32.SafeHandles;

namespace Tongxiang.Core.Ledger;

/// <summary>A file of fixed-size items that can be computed again from the segments: appended without flushing, read at any place.</summary>
internal sealed class Derived(string path, int itemSize) : IDisposable
{
    private SafeFileHandle? file;
    private byte[] waiting = new byte[256 * itemSize];
    private int held;
    private long length;

    /// <summary>Keeps the first items and drops the rest; false when the file has fewer.</summary>
    public bool TryContinue(long items)
    {
        file?.Dispose();
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        (length, held) = (items * itemSize, 0);
        if (RandomAccess.GetLength(file) < length)
            return false;
        RandomAccess.SetLength(file, length);
        return true;
    }

    /// <summary>Room for one more item, in memory until <see cref="Write"/>.</summary>
    public Span<byte> Add()
    {
        if (held == waiting.Length)
            Array.Resize(ref waiting, held * 2);
        held += itemSize;
        return waiting.AsSpan(held - itemSize, itemSize);
    }

    public void Write()
    {
        if (held == 0)
            return;
        Disk.Write(file!, length, waiting.AsSpan(0, held));
        length += held;
        held = 0;
    }

    public void Flush() => Disk.Flush(file!);

    /// <summary>Fills the span with whole items from the given one on.</summary>
    public void Read(long item, Span<byte> to)
    {
        if (RandomAccess.Read(file!, to, item * itemSize) != to.Length)
            throw new InvalidDataException($"{path} is shorter than the log: stop the node and remove the folder 'tree', it is computed anew at the next start.");
    }

    public void Dispose() => file?.Dispose();
}
