using System.IO.Pipelines;

namespace Tongxiang.Gateway.Forms;

/// <summary>Counts the bytes that went into another writer: the evidence of a file says how many left.</summary>
/// <param name="hasTripped">Asked before each flush: whether the sharing was cut meanwhile.</param>
internal sealed class CountedWriter(PipeWriter inner, Func<bool>? hasTripped = null) : PipeWriter
{
    public long Bytes { get; private set; }

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes)
    {
        inner.Advance(bytes);
        Bytes += bytes;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <exception cref="OperationCanceledException">The sharing was cut: nothing more leaves.</exception>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        hasTripped?.Invoke() == true ? throw new OperationCanceledException("The fuse tripped.") : inner.FlushAsync(cancellationToken);
}
