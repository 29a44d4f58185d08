using System.Globalization;

namespace Tongxiang.Core.Ledger;

/// <summary>What a log commits to: its origin, the number of leaves and the root.</summary>
public sealed record Checkpoint(string Origin, long Size, Digest Root)
{
    public string Text() => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root}\n");

    public Note Sign(DateTimeOffset at, params ReadOnlySpan<SignerKey> keys) => Note.Sign(Text(), at, keys);

    public static Checkpoint Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 4 || lines[0].Length == 0 || lines[^1].Length != 0 || lines.AsSpan(3, lines.Length - 4).Contains(""))
            throw new FormatException("A checkpoint has three lines: origin, size, root.");
        if (!long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size.ToString(CultureInfo.InvariantCulture) != lines[1])
            throw new FormatException($"\"{lines[1]}\" is no tree size.");
        return Digest.TryParse(lines[2], out var root) ? new(lines[0], size, root) : throw new FormatException($"\"{lines[2]}\" is no root hash.");
    }

    /// <summary>The checkpoint in a signed note, after its signature by at least one of the keys was verified.</summary>
    public static Checkpoint Open(ReadOnlySpan<byte> note, params IReadOnlyList<VerifierKey> keys)
    {
        var parsed = Note.Parse(note);
        parsed.Verify(keys);
        return Parse(parsed.Text);
    }
}
