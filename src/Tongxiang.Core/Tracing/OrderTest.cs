namespace Tongxiang.Core.Tracing;

/// <summary>How likely it is that rows stand in the order of a mark by chance.</summary>
/// <remarks>
/// Rows of one block are taken in runs of eight as they stand in the file, and the pairs of a run that stand against the order of the mark are counted. For a key that has nothing to do with the file
/// every order of a run is equally likely, whatever the file's own order is; the sum of the counts then follows the convolution of Mahonian distributions, so the probability is exact.
/// Rows that were taken out, put in or moved spoil single runs only.
/// </remarks>
public sealed class OrderTest
{
    /// <summary>Rows of a run: eight in the right order have a chance of 1 in 40,320.</summary>
    public const int RunLength = 8;

    private const int mostRows = 4_096;
    private readonly List<ulong[]> runs = [];
    private readonly Dictionary<long, List<ulong>> open = [];
    private double[]? tail;
    private int rows;

    /// <summary>Runs that are compared.</summary>
    public int Runs => runs.Count;

    public int Rows => runs.Sum(run => run.Length);

    /// <summary>Takes the next row of the file.</summary>
    /// <param name="block">Rows of different blocks have no order towards each other.</param>
    public void Add(long block, ulong row)
    {
        if (rows >= mostRows) return;
        rows++;
        if (!open.TryGetValue(block, out var run)) open[block] = run = [];
        run.Add(row);
        if (run.Count < RunLength) return;
        runs.Add([.. run]);
        run.Clear();
    }

    /// <summary>Ends the file: runs that are not full count as they are.</summary>
    public void Complete()
    {
        runs.AddRange(open.Values.Where(run => run.Count > 1).Select(run => run.ToArray()));
        open.Clear();
    }

    /// <summary>Logarithm (base 10) of the probability that a foreign key fits as well; 0 when there is nothing to compare.</summary>
    public double Log10(FileMarkKey key)
    {
        if (runs.Count == 0) return 0;
        var against = 0;
        Span<ulong> places = stackalloc ulong[RunLength];
        foreach (var run in runs)
        {
            for (var i = 0; i < run.Length; i++) places[i] = key.Place(run[i]);
            for (var i = 0; i < run.Length; i++)
                for (var j = i + 1; j < run.Length; j++)
                    if (places[i] > places[j]) against++;
        }

        tail ??= Tail();
        return Math.Max(-300, Math.Log10(Math.Max(1e-301, tail[against])));
    }

    // Probability of so many pairs or fewer, by the lengths of the runs.
    private double[] Tail()
    {
        double[] sum = [1];
        foreach (var run in runs) sum = Convolve(sum, Mahonian(run.Length));
        for (var i = 1; i < sum.Length; i++) sum[i] += sum[i - 1];
        return sum;
    }

    /// <summary>Probability of each number of inversions of a random order of n rows.</summary>
    internal static double[] Mahonian(int n)
    {
        double[] counts = [1];
        for (var k = 2; k <= n; k++) counts = Convolve(counts, [.. Enumerable.Repeat(1.0 / k, k)]);
        return counts;
    }

    private static double[] Convolve(double[] one, double[] other)
    {
        var sum = new double[one.Length + other.Length - 1];
        for (var i = 0; i < one.Length; i++)
            for (var j = 0; j < other.Length; j++) sum[i + j] += one[i] * other[j];
        return sum;
    }
}
