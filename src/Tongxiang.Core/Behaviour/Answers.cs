namespace Tongxiang.Core.Behaviour;

/// <summary>How many rows the answers of a caller, an operator or a peer group have.</summary>
sealed class Answers
{
    const int Newcomer = 40;
    const float Times = 8;

    /// <summary>Answers taken in.</summary>
    public int Seen { get; private set; }

    /// <summary>Rows that three answers of four do not exceed; what one in ten does, however long, hardly moves it.</summary>
    public float Usual { get; private set; }

    /// <summary>The largest, lifted by a doubling at most by any one answer.</summary>
    public float Largest { get; private set; }

    /// <summary>Rows above which an answer is larger than usual; of a newcomer, for its peers.</summary>
    public float Bound(Answers peers) => Seen < Newcomer ? MathF.Max(Largest, peers.Largest) : MathF.Min(Largest, Times * MathF.Max(2, Usual));

    public void Take(int rows)
    {
        Seen = Math.Min(Seen + 1, 1_000_000_000);
        Largest = MathF.Max(Largest * 0.9999f, MathF.Min(rows, MathF.Max(16, 2 * Largest)));
        // Three small steps down weigh one up: they are in balance where a quarter lies above.
        var step = MathF.Max(0.01f, 1f / (Seen + 1));
        Usual = Seen == 1 ? rows : rows > Usual ? Usual * (1 + 3 * step) : Usual / (1 + step);
    }

    public void Pass(Tape tape) => (Seen, Usual, Largest) = (tape.Pass(Seen, 0), tape.Pass(Usual), tape.Pass(Largest));
}
