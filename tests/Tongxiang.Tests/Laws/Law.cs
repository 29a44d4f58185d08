namespace Tongxiang.Tests.Laws;

/// <summary>Says every breach of a law, not only the first.</summary>
internal static class Law
{
    public static void IsKept(IEnumerable<string?> breaches)
    {
        var all = breaches.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(all.Count == 0, string.Join(Environment.NewLine, all.Prepend($"{all.Count} breaches:")));
    }
}
