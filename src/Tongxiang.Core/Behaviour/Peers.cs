namespace Tongxiang.Core.Behaviour;

/// <summary>What a peer group has in common: the prior of whoever is new in it.</summary>
sealed class PeerTails
{
    readonly float[] _hours = new float[24];

    public Tail Minute { get; } = new();
    public Tail TenMinutes { get; } = new();
    public Tail Haste { get; } = new();
    public Answers Answers { get; } = new();
    public Tail HourRate { get; } = new();

    public void Pass(Tape tape)
    {
        tape.Pass(_hours.AsSpan());
        foreach (var tail in (ReadOnlySpan<Tail>)[Minute, TenMinutes, Haste, HourRate]) tail.Pass(tape);
        Answers.Pass(tape);
    }

    /// <summary>One of them was at work in this hour.</summary>
    public void Saw(Moment now)
    {
        if (now.IsWorkday) _hours[now.HourOfDay]++;
    }

    /// <summary>Whether they commonly work at this hour of a working day.</summary>
    public bool WorkAt(int hour) => _hours[hour] > 0.1f * _hours.Max();
}

/// <summary>How many different keys a span of time held, against what is usual.</summary>
sealed class Pace
{
    readonly Distinct _keys = new();
    readonly Tail _usual = new();
    long _number = -1;

    public float Count => _keys.Count;

    public void Turn(long number, Tail peers)
    {
        if (number == _number) return;
        if (_number >= 0 && _keys.Count > 0) _usual.Add(_keys.Count, peers);
        _keys.Clear();
        _number = number;
    }

    public void Pass(Tape tape)
    {
        _keys.Pass(tape);
        _usual.Pass(tape);
        _number = tape.Pass(_number, -1);
    }

    public void Add(ulong key)
    {
        if (key != 0) _keys.Add(key);
    }

    public float Surprise(Tail peers) => _usual.Surprise(_keys.Count, peers);
    public float Usual(Tail peers) => _usual.Usual(peers);
}

/// <summary>How fast the last eight different keys came: it knows a burst at its eighth key, without waiting for a minute to close.</summary>
sealed class Haste
{
    public const int Keys = 8;
    const float Slow = 0.5f;
    readonly long[] _times = new long[Keys];
    readonly Tail _usual = new();
    long _hour = -1;
    int _at, _count;
    float _largest;

    /// <summary>Keys a minute over the last eight.</summary>
    public float Rate { get; private set; }

    /// <summary>Whether the last call brought a different key.</summary>
    public bool IsNow { get; set; }

    public void Add(long at, Tail peers)
    {
        IsNow = true;
        _times[_at] = at;
        _at = (_at + 1) % Keys;
        _count = Math.Min(_count + 1, 2 * Keys);
        if (_count < Keys) return;
        Rate = Keys * 60_000f / (Math.Max(0, at - _times[_at]) + 1000);
        // The fastest stretch of each hour is one amount: maxima of blocks are what a bound on maxima is learnt from.
        var hour = at / 3_600_000;
        if (hour != _hour)
        {
            if (_hour >= 0) _usual.Add(MathF.Max(_largest, Slow), peers);
            _largest = 0;
        }
        (_hour, _largest) = (hour, MathF.Max(_largest, Rate));
    }

    public float Surprise(Tail peers) => _usual.Surprise(Rate, peers);
    public float Usual(Tail peers) => _usual.Usual(peers);

    public void Pass(Tape tape)
    {
        tape.Pass(_times);
        _usual.Pass(tape);
        (_at, _count) = (tape.Pass(_at, 0, Keys - 1), tape.Pass(_count, 0, 2 * Keys));
        (Rate, IsNow) = (tape.Pass(Rate), tape.Pass(IsNow));
        (_hour, _largest) = (tape.Pass(_hour, -1), tape.Pass(_largest));
    }
}
