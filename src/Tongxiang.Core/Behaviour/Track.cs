using System.Numerics;

namespace Tongxiang.Core.Behaviour;

/// <summary>What is remembered of one caller, or of one operator behind it: constant memory, under 4 KB.</summary>
sealed partial class Track(bool isCaller)
{
    const int Networks = 12, Resources = 24, Ordinals = 8, People = 256, Ways = 8;
    readonly ushort[] _activeDays = isCaller ? new ushort[48] : [], _lastDays = isCaller ? new ushort[48] : [];
    readonly byte[] _lapses = isCaller ? new byte[48] : [];
    readonly float[]? _rates = isCaller ? new float[168] : null;
    readonly ulong[] _lastKeys = new ulong[16];
    readonly uint[] _networks = new uint[Networks];
    readonly int[] _resources = new int[Resources];
    readonly long[] _ordinals = new long[Ordinals];
    readonly ushort[] _people = isCaller ? [] : new ushort[People];
    readonly ushort[] _peopleDay = isCaller ? [] : new ushort[People];
    readonly ushort[] _peopleCase = isCaller ? [] : new ushort[People];
    readonly byte[] _peopleDays = isCaller ? [] : new byte[People];
    readonly Ramp? _ramp = isCaller ? new() : null;
    long _hour = -1, _ordinalTime;
    int _day = -1, _workdays, _restdays, _networkCount, _resourceCount, _ordinalAt, _lastHourOfWeek;
    ulong _columns, _missBits;
    int _keyAt, _hoursToday, _kindOfToday;
    bool _isNear, _isMiss;
    float _missRate = 0.02f, _nearRate = 0.02f, _enumeration;
    float _hourMean;
    int _hoursSeen;
    int _missSeen, _freshThisHour;
    float _amountToday;
    bool _wasWorkday;

    public Pace Minute { get; } = new();
    public Pace TenMinutes { get; } = new();
    public Haste Haste { get; } = new();
    public Answers Answers { get; } = new();
    public Tail? HourRate { get; } = isCaller ? new() : null;
    public long LastAt { get; private set; }
    public long LongestGap { get; private set; }
    public long QuietUntil { get; set; }
    public float QuietScore { get; set; }
    public int QuietSigns { get; set; }
    public int CallsThisHour { get; private set; }
    public int NightCalls { get; private set; }
    public int OutsideHours { get; private set; }
    public int NoCases { get; private set; }
    public int Namesakes { get; private set; }
    public int OutsideMatters { get; private set; }
    public int NewResourceCalls { get; private set; }
    public int NewNetworkCalls { get; private set; }
    public bool IsNewBlock { get; private set; }
    public int NewColumns { get; private set; }
    /// <summary>How surely the working days have grown; 0 but at the first call of an hour.</summary>
    public float GrowthSeen { get; private set; }
    public float GrowthTimes => _ramp?.Times ?? 1;
    public Company? Company { get; } = isCaller ? new() : null;
    public long Seen { get; private set; }
    /// <summary>Operators remembered behind this caller.</summary>
    public int Operators { get; set; }

    /// <summary>Days of this kind (work or rest) since the first call.</summary>
    public int DaysOf(bool isWorkday) => isWorkday ? _workdays : _restdays;
    public int Days => _workdays + _restdays;
    /// <summary>Steps from neighbour to neighbour; 0 unless the last call was one.</summary>
    public float Enumeration => _isNear ? _enumeration : 0;
    public float HourUsual => _rates?[_lastHourOfWeek] is > 0 and var rate ? rate : _hourMean;
    /// <summary>Whether it works on most working days.</summary>
    public bool IsRegular => _activeDays.AsSpan(24).ContainsAnyInRange((ushort)(_workdays / 2 + 1), ushort.MaxValue);
    /// <summary>Misses among the last 64 different keys; 0 unless the last call was one.</summary>
    public float Misses => _isMiss ? BitOperations.PopCount(_missBits) : 0;
    public float UsualMisses => _missRate;

    /// <summary>How odd the haste of the last keys is; of one operator together with his reading each key once, which over all operators of a caller says little.</summary>
    /// <remarks>Who reads a hundred keys a day has a hundred chances a day to look odd.</remarks>
    public float HasteStrength(PeerTails peers) => Haste.Surprise(peers) switch
    {
        <= 0 => 0,
        var haste when isCaller => haste / Signs.CallerHaste,
        var haste => (haste + Haste.Run) / (Signs.OperatorHaste + MathF.Log10(1 + Haste.All / (Days + 1f))),
    };

