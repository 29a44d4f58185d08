using System.Diagnostics;
using System.Globalization;

namespace Tongxiang.Server.Demo;

/// <summary>Says on the console how far the first start is.</summary>
internal sealed class Progress(TextWriter to)
{
    private readonly Stopwatch since = Stopwatch.StartNew();
    private readonly Lock gate = new();

    public void Say(string chinese, string english)
    {
        lock (gate) to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {since.Elapsed.TotalSeconds,5:0.0} s  {chinese} / {english}"));
    }
}
