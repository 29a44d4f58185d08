namespace Tongxiang.Core.Behaviour;

/// <summary>What a peer group has in common: the prior of whoever is new in it.</summary>
sealed class PeerTails
{
    readonly float[] _hours = new float[24];

    public Tail Minute { get; } = new();
    public Tail TenMinutes { get; } = new();
    public Tail CallRows { get; } = new();
    public Tail HourRate { get; } = new();
    public float LargestRows { get; set; }

    public void Pass(Tape tape)
    {
        tape.Pass(_hours.AsSpan());
        foreach (var tail in (ReadOnlySpan<Tail>)[Minute, TenMinutes, CallRows, HourRate]) tail.Pass(tape);
        LargestRows = tape.Pass(LargestRows);
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
