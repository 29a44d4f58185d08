namespace Tongxiang.Gateway.Forms;

/// <summary>Counts the bytes that were handed to the reader of a file.</summary>
/// <param name="hasTripped">Asked before each write: whether the sharing was cut meanwhile.</param>
internal sealed class CountedBody(Stream inner, Func<bool> hasTripped) : Stream
{
    public long Bytes { get; private set; }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="OperationCanceledException">The sharing was cut: nothing more leaves.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Ask();
        await inner.WriteAsync(buffer, cancellationToken);
        Bytes += buffer.Length;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        Ask();
        inner.Write(buffer, offset, count);
        Bytes += count;
    }

    private void Ask()
    {
        if (hasTripped()) throw new OperationCanceledException("The fuse tripped.");
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
