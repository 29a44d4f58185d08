using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace Tongxiang.Core.Tables;

/// <summary>The encodings a text table may come in.</summary>
public enum TextEncoding : byte { Utf8, Gb18030, Utf16Little, Utf16Big }

/// <summary>What a full scan says about a file's encoding; <see cref="Broken"/> counts byte sequences that stay undecodable.</summary>
public sealed record EncodingFinding(TextEncoding Encoding, bool HasMark, long Broken);

/// <summary>Finds the encoding of a text file: byte order mark, else UTF-8 if the whole file is, else GB 18030 if it reads as Chinese.</summary>
public static class TextEncodings
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Null when the bytes are no text in any encoding taken here. The stream must seek; it is left at its start.</summary>
    public static EncodingFinding? Find(Stream file)
    {
        var chunk = new byte[ChunkBytes];
        file.Position = 0;
        var read = file.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> head = chunk.AsSpan(0, read);
        file.Position = 0;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return new EncodingFinding(TextEncoding.Utf16Little, true, 0);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return new EncodingFinding(TextEncoding.Utf16Big, true, 0);
        var hasMark = head.StartsWith("\uFEFF"u8);

        var (length, good, bad) = (file.Length, 0L, 0L);
        Walk(file, chunk, bytes =>
        {
            var whole = bytes[..^CutTail(bytes)];
            if (System.Text.Ascii.IsValid(whole)) return bytes.Length - whole.Length;
            if (Utf8.IsValid(whole)) good += CountHigh(whole) / 3 + 1;
            else CountRunes(whole, ref good, ref bad);
            return bytes.Length - whole.Length;
        }, ref bad);
        if (bad == 0 || hasMark || bad * 10 <= good) return new EncodingFinding(TextEncoding.Utf8, hasMark, bad);

        var (common, other, broken) = (0L, 0L, 0L);
        Walk(file, chunk, bytes =>
        {
            var (c, o, b) = Gb18030Stream.Judge(bytes, out var rest);
            (common, other, broken) = (common + c, other + o, broken + b);
            return rest;
        }, ref broken);
        if (broken * 10 <= common + other && common * 2 >= other) return new EncodingFinding(TextEncoding.Gb18030, false, broken);
        return bad * 1000 <= length ? new EncodingFinding(TextEncoding.Utf8, false, bad) : null;
    }

    /// <summary>The file's text as UTF-8.</summary>
    public static Stream AsUtf8(Stream file, TextEncoding encoding) => encoding switch
    {
        TextEncoding.Gb18030 => new Gb18030Stream(file),
        TextEncoding.Utf16Little => System.Text.Encoding.CreateTranscodingStream(file, System.Text.Encoding.Unicode, new UTF8Encoding(false)),
        TextEncoding.Utf16Big => System.Text.Encoding.CreateTranscodingStream(file, System.Text.Encoding.BigEndianUnicode, new UTF8Encoding(false)),
        _ => file,
    };

    private delegate int Visit(ReadOnlySpan<byte> bytes);

    // The visitor says how many bytes at the end it could not judge yet; they come again in front of the next chunk.
    private static void Walk(Stream file, byte[] chunk, Visit visit, ref long bad)
    {
        file.Position = 0;
        for (var rest = 0; ;)
        {
            var read = file.Read(chunk.AsSpan(rest));
            if (read == 0)
            {
                bad += rest > 0 ? 1 : 0;
                break;
            }
            var bytes = chunk.AsSpan(0, rest + read);
            rest = visit(bytes);
            bytes[^rest..].CopyTo(chunk);
        }
        file.Position = 0;
    }

    // Length of a sequence that is cut off at the end, 0 when the text ends with a whole one.
    private static int CutTail(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if (b < 0x80) return 0;
            if (b >= 0xC0) return back < (b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2) ? back : 0;
        }
        return 0;
    }

    private static void CountRunes(ReadOnlySpan<byte> bytes, ref long good, ref long bad)
    {
        while (bytes.Length > 0)
        {
            var run = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (run < 0) return;
            bytes = bytes[run..];
            if (Rune.DecodeFromUtf8(bytes, out _, out var used) == System.Buffers.OperationStatus.Done) good++;
            else bad++;
            bytes = bytes[used..];
        }
    }

    private static long CountHigh(ReadOnlySpan<byte> bytes)
    {
        var count = 0L;
        for (; bytes.Length >= 32; bytes = bytes[32..]) count += BitOperations.PopCount(Vector256.Create(bytes).ExtractMostSignificantBits());
        foreach (var b in bytes) count += b >> 7;
        return count;
    }
}