    /// <summary>Share of the earlier days of this kind that saw a call in this hour or up to <paramref name="reach"/> hours from it.</summary>
    /// <remarks>A habit that was given up is none, else three weeks of nights would buy all the nights to come: hours silent for more than ten days of this kind, and longer than ever before, do not count.</remarks>
    public float ActiveShare(Moment now, int reach)
    {
        var kind = now.HourOfKind - now.HourOfDay;
        var days = DaysOf(now.IsWorkday);
        var most = 0;
        for (var step = -reach; step <= reach; step++)
        {
            var hour = kind + (now.HourOfDay + step + 24) % 24;
            if (days - _lastDays[hour] <= Math.Max(10, _lapses[hour] * 6 / 5)) most = Math.Max(most, _activeDays[hour]);
        }
        return (most + 0.02f) / (days + 1);
    }

    /// <summary>Closes what time has closed: the minute, the hour, the day. What was far above the usual is learnt only in part.</summary>
    public void Turn(Moment now, PeerTails peers, Clockwork clock)
    {
        Minute.Turn(now.Minute, peers.Minute);
        TenMinutes.Turn(now.Minute / 10, peers.TenMinutes);
        GrowthSeen = 0;
        if (now.Hour != _hour)
        {
            if (_hour >= 0) CloseHour(peers);
            if (_ramp is not null && _wasWorkday) GrowthSeen = _ramp.Read(_amountToday, now.Day);
            _hour = now.Hour;
            _lastHourOfWeek = now.HourOfWeek;
            CallsThisHour = 0;
            peers.Saw(now);
            _hoursToday |= 1 << now.HourOfDay;
        }
        if (now.Day == _day) return;
        if (isCaller) CloseDay();
        (_hoursToday, _kindOfToday) = (1 << now.HourOfDay, now.HourOfKind - now.HourOfDay);
        // Days without a call count as well: a caller that is silent on rest days has no habit of working then.
        var (work, rest) = clock.DaysBetween(_day < 0 ? now.Day - 1 : _day, now.Day);
        (_workdays, _restdays, _day) = (_workdays + work, _restdays + rest, now.Day);
        _wasWorkday = now.IsWorkday;
        (NightCalls, OutsideHours) = (0, 0);
        (NoCases, Namesakes, OutsideMatters, NewResourceCalls, NewNetworkCalls, NewColumns) = (0, 0, 0, 0, 0, 0);
        IsNewBlock = false;
    }

    void CloseDay()
    {
        var days = _kindOfToday == 24 ? _workdays : _restdays;
        for (var i = _kindOfToday; i < _kindOfToday + 24; i++)
        {
            if ((_hoursToday & 1 << (i - _kindOfToday)) == 0) continue;
            if (_activeDays[i]++ > 0) _lapses[i] = (byte)Math.Min(250, Math.Max(_lapses[i], days - _lastDays[i]));
            _lastDays[i] = (ushort)days;
        }
        if (_wasWorkday && _amountToday > 0) _ramp?.Close(_amountToday);
        _amountToday = 0;
    }

    void CloseHour(PeerTails peers)
    {
        if (_rates is null || HourRate is null) return;
        _amountToday += MathF.Cbrt(_freshThisHour);
        _freshThisHour = 0;
        HourRate.Add((CallsThisHour + 2) / (HourUsual + 2), peers.HourRate);
        _hourMean += (CallsThisHour - _hourMean) / MathF.Min(++_hoursSeen, 200);
        ref var rate = ref _rates[_lastHourOfWeek];
        var bounded = rate > 0 ? MathF.Min(CallsThisHour, 4 * rate + 8) : CallsThisHour;
        rate = rate == 0 ? bounded : rate + 0.25f * (bounded - rate);
    }

    /// <summary>Takes in one call.</summary>
    public void Take(in Observed call, bool isNight, PeerTails peers)
    {
        LongestGap = Seen > 0 ? Math.Max(LongestGap, call.At - LastAt) : 0;
        LastAt = call.At;
        Seen++;
        CallsThisHour++;
        if (isNight) NightCalls++;
        if (call.Marks.HasFlag(CallMarks.OutsideHours)) OutsideHours++;
        if (call.Marks.HasFlag(CallMarks.NoCase)) NoCases++;
        if (call.Marks.HasFlag(CallMarks.Namesake)) Namesakes++;
        if (call.Marks.HasFlag(CallMarks.OutsideMatter)) OutsideMatters++;
        TakeMiss(call, peers);
        TakeOrdinal(call.Ordinal, call.At);
        Minute.Add(call.Key);
        TenMinutes.Add(call.Key);
        // Networks and resources are the client's: which of its people uses which says nothing.
        if (!isCaller) return;
        TakeNetwork(call);
        if (!call.Marks.HasFlag(CallMarks.Refused)) TakeResource(call);
    }

    /// <summary>Takes in one question of a call that was taken in: its key, and whether it missed.</summary>
    public void TakePart(in Observed call)
    {
        Haste.IsNow = _isMiss = false;
        if (IsFresh(call.Key)) CountMiss(call);
        TakeOrdinal(call.Ordinal, call.At);
    }

