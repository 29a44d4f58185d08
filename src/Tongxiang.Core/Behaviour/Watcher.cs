namespace Tongxiang.Core.Behaviour;

/// <summary>Watches calls in the order they come, per caller and per operator behind it, and says when somebody should look.</summary>
/// <remarks>Deterministic: the same calls give the same alarms. Not for several threads at once; shard by caller.</remarks>
/// <param name="isWorkday">The calendar in force.</param>
public sealed partial class Watcher(Func<DateOnly, bool> isWorkday)
{
    const int Groups = 64, MostOperators = 4096;
    readonly Clockwork _clock = new(isWorkday, TimeSpan.FromHours(8));
    readonly List<Reason> _reasons = [];
    Dictionary<int, Track> _callers = [];
    Dictionary<(int Caller, ulong Operator), Track> _operators = [];
    Neighbourhood _neighbourhood = new();
    PeerTails[] _peers = NewPeers(), _operatorPeers = NewPeers();
    long _startedAt = -1;
    int _sweptOn;

    /// <summary>A sign that is not heeded: what the others find without it.</summary>
    public Sign? Without { get; init; }

    /// <summary>Callers and operators remembered.</summary>
    public int Remembered => _callers.Count + _operators.Count;

    /// <summary>Takes in one call; an alarm when this call makes one.</summary>
    public Alarm? See(in Observed call)
    {
        if (_startedAt < 0) _startedAt = call.At;
        var now = _clock.Read(call.At);
        var caller = CallerOf(call.Caller);
        _reasons.Clear();
        if (call.Marks.HasFlag(CallMarks.Part)) return SeePart(caller, call, now);
        var group = call.Group & (Groups - 1);
        Judge(caller, call, now, _peers[group]);
        if (now.Day != _sweptOn) Forget(now.Day, call.At);
        if (call.Operator == 0) return Raise(caller, call, 0);
        var person = OperatorOf(caller, call);
        JudgeOperator(person, call, now, _operatorPeers[group], caller);
        return Raise(caller, call, call.Operator);
    }

    // What was asked within a call says whether somebody is guessing or walks through a register; how often and how much is asked the call has said.
    Alarm? SeePart(Track caller, in Observed call, Moment now)
    {
        var group = call.Group & (Groups - 1);
        caller.Turn(now, _peers[group], _clock);
        caller.TakePart(call);
        Shared(caller, call);
        Steps(caller);
        Unknown(caller);
        if (call.Operator == 0) return Raise(caller, call, 0);
        var person = OperatorOf(caller, call);
        person.Turn(now, _operatorPeers[group], _clock);
        person.TakePart(call);
        Again(person, call, now);
        if (caller.Days >= 2)
        {
            Steps(person);
            Unknown(person);
        }
        return Raise(caller, call, call.Operator);
    }

    Track CallerOf(int number)
    {
        if (_callers.TryGetValue(number, out var track)) return track;
        return _callers[number] = new Track(isCaller: true);
    }

    // Pseudonyms are what a calling system asserts: one that makes up ever new ones must not fill the memory. Those beyond the most share one track.
    Track OperatorOf(Track caller, in Observed call)
    {
        if (_operators.TryGetValue((call.Caller, call.Operator), out var track)) return track;
        var who = caller.Operators < MostOperators ? call.Operator : 0;
        if (who == 0 && _operators.TryGetValue((call.Caller, 0), out track)) return track;
        caller.Operators++;
        return _operators[(call.Caller, who)] = new Track(isCaller: false);
    }

    // Once a day: an operator who did not come for two months is new when he comes again.
    void Forget(int day, long at)
    {
        _sweptOn = day;
        foreach (var (key, track) in _operators)
        {
            if (at - track.LastAt < Signs.ForgottenAfter) continue;
            _operators.Remove(key);
            _callers[key.Caller].Operators--;
        }
    }

