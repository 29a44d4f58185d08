using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>What else happens in the very commit in which a person confirms an alarm.</summary>
public delegate Task AlarmFollower(Tx tx, RaisedAlarm alarm, Caller by);

/// <summary>Opens incidents from confirmed alarms, in the commit of the judgement, and counts an incident's people by the disclosure journal.</summary>
public sealed class IncidentAlarms(Incidents incidents, Catalogue catalogue, IncidentSettings settings)
{
    /// <summary>Follows a confirmed alarm: where a fuse tripped by it the incident is open already.</summary>
    public async Task Follow(Tx tx, RaisedAlarm alarm, Caller by)
    {
        if (await tx.One($"select incident from watch_trip where cause = {alarm.Id} and incident is not null", r => r.GetString(0)) is not null) return;
        var resource = alarm.Resource is { } entry ? catalogue.Find(entry)?.Slug : null;
        var scope = new IncidentScope(resource is null ? [] : [resource], alarm.Actor, Operator: alarm.Operator);
        await incidents.Open(tx, new NewIncident(Clip($"告警属实：{alarm.ActorName}"), IncidentOrigin.Alarm, alarm.Id.ToString(), scope, alarm.At.AddMinutes(-settings.LookBackMinutes), alarm.At, incidents.Now)
        { Provider = alarm.Provider, Consumer = alarm.Agency }, by);
    }

    /// <summary>Counts distinct people by the disclosure journal, by resource; a resource of which any call is not in the journal, or was lost there, is left to the upper bound.</summary>
    internal static async Task<IReadOnlyDictionary<string, long>> Persons(Disclosures disclosures, Catalogue catalogue, IncidentScope scope, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var resource in scope.Resources.Count > 0 ? scope.Resources.Distinct(StringComparer.Ordinal).Cast<string?>() : [null])
        {
            var asked = IncidentPersons.Scope(scope) with { Resource = resource };
            var counted = await disclosures.Count(asked, from, until, ct);
            if (counted.Lost + counted.Changed > 0 || counted.Groups.Sum(g => g.Calls) < counted.Calls) continue;
            foreach (var group in counted.Groups)
                if (Id<Entry>.TryParse(group.Scope, null, out var id) && catalogue.Find(id) is { } entry) all[entry.Slug] = all.GetValueOrDefault(entry.Slug) + group.Persons;
        }
        return all;
    }

    private static string Clip(string title) => title.Length > IncidentRules.TitleMost ? title[..(IncidentRules.TitleMost - 1)] + "…" : title;
}
