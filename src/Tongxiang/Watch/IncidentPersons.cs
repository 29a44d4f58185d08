using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Watch;

/// <summary>Whom an incident's handling must tell (告知名单): two of security and audit open the disclosure journal for the incident's scope, and only these two take the list.</summary>
public sealed class IncidentPersons(Incidents incidents, JournalOpenings openings, TimeProvider clock)
{
    /// <summary>Asks to open the journal for what the incident is about, from its beginning to the end of its handling, or to now.</summary>
    public async Task<Outcome<JournalOpening>> Ask(Caller caller, Id<Incident> id, string reason, CancellationToken ct)
    {
        if (await incidents.Find(caller, id, ct) is not { } view) return Refusal.NotFound(id.ToString());
        if (JournalRules.Who(caller) is { } refusal) return refusal;
        var now = view.Incident;
        if (!now.IsOpen) return Refusal.Conflict("watch.closed", now.Number);
        var resources = Resources(now);
        if (resources.Count == 0) return Refusal.Conflict("watch.persons-uncounted", now.Number);
        var about = new JournalIncident(now.Id.ToString(), now.Number, now.IsDrill);
        return await openings.AskFor(caller, new NewIncidentOpening(about, resources, Scope(now.Scope), now.From, now.HandledAt ?? clock.GetUtcNow(), reason), ct);
    }

    /// <summary>What was asked for and taken; a refusal for who may not know of it.</summary>
    public async Task<Outcome<JournalOpeningView[]>> List(Caller caller, Id<Incident> id, CancellationToken ct)
    {
        if (await incidents.Find(caller, id, ct) is null) return Refusal.NotFound(id.ToString());
        if (JournalRules.Who(caller) is { } refusal) return refusal;
        return (await openings.Of(caller, id.ToString(), ct)).ToArray();
    }

    // Who names no resource means the platform: what the count found is what left.
    private static IReadOnlyList<string> Resources(Incident now) => now.Scope.Resources.Count > 0
        ? [.. now.Scope.Resources.Distinct(StringComparer.Ordinal)]
        : [.. (now.Figures?.Resources ?? []).Where(r => r.PersonalRows > 0 || r.Persons > 0).Select(r => r.Resource)];

    internal static DisclosureScope Scope(IncidentScope scope) => new() { Actor = scope.Client, Operative = scope.Operator, Grant = scope.Grant, Agency = scope.Agency?.ToString() };
}
