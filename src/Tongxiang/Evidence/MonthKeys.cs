using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Tongxiang.Core.Crypto;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>Seals openings, one key a month. Erasing a month's key makes its entries unlinkable for ever while every proof stays valid.</summary>
internal sealed class MonthKeys(Db db, NodeKey nodeKey, SealAlgorithm algorithm, TimeProvider clock)
{
    private const int Head = 1 + 4 + Aead.NonceSize;
    private readonly ConcurrentDictionary<int, Month> months = new();

    /// <summary>The month's key; made at its first use.</summary>
    public ValueTask<Month> Of(int month, CancellationToken ct) => months.TryGetValue(month, out var known) ? new(known) : new(Create(month, ct));

    /// <summary>The month whose key opens this opening; null when it is not of our form.</summary>
    public static int? MonthOf(ReadOnlySpan<byte> opening) => opening.Length > Head + Aead.TagSize && opening[0] == 1 ? BinaryPrimitives.ReadInt32BigEndian(opening[1..]) : null;

    /// <summary>The month's key when it was ever made and is not erased.</summary>
    public async ValueTask<Month?> Known(int month, CancellationToken ct)
    {
        if (months.TryGetValue(month, out var known)) return known;
        var (kind, wrapped) = await db.One($"select algorithm, wrapped from evidence_key where month = {month}", r => (r.GetString(0), (byte[]?)r.Bytes(1)), ct);
        return wrapped is null ? null : months.GetOrAdd(month, new Month(month, Enum.Parse<SealAlgorithm>(kind), nodeKey.Unwrap(wrapped, Context(month))));
    }

    private static string Context(int month) => string.Create(CultureInfo.InvariantCulture, $"evidence:{month}");

    private async Task<Month> Create(int month, CancellationToken ct)
    {
        var wrapped = nodeKey.Wrap(RandomNumberGenerator.GetBytes(Aead.KeySize(algorithm)), Context(month));
        await db.Run(
            $"insert into evidence_key (month, algorithm, wrapped, created_at) values ({month}, {algorithm}, {wrapped}, {clock.GetUtcNow()}) on conflict (month) do nothing", ct);
        return await Known(month, ct) ?? throw new InvalidOperationException($"The key of month {month} vanished while it was made.");
    }

    /// <summary>One month's cipher; its instances are lent out because none may be used by two threads.</summary>
    internal sealed class Month(int number, SealAlgorithm algorithm, byte[] key)
    {
        private readonly ConcurrentBag<Aead> idle = [];

        /// <summary>The commitment to a record under a fresh salt, and its opening: salt and record, sealed.</summary>
        public (byte[] Commitment, byte[] Opening) Seal(ReadOnlySpan<byte> canonical)
        {
            var length = Record.SaltSize + canonical.Length;
            var to = new byte[Head + length + Aead.TagSize];
            to[0] = 1;
            BinaryPrimitives.WriteInt32BigEndian(to.AsSpan(1), number);
            Span<byte> chance = stackalloc byte[Aead.NonceSize + Record.SaltSize];
            RandomNumberGenerator.Fill(chance);
            chance[..Aead.NonceSize].CopyTo(to.AsSpan(5));
            var rented = ArrayPool<byte>.Shared.Rent(length);
            var clear = rented.AsSpan(0, length);
            chance[Aead.NonceSize..].CopyTo(clear);
            canonical.CopyTo(clear[Record.SaltSize..]);
            var commitment = Record.Commitment(clear);
            var cipher = Rent();
            // Bound to its commitment: an opening laid beside another entry does not open.
            cipher.Seal(to.AsSpan(5, Aead.NonceSize), clear, commitment, to.AsSpan(Head));
            idle.Add(cipher);
            clear.Clear();
            ArrayPool<byte>.Shared.Return(rented);
            return (commitment, to);
        }

        /// <summary>Salt and record, or null when the opening was changed or belongs elsewhere.</summary>
        public (byte[] Salt, byte[] Canonical)? Open(ReadOnlySpan<byte> opening, ReadOnlySpan<byte> commitment)
        {
            var clear = new byte[opening.Length - Head - Aead.TagSize];
            var cipher = Rent();
            var opens = cipher.TryOpen(opening.Slice(5, Aead.NonceSize), opening[Head..], commitment, clear);
            idle.Add(cipher);
            if (!opens || clear.Length < Record.SaltSize) return null;
            var (salt, canonical) = (clear[..Record.SaltSize], clear[Record.SaltSize..]);
            return Record.Commitment(salt, canonical).AsSpan().SequenceEqual(commitment) ? (salt, canonical) : null;
        }

        private Aead Rent() => idle.TryTake(out var cipher) ? cipher : new Aead(algorithm, key);
    }
}
