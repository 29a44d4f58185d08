using Tongxiang.Core.Behaviour;
using Tongxiang.Core.Behaviour.Traffic;

namespace Tongxiang.Tests.Core.Behaviour;

/// <summary>Watchers that have seen something already.</summary>
static class WatcherLab
{
    public static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.FromHours(8));

    // Four weeks of office hours, some calls every ten minutes, from one network.
    public static Watcher Accustomed()
    {
        var (watcher, chance) = (new Watcher(Region.IsWorkday), new Random(11));
        for (var day = 0; day < 28; day++)
            for (var ten = 0; ten < 57 && Region.IsWorkday(DateOnly.FromDateTime(Monday.AddDays(day).DateTime)); ten++)
                for (var i = chance.Next(6); i > 0; i--)
                    Assert.Null(watcher.See(Office(1, Monday.AddDays(day).AddHours(8).AddMinutes(10 * ten + chance.NextDouble() / 10 + 5 - i))));
        return watcher;
    }

    public static Observed Office(int caller, DateTimeOffset at) =>
        new(at.ToUnixTimeMilliseconds(), caller, 1, 0, 3, 0x0A0B0C, (ulong)at.ToUnixTimeMilliseconds() * 31, 0, 0, -1, 1, 1, CallMarks.None);

    public static List<string> Alarms(Region region, Action<Watcher, int>? between = null)
    {
        var (watcher, at) = (new Watcher(Region.IsWorkday), 0);
        List<string> alarms = [];
        foreach (var (call, _) in region.Calls())
        {
            between?.Invoke(watcher, at++);
            if (watcher.See(call) is { } alarm) alarms.Add($"{alarm.At} {alarm.Caller} {alarm.Operator} {alarm.Score} {string.Join(',', alarm.Reasons)}");
        }
        return alarms;
    }
}
