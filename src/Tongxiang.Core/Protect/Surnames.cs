using System.Text;

namespace Tongxiang.Core.Protect;

/// <summary>Surnames of two characters.</summary>
internal static class Surnames
{
    private const string two =
        "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐长孙宇文司徒夏侯轩辕端木百里南宫独孤西门呼延闻人澹台公冶宗政濮阳淳于单于太叔申屠仲孙钟离鲜于闾丘司空亓官司寇子车颛孙巫马公西漆雕乐正壤驷公良拓跋夹谷宰父谷梁段干东郭南门羊舌微生梁丘左丘东门第五赫连万俟纳兰完颜叶赫哥舒贺兰相里尉犁";

    private static readonly HashSet<ulong> known = [.. two.Chunk(2).Select(pair => Word(Encoding.UTF8.GetBytes(pair)))];

    /// <summary>Whether these two characters are one surname.</summary>
    public static bool IsCompound(ReadOnlySpan<byte> utf8) => utf8.Length == 6 && known.Contains(Word(utf8));

    private static ulong Word(ReadOnlySpan<byte> six)
    {
        ulong word = 0;
        foreach (var b in six) word = word << 8 | b;
        return word;
    }
}
