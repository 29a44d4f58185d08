namespace Tongxiang.Core.Behaviour;

/// <summary>What a peer group has in common: the prior of whoever is new in it.</summary>
sealed class PeerTails
{
    readonly float[] _hours = new float[24];

    public Tail Minute { get; } = new();
    public Tail TenMinutes { get; } = new();
    public Tail Haste { get; } = new();
    public Answers Answers { get; } = new();
    /// <summary>Share of their keys that are read once only.</summary>
    public float Once { get; set; } = 1;
    public Tail HourRate { get; } = new();

    public void Pass(Tape tape)
    {
        tape.Pass(_hours.AsSpan());
        foreach (var tail in (ReadOnlySpan<Tail>)[Minute, TenMinutes, Haste, HourRate]) tail.Pass(tape);
        Answers.Pass(tape);
        Once = tape.Pass(Once);
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

/// <summary>How fast the last six different keys came, and how many in a row were read once only: it knows a burst at its sixth key, without waiting for a minute to close.</summary>
/// <remarks>Who works on a matter comes back to its keys; who harvests reads each once.</remarks>
sealed class Haste
{
    public const int Keys = 6;
    const float Slow = 0.5f, Prior = 20, Harvested = 0.97f;
    readonly long[] _times = new long[Keys];
    readonly Tail _usual = new();
    long _hour = -1;
    int _at, _count, _seen;
    float _largest, _once = 1, _run;
    bool _isRepeated;

    /// <summary>Keys a minute over the last six.</summary>
    public float Rate { get; private set; }

    /// <summary>Whether the last call brought a different key.</summary>
    public bool IsNow { get; set; }

    public void Add(long at, PeerTails peers)
    {
        IsNow = true;
        All = Math.Min(All + 1, 1_000_000_000);
        if (_count > 0) TakeOnce(peers);
        _times[_at] = at;
        _at = (_at + 1) % Keys;
        _count = Math.Min(_count + 1, 2 * Keys);
        if (_count < Keys) return;
        Rate = Keys * 60_000f / (Math.Max(0, at - _times[_at]) + 1000);
        // The fastest stretch of each hour is one amount: maxima of blocks are what a bound on maxima is learnt from.
        var hour = at / 3_600_000;
        if (hour != _hour)
        {
            if (_hour >= 0) _usual.Add(MathF.Max(_largest, Slow), peers.Haste);
            _largest = 0;
        }
        (_hour, _largest) = (hour, MathF.Max(_largest, Rate));
    }

    /// <summary>The last key, or one of the last before it, was read again.</summary>
    public void Repeat() => _isRepeated = true;

    // A cumulative sum of decimal logarithms: keys read once, as one who harvests reads nearly all of his, against what is usual.
    void TakeOnce(PeerTails peers)
    {
        var usual = Math.Clamp((_seen * _once + Prior * peers.Once) / (_seen + Prior), 0.05f, Harvested);
        _run = Math.Clamp(_run + MathF.Log10(_isRepeated ? (1 - Harvested) / (1 - usual) : Harvested / usual), 0, 12);
        var once = _isRepeated ? 0 : 1;
        _seen = Math.Min(_seen + 1, 200);
        _once += (once - _once) / _seen;
        peers.Once += (once - peers.Once) * 0.001f;
        _isRepeated = false;
    }

    /// <summary>Minus the decimal logarithm of the chance of this haste.</summary>
    public float Surprise(PeerTails peers) => _usual.Surprise(Rate, peers.Haste);

    /// <summary>Minus the decimal logarithm of the chance of so many keys in a row that nobody came back to.</summary>
    public float Run => _run;

    /// <summary>Different keys so far.</summary>
    public int All { get; private set; }

    public float Usual(Tail peers) => _usual.Usual(peers);

    public void Pass(Tape tape)
    {
        tape.Pass(_times);
        _usual.Pass(tape);
        (_at, _count) = (tape.Pass(_at, 0, Keys - 1), tape.Pass(_count, 0, 2 * Keys));
        (Rate, IsNow) = (tape.Pass(Rate), tape.Pass(IsNow));
        (_hour, _largest) = (tape.Pass(_hour, -1), tape.Pass(_largest));
        All = tape.Pass(All, 0);
        (_isRepeated, _seen, _once, _run) = (tape.Pass(_isRepeated), tape.Pass(_seen, 0, 200), tape.Pass(_once), tape.Pass(_run));
    }
}
