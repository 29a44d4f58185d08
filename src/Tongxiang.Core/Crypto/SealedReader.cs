using System.Security.Cryptography;

namespace Tongxiang.Core.Crypto;

/// <summary>Reads a sealed file anywhere; a frame is authenticated before one of its bytes is handed out.</summary>
internal sealed class SealedReader : Stream
{
    private readonly Stream from;
    private readonly SealedHeader header;
    private readonly Aead cipher;
    private readonly byte[] associated;
    private readonly byte[] clear;
    private readonly byte[] box;
    private readonly bool leaveOpen;
    private readonly long start;
    private readonly long frames;
    private long open = -1;
    private int openSize;
    private long position;

    public SealedReader(Stream from, SealedHeader header, SealKey key, bool leaveOpen)
    {
        (this.from, this.header, this.leaveOpen) = (from, header, leaveOpen);
        var head = header.Bytes();
        start = head.Length;
        cipher = header.Cipher(key);
        associated = SHA256.HashData(head);
        clear = new byte[header.FrameSize];
        box = new byte[header.FrameSize + Aead.TagSize];
        var body = from.Length - start;
        frames = (body + box.Length - 1) / box.Length;
        Length = body - frames * Aead.TagSize;
        var lastBox = body - (frames - 1) * box.Length;
        if (frames == 0 || lastBox < Aead.TagSize)
            throw new InvalidDataException("Sealed file that was cut short.");
        // The end is checked at once: a cut at a frame's border is found before anyone has read half of it.
        Load(frames - 1);
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length { get; }
    public override long Position { get => position; set => position = value < 0 ? throw new IOException("A position is not negative.") : value; }

    public override int Read(Span<byte> buffer)
    {
        if (position >= Length || buffer.Length == 0)
            return 0;
        var frame = position / clear.Length;
        if (frame != open)
            Load(frame);
        var at = (int)(position - frame * clear.Length);
        var take = Math.Min(buffer.Length, openSize - at);
        clear.AsSpan(at, take).CopyTo(buffer);
        position += take;
        return take;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => Length + offset,
    };

    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(clear);
            cipher.Dispose();
            if (!leaveOpen)
                from.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Load(long frame)
    {
        from.Position = start + frame * box.Length;
        var size = from.ReadAtLeast(box, (int)Math.Min(box.Length, from.Length - from.Position), throwOnEndOfStream: false);
        Span<byte> nonce = stackalloc byte[Aead.NonceSize];
        header.Nonce(checked((uint)frame), frame == frames - 1, nonce);
        open = -1;
        if (!cipher.TryOpen(nonce, box.AsSpan(0, size), associated, clear))
            throw new InvalidDataException($"Sealed file changed: frame {frame} of {frames} does not open with key {header.KeyId}.");
        (open, openSize) = (frame, size - Aead.TagSize);
    }
}
