using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Behaviour;
using Tongxiang.Kernel;
using Tongxiang.Watch;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>Tells the watcher what the demonstration's systems usually do, so that an attack of today stands out: three months that never happened, made from the region's seed.</summary>
internal sealed class SeedWatch(Watching watching, Clients clients, Catalogue catalogue, Directory directory, Pseudonyms pseudonyms, Scale scale)
{
    private const int Days = 100;
    private const uint Loopback = 0x7f0000;

    /// <summary>Habits: an office by day, a job by night, and a company that fell silent.</summary>
    private static readonly (string Client, string Resource, string Operator, int FromHour, int ToHour, bool Weekends, int Since, int Until)[] habits =
    [
        ("civil-affairs-01", "population", "civil-affairs.clerk", 8, 18, false, Days, 1),
        ("human-resources-01", "population", "human-resources.clerk", 1, 6, true, Days, 1),
        ("qiming-01", "legal-persons", "qiming.user", 9, 17, false, Days, 60),
    ];

    public void Run() => watching.Learn(habits.SelectMany(Calls).OrderBy(c => c.At));

    private IEnumerable<SeenCall> Calls((string Client, string Resource, string Operator, int FromHour, int ToHour, bool Weekends, int Since, int Until) habit)
    {
        if (clients.Find(habit.Client) is not { } client || catalogue.BySlug(habit.Resource) is not { } entry) yield break;
        var kind = client.Agency is { } agency ? directory.Find(agency)?.Kind : null;
        var pseudonym = pseudonyms.Of(habit.Operator);
        for (var back = habit.Since; back >= habit.Until; back--)
        {
            var day = scale.Today.AddDays(-back);
            if (!habit.Weekends && day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            var chance = scale.Chance("watch " + habit.Client, day.DayNumber);
            for (var hour = habit.FromHour; hour < habit.ToHour; hour++)
                for (var calls = chance.Between(4, 14); calls > 0; calls--)
                {
                    var at = new DateTimeOffset(day.ToDateTime(new TimeOnly(hour, 0)), WorkCalendar.Offset).AddMilliseconds(chance.Below(3_600_000));
                    var key = (ulong)chance.Below(int.MaxValue) << 20 | (uint)chance.Below(1 << 20);
                    yield return new SeenCall(
                        at.ToUnixTimeMilliseconds(), client.Id.ToString(), client.Agency, kind, true, pseudonym, entry.Id, entry.Agency, null, Loopback, key | 1, key | 1, key >> 3 | 1, -1,
                        chance.Between(1, 3), ulong.MaxValue, CallMarks.None, true, true);
                }
        }
    }
}
