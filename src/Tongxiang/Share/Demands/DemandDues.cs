using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Demands in the calendar of what is due.</summary>
internal static class DemandDues
{
    public static async Task<IReadOnlyList<DueItem>> Of(Demands demands, Caller caller, DueScope scope, CancellationToken ct)
    {
        if (scope == DueScope.Overseen) return [.. (await demands.Overseen(caller, ct)).Select(d => Item(d, "/bureau/demands/"))];
        return
        [
            .. (await demands.Queue(caller, ct)).Select(d => Item(d, "/bureau/demands/")),
            .. (await demands.Tasks(caller, ct)).Select(d => Item(d, "/desk/demands/")),
            .. (await demands.ToConfirm(caller, ct)).Select(d => Item(d, caller.IsGovernment ? "/desk/demands/" : "/demands/")),
        ];
    }

    private static DueItem Item(Demand d, string page)
    {
        var (todo, began, from) = d.State switch
        {
            DemandState.Filed => ("due.todo.accept-demand", "due.began.filed", d.FiledAt),
            DemandState.Accepted when d.Owner is null => ("due.todo.assign-demand", "due.began.filed", d.FiledAt),
            DemandState.Accepted => ("due.todo.claim-demand", "due.began.filed", d.FiledAt),
            DemandState.Claimed => ("due.todo.catalogue-demand", "due.began.filed", d.FiledAt),
            DemandState.Catalogued => ("due.todo.attach-demand", "due.began.filed", d.FiledAt),
            _ => ("due.todo.confirm-demand", "due.began.attached", d.AttachedAt ?? d.ChangedAt),
        };
        var agency = d.State == DemandState.Attached ? d.DemanderAgency : d.Owner ?? d.Bureau;
        return new DueItem($"demand:{d.Id}:{d.State}", new TextKey(todo), d.Number, d.What, null, agency, new TextKey(began), from, d.DueAt, d.DueIsProvisional, d.DueRule, $"{page}{d.Number}#act");
    }
}
