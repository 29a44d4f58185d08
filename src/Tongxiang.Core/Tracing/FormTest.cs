namespace Tongxiang.Core.Tracing;

/// <summary>How likely it is that cells take the forms of a mark by chance: for a foreign key each agrees with one half, so the count is binomial and the probability exact.</summary>
public sealed class FormTest
{
    private const int most = 20_000;
    private readonly List<(ulong Row, int Column, bool IsChosen)> cells = [];
    private int chosen;

    public int Cells => cells.Count;

    /// <summary>Takes a cell whose form could have been either.</summary>
    public void Add(ulong row, int column, bool isChosen)
    {
        if (cells.Count >= most) return;
        cells.Add((row, column, isChosen));
        if (isChosen) chosen++;
    }

    /// <summary>Whether the forms can say anything: a program that wrote the file anew gave every cell the same.</summary>
    public bool Speaks => chosen > 0 && chosen < cells.Count;

    /// <summary>Logarithm (base 10) of the probability that a foreign key agrees in as many cells; 0 when the forms say nothing.</summary>
    public double Log10(FileMarkKey key)
    {
        if (!Speaks) return 0;
        var agreeing = 0;
        foreach (var (row, column, isChosen) in cells)
            if (key.Chooses(row, column) == isChosen) agreeing++;
        return UpperTail(cells.Count, agreeing);
    }

    /// <summary>log10 of P(X ≥ k) for X binomial with n and one half.</summary>
    internal static double UpperTail(int n, int k)
    {
        if (k <= 0) return 0;
        // Summed from its largest term downwards, in logarithms: the terms are far below what a double holds.
        var term = -n * Math.Log10(2);
        for (var i = 1; i <= k; i++) term += Math.Log10((double)(n - i + 1) / i);
        double sum = 1, factor = 1;
        for (var i = k + 1; i <= n && factor > 1e-17; i++)
        {
            factor *= (double)(n - i + 1) / i;
            sum += factor;
        }

        return Math.Min(0, Math.Max(-300, term + Math.Log10(sum)));
    }
}
