using System.Buffers.Binary;
using System.Text;

namespace Tongxiang.Core.Ledger;

/// <summary>One signature line of a note: whose key it claims to be and the raw signature.</summary>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>A C2SP signed note: text that ends in a newline, and signature lines.</summary>
public sealed record Note(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    private const int MaxBytes = 1 << 20;
    private const string Dash = "\u2014 ";
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static Note Sign(string text, DateTimeOffset at, params ReadOnlySpan<SignerKey> keys)
    {
        if (!text.EndsWith('\n') || text.Any(c => c < ' ' && c != '\n'))
            throw new ArgumentException("A note's text ends in a newline and has no other control characters.", nameof(text));
        var signatures = new List<NoteSignature>(keys.Length);
        foreach (var key in keys)
            signatures.Add(new(key.Verifier.Name, key.Verifier.Id, key.Sign(Strict.GetBytes(text), at)));
        return new(text, signatures);
    }

    public static Note Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw new FormatException($"A note of {bytes.Length} bytes; at most {MaxBytes} are read.");
        var all = Decode(bytes);
        var split = all.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || !all.EndsWith('\n') || split + 2 >= all.Length || all.Any(c => c < ' ' && c != '\n'))
            throw new FormatException("Not a signed note: text, an empty line and signature lines are wanted.");
        var lines = all[(split + 2)..^1].Split('\n');
        return lines.Length > 100 ? throw new FormatException("A note with more than 100 signatures.") : new(all[..(split + 1)], [.. lines.Select(Line)]);
    }

    public byte[] Bytes() => Strict.GetBytes(ToString());

    public override string ToString()
    {
        var to = new StringBuilder(Text).Append('\n');
        foreach (var line in Signatures)
            to.Append(Dash).Append(line.Name).Append(' ').Append(Encoded(line)).Append('\n');
        return to.ToString();
    }

    /// <summary>
    /// The keys that signed this note. A line of an unknown key is passed over; a line of a known key that does not verify makes the note invalid,
    /// as does a second line of the same key.
    /// </summary>
    public IReadOnlyList<VerifierKey> Verify(params IEnumerable<VerifierKey> known)
    {
        var text = Strict.GetBytes(Text);
        var signers = new List<VerifierKey>();
        var keys = known.ToList();
        foreach (var line in Signatures)
        {
            var key = keys.Find(k => k.Id == line.KeyId && k.Name == line.Name);
            if (key is null)
                continue;
            if (signers.Contains(key) || !key.Verify(text, line.Signature.Span))
                throw new InvalidDataException($"The signature of {line.Name} does not verify.");
            signers.Add(key);
        }
        return signers.Count > 0 ? signers : throw new InvalidDataException("No known key has signed this note.");
    }

    private static NoteSignature Line(string line)
    {
        var parts = line.StartsWith(Dash, StringComparison.Ordinal) ? line[Dash.Length..].Split(' ') : [];
        if (parts.Length != 2 || !VerifierKey.NameIsValid(parts[0]))
            throw new FormatException("A signature line reads: em dash, name, Base64.");
        var bytes = Convert.FromBase64String(parts[1]);
        // Base64 has several spellings of the same bytes; with only one accepted every changed character is found.
        if (bytes.Length < 5 || Convert.ToBase64String(bytes) != parts[1])
            throw new FormatException($"The signature of {parts[0]} is cut or not in its one Base64 form.");
        return new(parts[0], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4));
    }

    private static string Encoded(NoteSignature line)
    {
        var bytes = new byte[4 + line.Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, line.KeyId);
        line.Signature.CopyTo(bytes.AsMemory(4));
        return Convert.ToBase64String(bytes);
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("A note is UTF-8 text.", e);
        }
    }
}
