using System.Text;

namespace Tongxiang.Core.Elements;

/// <summary>A fixed set of codes looked up by their UTF-8 bytes.</summary>
public sealed class CodeSet
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;

    public CodeSet(IEnumerable<string> codes)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var code in codes) places.TryAdd(code, places.Count);
        lookup = places.GetAlternateLookup<ReadOnlySpan<char>>();
        Longest = places.Keys.Select(Encoding.UTF8.GetByteCount).DefaultIfEmpty(0).Max();
    }

    public int Longest { get; }

    public bool Contains(ReadOnlySpan<byte> code)
    {
        if (code.Length > Longest) return false;
        var text = code.Length <= 256 ? stackalloc char[code.Length] : new char[code.Length];
        return Encoding.UTF8.TryGetChars(code, text, out var written) && lookup.ContainsKey(text[..written]);
    }
}
