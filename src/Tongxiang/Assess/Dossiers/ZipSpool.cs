namespace Tongxiang.Assess;

/// <summary>Takes what a ZIP writer writes at once and hands it on without blocking: the writer closes its entries synchronously, which a response does not allow.</summary>
internal sealed class ZipSpool : Stream
{
    private readonly MemoryStream waiting = new();

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sends on what was written so far: at most one file of the archive is held.</summary>
    public async Task Drain(Stream to, CancellationToken ct)
    {
        await to.WriteAsync(waiting.GetBuffer().AsMemory(0, (int)waiting.Length), ct);
        waiting.SetLength(0);
    }

    public override void Write(byte[] buffer, int offset, int count) => waiting.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => waiting.Write(buffer);

    public override void Flush()
    {
        // What waits leaves by Drain.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) waiting.Dispose();
        base.Dispose(disposing);
    }
}
