using System.Globalization;

namespace Tongxiang.Evidence;

/// <summary>What whoever was answered can keep and verify offline: the place of the entry in the log.</summary>
/// <param name="Origin">The log's name, as in its checkpoints.</param>
/// <param name="Index">Zero-based position of the entry.</param>
/// <param name="Leaf">RFC 6962 leaf hash, 32 bytes.</param>
public sealed record Receipt(string Origin, long Index, byte[] Leaf)
{
    public const string Header = "Evidence-Receipt";

    /// <summary>The header's value: <c>origin="…", index=…, leaf="base64"</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"origin=\"{Origin}\", index={Index}, leaf=\"{Convert.ToBase64String(Leaf)}\"");
}
