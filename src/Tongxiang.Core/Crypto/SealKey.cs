namespace Tongxiang.Core.Crypto;

/// <summary>A key of the key store with the name under which sealed files refer to it.</summary>
public sealed record SealKey(string Id, SealAlgorithm Algorithm, ReadOnlyMemory<byte> Secret)
{
    // The secret must not travel into logs by way of the record's own text.
    public override string ToString() => $"{Id} ({Algorithm})";
}
