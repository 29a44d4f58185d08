using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>A paper's file as its manifest names it.</summary>
/// <param name="Path">Letters, digits, dots, hyphens and slashes only.</param>
/// <param name="Digest">SHA-256, lower-case hex.</param>
public sealed record PaperLine(string Path, string Digest);

/// <summary>The node's key for papers of supervision: reports, circulars and dossiers carry a signed note (C2SP) over the digests of their files.</summary>
public sealed class PaperKey
{
    /// <summary>First line of every manifest.</summary>
    public const string Head = "tongxiang-papers-1";

    private readonly SignerKey[] signers;
    private readonly string origin;

    private PaperKey(SignerKey[] signers, string origin) => (this.signers, this.origin) = (signers, origin);

    public IReadOnlyList<VerifierKey> Keys => [.. signers.Select(s => s.Verifier)];

    public static PaperKey Of(Home home, NodeKey node, NodeSettings settings)
    {
        var ed25519 = Signer(Path.Combine(home.Keys, "papers.key"), node, settings.LogOrigin, NoteAlgorithm.Ed25519);
        return new PaperKey(settings.NationalProfile ? [ed25519, Signer(Path.Combine(home.Keys, "papers-sm2.key"), node, settings.LogOrigin, NoteAlgorithm.Sm2)] : [ed25519], settings.LogOrigin);
    }

    /// <summary>The manifest as a signed note: head, log, number, then one line a file in the form that <c>sha256sum -c</c> reads.</summary>
    public Note Sign(string number, IEnumerable<PaperLine> files, DateTimeOffset at)
    {
        var text = new StringBuilder(Head).Append('\n').Append(origin).Append('\n').Append(number).Append('\n');
        foreach (var file in files) text.Append(file.Digest).Append("  ").Append(PaperName.Checked(file.Path)).Append('\n');
        return Note.Sign(text.ToString(), at, signers);
    }

    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static SignerKey Signer(string path, NodeKey node, string origin, NoteAlgorithm algorithm)
    {
        if (KeyFile.Read(path, node) is { } known) return SignerKey.Parse(known);
        var key = SignerKey.Generate(origin + "/papers", algorithm);
        KeyFile.Write(path, key.Secret(), node);
        return key;
    }
}

/// <summary>Names of files in papers: no name can lead out of the folder it is unpacked into.</summary>
public static class PaperName
{
    /// <exception cref="ArgumentException">The name is none.</exception>
    public static string Checked(string path) => IsOne(path) ? path : throw new ArgumentException($"'{path}' is no name of a file in a paper.", nameof(path));

    /// <summary>Whether it is a relative path of plain segments: letters, digits, <c>.</c>, <c>-</c> and <c>_</c>, none beginning with a dot.</summary>
    public static bool IsOne(string path) => path.Length is > 0 and <= 200
        && path.Split('/') is { Length: <= 4 } parts && parts.All(p => p.Length > 0 && p[0] != '.' && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));

    /// <summary>A number in the form of a file's name.</summary>
    public static string Of(int number) => number.ToString("000", CultureInfo.InvariantCulture);
}
