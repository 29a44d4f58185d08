using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Tongxiang.Evidence;

/// <summary>A happening as one canonical text, and the commitment that stands for it in the public log.</summary>
/// <param name="Journal">SHA-256 of the sealed journal record that lies beside the opening; null when there is none.</param>
internal sealed record Record(string? Id, Happening Happening, string? Journal = null)
{
    public const int SaltSize = 32;
    private const int MaxBytes = 64 << 10;
    private const int KeptBytes = 8 << 10;
    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? own;

    /// <summary>RFC 8785 text: whoever has it and the salt can compute the leaf with any other program.</summary>
    public byte[] Canonical()
    {
        var h = Happening;
        var to = own is { Capacity: <= KeptBytes } kept ? kept : own = new ArrayBufferWriter<byte>(1024);
        to.ResetWrittenCount();
        // Members in the canonical order, written directly: this lies on the path of every call.
        to.Write("{"u8);
        Member("\"actor\":"u8, h.Actor, to);
        if (h.Agency is not null) Member(",\"agency\":"u8, h.Agency, to);
        Member(",\"at\":"u8, h.At.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture), to);
        Facts(h.Facts, to);
        if (Id is not null) Member(",\"id\":"u8, Id, to);
        if (Journal is not null) Member(",\"journal\":"u8, Journal, to);
        Member(",\"kind\":"u8, h.Kind, to);
        Parties(h.Parties, to);
        Member(",\"subject\":"u8, h.Subject, to);
        to.Write("}"u8);
        return to.WrittenCount <= MaxBytes
            ? to.WrittenSpan.ToArray()
            : throw new ArgumentException($"The happening {h.Kind} has {to.WrittenCount} bytes, at most {MaxBytes} fit: put a digest into its facts instead of the thing.");
    }

    public static Record Read(ReadOnlySpan<byte> canonical)
    {
        var json = JsonNode.Parse(canonical)!.AsObject();
        return new((string?)json["id"], new Happening(
            (string)json["kind"]!, (string)json["actor"]!, (string?)json["agency"], (string)json["subject"]!,
            DateTimeOffset.ParseExact((string)json["at"]!, Instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            json["facts"]!.AsObject().ToDictionary(f => f.Key, f => (string)f.Value!, StringComparer.Ordinal))
        {
            Parties = [.. json["parties"]?.AsArray().Select(p => (string)p!) ?? []],
        }, (string?)json["journal"]);
    }

    public static byte[] Commitment(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> canonical)
    {
        byte[] both = [.. salt, .. canonical];
        return Commitment(both);
    }

    /// <param name="salted">Salt and record, one after the other.</param>
    public static byte[] Commitment(ReadOnlySpan<byte> salted) => SHA256.HashData(salted);

    private static void Facts(IReadOnlyDictionary<string, string> facts, ArrayBufferWriter<byte> to)
    {
        to.Write(",\"facts\":{"u8);
        var first = true;
        var sorted = facts.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        foreach (var (name, value) in sorted)
        {
            if (!first) to.Write(","u8);
            first = false;
            Tongxiang.Core.Ledger.Canonical.Text(name, to);
            Member(":"u8, value, to);
        }
        to.Write("}"u8);
    }

    private static void Parties(IReadOnlyList<string> parties, ArrayBufferWriter<byte> to)
    {
        if (parties.Count == 0) return;
        to.Write(",\"parties\":["u8);
        for (var i = 0; i < parties.Count; i++) Member(i == 0 ? [] : ","u8, parties[i], to);
        to.Write("]"u8);
    }

    private static void Member(ReadOnlySpan<byte> name, string value, ArrayBufferWriter<byte> to)
    {
        to.Write(name);
        Tongxiang.Core.Ledger.Canonical.Text(value, to);
    }
}
