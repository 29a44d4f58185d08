using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Legal clocks and tasks of open incidents in the calendar of what is due; drills are exercises and not in it.</summary>
internal static class IncidentDues
{
    public static async Task<IReadOnlyList<DueItem>> Of(Incidents incidents, Caller caller, DueScope scope, CancellationToken ct)
    {
        var items = new List<DueItem>();
        string? after = null;
        do
        {
            var page = await incidents.List(caller, drills: false, open: true, after, 100, ct);
            foreach (var incident in page.Items)
                if (await incidents.Find(caller, incident.Id, ct) is { } view) items.AddRange(Items(view, caller, scope));
            after = page.Next;
        } while (after is not null);
        return items;
    }

    private static IEnumerable<DueItem> Items(IncidentView view, Caller caller, DueScope scope)
    {
        var (now, link) = (view.Incident, (caller.IsBureau ? "/bureau/incidents/" : "/desk/incidents/") + view.Incident.Id);
        var handles = view.Sides.Contains(IncidentSide.SecurityAdmin) || view.Sides.Contains(IncidentSide.BureauHead);
        var provider = view.Sides.Contains(IncidentSide.ProviderHead);
        // Whoever may only look has nothing to do here; the bureau's overview shows it all the same.
        if (scope == DueScope.Own && !handles && !provider) yield break;
        foreach (var clock in view.Clocks.Where(c => c.IsRunning))
            yield return new DueItem(
                $"incident:{now.Id}:{clock.Rule}", new TextKey("due.todo.incident-" + TodoOf(clock.Rule)), now.Number, now.Title, null, caller.IsBureau ? caller.Agency : null, new TextKey("due.began." + BeganOf(clock.Rule)), clock.FromAt,
                clock.DueAt, clock.IsProvisional, clock.Rule, link + "#clocks-h");
        foreach (var task in view.Tasks.Where(t => t.DoneAt is null && (scope == DueScope.Overseen || handles || caller.Has(t.Role))))
            yield return new DueItem(
                $"incident:{now.Id}:task:{task.Id}", new TextKey("due.todo.incident-task"), now.Number, task.Title.Length > 0 ? task.Title : Texts.Parts.Get(Texts.Chinese, "watch.task." + task.Code),
                task.Code is { } code ? Texts.Parts.Get(Texts.English, "watch.task." + code) : null, caller.IsBureau ? caller.Agency : null, new TextKey("due.began.opened"), now.OpenedAt, task.DueAt, false, null, link + "#tasks-h");
    }

    private static string TodoOf(string rule) => rule switch
    {
        IncidentClocks.Supplement => "supplement",
        IncidentClocks.Summary => "summary",
        IncidentClocks.Police => "police",
        IncidentClocks.Harmed or IncidentClocks.PersonalPersons => "persons",
        IncidentClocks.Plan => "plan",
        _ => "report",
    };

    private static string BeganOf(string rule) => rule switch { IncidentClocks.Supplement => "partial", IncidentClocks.Summary => "handled", _ => "aware" };
}
