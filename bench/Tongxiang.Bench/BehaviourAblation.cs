using Tongxiang.Core.Behaviour;
using Tongxiang.Core.Behaviour.Traffic;
using static Tongxiang.Bench.Behaviour;

namespace Tongxiang.Bench;

/// <summary>What each sign is worth: the watcher without it, on the same traffic; and a simple detector of a caller's own history, which is what there is without the rest.</summary>
static class BehaviourAblation
{
    public static int Run(int from, int to)
    {
        Console.WriteLine($"{"",-22}{"plain+medium",14}{"hard",8}{"precision",11}{"false/day",11}");
        Line("simple detector", from, to, () => new SimpleDetector().See);
        Line("all signs", from, to, () => new Watcher(Region.IsWorkday) is var w ? c => w.See(c) : null!);
        foreach (var sign in Enum.GetValues<Sign>())
            Line($"without {sign}", from, to, () => new Watcher(Region.IsWorkday) { Without = sign } is var w ? c => w.See(c) : null!);
        return 0;
    }

    static void Line(string name, int from, int to, Func<Func<Observed, Alarm?>> watcher)
    {
        var verdicts = Enumerable.Range(from, to - from + 1).Select(seed => Verdict.Judge(new Region(seed), watcher())).ToList();
        var all = verdicts.SelectMany(v => v.Found).ToList();
        double Recall(bool isHard) => (double)all.Where(f => f.Key.Intensity == Intensity.Hard == isHard).Sum(f => f.Value.Found) / all.Where(f => f.Key.Intensity == Intensity.Hard == isHard).Sum(f => f.Value.All);
        var (alarms, strays) = (verdicts.Sum(v => v.Alarms), verdicts.Sum(v => v.Strays.Count));
        Print($"{name,-22}{Recall(false),14:0.000}{Recall(true),8:0.000}{1 - (double)strays / Math.Max(1, alarms),11:0.000}{strays / verdicts.Sum(v => v.Days),11:0.00}");
    }
}

/// <summary>What a first detector looks like: a caller against its own hours, largest answer, networks, resources and last use. No grant, no peers, no operators, no calendar.</summary>
sealed class SimpleDetector
{
    readonly Dictionary<int, Own> _callers = [];

    public Alarm? See(Observed call)
    {
        if (!_callers.TryGetValue(call.Caller, out var own)) own = _callers[call.Caller] = new Own();
        return own.See(call) is { } reason && call.At > own.QuietUntil ? Raise(own, call, reason) : null;
    }

    static Alarm Raise(Own own, Observed call, Reason reason)
    {
        own.QuietUntil = call.At + 86_400_000;
        return new Alarm(call.At, call.Caller, 0, reason.Strength, [reason]);
    }

    sealed class Own
    {
        readonly HashSet<uint> _networks = [];
        readonly HashSet<int> _resources = [];
        readonly int[] _active = new int[24];
        long _hour = -1, _last, _ordinal = -1, _since;
        int _inHour, _days, _steps, _largest;
        double _mean, _variance;

        public long QuietUntil { get; set; }

        public Reason? See(Observed call)
        {
            var hour = (call.At + 28_800_000) / 3_600_000;
            if (_last == 0) _since = call.At;
            _days = (int)((call.At - _since) / 86_400_000);
            var gap = _last == 0 ? 0 : call.At - _last;
            _last = call.At;
            if (hour != _hour) Close(hour);
            _inHour++;
            var isNear = call.Ordinal >= 0 && call.Ordinal - _ordinal is > 0 and <= 32;
            _steps = isNear ? _steps + 1 : 0;
            _ordinal = call.Ordinal;
            var reason = Judge(call, hour, gap);
            if (call.Rows < 20 * Math.Max(10, _largest)) _largest = Math.Max(_largest, call.Rows);
            _networks.Add(call.Network);
            _resources.Add(call.Resource);
            return reason;
        }

        Reason? Judge(Observed call, long hour, long gap)
        {
            if (_days < 14) return null;
            if (gap > 40L * 86_400_000) return new(Sign.Stale, 1, gap / 86_400_000f, 0);
            if (_steps >= 10) return new(Sign.Enumeration, 1, _steps, 0);
            if (call.Rows > 20 * Math.Max(10, _largest)) return new(Sign.Volume, 1, call.Rows, _largest);
            if (!_networks.Contains(call.Network) && !_networks.Any(n => n >> 8 == call.Network >> 8)) return new(Sign.NewNetwork, 1, 1, 0);
            if (_inHour >= 10 && _active[hour % 24] == 0) return new(Sign.Night, 1, _inHour, 0);
            var deviations = (Math.Log(1 + _inHour) - _mean) / Math.Max(0.3, Math.Sqrt(_variance));
            return _inHour >= 20 && deviations > 3.5 ? new(Sign.Rate, (float)deviations, _inHour, (float)Math.Exp(_mean)) : null;
        }

        void Close(long hour)
        {
            if (_hour >= 0)
            {
                var amount = Math.Log(1 + _inHour);
                var before = amount - _mean;
                _mean += before * 0.02;
                _variance += (before * (amount - _mean) - _variance) * 0.02;
                _active[_hour % 24]++;
            }
            (_hour, _inHour) = (hour, 0);
        }
    }
}
