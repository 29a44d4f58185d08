namespace Tongxiang.Core.Behaviour;

// What is kept over a restart, and what people have taught.
sealed partial class Track
{
    const int LongestDay = 200_000;
    readonly byte[] _forgiven = new byte[Enum.GetValues<Sign>().Length];

    /// <summary>How many times stronger a sign must be here than elsewhere: half as much again for each alarm that was judged false, 3.4 times at most.</summary>
    /// <remarks>What a grant declares is no matter of habit: there one judgement is the most, or patience would buy a way past the grant.</remarks>
    public float Lenience(Sign sign) => _forgiven[(int)sign] switch { 0 => 1, 1 => 1.5f, 2 => 2.25f, _ => 3.375f };

    /// <summary>Takes in that people judged an alarm of this sign false.</summary>
    public void Forgive(Sign sign)
    {
        var most = sign is Sign.Hours or Sign.Network or Sign.Matter or Sign.NoCase ? 1 : 3;
        _forgiven[(int)sign] = (byte)Math.Min(most, _forgiven[(int)sign] + 1);
    }

    /// <summary>Everything that is remembered, out or in.</summary>
    public void Pass(Tape tape)
    {
        PassSets(tape);
        PassDays(tape);
        Minute.Pass(tape);
        TenMinutes.Pass(tape);
        Answers.Pass(tape);
        HourRate?.Pass(tape);
        Haste.Pass(tape);
        Company?.Pass(tape);
        _ramp?.Pass(tape);
        (_freshThisHour, _amountToday, _wasWorkday) = (tape.Pass(_freshThisHour, 0), tape.Pass(_amountToday), tape.Pass(_wasWorkday));
        (LastAt, LongestGap, QuietUntil) = (tape.Pass(LastAt), tape.Pass(LongestGap), tape.Pass(QuietUntil));
        (QuietScore, QuietSigns) = (tape.Pass(QuietScore), tape.Pass(QuietSigns));
        (Seen, Operators) = (tape.Pass(Seen, 0), tape.Pass(Operators, 0));
        (_missRate, _nearRate, _enumeration) = (tape.Pass(_missRate), tape.Pass(_nearRate), tape.Pass(_enumeration));
        (_hourMean, _hoursSeen) = (tape.Pass(_hourMean), tape.Pass(_hoursSeen, 0));
        (_columns, _missBits, _missSeen) = (tape.Pass(_columns), tape.Pass(_missBits), tape.Pass(_missSeen, 0, 65));
        (_isNear, _isMiss) = (tape.Pass(_isNear), tape.Pass(_isMiss));
    }

    void PassSets(Tape tape)
    {
        tape.Pass(_activeDays);
        tape.Pass(_lastDays);
        tape.Pass(_lapses);
        if (_rates is not null) tape.Pass(_rates.AsSpan());
        tape.Pass(_lastKeys);
        tape.Pass(_networks);
        tape.Pass(_resources);
        tape.Pass(_ordinals);
        tape.Pass(_people);
        tape.Pass(_peopleDay);
        tape.Pass(_peopleCase);
        tape.Pass(_peopleDays);
        tape.Pass(_forgiven);
        _keyAt = tape.Pass(_keyAt, 0, _lastKeys.Length - 1);
        _networkCount = tape.Pass(_networkCount, 0);
        _resourceCount = tape.Pass(_resourceCount, 0);
        _ordinalAt = tape.Pass(_ordinalAt, 0, Ordinals - 1);
        _ordinalTime = tape.Pass(_ordinalTime);
    }

    void PassDays(Tape tape)
    {
        (_hour, _day) = (tape.Pass(_hour, -1), tape.Pass(_day, -1, LongestDay));
        (_workdays, _restdays) = (tape.Pass(_workdays, 0, LongestDay), tape.Pass(_restdays, 0, LongestDay));
        (_lastHourOfWeek, _hoursToday) = (tape.Pass(_lastHourOfWeek, 0, 167), tape.Pass(_hoursToday));
        _kindOfToday = tape.Pass(_kindOfToday, 0, 24) < 24 ? 0 : 24;
        (CallsThisHour, NightCalls, OutsideHours) = (tape.Pass(CallsThisHour, 0), tape.Pass(NightCalls, 0), tape.Pass(OutsideHours, 0));
        (NoCases, Namesakes, OutsideMatters) = (tape.Pass(NoCases, 0), tape.Pass(Namesakes, 0), tape.Pass(OutsideMatters, 0));
        (NewResourceCalls, NewNetworkCalls, NewColumns) = (tape.Pass(NewResourceCalls, 0), tape.Pass(NewNetworkCalls, 0), tape.Pass(NewColumns, 0));
        IsNewBlock = tape.Pass(IsNewBlock);
    }
}