    void Judge(Track track, in Observed call, Moment now, PeerTails peers)
    {
        var gap = track.Seen > 0 ? call.At - track.LastAt : 0;
        track.Turn(now, peers, _clock);
        var share = track.ActiveShare(now, 1);
        var isNight = track.Days >= 14 && share < MathF.Max(0.02f, 1.5f / (track.DaysOf(now.IsWorkday) + 1));
        // An account that nobody used since its right was given is as stale as one that fell silent.
        if (track.Seen == 0 && call.At - _startedAt > Signs.StaleAfter && !call.Marks.HasFlag(CallMarks.NewGrant)) Add(track, Sign.Stale, 1, (call.At - _startedAt) / 86_400_000f, 0);
        if (track.Seen > 0 && gap > Signs.StaleAfter && gap > track.LongestGap * 6 / 5) Add(track, Sign.Stale, 1, gap / 86_400_000f, track.LongestGap / 86_400_000f);
        track.Take(call, isNight, peers);
        Declared(track, call);
        if (isNight) Add(track, Sign.Night, NightStrength(track, now, peers), track.NightCalls, share);
        if (track.NewNetworkCalls > 0 && track.Days >= 7 && track.IsNewBlock) Add(track, Sign.NewNetwork, call.Marks.HasFlag(CallMarks.OutsideNetworks) ? 1 : track.Days >= 14 ? 1 : 0.5f * track.NewNetworkCalls, track.NewNetworkCalls, 0);
        if (track.NewResourceCalls > 0 && track.Days >= 14) Add(track, Sign.NewResource, track.NewResourceCalls / 8f, track.NewResourceCalls, 0);
        if (track.NewColumns > 4) Add(track, Sign.Columns, 0.5f + track.NewColumns / 40f, track.NewColumns, 0);
        if (track.GrowthSeen > 0) Add(track, Sign.Growth, track.GrowthSeen / Signs.GrowthDeviations, track.GrowthTimes, 1);
        Shared(track, call);
        Amounts(track, call, peers, Signs.CallerBurst);
        if (track.CallsThisHour >= Signs.LeastCalls && !isNight && track.HourRate is { } hours) Add(track, Sign.Rate, hours.Surprise((track.CallsThisHour + 2) / (track.HourUsual + 2), peers.HourRate) / Signs.RateLimit, track.CallsThisHour, track.HourUsual);
    }

    // Somebody stays late, or works in office hours when he usually does not: odd, but no alarm alone.
    static float NightStrength(Track track, Moment now, PeerTails peers) => track switch
    {
        _ when track.ActiveShare(now, 4) > 0.3f => MathF.Min(0.7f, track.NightCalls / 6f),
        _ when (!now.IsWorkday || !track.IsRegular) && peers.WorkAt(now.HourOfDay) => MathF.Min(0.5f, track.NightCalls / 6f),
        _ => track.NightCalls / 3f,
    };

    void JudgeOperator(Track track, in Observed call, Moment now, PeerTails peers, Track caller)
    {
        track.Turn(now, peers, _clock);
        track.Take(call, isNight: false, peers);
        Again(track, call, now);
        if (track.Namesakes > 0) Add(track, Sign.Namesake, 0.4f + track.Namesakes * 0.3f, track.Namesakes, 0);
        if (caller.Days >= 2) Amounts(track, call, peers, Signs.OperatorBurst);
    }

    void Again(Track track, in Observed call, Moment now)
    {
        if (call.Subject == 0 || call.Marks.HasFlag(CallMarks.Refused)) return;
        var cases = track.CasesOf(call.Subject, call.Case, now.Day);
        if (cases >= 3) Add(track, Sign.SamePerson, cases / Signs.SamePersonCases, cases, 1);
    }

    void Shared(Track track, in Observed call)
    {
        if (call.Ordinal >= 0 && track.Company is { } company && company.Take(_neighbourhood.Take(call.Caller, call.Ordinal, call.At), call.At))
            Add(track, Sign.Collusion, company.Steps / Signs.CollusionSteps, company.Steps, 0);
    }

    void Steps(Track track)
    {
        if (track.Enumeration >= 4) Add(track, Sign.Enumeration, track.Enumeration / Signs.EnumerationSteps, track.Enumeration, 0);
    }

    void Unknown(Track track)
    {
        var misses = track.Misses;
        var expected = 64 * track.UsualMisses;
        if (misses >= 12 && misses > expected) Add(track, Sign.Misses, (misses - expected) / (8 + 7 * MathF.Sqrt(expected + 1)), misses, expected);
    }

    // What the grant declares needs no learning: this is where precision comes from.
    void Declared(Track track, in Observed call)
    {
        if (track.OutsideHours > 0) Add(track, Sign.Hours, track.OutsideHours / 3f, track.OutsideHours, 0);
        if (call.Marks.HasFlag(CallMarks.OutsideNetworks)) Add(track, Sign.Network, track.IsNewBlock ? 1 : 0.6f, track.NewNetworkCalls, 0);
        if (track.OutsideMatters > 0) Add(track, Sign.Matter, track.OutsideMatters / 3f, track.OutsideMatters, 0);
        if (track.NoCases > 0) Add(track, Sign.NoCase, track.NoCases / 5f, track.NoCases, 0);
    }

