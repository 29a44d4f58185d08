using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Watch;

/// <summary>The subject of a scope, its parties, and what people call it.</summary>
public sealed record Subject(string Key, Id<Agency>? Provider, Id<Agency>? Consumer, string Name)
{
    /// <summary>Name of a resource in addresses, as its calls stand in the evidence.</summary>
    public string? Slug { get; init; }
}

/// <summary>Finds what a scope is about, by id or by the name people use.</summary>
public sealed class Subjects(Directory directory, Clients clients, Catalogue catalogue, Grants grants)
{
    /// <summary>A client id, a slug, a number of a right of use, or the id itself; for an operator <c>agency/pseudonym</c>.</summary>
    public Outcome<Subject> Find(FuseScope scope, string text)
    {
        text = text.Trim();
        var found = scope switch
        {
            FuseScope.Node => new Subject("", null, null, ""),
            FuseScope.Caller => OfActor(text),
            FuseScope.Operator => OfOperator(text),
            FuseScope.Grant => OfGrant(text),
            FuseScope.Resource => OfResource(text),
            _ => OfAgency(text),
        };
        return found is null ? Refusal.Invalid(new FieldError("subject", "watch.field.subject", Clip(text))) : found;
    }

    /// <summary>What people call the subject of a trip; its key when it is gone.</summary>
    public string NameOf(FuseScope scope, string key) => Find(scope, key) is { IsRefused: false } found && found.Value.Name.Length > 0 ? found.Value.Name : key;

    /// <summary>Name of a client or person.</summary>
    public string NameOfActor(string actor) => OfActor(actor)?.Name ?? actor;

    private Subject? OfActor(string text)
    {
        var client = Id<Client>.TryParse(text, null, out var id) ? clients.Find(id) : clients.Find(text);
        if (client is not null) return new Subject(client.Id.ToString(), null, client.Agency, client.Name);
        var person = Id<Person>.TryParse(text, null, out var own) ? directory.Person(own) : directory.People.FirstOrDefault(p => p.UserName == text);
        return person is null ? null : new Subject(person.Id.ToString(), null, person.Agency, person.Name);
    }

    private Subject? OfOperator(string text)
    {
        var cut = text.IndexOf('/', StringComparison.Ordinal);
        if (cut <= 0 || text.Length - cut - 1 is not (>= 16 and <= 64) || !text.AsSpan(cut + 1).ToString().All(char.IsAsciiHexDigitLower)) return null;
        var (side, pseudonym) = (text[..cut], text[(cut + 1)..]);
        if (OfAgency(side) is { } agency) return agency with { Key = $"{agency.Key}/{pseudonym}", Provider = null, Name = $"{agency.Name} / {pseudonym[..8]}…" };
        return OfActor(side) is { } actor ? actor with { Key = $"{actor.Key}/{pseudonym}", Name = $"{actor.Name} / {pseudonym[..8]}…" } : null;
    }

    private Subject? OfGrant(string text)
    {
        var grant = Id<Grant>.TryParse(text, null, out var id) ? grants.Active.Find(id) : grants.Active.All.FirstOrDefault(g => g.Number == text);
        return grant is null ? null : new Subject(grant.Id.ToString(), grant.Provider, grant.ConsumerAgency, grant.Number);
    }

    private Subject? OfResource(string text)
    {
        var entry = Id<Entry>.TryParse(text, null, out var id) ? catalogue.Find(id) : catalogue.BySlug(text);
        return entry is null ? null : new Subject(entry.Id.ToString(), entry.Agency, null, entry.Content.Name) { Slug = entry.Slug };
    }

    private Subject? OfAgency(string text)
    {
        var agency = Id<Agency>.TryParse(text, null, out var id) ? directory.Find(id) : directory.BySlug(text);
        return agency is null ? null : new Subject(agency.Id.ToString(), null, agency.Id, agency.Name);
    }

    private static string Clip(string text) => text.Length > 80 ? text[..80] + "…" : text;
}
