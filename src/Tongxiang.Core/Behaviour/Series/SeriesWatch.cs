namespace Tongxiang.Core.Behaviour.Series;

/// <summary>What is odd about a point of a series.</summary>
public enum SeriesSign
{
    /// <summary>The value lies many standard deviations from the level.</summary>
    Level,
    /// <summary>Four values together lie further from the level than they ever, or hardly ever, did.</summary>
    Stretch,
    /// <summary>The last nineteen values are unlike any nineteen before.</summary>
    Shape,
}

/// <summary>How odd a point is; from 1 on somebody should look.</summary>
/// <param name="Score">0 in the learning time, and while something as odd was said shortly before.</param>
/// <param name="Usual">The level for <see cref="SeriesSign.Level"/> and <see cref="SeriesSign.Stretch"/>; for a shape the usual distance.</param>
public readonly record struct SeriesReading(double Score, SeriesSign Sign, double Seen, double Usual)
{
    public bool IsAlarm => Score >= 1;
}

/// <summary>Watches one series of measurements, such as the calls of a node or the rows of a resource by the minute, seeing only its past.</summary>
/// <remarks>Three published ways look at each point, each divided by the figure at which it alarms alone; the strongest speaks: the deviation from an exponentially forgetting level, the empirical tail of a short
/// mean's deviation (extrapolated beyond what was seen), and the conformal distance to the 27 nearest of the last windows of nineteen points
/// (Burnaev and Ishimtsev, 2016). Only the oddest point for half of the learning time is said. Constant memory: about 7 KB for 750 points. Deterministic; not for several threads at once.</remarks>
/// <param name="learning">Points before it says anything, and windows it compares with; a cycle of the series or two, 750 at most.</param>
public sealed class SeriesWatch(int learning)
{
    // Chosen on every second of the labelled series that docs/behaviour.md names; the others were only scored.
    const double LevelLimit = 9.3, StretchLimit = 3.25, ShapeLimit = 2.1;
    const int Short = 4;
    readonly Level _level = new(2000), _stretch = new(6400);
    readonly Shape _shape = new(learning);
    readonly Histogram _stretches = new(), _distances = new();
    readonly double[] _last = new double[Short];
    int _seen, _saidAt = int.MinValue / 2;
    double _said;

    /// <summary>Takes in the next value. A value that was not measured is left out by the caller, not given as 0.</summary>
    public SeriesReading See(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "A measurement is a finite number; leave out what was not measured.");
        var strongest = Strongest(value);
        // The same event goes on for many points: it is said once, and again only where it grows.
        if (_seen - _saidAt > learning / 2) _said = 0;
        var isNew = strongest.Score > _said;
        if (isNew) (_said, _saidAt) = (strongest.Score, _seen);
        _seen++;
        return isNew && _seen > learning ? strongest : strongest with { Score = 0 };
    }

    SeriesReading Strongest(double value)
    {
        var away = Math.Abs(_level.Deviation(value));
        var best = new SeriesReading(away / LevelLimit, SeriesSign.Level, value, _level.Mean);
        _level.Add(value);

        _last[_seen % Short] = value;
        double sum = 0;
        foreach (var one in _last) sum += one;
        var mean = sum / Math.Min(_seen + 1, Short);
        var stretch = Math.Abs(_stretch.Deviation(mean));
        if (_stretches.Surprise(stretch) / StretchLimit is var odd && odd > best.Score) best = new(odd, SeriesSign.Stretch, mean, _stretch.Mean);
        _stretches.Add(stretch);
        _stretch.Add(mean);

        var distance = _shape.See(value);
        if (_distances.Surprise(distance) / ShapeLimit is var strange && strange > best.Score) best = new(strange, SeriesSign.Shape, distance, _distances.Median);
        // In its first cycle every window is new; those distances would hide what is new later.
        if (_seen >= learning / 2) _distances.Add(distance);
        return best;
    }

    /// <summary>Mean and variance that forget like an average over the last n values.</summary>
    sealed class Level(int n)
    {
        int _count;
        double _variance;

        public double Mean { get; private set; }

        public void Add(double value)
        {
            _count = Math.Min(_count + 1, n);
            var before = value - Mean;
            Mean += before / _count;
            _variance += (before * (value - Mean) - _variance) / _count;
        }

        public double Deviation(double value) => _count < 20 ? 0 : (value - Mean) / Math.Max(1e-9 + 1e-3 * Math.Abs(Mean), Math.Sqrt(_variance));
    }

    /// <summary>How often which amount was seen, in quarter octaves; beyond the largest it falls like an exponential through the largest.</summary>
    sealed class Histogram
    {
        const int Buckets = 64, Lowest = 24, Most = 20_000;
        readonly float[] _counts = new float[Buckets];
        float _total;

        public double Median
        {
            get
            {
                var (at, below) = (0, 0f);
                while (at < Buckets - 1 && (below += _counts[at]) < _total / 2) at++;
                return Math.Pow(2, (at - Lowest + 0.5) / 4);
            }
        }

        /// <summary>Minus the decimal logarithm of the chance of at least this much.</summary>
        public double Surprise(double amount)
        {
            if (_total < 20) return 0;
            var (at, top, above) = (Bucket(amount), 0, 0f);
            for (var b = 0; b < Buckets; b++)
            {
                if (_counts[b] > 0.02f) top = b;
                if (b >= at) above += _counts[b];
            }
            if (at <= top) return -Math.Log10(Math.Max(above, 0.5) / (_total + 1));
            return Math.Log10(_total + 1) * Math.Min(8, Math.Pow(2, (4 * Math.Log2(amount) + Lowest - top) / 8));
        }

        public void Add(double amount)
        {
            _counts[Bucket(amount)]++;
            if (++_total <= Most) return;
            for (var b = 0; b < Buckets; b++) _counts[b] *= 0.5f;
            _total *= 0.5f;
        }

        static int Bucket(double amount) => amount <= 0 ? 0 : Math.Clamp((int)Math.Floor(4 * Math.Log2(amount)) + Lowest, 0, Buckets - 1);
    }

    /// <summary>How far the last nineteen values are, as one point, from the nearest of the windows before; the windows overlap, so the values themselves are all that is kept.</summary>
    sealed class Shape(int windows)
    {
        const int Length = 19, Neighbours = 27;
        readonly double[] _values = new double[Math.Clamp(windows, 2 * Neighbours, 750) + Length];
        readonly double[] _nearest = new double[Neighbours];
        int _count;

        public double See(double value)
        {
            // The oldest leaves; moving 6 KB costs less than walking a ring.
            if (_count == _values.Length) Array.Copy(_values, 1, _values, 0, --_count);
            _values[_count++] = value;
            var others = _count - Length;
            return others <= Neighbours ? 0 : Math.Sqrt(Distance(others));
        }

        // Mean of the squared distances to the nearest: a window is given up as soon as it lies further than the worst of them.
        double Distance(int others)
        {
            var last = _values.AsSpan(others, Length);
            _nearest.AsSpan().Fill(double.MaxValue);
            for (var from = 0; from < others; from++)
            {
                var other = _values.AsSpan(from, Length);
                double sum = 0;
                for (var i = 0; i < Length && sum < _nearest[^1]; i++) sum += (other[i] - last[i]) * (other[i] - last[i]);
                if (sum >= _nearest[^1]) continue;
                var at = Neighbours - 1;
                for (; at > 0 && _nearest[at - 1] > sum; at--) _nearest[at] = _nearest[at - 1];
                _nearest[at] = sum;
            }
            double all = 0;
            foreach (var one in _nearest) all += one;
            return all / Neighbours;
        }
    }
}
