using System.Globalization;
using System.Text.RegularExpressions;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Evidence;

/// <summary>What whoever was answered can keep and verify offline: the place of the entry in the log.</summary>
/// <param name="Origin">The log's name, as in its checkpoints.</param>
/// <param name="Index">Zero-based position of the entry.</param>
/// <param name="Leaf">RFC 6962 leaf hash, 32 bytes.</param>
public sealed partial record Receipt(string Origin, long Index, byte[] Leaf)
{
    public const string Header = "Evidence-Receipt";

    /// <summary>Reads the header's value back; null when it is none.</summary>
    public static Receipt? Parse(string text)
    {
        var match = Form().Match(text.Trim());
        return match.Success && long.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && Digest.TryParse(match.Groups[3].Value, out var leaf)
            ? new(match.Groups[1].Value, index, leaf.ToArray())
            : null;
    }

    /// <summary>The header's value: <c>origin="…", index=…, leaf="base64"</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"origin=\"{Origin}\", index={Index}, leaf=\"{Convert.ToBase64String(Leaf)}\"");

    [GeneratedRegex("^(?:Evidence-Receipt: *)?origin=\"([^\"\\s+]{1,200})\", *index=([0-9]{1,18}), *leaf=\"([A-Za-z0-9+/]{43}=)\"$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
