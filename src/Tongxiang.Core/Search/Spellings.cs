using System.Text;

namespace Tongxiang.Core.Search;

/// <summary>The pinyin initials of all titles in one block of letters: a scan of a megabyte or two beats an index of them.</summary>
internal sealed class Spellings
{
    private readonly byte[] letters;
    private readonly int[] ends;

    public Spellings(SearchDocument[] documents)
    {
        var block = new StringBuilder(documents.Length * 16);
        ends = new int[documents.Length];
        for (var doc = 0; doc < documents.Length; doc++)
        {
            foreach (var spelling in Initials.Of(documents[doc].Title)) block.Append('\n').Append(spelling);
            ends[doc] = block.Length;
        }

        letters = Encoding.ASCII.GetBytes(block.ToString());
    }

    /// <summary>Calls back once for every document whose title has the letters in its initials; says whether it begins with them.</summary>
    public void Find(string typed, Action<int, bool> found)
    {
        var needle = Encoding.ASCII.GetBytes(typed);
        for (int at = 0, doc = -1; ;)
        {
            var hit = letters.AsSpan(at).IndexOf(needle);
            if (hit < 0) return;
            at += hit;
            doc = Array.BinarySearch(ends, at + 1);
            if (doc < 0) doc = ~doc;
            while (doc > 0 && ends[doc - 1] >= at + 1) doc--;
            var start = doc == 0 ? 0 : ends[doc - 1];
            found(doc, letters.AsSpan(start, ends[doc] - start).IndexOf([(byte)'\n', .. needle]) >= 0);
            at = ends[doc];
        }
    }
}
