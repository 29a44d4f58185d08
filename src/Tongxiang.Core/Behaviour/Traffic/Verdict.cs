namespace Tongxiang.Core.Behaviour.Traffic;

/// <summary>How a watcher did on labelled traffic.</summary>
/// <param name="Found">Found episodes of each kind and intensity, and how many there were.</param>
/// <param name="Delays">Per found episode: calls and milliseconds from its first call to the alarm, and rows that had left before.</param>
/// <param name="Strays">Alarms that belong to no episode.</param>
public sealed record Verdict(
    long Calls, long AttackCalls, IReadOnlyDictionary<(AttackKind Kind, Intensity Intensity), (int Found, int All)> Found,
    IReadOnlyList<(Episode Episode, int Calls, long Milliseconds, long Rows)> Delays, IReadOnlyList<Episode> Missed, int Alarms, IReadOnlyList<Alarm> Strays, double Days, double BalancedAccuracy)
{
    public double Recall(params Intensity[] of)
    {
        var cells = Found.Where(f => of.Contains(f.Key.Intensity)).Select(f => f.Value).ToList();
        return (double)cells.Sum(c => c.Found) / cells.Sum(c => c.All);
    }

    /// <summary>Share of the alarms that belong to an attack.</summary>
    public double Precision => Alarms == 0 ? 1 : 1 - (double)Strays.Count / Alarms;

    public double StraysPerDay => Strays.Count / Days;

    /// <summary>Runs a watcher over a region; alarms of one caller within a day are one.</summary>
    /// <param name="see">What raises the alarms; the product's watcher when it is left out.</param>
    public static Verdict Judge(Region region, Func<Observed, Alarm?>? see = null)
    {
        const long warmUp = 21L * 86_400_000, grace = 3_600_000, together = 86_400_000;
        var watcher = new Watcher(Region.IsWorkday);
        see ??= call => watcher.See(call);
        var hits = new Dictionary<int, (int Calls, long At, long Rows)>();
        var met = new Dictionary<int, (int Calls, long Rows)>();
        var open = new Dictionary<int, long>();
        List<Alarm> alarms = [], strays = [];
        long calls = 0, attacks = 0, first = 0, last = 0;
        foreach (var (call, episode) in region.Calls())
        {
            if (calls++ == 0) first = call.At;
            last = call.At;
            if (episode > 0)
            {
                attacks++;
                var before = met.GetValueOrDefault(episode);
                met[episode] = (before.Calls + 1, before.Rows);
            }
            var alarm = see(call);
            if (alarm is not null && call.At - first > warmUp)
            {
                var hit = region.Episodes.FirstOrDefault(e => (e.Caller == alarm.Caller || e.Partner == alarm.Caller) && e.From <= alarm.At && alarm.At <= e.Until + grace);
                if (hit is not null) hits.TryAdd(hit.Number, (met.GetValueOrDefault(hit.Number).Calls, alarm.At - hit.From, met.GetValueOrDefault(hit.Number).Rows));
                if (!open.TryGetValue(alarm.Caller, out var since) || alarm.At - since > together)
                {
                    open[alarm.Caller] = alarm.At;
                    alarms.Add(alarm);
                    if (hit is null) strays.Add(alarm);
                }
            }
            if (episode > 0 && !call.Marks.HasFlag(CallMarks.Refused)) met[episode] = (met[episode].Calls, met[episode].Rows + call.Rows);
        }
        var found = region.Episodes.GroupBy(e => (e.Kind, e.Intensity)).ToDictionary(g => g.Key, g => (g.Count(e => hits.ContainsKey(e.Number)), g.Count()));
        var daysWatched = (last - first - warmUp) / 86_400_000.0;
        var callerDays = daysWatched * region.Callers;
        var balanced = ((double)hits.Count / Math.Max(1, region.Episodes.Count) + 1 - strays.Count / callerDays) / 2;
        return new Verdict(calls, attacks, found, [.. hits.Select(h => (region.Episodes[h.Key - 1], h.Value.Calls, h.Value.At, h.Value.Rows))], [.. region.Episodes.Where(e => !hits.ContainsKey(e.Number))], alarms.Count, strays, daysWatched, balanced);
    }
}
