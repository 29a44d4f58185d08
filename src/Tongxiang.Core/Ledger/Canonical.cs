using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tongxiang.Core.Ledger;

/// <summary>RFC 8785 canonical JSON of our records: objects, arrays, strings, true, false, null and whole numbers up to 2⁵³−1. Anything else is refused, so one record has one digest everywhere.</summary>
public static class Canonical
{
    private const long Safe = (1L << 53) - 1;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> Special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c), '"', '\\']);

    public static byte[] Json(JsonNode? value)
    {
        var to = new ArrayBufferWriter<byte>(512);
        Write(value, to);
        return to.WrittenSpan.ToArray();
    }

    private static void Write(JsonNode? value, ArrayBufferWriter<byte> to)
    {
        switch (value)
        {
            case null: to.Write("null"u8); break;
            case JsonObject o: Object(o, to); break;
            case JsonArray a: Array(a, to); break;
            default: Scalar(value, to); break;
        }
    }

    private static void Object(JsonObject value, ArrayBufferWriter<byte> to)
    {
        to.Write("{"u8);
        var first = true;
        foreach (var (name, member) in value.OrderBy(m => m.Key, StringComparer.Ordinal)) // UTF-16 code units, RFC 8785 §3.2.3
        {
            if (!first)
                to.Write(","u8);
            first = false;
            Text(name, to);
            to.Write(":"u8);
            Write(member, to);
        }
        to.Write("}"u8);
    }

    private static void Array(JsonArray value, ArrayBufferWriter<byte> to)
    {
        to.Write("["u8);
        for (var i = 0; i < value.Count; i++)
        {
            if (i > 0)
                to.Write(","u8);
            Write(value[i], to);
        }
        to.Write("]"u8);
    }

    private static void Scalar(JsonNode value, ArrayBufferWriter<byte> to)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String: Text(value.GetValue<string>(), to); break;
            case JsonValueKind.True: to.Write("true"u8); break;
            case JsonValueKind.False: to.Write("false"u8); break;
            case JsonValueKind.Null: to.Write("null"u8); break;
            default: Number(value.ToJsonString(), to); break;
        }
    }

    private static void Number(string text, ArrayBufferWriter<byte> to)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number is > Safe or < -Safe)
            throw new ArgumentException($"{text} is not a whole number within ±(2⁵³−1): records carry larger numbers, decimals and times as text or scaled integers.");
        to.Write(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>One text with its quotes, for writers that know the order of their members.</summary>
    public static void Text(string text, IBufferWriter<byte> to)
    {
        to.Write("\""u8);
        var rest = text.AsSpan();
        for (int next; (next = rest.IndexOfAny(Special)) >= 0; rest = rest[(next + 1)..])
        {
            Plain(rest[..next], to);
            to.Write(Encoding.ASCII.GetBytes(Escape(rest[next])));
        }
        Plain(rest, to);
        to.Write("\""u8);
    }

    private static void Plain(ReadOnlySpan<char> text, IBufferWriter<byte> to)
    {
        if (text.IsEmpty)
            return;
        try
        {
            to.Advance(Strict.GetBytes(text, to.GetSpan(text.Length * 3)));
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("A text with half a surrogate pair has no canonical form.", e);
        }
    }

    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        _ => $"\\u{(int)c:x4}",
    };
}
