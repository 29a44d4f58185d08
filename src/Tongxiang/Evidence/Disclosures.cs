using System.Globalization;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>
/// The disclosure journal's front door: whose data left is counted here, from the evidence alone. Whoever asks has been authorised; nothing here names a person.
/// </summary>
public sealed partial class Disclosures(Db db, EvidenceLog evidence) : IDisposable
{
    /// <summary>Kind of the entries that name a file's persons, a part at a time, before that part leaves.</summary>
    public const string PartKind = "gateway.disclosed";

    private readonly DisclosureWalk walk = new(db, evidence);
    private readonly JournalIndex index = new(evidence);

    /// <summary>
    /// Counts the different persons and the records that a scope disclosed in a time, exactly and in a fixed amount of memory however many they are. A resource and month
    /// has a key of its own; over several of them the number of persons is given as a range.
    /// </summary>
    public async Task<DisclosureCount> Count(DisclosureScope scope, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var (calls, records, changed) = (0L, 0L, 0L);
        var tallies = new Dictionary<int, Tally>();
        await walk.Run(scope, from, until, d =>
        {
            if (d.Happening.Kind != PartKind && (d.Record.Length > 0 || Rows(d.Happening) > 0)) calls++;
            records += Rows(d.Happening);
            if (d.IsChanged) changed++;
            else if (SubjectSeal.KeyOf(d.Record) is { } key) (tallies.TryGetValue(key, out var tally) ? tally : tallies[key] = new Tally()).Add(SubjectSeal.CountOf(d.Record));
        }, ct);
        var (groups, lost, lostPersons) = await Persons(scope, from, until, tallies, ct);
        return new(calls, records, groups.Count == 0 ? 0 : groups.Max(g => g.Persons), groups.Sum(g => g.Persons), lost, changed, groups) { LostPersons = lostPersons };
    }

    public void Dispose() => index.Dispose();

    private async Task<(IReadOnlyList<DisclosedGroup> Groups, long Lost, long LostPersons)> Persons(DisclosureScope scope, DateTimeOffset from, DateTimeOffset until, Dictionary<int, Tally> tallies, CancellationToken ct)
    {
        var keys = (await evidence.Journal.List(KeyRetention.MonthOf(from.AddDays(-1)), KeyRetention.MonthOf(until.AddDays(1)), ct)).ToDictionary(k => k.Number);
        var open = new Dictionary<int, (SubjectSeal Seal, Distinct Persons)>();
        foreach (var (number, tally) in tallies)
            if (await evidence.Journal.Open(number, ct) is { } seal) open[number] = (seal, new Distinct(tally.Subjects, Math.Max(1 << 14, Distinct.Held / tallies.Count)));
        var unread = 0L;
        for (var round = 0; open.Values.Any(o => round < o.Persons.Rounds); round++)
        {
            var now = round;
            await walk.Run(scope, from, until, d =>
            {
                if (d.IsChanged || SubjectSeal.KeyOf(d.Record) is not { } key || !open.TryGetValue(key, out var found) || now >= found.Persons.Rounds) return;
                if (found.Seal.Open(d.Record) is not { } persons)
                {
                    if (now == 0) unread++;
                    return;
                }
                foreach (var person in persons) found.Persons.Add(person, now);
            }, ct);
            foreach (var (_, persons) in open.Values)
                if (now < persons.Rounds) persons.EndRound();
        }
        foreach (var (seal, _) in open.Values) seal.Dispose();
        var lost = tallies.Where(t => !open.ContainsKey(t.Key)).Select(t => t.Value).ToList();
        return ([.. open.Where(o => keys.ContainsKey(o.Key)).Select(o => new DisclosedGroup(keys[o.Key].Scope, keys[o.Key].Month, tallies[o.Key].Calls, o.Value.Persons.Count))], lost.Sum(t => t.Calls) + unread, lost.Sum(t => t.Subjects));
    }

    // A file's rows stand in its closing; the parts that went before name persons only.
    private static long Rows(Happening happening) => long.TryParse(happening.Facts.GetValueOrDefault("rows"), CultureInfo.InvariantCulture, out var rows) ? rows : 0;

    private sealed class Tally
    {
        public long Calls { get; private set; }

        public long Subjects { get; private set; }

        public void Add(int subjects) => (Calls, Subjects) = (Calls + 1, Subjects + subjects);
    }
}
