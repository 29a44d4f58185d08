using System.Security.Cryptography;
using Tongxiang.Core.Behaviour;
using Tongxiang.Core.Behaviour.Traffic;

namespace Tongxiang.Tests.Core.Behaviour;

public sealed class WatcherStateTests
{
    static Region Small() => new(7100, callers: 40, days: 40, episodes: 9);

    [Fact]
    public void Saving_and_restoring_in_the_middle_changes_no_alarm()
    {
        var whole = WatcherLab.Alarms(Small());
        Assert.NotEmpty(whole);
        var saves = 0;
        var broken = WatcherLab.Alarms(Small(), (watcher, at) =>
        {
            if (at % 20_011 != 20_010) return;
            saves++;
            var state = Saved(watcher);
            // Something quite different in between must leave no trace.
            for (var i = 0; i < 50; i++) watcher.See(WatcherLab.Office(i, WatcherLab.Monday.AddYears(1).AddMinutes(i)) with { Operator = 5, Ordinal = i });
            watcher.Restore(new MemoryStream(state));
            Assert.Equal(state, Saved(watcher));
        });
        Assert.InRange(saves, 3, int.MaxValue);
        Assert.Equal(whole, broken);
    }

    [Fact]
    public void Nothing_behind_the_state_is_read_and_a_state_costs_at_most_four_kilobytes_a_caller()
    {
        var watcher = Busy(500);
        using var stream = new MemoryStream();
        watcher.Save(stream);
        var length = stream.Length;
        Assert.InRange((length - Saved(new Watcher(Region.IsWorkday)).Length) / (double)watcher.Remembered, 500, 4096);
        stream.WriteByte(0x5A);
        stream.Position = 0;
        new Watcher(Region.IsWorkday).Restore(stream);
        Assert.Equal(length, stream.Position);
    }

    [Fact]
    public void What_is_cut_or_changed_anywhere_is_refused_and_changes_nothing()
    {
        var good = Saved(Busy(3));
        var watcher = WatcherLab.Accustomed();
        var before = Saved(watcher);
        var chance = new Random(77);
        for (var i = 0; i < 300; i++)
        {
            var bad = i % 2 == 0 ? good[..chance.Next(good.Length)] : [.. good];
            if (i % 2 == 1) bad[chance.Next(bad.Length)] ^= (byte)(1 << chance.Next(8));
            Assert.Throws<InvalidDataException>(() => watcher.Restore(new MemoryStream(bad)));
        }
        Assert.Equal(before, Saved(watcher));
    }

    [Fact]
    public void A_state_forged_with_the_right_digest_is_refused_or_harmless()
    {
        var good = Saved(Busy(3));
        var chance = new Random(78);
        var (refused, taken) = (0, 0);
        for (var i = 0; i < 600; i++)
        {
            var forged = Forged(good, chance);
            var watcher = new Watcher(Region.IsWorkday);
            try
            {
                watcher.Restore(new MemoryStream(forged));
            }
            catch (InvalidDataException)
            {
                refused++;
                continue;
            }
            taken++;
            for (var call = 0; call < 30; call++)
                watcher.See(WatcherLab.Office(call % 4, WatcherLab.Monday.AddDays(20 + call / 3).AddHours(call)) with { Operator = (ulong)(call % 2), Ordinal = call, Subject = 8, Rows = 500 });
            Assert.NotEmpty(Saved(watcher));
        }
        Assert.InRange(refused, 30, 600);
        Assert.InRange(taken, 30, 600);
    }

    [Fact]
    public void Another_version_is_named_in_the_refusal()
    {
        var state = Saved(new Watcher(Region.IsWorkday));
        state[8] = 9;
        var refusal = Assert.Throws<InvalidDataException>(() => new Watcher(Region.IsWorkday).Restore(new MemoryStream(state)));
        Assert.Contains("version 9", refusal.Message);
    }

