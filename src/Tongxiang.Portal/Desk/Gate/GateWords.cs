using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Desk.Gate;

/// <summary>Signing lists, inventories and plans in words and colours.</summary>
static class GateWords
{
    public static Tone Tone(SigningState state) => state switch { SigningState.Open => Kit.Tone.Warn, SigningState.Signed => Kit.Tone.Ok, _ => Kit.Tone.Plain };

    public static Tone Tone(SigningItemState state) => state switch { SigningItemState.Listed => Kit.Tone.Info, SigningItemState.Signed => Kit.Tone.Ok, SigningItemState.Failed => Kit.Tone.Bad, _ => Kit.Tone.Plain };

    public static Tone Tone(PlanState state) => state switch { PlanState.Done => Kit.Tone.Ok, PlanState.Planned => Kit.Tone.Info, _ => Kit.Tone.Plain };

    /// <summary>Why an entry failed or was taken out: a refusal's words, or what a person wrote.</summary>
    public static string Reason(Visit visit, string reason) => reason == "withdrawn" ? visit["sign.state-Withdrawn"] : Visit.Words.Has(reason) ? visit.Why(new Refusal(409, reason, "", "", "", "")) : reason;

    public static string YesNo(Visit visit, bool yes) => visit[yes ? "plan.yes" : "plan.no"];
}
