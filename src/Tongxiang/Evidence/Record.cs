using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Tongxiang.Evidence;

/// <summary>A happening as one canonical text, and the commitment that stands for it in the public log.</summary>
internal sealed record Record(string? Id, Happening Happening)
{
    public const int SaltSize = 32;
    private const int MaxBytes = 64 << 10;
    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>RFC 8785 text: whoever has it and the salt can compute the leaf with any other program.</summary>
    public byte[] Canonical()
    {
        var h = Happening;
        var json = new JsonObject
        {
            ["kind"] = h.Kind,
            ["actor"] = h.Actor,
            ["subject"] = h.Subject,
            ["at"] = h.At.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture),
            ["facts"] = new JsonObject(h.Facts.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value))),
        };
        if (Id is not null) json["id"] = Id;
        if (h.Agency is not null) json["agency"] = h.Agency;
        if (h.Parties.Count > 0) json["parties"] = new JsonArray([.. h.Parties.Select(p => (JsonNode?)p)]);
        var bytes = Tongxiang.Core.Ledger.Canonical.Json(json);
        return bytes.Length <= MaxBytes ? bytes : throw new ArgumentException($"The happening {h.Kind} has {bytes.Length} bytes, at most {MaxBytes} fit: put a digest into its facts instead of the thing.");
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
        });
    }

    public static byte[] Commitment(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> canonical)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        hash.AppendData(canonical);
        return hash.GetHashAndReset();
    }
}
