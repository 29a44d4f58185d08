using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace Tongxiang.Core.Crypto;

/// <summary>SHA-256 and SM3 of the same bytes, lower-case hex.</summary>
public sealed record Digests(string Sha256, string Sm3);

/// <summary>Hands on what is written to it and digests it on the way, internationally and nationally; with no stream behind it, it only digests.</summary>
public sealed class DigestStream(Stream? to = null) : Stream
{
    private readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SM3Digest sm3 = new();
    private long length;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;

    /// <summary>Bytes written so far.</summary>
    public override long Length => length;

    public override long Position { get => length; set => throw new NotSupportedException(); }

    /// <summary>The digests of all that was written; afterwards it begins anew.</summary>
    public Digests Finish()
    {
        var other = new byte[Crypto.Sm3.Size];
        sm3.DoFinal(other);
        return new Digests(Convert.ToHexStringLower(sha256.GetHashAndReset()), Convert.ToHexStringLower(other));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Take(buffer);
        to?.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Take(buffer.Span);
        return to?.WriteAsync(buffer, cancellationToken) ?? ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => to?.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) sha256.Dispose();
        base.Dispose(disposing);
    }

    private void Take(ReadOnlySpan<byte> buffer)
    {
        sha256.AppendData(buffer);
        sm3.BlockUpdate(buffer);
        length += buffer.Length;
    }
}
