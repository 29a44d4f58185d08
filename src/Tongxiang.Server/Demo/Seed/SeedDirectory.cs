using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>Loads the demonstration's divisions, agencies, people, heads of sharing offices and clients; what stands already is left alone.</summary>
internal sealed class SeedDirectory(Roster roster, People people, Clients clients, Directory directory, Cast cast, TimeProvider clock)
{
    public async Task Places(CancellationToken ct)
    {
        if (directory.Division(Region.Province) is null) await roster.LoadDivisions(Region.Divisions, ct);
        foreach (var organisation in Organisations.All)
        {
            if (directory.BySlug(organisation.Slug) is not null) continue;
            // The bureau comes first in the list: the others name it.
            Id<Agency>? bureau = organisation.Kind is AgencyKind.Bureau or AgencyKind.Company ? null : cast.Agency(Organisations.Bureau).Id;
            Must(await roster.Add(Caller.Platform, new Agency(
                Id<Agency>.New(clock), organisation.Slug, organisation.CreditCode, organisation.Name, organisation.NameEn, organisation.Kind, organisation.Division, bureau, organisation.Phone, organisation.Email), ct), organisation.Slug);
        }
    }

    /// <summary>Enrols who is missing. Passwords are hashed slowly on purpose, so two at a time.</summary>
    public async Task Persons(ulong seed, CancellationToken ct)
    {
        var known = directory.People.Select(p => p.UserName).ToHashSet(StringComparer.Ordinal);
        var missing = Organisations.People(seed).Where(a => !known.Contains(a.UserName));
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = ct }, async (actor, token) =>
        {
            Id<Agency>? agency = actor.Organisation is { } slug ? cast.Agency(slug).Id : null;
            Must(await people.Enrol(Caller.Platform, new NewPerson(actor.UserName, actor.Name, agency, actor.Roles.ToHashSet(), actor.Password, $"{actor.UserName}@yunting.example") { IsPasswordPublic = true }, token), actor.UserName);
        });
        await directory.Refresh(ct);
        foreach (var organisation in Organisations.All.Where(o => o.Kind != AgencyKind.Company))
        {
            var agency = cast.Agency(organisation.Slug).Id;
            if (directory.SharingOfficeHead(agency) is not null) continue;
            Must(await roster.Appoint(Caller.Platform, agency, cast.Office(organisation.Slug).Person!.Value, ct), "office of " + organisation.Slug);
        }
    }

    /// <summary>Registers each client with the public half of its key; one that was registered with a lost key gets the new one.</summary>
    public async Task Systems(IEnumerable<ManifestClient> systems, CancellationToken ct)
    {
        foreach (var system in systems)
        {
            var owner = cast.Of(system.Organisation == Organisations.Company ? "qiming.user" : system.Organisation + ".steward");
            if (clients.Find(system.ClientId) is not { } known) Must(await clients.Register(owner, new NewClient(system.ClientId, system.Name, system.PublicJwk()), ct), system.ClientId);
            else if (!known.Jwks.Contains(system.Kid, StringComparison.Ordinal)) Must(await clients.Rotate(owner, known.Id, system.PublicJwk(), isCompromised: true, ct), system.ClientId);
        }
    }

    private static void Must<T>(Outcome<T> outcome, string what)
    {
        if (outcome.Refusal is { } refusal) throw new RefusedException(what, refusal);
    }
}