    [Fact]
    public void Made_up_operators_beyond_the_most_share_one_memory_and_those_who_left_are_forgotten()
    {
        var watcher = new Watcher(Region.IsWorkday);
        for (var who = 1; who <= 6000; who++) watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddSeconds(who)) with { Operator = (ulong)who });
        Assert.Equal(1 + 4096 + 1, watcher.Remembered);
        watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(70)) with { Operator = 9000 });
        Assert.Equal(2, watcher.Remembered);
    }

    [Fact]
    public void A_judged_false_alarm_raises_the_limit_of_this_sign_for_this_caller_alone()
    {
        Assert.Equal(Sign.Stale, Silent(0, Sign.Stale)?.Reasons[0].Sign);
        Assert.Equal(Sign.Stale, Silent(1, Sign.Burst)?.Reasons[0].Sign);
        Assert.Null(Silent(1, Sign.Stale));

        static Alarm? Silent(int judgements, Sign sign)
        {
            var watcher = WatcherLab.Accustomed();
            for (var i = 0; i < judgements; i++) watcher.Forgive(1, 0, sign);
            watcher.Forgive(2, 0, Sign.Stale);
            return watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(28 + 60).AddHours(10)));
        }
    }

    [Theory]
    [InlineData(Sign.Hours, 0, 3)]
    [InlineData(Sign.Hours, 1, 5)]
    [InlineData(Sign.Hours, 50, 5)]
    [InlineData(Sign.Enumeration, 0, 10)]
    [InlineData(Sign.Enumeration, 1, 15)]
    [InlineData(Sign.Enumeration, 50, 34)]
    public void Forgiveness_has_an_end_that_comes_at_once_for_what_the_grant_declares(Sign sign, int judgements, int alarmAt)
    {
        var watcher = WatcherLab.Accustomed();
        for (var i = 0; i < judgements; i++) watcher.Forgive(1, 0, sign);
        var at = 0;
        for (var i = 1; i <= 60 && at == 0; i++)
        {
            var call = WatcherLab.Office(1, WatcherLab.Monday.AddDays(30).AddHours(10).AddMinutes(2 * i));
            if (watcher.See(sign == Sign.Hours ? call with { Marks = CallMarks.OutsideHours | CallMarks.Refused } : call with { Ordinal = 29010119900101000 + i }) is not null) at = i;
        }
        Assert.Equal(alarmAt, at);
    }

    [Fact]
    public void What_was_forgiven_outlives_a_restart()
    {
        var (watcher, again) = (WatcherLab.Accustomed(), new Watcher(Region.IsWorkday));
        watcher.Forgive(1, 0, Sign.Stale);
        again.Restore(new MemoryStream(Saved(watcher)));
        Assert.Null(again.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(28 + 60).AddHours(10))));
    }

    static Watcher Busy(int callers)
    {
        var watcher = new Watcher(Region.IsWorkday);
        for (var i = 0; i < callers * 20; i++) watcher.See(WatcherLab.Office(i % callers, WatcherLab.Monday.AddMinutes(i)) with { Operator = (ulong)(i % 3), Ordinal = i, Subject = 8, Rows = i });
        return watcher;
    }

    static byte[] Saved(Watcher watcher)
    {
        using var stream = new MemoryStream();
        watcher.Save(stream);
        return stream.ToArray();
    }

    // Changes up to four bytes inside the frames and signs again, as somebody who knows the form would.
    static byte[] Forged(byte[] good, Random chance)
    {
        byte[] forged = [.. good];
        List<(int From, int Length)> frames = [];
        for (var at = 0; BitConverter.ToInt32(forged, at) is > 0 and var length; at += 4 + length) frames.Add((at + 4, length));
        // The last frame has the tracks; before it stand the peers, which are numbers alone.
        for (var i = chance.Next(4); i >= 0; i--)
        {
            var (from, length) = frames[chance.Next(4) == 0 ? chance.Next(frames.Count) : ^1];
            var at = from + length - 1 - chance.Next(Math.Min(length, 12_000));
            forged[at] = chance.Next(3) switch { 0 => (byte)chance.Next(256), 1 => 0xFF, _ => (byte)(forged[at] ^ 1 << chance.Next(8)) };
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (from, length) in frames) hash.AppendData(forged, from, length);
        hash.GetHashAndReset().CopyTo(forged, forged.Length - 32);
        return forged;
    }
}
