using System.Runtime.InteropServices;

namespace Tongxiang.Core.Ledger;

/// <summary>A 32-byte digest (SHA-256 or SM3) as a value; text form is standard Base64.</summary>
public readonly record struct Digest
{
    public const int Size = 32;
    private readonly Words words;

    public Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A digest has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        words = MemoryMarshal.Read<Words>(bytes);
    }

    public void CopyTo(Span<byte> to) => MemoryMarshal.Write(to, in words);

    public byte[] ToArray()
    {
        var to = new byte[Size];
        CopyTo(to);
        return to;
    }

    /// <summary>Reads exactly the 44 characters that <see cref="ToString"/> writes; another spelling of the same bytes is refused.</summary>
    public static bool TryParse(string text, out Digest digest)
    {
        digest = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != 44 || !Convert.TryFromBase64String(text, bytes, out var written) || written != Size)
            return false;
        digest = new Digest(bytes);
        return digest.ToString() == text;
    }

    public string ToHex()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToBase64String(bytes);
    }

    private readonly record struct Words(ulong A, ulong B, ulong C, ulong D);
}
