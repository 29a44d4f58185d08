namespace Tongxiang.Core.Behaviour;

/// <summary>Whether the working days of a caller have grown for weeks, too slowly for any one day to be odd.</summary>
/// <remarks>The logarithms of the last 28 working days' amounts against the form of a rise that began three weeks ago (a matched filter): the strongest linear test there is for that form.
/// A day counts at most two deviations from the median, so that a month's end, one big job or a silent day does not make a rise.</remarks>
sealed class Ramp
{
    const int Days = 28, Rise = 15, Rest = 21;
    readonly float[] _days = new float[Days];
    int _count, _saidOn = -Rest;

    /// <summary>The last week against the median of all, as it last was.</summary>
    public float Times { get; private set; } = 1;

    /// <summary>Closes a day; how many deviations the rise is beyond chance, 0 when nothing new is to be said.</summary>
    public float Close(bool isWorkday, int amount, int today)
    {
        if (!isWorkday || amount == 0) return 0;
        Array.Copy(_days, 1, _days, 0, Days - 1);
        _days[^1] = MathF.Log(1 + amount);
        if (++_count < Days) return 0;
        _count = Days;
        if (today - _saidOn < Rest) return 0;
        var rise = Deviations();
        if (rise >= Signs.GrowthDeviations) _saidOn = today;
        return rise;
    }

    float Deviations()
    {
        Span<float> sorted = stackalloc float[Days];
        _days.CopyTo(sorted);
        sorted.Sort();
        // Of the days before the rise alone: what grew must not widen the measure.
        var median = sorted[Days / 2 - 1];
        var early = _days.AsSpan(0, Days - Rise);
        float away = 0;
        foreach (var day in early) away += MathF.Abs(day - median);
        var own = 1.25f * away / early.Length;
        // Thirteen days say little of how uneven days are; ten days' worth of what is common (0.35) steady the figure.
        var deviation = MathF.Sqrt((early.Length * own * own + 10 * 0.35f * 0.35f) / (early.Length + 10));
        const float middle = Rise * (Rise + 1) / 2f / Days;
        float found = 0, form = 0, week = 0;
        for (var i = 0; i < Days; i++)
        {
            var expected = MathF.Max(0, i - (Days - Rise) + 1) - middle;
            var x = Math.Clamp((_days[i] - median) / deviation, -2, 2);
            (found, form) = (found + expected * x, form + expected * expected);
            if (i >= Days - 5) week += _days[i] / 5;
        }
        Times = MathF.Exp(week - median);
        return found / MathF.Sqrt(form);
    }

    public void Pass(Tape tape)
    {
        tape.Pass(_days.AsSpan());
        (_count, _saidOn, Times) = (tape.Pass(_count, 0, Days), tape.Pass(_saidOn, -Rest, 200_000), tape.Pass(Times));
    }
}
