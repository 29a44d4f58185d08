using System.Text;

namespace Tongxiang.Core.Tables;

/// <summary>Reads GB 18030-2022 (one, two and four bytes, so every Unicode character) as UTF-8. A byte that cannot be decoded becomes 0xFF, which no UTF-8 holds, so the row reader finds it.</summary>
public sealed class Gb18030Stream(Stream source) : Stream
{
    internal const byte Broken = 0xFF;
    private const int FirstSupplementary = 189_000;
    private static readonly Lazy<Tables> Map = new(() => new Tables());
    private readonly byte[] input = new byte[64 << 10];
    private readonly byte[] output = new byte[(64 << 10) * 3 + 8];
    private readonly Queue<(long Utf8, long Source)> broken = new();
    private readonly Tables map = Map.Value;
    private long consumed, produced;
    private int inputUsed, outputAt, outputUsed;
    private bool sourceEnded;

    /// <summary>Where in the source the byte lies that came out broken at this place of the UTF-8 text, -1 when none did. Asked in rising order.</summary>
    public long SourceOffset(long utf8Offset)
    {
        while (broken.TryPeek(out var first) && first.Utf8 < utf8Offset) broken.Dequeue();
        return broken.TryPeek(out var found) && found.Utf8 == utf8Offset ? found.Source : -1;
    }

