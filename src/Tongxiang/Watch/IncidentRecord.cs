using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>An incident with the agencies it touches.</summary>
/// <param name="Providers">Whose data it is about.</param>
/// <param name="Others">Who called, or is touched otherwise.</param>
public sealed record IncidentOnRecord(Incident Incident, IReadOnlyList<Id<Agency>> Providers, IReadOnlyList<Id<Agency>> Others);

/// <summary>What supervision reads of incidents (Order 809 art. 38, 42); drills and false alarms are left out.</summary>
public sealed class IncidentRecord(Db db)
{
    /// <summary>Real incidents found since then, and those that are not handled.</summary>
    public async Task<IReadOnlyList<IncidentOnRecord>> Since(DateTimeOffset since, CancellationToken ct)
    {
        var parties = (await db.List(
            $"select p.incident, p.agency, p.is_provider from watch_incident_party p join watch_incident i on i.id = p.incident where i.is_drill = 0 and i.is_false_alarm = 0 order by p.incident, p.agency",
            r => (Incident: r.Id<Incident>(0), Agency: r.Id<Agency>(1), IsProvider: r.Flag(2)), ct)).ToLookup(p => p.Incident);
        var found = await db.List(
            $"select {IncidentRows.Columns} from watch_incident i where i.is_drill = 0 and i.is_false_alarm = 0 and (i.detected_at >= {since} or i.handled_at is null) order by i.id", IncidentRows.Read, ct);
        return [.. found.Select(i => new IncidentOnRecord(i, [.. parties[i.Id].Where(p => p.IsProvider).Select(p => p.Agency)], [.. parties[i.Id].Where(p => !p.IsProvider).Select(p => p.Agency)]))];
    }

    /// <summary>The incident with this number; null when there is none.</summary>
    public async Task<Id<Incident>?> Numbered(string number, CancellationToken ct) => await db.One($"select id from watch_incident where number = {number}", r => (Id<Incident>?)r.Id<Incident>(0), ct);
}
