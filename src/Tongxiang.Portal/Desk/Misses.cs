using Tongxiang.Kernel;
using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Desk;

/// <summary>What a part refused, as the error summary above a form shows it.</summary>
static class Misses
{
    public static IReadOnlyList<Mistake> Of(Refusal? refusal, Visit visit, string field = "main")
    {
        if (refusal is null) return [];
        if (refusal.Fields.Count > 0) return [.. refusal.Fields.Select(f => new Mistake(f.Field, visit.T(f.Key, f.Args)))];
        var detail = Visit.Words.Has(refusal.Code + ".detail") ? visit.T(refusal.Code + ".detail", refusal.Args) : "";
        return [new Mistake(field, $"{visit.T(refusal.Code, refusal.Args)}{(visit.English ? ". " : "。")}{detail}")];
    }
}
