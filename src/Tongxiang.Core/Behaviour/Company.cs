namespace Tongxiang.Core.Behaviour;

/// <summary>With whom a caller shares one walk through a register: neighbours of what another caller has just read, again and again the same other.</summary>
sealed class Company
{
    long _since;

    /// <summary>The other caller; 0 before there is one.</summary>
    public int Partner { get; private set; }

    /// <summary>Steps shared with him, fading over half a day.</summary>
    public float Steps { get; private set; }

    /// <summary>Takes in a call; <paramref name="other"/> is who read the neighbour before, 0 for nobody.</summary>
    public bool Take(int other, long at)
    {
        Steps *= MathF.Exp(-Math.Max(0, at - _since) / 43_200_000f);
        _since = at;
        if (other == 0) Steps = MathF.Max(0, Steps - 0.02f);
        else if (other == Partner) Steps = MathF.Min(Steps + 1, 4 * Signs.CollusionSteps);
        else if (Steps < 1) (Partner, Steps) = (other, 1);
        else Steps -= 0.5f;
        return other != 0 && other == Partner;
    }

    public void Pass(Tape tape) => (_since, Partner, Steps) = (tape.Pass(_since), tape.Pass(Partner), tape.Pass(Steps));
}

/// <summary>Who read which numbers last, over all callers: 16,384 places, the newest in each.</summary>
sealed class Neighbourhood
{
    const int Places = 16_384, Near = 32, Shift = 5;
    const long Lately = 2 * 3_600_000;
    readonly long[] _ordinals = new long[Places], _times = new long[Places];
    readonly int[] _callers = new int[Places];

    /// <summary>The other caller who lately read a near neighbour of this number, or 0; then remembers this reading.</summary>
    public int Take(int caller, long ordinal, long at)
    {
        var (found, block) = (0, ordinal >> Shift);
        for (var near = block - 1; near <= block + 1; near++)
        {
            var place = Place(near);
            var step = Math.Abs(_ordinals[place] - ordinal);
            if (step is > 0 and <= Near && _callers[place] != caller && at - _times[place] < Lately) found = _callers[place];
        }
        var own = Place(block);
        (_ordinals[own], _times[own], _callers[own]) = (ordinal, at, caller);
        return found;
    }

    static int Place(long block) => (int)((ulong)block * 0x9E3779B97F4A7C15UL >> 50);

    public void Pass(Tape tape)
    {
        tape.Pass(_ordinals);
        tape.Pass(_times);
        tape.Pass(_callers);
    }
}
