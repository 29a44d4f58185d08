using System.Buffers;
using System.IO.Pipelines;

namespace Tongxiang.Gateway.Forms;

/// <summary>Gathers many small writes into few large ones: the server's own writer takes a lock for each of them.</summary>
internal sealed class Gathered(PipeWriter to) : PipeWriter, IDisposable
{
    private const int pieceBytes = 32 << 10;
    private byte[] piece = ArrayPool<byte>.Shared.Rent(pieceBytes);
    private int length;

    /// <summary>Bytes of the whole answer when none of it has left yet; null otherwise.</summary>
    public int? WholeLength { get; private set; } = 0;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => length + to.UnflushedBytes;

    public override void Advance(int bytes)
    {
        length += bytes;
        if (WholeLength is not null) WholeLength = length;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return piece.AsMemory(length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return piece.AsSpan(length);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Pass();
        return to.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => to.CancelPendingFlush();

    /// <summary>Hands over what was gathered; the writer behind stays open.</summary>
    public override void Complete(Exception? exception = null) => Pass();

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(piece);
        piece = [];
    }

    private void MakeRoom(int bytes)
    {
        if (piece.Length - length >= Math.Max(bytes, 1)) return;
        Pass();
        if (piece.Length >= bytes) return;
        ArrayPool<byte>.Shared.Return(piece);
        piece = ArrayPool<byte>.Shared.Rent(bytes);
    }

    private void Pass()
    {
        if (length == 0) return;
        to.Write(piece.AsSpan(0, length));
        (length, WholeLength) = (0, null);
    }
}
