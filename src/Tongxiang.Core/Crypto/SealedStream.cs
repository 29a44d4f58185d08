using System.Security.Cryptography;

namespace Tongxiang.Core.Crypto;

/// <summary>Seals what is written to it, frame by frame. Only <see cref="Complete"/> writes the last frame: a file whose writer was disposed half way never opens.</summary>
public sealed class SealedStream : Stream
{
    private readonly Stream to;
    private readonly SealedHeader header;
    private readonly Aead cipher;
    private readonly byte[] associated;
    private readonly byte[] clear;
    private readonly byte[] box;
    private readonly bool leaveOpen;
    private int held;
    private uint frame;
    private long written;
    private bool finished;

    internal SealedStream(Stream to, SealedHeader header, SealKey key, bool leaveOpen)
    {
        (this.to, this.header, this.leaveOpen) = (to, header, leaveOpen);
        var head = header.Bytes();
        cipher = header.Cipher(key);
        associated = SHA256.HashData(head);
        clear = new byte[header.FrameSize];
        box = new byte[header.FrameSize + Aead.TagSize];
        to.Write(head);
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => !finished;
    public override long Length => written;
    public override long Position { get => written; set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        written += buffer.Length;
        while (buffer.Length > 0)
        {
            if (held == clear.Length)
                to.Write(Box(last: false).Span);
            var take = Math.Min(buffer.Length, clear.Length - held);
            buffer[..take].CopyTo(clear.AsSpan(held));
            held += take;
            buffer = buffer[take..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        written += buffer.Length;
        while (buffer.Length > 0)
        {
            if (held == clear.Length)
                await to.WriteAsync(Box(last: false), cancellationToken);
            var take = Math.Min(buffer.Length, clear.Length - held);
            buffer[..take].CopyTo(clear.AsMemory(held));
            held += take;
            buffer = buffer[take..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // A frame cannot be sent before it is full or the last: nothing to do here.
    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Writes the last frame and flushes; nothing can be written afterwards.</summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(finished, this);
        to.Write(Box(last: true).Span);
        to.Flush();
        finished = true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            finished = true;
            CryptographicOperations.ZeroMemory(clear);
            cipher.Dispose();
            if (!leaveOpen)
                to.Dispose();
        }
        base.Dispose(disposing);
    }

    private ReadOnlyMemory<byte> Box(bool last)
    {
        Span<byte> nonce = stackalloc byte[Aead.NonceSize];
        header.Nonce(frame, last, nonce);
        cipher.Seal(nonce, clear.AsSpan(0, held), associated, box);
        var size = held + Aead.TagSize;
        held = 0;
        frame = checked(frame + 1);
        return box.AsMemory(0, size);
    }
}