    public override int Read(Span<byte> buffer)
    {
        while (outputAt == outputUsed)
        {
            if (sourceEnded && inputUsed == 0) return 0;
            Decode();
        }
        var count = Math.Min(buffer.Length, outputUsed - outputAt);
        output.AsSpan(outputAt, count).CopyTo(buffer);
        outputAt += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing) source.Dispose();
        base.Dispose(disposing);
    }

    private void Decode()
    {
        var read = sourceEnded ? 0 : source.ReadAtLeast(input.AsSpan(inputUsed), input.Length - inputUsed, throwOnEndOfStream: false);
        sourceEnded |= read == 0 || inputUsed + read < input.Length;
        var bytes = input.AsSpan(0, inputUsed + read);
        produced += outputUsed;
        (outputAt, outputUsed) = (0, 0);
        var at = 0;
        while (at < bytes.Length)
        {
            var run = bytes[at..].IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (run != 0)
            {
                var ascii = run < 0 ? bytes[at..] : bytes.Slice(at, run);
                ascii.CopyTo(output.AsSpan(outputUsed));
                outputUsed += ascii.Length;
                at += ascii.Length;
                continue;
            }
            var used = map.Read(bytes[at..], out var point);
            if (used == 0 && !sourceEnded) break;
            if (used <= 0)
            {
                broken.Enqueue((produced + outputUsed, consumed + at));
                output[outputUsed++] = Broken;
                at++;
                continue;
            }
            outputUsed += new Rune(point).EncodeToUtf8(output.AsSpan(outputUsed));
            at += used;
        }
        consumed += at;
        bytes[at..].CopyTo(input);
        inputUsed = bytes.Length - at;
    }

    /// <summary>Counts of a byte run read as GB 18030: characters of everyday text, other characters, broken bytes.</summary>
    internal static (long Common, long Other, long Bad) Judge(ReadOnlySpan<byte> bytes, out int rest)
    {
        long common = 0, other = 0, bad = 0;
        var map = Map.Value;
        var at = 0;
        while (at < bytes.Length)
        {
            if (bytes[at] < 0x80)
            {
                var run = bytes[at..].IndexOfAnyInRange((byte)0x80, (byte)0xFF);
                at = run < 0 ? bytes.Length : at + run;
                continue;
            }
            var used = map.Read(bytes[at..], out _);
            if (used == 0) break;
            // Level 1 of GB 2312 holds the 3,755 characters that make up more than 99 % of running text; A1–A3 are punctuation.
            if (used == 2 && bytes[at] is (>= 0xB0 and <= 0xD7) or (>= 0xA1 and <= 0xA3) && bytes[at + 1] >= 0xA1) common++;
            else if (used > 0) other++;
            else bad++;
            at += Math.Max(used, 1);
        }
        rest = bytes.Length - at;
        return (common, other, bad);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => produced + outputAt; set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // Built once from the runtime's own table, then brought up to the 2022 edition.
    private sealed class Tables
    {
        private readonly char[] two = new char[126 * 191];
        private readonly char[] four = new char[39_420];

        public Tables()
        {
            var runtime = CodePagesEncodingProvider.Instance.GetEncoding(54936, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\0"))
                ?? throw new InvalidOperationException("The runtime has no GB 18030 table.");
            Span<char> chars = stackalloc char[4];
            Span<byte> bytes = stackalloc byte[4];
            for (var i = 0; i < two.Length; i++)
            {
                (bytes[0], bytes[1]) = ((byte)(0x81 + i / 191), (byte)(0x40 + i % 191));
                if (bytes[1] != 0x7F && runtime.GetChars(bytes[..2], chars) == 1) two[i] = chars[0];
            }
            for (var i = 0; i < four.Length; i++)
            {
                (bytes[0], bytes[1], bytes[2], bytes[3]) = ((byte)(0x81 + i / 12600), (byte)(0x30 + i / 1260 % 10), (byte)(0x81 + i / 10 % 126), (byte)(0x30 + i % 10));
                if (runtime.GetChars(bytes, chars) == 1) four[i] = chars[0];
            }
            // GB 18030-2022 moved eighteen characters, the 2005 edition one, from the private area to their Unicode places.
            foreach (var (code, character) in new (int, char)[] { (0xA6D9, '\uFE10'), (0xA6DA, '\uFE12'), (0xA6DB, '\uFE11'), (0xA6DC, '\uFE13'), (0xA6DD, '\uFE14'),
                (0xA6DE, '\uFE15'), (0xA6DF, '\uFE16'), (0xA6EC, '\uFE17'), (0xA6ED, '\uFE18'), (0xA6F3, '\uFE19'), (0xFE59, '\u9FB4'), (0xFE61, '\u9FB5'),
                (0xFE66, '\u9FB6'), (0xFE67, '\u9FB7'), (0xFE6D, '\u9FB8'), (0xFE7E, '\u9FB9'), (0xFE90, '\u9FBA'), (0xFEA0, '\u9FBB'), (0xA8BC, '\u1E3F') })
                two[((code >> 8) - 0x81) * 191 + (code & 0xFF) - 0x40] = character;
        }

        /// <summary>Bytes of the character at the start of the text: 0 when it is cut off, -1 when it is none.</summary>
        public int Read(ReadOnlySpan<byte> text, out int point)
        {
            point = 0;
            var lead = text[0];
            if (lead == 0x80)
            {
                // Not in GB 18030, but what Windows code page 936 writes for the euro.
                point = 0x20AC;
                return 1;
            }
            if (lead == 0xFF) return -1;
            if (text.Length < 2) return 0;
            if (text[1] is >= 0x40 and not 0x7F and not 0xFF)
            {
                point = two[(lead - 0x81) * 191 + text[1] - 0x40];
                return point == 0 ? -1 : 2;
            }
            if (text[1] is < 0x30 or > 0x39) return -1;
            if (text.Length < 4) return text.Length == 3 && text[2] is < 0x81 or 0xFF ? -1 : 0;
            if (text[2] is < 0x81 or 0xFF || text[3] is < 0x30 or > 0x39) return -1;
            var linear = (((lead - 0x81) * 10 + text[1] - 0x30) * 126 + text[2] - 0x81) * 10 + text[3] - 0x30;
            point = linear < four.Length ? four[linear] : linear >= FirstSupplementary ? linear - FirstSupplementary + 0x10000 : 0;
            return point is 0 or > 0x10FFFF ? -1 : 4;
        }
    }
}
