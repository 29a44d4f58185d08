using System.Collections.Immutable;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Every right of use as it stands, by entry and consumer: immutable, read without lock or database on the path of a call.</summary>
public sealed class ActiveGrants
{
    public static ActiveGrants Empty { get; } = new(ImmutableDictionary<Id<Grant>, Grant>.Empty, ImmutableDictionary<Place, ImmutableArray<Grant>>.Empty, 0);

    private readonly ImmutableDictionary<Id<Grant>, Grant> byId;
    private readonly ImmutableDictionary<Place, ImmutableArray<Grant>> byPlace;

    private ActiveGrants(ImmutableDictionary<Id<Grant>, Grant> byId, ImmutableDictionary<Place, ImmutableArray<Grant>> byPlace, long seen) =>
        (this.byId, this.byPlace, Seen) = (byId, byPlace, seen);

    private readonly record struct Place(Id<Entry> Entry, Guid Consumer);

    /// <summary>The last number of the change feed it contains.</summary>
    public long Seen { get; }

    public IEnumerable<Grant> All => byId.Values;

    /// <summary>The grants of a department, company or citizen on an entry, in whatever state, usable ones first: a refusal can say why.</summary>
    public IReadOnlyList<Grant> Of(Id<Entry> entry, Id<Agency>? agency, Id<Person>? person)
    {
        if (agency is { } a) return byPlace.TryGetValue(new Place(entry, a.Value), out var found) ? found : [];
        return person is { } p && byPlace.TryGetValue(new Place(entry, p.Value), out var own) ? own : [];
    }

    /// <summary>The same for whoever calls.</summary>
    public IReadOnlyList<Grant> Of(Id<Entry> entry, Caller caller) => Of(entry, caller.Agency, caller.Person);

    public Grant? Find(Id<Grant> id) => byId.GetValueOrDefault(id);

    /// <summary>Whether the first delivery is on record; a call asks this and nothing else.</summary>
    public bool IsDelivered(Id<Grant> id) => byId.TryGetValue(id, out var grant) && grant.DeliveredAt is not null;

    internal ActiveGrants With(IReadOnlyCollection<Grant> changed, long seen)
    {
        var ids = byId.ToBuilder();
        var places = byPlace.ToBuilder();
        foreach (var grant in changed)
        {
            ids[grant.Id] = grant;
            var place = PlaceOf(grant);
            var others = places.TryGetValue(place, out var known) ? known.RemoveAll(g => g.Id == grant.Id) : [];
            places[place] = others.Add(grant).Sort(Better);
        }
        return new ActiveGrants(ids.ToImmutable(), places.ToImmutable(), seen);
    }

    internal ActiveGrants Without(IReadOnlyCollection<Id<Grant>> gone)
    {
        var known = gone.Where(byId.ContainsKey).ToList();
        if (known.Count == 0) return this;
        var places = byPlace.ToBuilder();
        foreach (var grant in known.Select(id => byId[id]))
            places[PlaceOf(grant)] = places[PlaceOf(grant)].RemoveAll(g => g.Id == grant.Id);
        return new ActiveGrants(byId.RemoveRange(known), places.ToImmutable(), Seen);
    }

    private static Place PlaceOf(Grant grant) => new(grant.Entry, (grant.ConsumerAgency?.Value ?? grant.ConsumerPerson?.Value)!.Value);

    private static int Better(Grant one, Grant other) => one.State != other.State ? one.State.CompareTo(other.State) : other.Until.CompareTo(one.Until);
}