    void Amounts(Track track, in Observed call, PeerTails peers, float burst)
    {
        Steps(track);
        if (track.Haste.IsNow && track.Haste.Rate >= Signs.LeastHaste) Add(track, Sign.Burst, track.HasteStrength(peers), track.Haste.Rate, track.Haste.Usual(peers.Haste));
        if (track.Minute.Count >= Signs.LeastKeys) Add(track, Sign.Burst, track.Minute.Surprise(peers.Minute) / burst, track.Minute.Count, track.Minute.Usual(peers.Minute));
        if (track.TenMinutes.Count >= Signs.LeastKeys) Add(track, Sign.Burst, track.TenMinutes.Surprise(peers.TenMinutes) / burst, track.TenMinutes.Count, track.TenMinutes.Usual(peers.TenMinutes));
        Unknown(track);
        if (call.Rows > 0 && !call.Marks.HasFlag(CallMarks.Refused))
        {
            if (call.Rows >= Signs.LeastRows && track.Answers.Seen + peers.Answers.Seen > 100)
                Add(track, Sign.Volume, MathF.Log2(call.Rows / MathF.Max(1, track.Answers.Bound(peers.Answers))) / Signs.VolumeOctaves, call.Rows, track.Answers.Usual);
            track.Answers.Take(call.Rows);
            peers.Answers.Take(call.Rows);
        }
    }

    void Add(Track track, Sign sign, float strength, float seen, float usual)
    {
        strength /= track.Lenience(sign);
        if (strength >= Signs.Least && sign != Without) _reasons.Add(new Reason(sign, MathF.Min(strength, 9.99f), seen, usual));
    }

    // The strongest sign counts whole, the others by how far they are from it: two half-certain signs of one hour make one alarm, ten weak ones none.
    Alarm? Raise(Track track, in Observed call, ulong who)
    {
        if (_reasons.Count == 0) return null;
        _reasons.Sort(static (a, b) => b.Strength.CompareTo(a.Strength));
        float score = 0, part = 1;
        var signs = 0;
        List<Reason> top = [];
        foreach (var reason in _reasons)
        {
            if ((signs & 1 << (int)reason.Sign) != 0) continue;
            signs |= 1 << (int)reason.Sign;
            score += part * reason.Strength;
            part = part == 1 ? 0.4f : part * 0.4f;
            top.Add(reason);
            if (top.Count == 3) break;
        }
        if (score < 1 || top[0].Strength < 0.7f) return null;
        // A day's rest after an alarm, unless it grows to twice as bad or shows another sign.
        var isQuiet = call.At < track.QuietUntil;
        if (isQuiet && score < 2 * track.QuietScore && !ShowsAnother(track, top)) return null;
        (track.QuietUntil, track.QuietScore, track.QuietSigns) = (call.At + 86_400_000, score, signs | (isQuiet ? track.QuietSigns : 0));
        return new Alarm(call.At, call.Caller, who, score, top);
    }

    // A louder sign that goes on must not hide one that would raise an alarm alone: a rule may wait for just that one.
    static bool ShowsAnother(Track track, List<Reason> top)
    {
        for (var i = 0; i < top.Count; i++)
            if ((i == 0 || top[i].Strength >= 1) && (track.QuietSigns & 1 << (int)top[i].Sign) == 0) return true;
        return false;
    }
}

/// <summary>Where each sign raises an alarm alone. Chosen on seeds 1 to 6 and 11 to 14 of the traffic generator; the figures of other seeds are in docs/behaviour.md.</summary>
static class Signs
{
    public const float Least = 0.3f;
    public const long StaleAfter = 40L * 86_400_000;
    public const long ForgottenAfter = 62L * 86_400_000;
    public const float SamePersonCases = 4;
    public const float EnumerationSteps = 8;
    public const float CollusionSteps = 8;
    public const float GrowthDeviations = 3.2f;
    public const float LeastHaste = 6;
    public const float CallerHaste = 5;
    public const float OperatorHaste = 7.5f;
    public const float VolumeOctaves = 4.6f;
    public const float RateLimit = 9f;
    public const int LeastCalls = 20;
    public const float LeastKeys = 8;
    public const float LeastRows = 200;
    public const float CallerBurst = 6;
    public const float OperatorBurst = 6.4f;
}
