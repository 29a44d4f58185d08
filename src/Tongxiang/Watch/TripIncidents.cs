using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Watch;

/// <summary>Opens the incident of a trip in the trip's own commit, and writes its number on the trip: it stands in every refusal from then on.</summary>
internal sealed class TripIncidents(Incidents incidents, Catalogue catalogue, Grants grants)
{
    private const int LongestTitle = 120;
    private static readonly TimeSpan before = TimeSpan.FromDays(1);

    /// <summary>A rule under trial opens nothing, and neither does one that only watches.</summary>
    public async Task Follow(Tx tx, Trip trip)
    {
        if (trip.IsDark || trip.Action == FuseAction.Watch) return;
        var resource = trip.Scope == FuseScope.Resource ? trip.Subject
            : trip.Cause is { } cause ? await tx.One($"select resource from watch_alarm where id = {cause}", r => r.TextOrNull(0)) : null;
        var title = $"安全熔断 {trip.Number}：{trip.Reason}";
        var opened = await incidents.Open(tx, new NewIncident(
            title.Length > LongestTitle ? title[..LongestTitle] : title, IncidentOrigin.Trip, trip.Id.ToString(), ScopeOf(trip, resource), trip.At - before, trip.At, trip.At, trip.IsDrill,
            trip.Bites && trip.Action >= FuseAction.StepUp ? trip.At : null), Caller.Platform);
        if (await tx.One($"select number from watch_incident where id = {opened}", r => r.GetString(0)) is { } number) await Trips.Name(tx, trip.Id, number);
    }

    private IncidentScope ScopeOf(Trip trip, string? resource)
    {
        string[] resources = Id<Entry>.TryParse(resource, null, out var id) && catalogue.Find(id) is { } entry ? [entry.Slug] : [];
        return trip.Scope switch
        {
            FuseScope.Caller => new IncidentScope(resources, Client: trip.Subject, Agency: trip.Consumer),
            FuseScope.Operator => new IncidentScope(resources, Operator: trip.Subject[(trip.Subject.IndexOf('/', StringComparison.Ordinal) + 1)..], Agency: trip.Consumer),
            FuseScope.Grant => new IncidentScope(resources, Grant: Id<Grant>.TryParse(trip.Subject, null, out var grant) ? grants.Active.Find(grant)?.Number : null, Agency: trip.Consumer),
            FuseScope.Department => new IncidentScope(resources, Agency: trip.Consumer),
            _ => new IncidentScope(resources),
        };
    }
}
