using Tongxiang.Kernel;
using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Desk;

/// <summary>What a part refused, as the error summary above a form shows it.</summary>
static class Misses
{
    /// <summary>The page itself is what was refused: its status says so too.</summary>
    public static IReadOnlyList<Mistake> OfPage(Refusal refusal, Visit visit)
    {
        visit.Http.Response.StatusCode = refusal.Status;
        return Of(refusal, visit);
    }

    public static IReadOnlyList<Mistake> Of(Refusal? refusal, Visit visit, string field = "main")
    {
        if (refusal is null) return [];
        if (refusal.Fields.Count > 0) return [.. refusal.Fields.Select(f => new Mistake(f.Field, visit.T(f.Key, f.Args)))];
        var detail = Visit.Words.Has(refusal.Code + ".detail") ? visit.T(refusal.Code + ".detail", refusal.Args) : "";
        return [new Mistake(field, $"{visit.T(refusal.Code, refusal.Args)}{(visit.English ? ". " : "。")}{detail}")];
    }
}