    void TakeMiss(in Observed call, PeerTails peers)
    {
        _isMiss = Haste.IsNow = false;
        if (!IsFresh(call.Key))
        {
            Haste.Repeat();
            return;
        }
        _freshThisHour++;
        if (call.Key != 0) Haste.Add(call.At, peers);
        CountMiss(call);
    }

    // A retry storm repeats one key: it is counted once.
    bool IsFresh(ulong key)
    {
        if (_lastKeys.AsSpan().Contains(key)) return false;
        _lastKeys[_keyAt] = key;
        _keyAt = (_keyAt + 1) % _lastKeys.Length;
        return true;
    }

    void CountMiss(in Observed call)
    {
        var missed = _isMiss = call.Marks.HasFlag(CallMarks.Missed);
        if (_missSeen < 65) _missSeen++;
        else _missRate += ((_missBits >> 63) - _missRate) * 0.002f;
        _missBits = (_missBits << 1) | (missed ? 1UL : 0);
    }

    void TakeNetwork(in Observed call)
    {
        var known = false;
        var block = false;
        for (var i = 0; i < Math.Min(_networkCount, Networks); i++)
        {
            known |= _networks[i] == call.Network;
            block |= _networks[i] >> 8 == call.Network >> 8;
        }
        if (known) return;
        NewNetworkCalls++;
        IsNewBlock |= !block;
        // A refused network is never learnt; another one only after it came back often enough to be somebody's habit.
        if (!call.Marks.HasFlag(CallMarks.Refused) && (_networkCount == 0 || block || Days < 3 || NewNetworkCalls >= 40)) _networks[_networkCount++ % Networks] = call.Network;
    }

    void TakeResource(in Observed call)
    {
        for (var i = 0; i < Math.Min(_resourceCount, Resources); i++)
            if (_resources[i] == call.Resource)
            {
                NewColumns = Math.Max(NewColumns, BitOperations.PopCount(call.Columns & ~_columns));
                if (Days < 7 || NewColumns > 0 && CallsThisHour > 20) _columns |= call.Columns;
                return;
            }
        if (_resourceCount > 0 && Days >= 7 && Seen >= 60 && !call.Marks.HasFlag(CallMarks.NewGrant) && ++NewResourceCalls < 60) return;
        _resources[_resourceCount++ % Resources] = call.Resource;
        _columns |= call.Columns;
    }

    // Steps to a near neighbour of one of the last keys add up; any other step takes a quarter of one back. Chance alone almost never makes two.
    void TakeOrdinal(long ordinal, long at)
    {
        var near = _isNear = false;
        if (ordinal < 0) return;
        for (var i = 0; i < Ordinals; i++)
        {
            var step = Math.Abs(ordinal - _ordinals[i]);
            near |= step is > 0 and <= 32;
            if (step == 0) return;
        }
        _ordinals[_ordinalAt] = ordinal;
        _ordinalAt = (_ordinalAt + 1) % Ordinals;
        var faded = _enumeration * MathF.Exp(-Math.Max(0, at - _ordinalTime) / 43_200_000f);
        _ordinalTime = at;
        _enumeration = Math.Clamp(faded + (near ? 1 - 4 * _nearRate : -0.25f), 0, 4 * Signs.EnumerationSteps);
        _isNear = near;
        // A job that always reads a dense register in order is judged by its own habit, learnt slowly.
        _nearRate += ((near ? 1 : 0) - _nearRate) * 0.001f;
    }

    /// <summary>For how many cases, on different days of the last thirty, this operator read this person; the present one included.</summary>
    /// <remarks>A matter that takes days comes back under its case number and counts once. 256 places in sets of eight; a reading of one day gives way before one of several days.</remarks>
    public int CasesOf(ulong person, ulong @case, int day)
    {
        var number = (ushort)(@case >> 48);
        var (tag, today, set) = ((ushort)(person >> 48 | 1), (ushort)day, (int)(person % (People / Ways)) * Ways);
        var leaves = set;
        for (var i = set; i < set + Ways; i++)
        {
            if (_people[i] == tag && today - _peopleDay[i] <= 30)
            {
                if (_peopleDay[i] != today && _peopleCase[i] != number) (_peopleCase[i], _peopleDays[i]) = (number, (byte)Math.Min(250, _peopleDays[i] + 1));
                _peopleDay[i] = today;
                return _peopleDays[i];
            }
            if (Worth(i, today) < Worth(leaves, today)) leaves = i;
        }
        (_people[leaves], _peopleDay[leaves], _peopleCase[leaves], _peopleDays[leaves]) = (tag, today, number, 1);
        return 1;
    }

    int Worth(int i, int day)
    {
        var age = day - _peopleDay[i];
        return _people[i] == 0 || age > 30 ? int.MinValue : _peopleDays[i] * 12 - age;
    }
}
