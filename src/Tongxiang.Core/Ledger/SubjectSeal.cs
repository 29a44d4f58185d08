using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Core.Ledger;

/// <summary>
/// One journal key at work: subjects become pseudonyms (HMAC with SHA-256, or SM3 in the national profile, cut to 128 bits), and the pseudonyms of one call become one
/// sealed record. Under another key the same subject has another pseudonym; without the key a pseudonym can be neither made nor guessed.
/// </summary>
/// <remarks>Form of a record: 1, key number, nonce, then 16 bytes a subject, sealed, and the tag. The head is authenticated with it.</remarks>
public sealed class SubjectSeal : IDisposable
{
    public const int PseudonymSize = 16;

    /// <summary>Bytes of a record beside its pseudonyms.</summary>
    public const int Overhead = Head + Aead.TagSize;
    private const int Head = 1 + 4 + Aead.NonceSize;
    private const int Block = 64;

    private readonly byte[] cipherKey;
    private readonly byte[] inner = new byte[Block];
    private readonly byte[] outer = new byte[Block];
    private readonly byte[] pseudonymKey;
    private readonly SealAlgorithm algorithm;
    private readonly ConcurrentBag<Aead> idle = [];
    private readonly ulong prefix = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private int sealings;

    public SubjectSeal(int number, SealAlgorithm algorithm, ReadOnlySpan<byte> secret)
    {
        (Number, this.algorithm) = (number, algorithm);
        cipherKey = Aead.Derive(algorithm, secret, [], "tongxiang journal record"u8);
        pseudonymKey = Aead.Derive(algorithm, secret, [], "tongxiang journal pseudonym"u8);
        Index = new SealKey($"journal:{number}", algorithm, Aead.Derive(algorithm, secret, [], "tongxiang journal index"u8));
        for (var i = 0; i < Block; i++)
        {
            var b = i < pseudonymKey.Length ? pseudonymKey[i] : (byte)0;
            (inner[i], outer[i]) = ((byte)(b ^ 0x36), (byte)(b ^ 0x5c));
        }
    }

    public int Number { get; }

    /// <summary>Seals what is derived from the records: it dies with them.</summary>
    public SealKey Index { get; }

    /// <summary>The key's number in a record's clear head, or null when it is none.</summary>
    public static int? KeyOf(ReadOnlySpan<byte> record) => record.Length >= Overhead && record[0] == 1 && (record.Length - Overhead) % PseudonymSize == 0 ? BinaryPrimitives.ReadInt32BigEndian(record[1..]) : null;

    /// <summary>How many subjects a record holds, without opening it.</summary>
    public static int CountOf(ReadOnlySpan<byte> record) => (record.Length - Overhead) / PseudonymSize;

    public UInt128 Pseudonym(SubjectKind kind, ReadOnlySpan<byte> utf8)
    {
        Span<byte> to = stackalloc byte[PseudonymSize];
        Pseudonym(kind, utf8, to);
        return BinaryPrimitives.ReadUInt128BigEndian(to);
    }

    public byte[] Seal(SubjectList subjects)
    {
        var record = new byte[Overhead + subjects.Count * PseudonymSize];
        record[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(1), Number);
        var nonce = record.AsSpan(5, Aead.NonceSize);
        // Random for this life of the program, then counted: no nonce comes twice, and the call does not wait for the kernel's randomness.
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, prefix);
        BinaryPrimitives.WriteInt32LittleEndian(nonce[8..], Interlocked.Increment(ref sealings));
        var body = record.AsSpan(Head, subjects.Count * PseudonymSize);
        var at = 0;
        foreach (var subject in subjects)
        {
            Pseudonym(subject.Kind, subject.Utf8, body.Slice(at, PseudonymSize));
            at += PseudonymSize;
        }
        var cipher = Rent();
        cipher.Seal(nonce, algorithm == SealAlgorithm.Aes256Gcm ? body : body.ToArray(), record.AsSpan(0, Head), record.AsSpan(Head));
        idle.Add(cipher);
        return record;
    }

    /// <summary>The pseudonyms of a record, or null when it was changed or is another key's.</summary>
    public UInt128[]? Open(ReadOnlySpan<byte> record)
    {
        if (KeyOf(record) != Number) return null;
        var clear = new byte[CountOf(record) * PseudonymSize];
        var cipher = Rent();
        var opens = cipher.TryOpen(record.Slice(5, Aead.NonceSize), record[Head..], record[..Head], clear);
        idle.Add(cipher);
        if (!opens) return null;
        var all = new UInt128[CountOf(record)];
        for (var i = 0; i < all.Length; i++) all[i] = BinaryPrimitives.ReadUInt128BigEndian(clear.AsSpan(i * PseudonymSize));
        return all;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(cipherKey);
        CryptographicOperations.ZeroMemory(pseudonymKey);
        CryptographicOperations.ZeroMemory(inner);
        CryptographicOperations.ZeroMemory(outer);
        while (idle.TryTake(out var cipher)) cipher.Dispose();
    }

    private Aead Rent() => idle.TryTake(out var cipher) ? cipher : new Aead(algorithm, cipherKey);

    // Kind, then the subject in its one form: the check letter of an identity number is written large.
    private void Pseudonym(SubjectKind kind, ReadOnlySpan<byte> utf8, Span<byte> to)
    {
        Span<byte> message = utf8.Length < 192 ? stackalloc byte[Block + 1 + utf8.Length] : new byte[Block + 1 + utf8.Length];
        inner.CopyTo(message);
        message[Block] = (byte)kind;
        utf8.CopyTo(message[(Block + 1)..]);
        if (kind == SubjectKind.Citizen && message[^1] == 'x') message[^1] = (byte)'X';
        if (algorithm == SealAlgorithm.Aes256Gcm) Hmac(message, to);
        else Sm3.Hmac(pseudonymKey, message[Block..]).AsSpan(0, PseudonymSize).CopyTo(to);
    }

    // RFC 2104 spelt out: the framework's own one-shot costs a call more than twice as much.
    private void Hmac(ReadOnlySpan<byte> padded, Span<byte> to)
    {
        Span<byte> second = stackalloc byte[Block + SHA256.HashSizeInBytes];
        outer.CopyTo(second);
        SHA256.HashData(padded, second[Block..]);
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(second, whole);
        whole[..PseudonymSize].CopyTo(to);
    }
}
