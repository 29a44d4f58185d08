using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Who is behind a request: nobody, a signed-in person, or a client with a token.</summary>
/// <param name="Actor">Id of the person or client as text; <c>anonymous</c> for nobody.</param>
public sealed record Caller(string Actor, Id<Person>? Person, Id<Client>? Client, Id<Agency>? Agency, AgencyKind? AgencyKind, IReadOnlySet<Role> Roles, string Name)
{
    public static Caller Anonymous { get; } = new("anonymous", null, null, null, null, new HashSet<Role>(), "");

    /// <summary>Whether the session was begun with a second factor: a code, a certificate, or one that an external provider vouches for.</summary>
    public bool HasSecondFactor { get; init; }

    /// <summary>The platform itself, for chores.</summary>
    public static Caller Platform { get; } = new("system", null, null, null, null, new HashSet<Role>(), "system");

    /// <summary>A client: it has no roles, and acts for its agency, or for the citizen who owns it.</summary>
    public static Caller Of(Client client, Directory directory) => new(
        client.Id.ToString(), client.Agency is null ? client.Owner : null, client.Id, client.Agency, client.Agency is { } agency ? directory.Find(agency)?.Kind : null, Anonymous.Roles, client.Name);

    /// <summary>Somebody who has signed in.</summary>
    public static Caller Of(Person person, Directory directory) => new(
        person.Id.ToString(), person.Id, null, person.Agency, person.Agency is { } agency ? directory.Find(agency)?.Kind : null, person.Roles, person.Name);

    public bool IsAnonymous => Person is null && Client is null && Actor == "anonymous";

    public bool Has(Role role) => Roles.Contains(role);

    /// <summary>Acts with the role for that very agency.</summary>
    public bool Has(Role role, Id<Agency> agency) => Agency == agency && Roles.Contains(role);

    public bool IsBureau => AgencyKind == Agencies.AgencyKind.Bureau;

    public bool IsGovernment => AgencyKind is { } kind && kind != Agencies.AgencyKind.Company;
}
