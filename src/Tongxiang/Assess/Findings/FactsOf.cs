using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Tongxiang.Watch;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>Gathers what supervision looks at, through the front doors of the parts.</summary>
public sealed class FactsOf(
    TimeProvider clock, Directory directory, RulePack rules, Deadlines deadlines, Agencies.Calendar calendar, CatalogRecord catalogue, ShareRecord share, IncidentRecord incidents, LandingRecord landings, Openings openings)
{
    // Beyond that a matter is old: it was found in its time, or is for people to open.
    private const int DaysBack = 400;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>All a detector may look at now.</summary>
    public Task<SupervisionFacts> Current(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var today = WorkCalendar.Day(now);
        // Calls are looked at for this month and the one before: older months have their findings.
        return Between(now, now.AddDays(-DaysBack), WorkCalendar.Begin(new DateOnly(today.Year, today.Month, 1).AddMonths(-1)), now.AddMilliseconds(1), ct);
    }

    /// <summary>The same as of one moment, calls and landings from <paramref name="from"/> to <paramref name="until"/>.</summary>
    /// <param name="since">Steps and duties from then on.</param>
    internal async Task<SupervisionFacts> Between(DateTimeOffset now, DateTimeOffset since, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var pauses = rules.TryFind("SW-PAUSE-ON-SUPPLEMENT", WorkCalendar.Day(now)) is { Value: 1 };
        return new SupervisionFacts(now, Due, BureauOf)
        {
            Duties = await catalogue.Duties(since, ct),
            EntrySteps = await catalogue.Steps(since, ct),
            Cases = await share.Cases(since, ct),
            Grants = await share.Grants(since, ct),
            Notes = await share.Notes(ct),
            Incidents = await incidents.Since(since, ct),
            Corrections = await share.Corrections(since, ct),
            Disputes = await share.Disputes(since, ct),
            Returns = await share.Returns(since, ct),
            SharedElements = await catalogue.SharedElements(ct),
            Landings = await landings.Between(from, until, ct),
            Outside = await OutsideCalls(from, until, ct),
            OutsideAtLeast = rules.TryFind("FIND-OUTSIDE", WorkCalendar.Day(now))?.Value ?? int.MaxValue,
            Paused = pauses ? (start, end) => calendar.Current.Left(WorkCalendar.Day(start), WorkCalendar.Day(end)) : null,
        };
    }

    /// <summary>Calls with data under each right in the time.</summary>
    internal async Task<IReadOnlyList<GrantUse>> Uses(IReadOnlyList<GrantOnRecord> grants, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var uses = new List<GrantUse>(grants.Count);
        foreach (var grant in grants)
        {
            var counts = await openings.Counts(new OpeningReader(null, IsAuditor: true), new OpeningQuery { Subject = "grant:" + grant.Id, From = from, Until = until }, "gateway.", ct);
            uses.Add(new GrantUse(grant.Id, counts.Where(c => c.Kind is "gateway.answered" or "gateway.verified" or "gateway.closed").Sum(c => c.Count)));
        }
        return uses;
    }

    internal Id<Agency>? BureauOf(Id<Agency> agency) => directory.Find(agency) switch { null => null, { Kind: AgencyKind.Bureau } own => own.Id, var other => other.Bureau };

    internal DateTimeOffset? Due(string rule, DateTimeOffset start, int extension) =>
        rules.TryFind(rule, WorkCalendar.Day(start)) is { Value: not null } ? deadlines.Due(rule, start, extension).DueAt : null;

    private async Task<IReadOnlyList<OutsideCall>> OutsideCalls(DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var calls = new List<OutsideCall>();
        string? after = null;
        do
        {
            var page = await openings.List(new OpeningReader(null, IsAuditor: true), new OpeningQuery { Kind = "gateway.refused", From = from, Until = until, After = after, Limit = 500 }, ct);
            foreach (var opening in page.Items)
            {
                var (happening, facts) = (opening.Happening, opening.Happening.Facts);
                if (facts.GetValueOrDefault("code") is not { } code || !Detectors.OutsideCodes.Contains(code) || !Id<Agency>.TryParse(happening.Agency, null, out var agency) || directory.Find(agency) is not { IsGovernment: true }) continue;
                calls.Add(new OutsideCall(opening.Index, happening.At, code, agency, facts.GetValueOrDefault("resource", ""), facts.GetValueOrDefault("grant")));
            }
            after = page.Next;
        }
        while (after is not null);
        return [.. calls.OrderBy(c => c.Index)];
    }
}
