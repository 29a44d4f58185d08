namespace Tongxiang.Core.Behaviour;

/// <summary>Whether the working days of a caller have grown for weeks, too slowly for any one day to be odd.</summary>
/// <remarks>The last fifteen working days against the form of a rise that began with them (a matched filter), level and scatter from all days before: the strongest linear test there is for that form.
/// A day is the sum of its hours' cube roots, which are nearly normal for amounts as uneven as these: steady extra reading fills the quiet hours, which a day's total would not show.
/// A day counts at most two deviations, so that a month's end, one big job or a silent day does not make a rise.</remarks>
sealed class Ramp
{
    const int Rise = 15, Least = 13, Most = 60, Rest = 21;
    readonly float[] _days = new float[Rise];
    int _risen, _before, _saidOn = -Rest;
    float _level, _variance;

    /// <summary>The last week against the days before the rise, as it last was.</summary>
    public float Times { get; private set; } = 1;

    /// <summary>How many deviations the rise is beyond chance if the day ended here; 0 when nothing new is to be said.</summary>
    /// <param name="amount">Sum over the day's hours of the cube root of the different keys.</param>
    public float Read(float amount, int today)
    {
        if (_before < Least || today - _saidOn < Rest) return 0;
        // The first days say little of how uneven days are; ten days' worth of what is common (0.35 in the logarithm) steady the figure.
        var common = 0.35f / 3 * _level;
        var deviation = MathF.Sqrt((_before * _variance + 10 * common * common) / (_before + 10));
        const float sum = Rise * (Rise + 1) / 2f, squares = sum * (2 * Rise + 1) / 3;
        var middle = sum / (Rise + _before);
        float found = 0, week = 0;
        for (var i = 0; i < Rise; i++)
        {
            var day = i < Rise - 1 ? _days[i + 1] : amount;
            found += (i + 1 - middle) * Math.Clamp((day - _level) / deviation, -2, 2);
            if (i >= Rise - 5) week += day / 5;
        }
        Times = MathF.Pow(week / _level, 3);
        var rise = found / MathF.Sqrt(squares - sum * middle);
        if (rise >= Signs.GrowthDeviations) _saidOn = today;
        return rise;
    }

    /// <summary>Takes in a working day that is over.</summary>
    public void Close(float amount)
    {
        if (_risen == Rise) Settle(_days[0]);
        Array.Copy(_days, 1, _days, 0, Rise - 1);
        _days[^1] = amount;
        _risen = Math.Min(_risen + 1, Rise);
    }

    void Settle(float day)
    {
        _before = Math.Min(_before + 1, Most);
        var away = day - _level;
        if (_before > 5) away = Math.Clamp(away, -2.5f * MathF.Sqrt(_variance), 2.5f * MathF.Sqrt(_variance));
        _level += away / _before;
        _variance = _before == 1 ? 0 : _variance + (away * away - _variance) / _before;
    }

    public void Pass(Tape tape)
    {
        tape.Pass(_days.AsSpan());
        (_risen, _before, _saidOn, Times) = (tape.Pass(_risen, 0, Rise), tape.Pass(_before, 0, Most), tape.Pass(_saidOn, -Rest, 200_000), tape.Pass(Times));
        (_level, _variance) = (tape.Pass(_level), tape.Pass(_variance));
    }
}
