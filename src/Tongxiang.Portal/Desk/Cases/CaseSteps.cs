using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Portal.Desk.Cases;

/// <summary>Turns a form of the case page into a step of the application.</summary>
static class CaseSteps
{
    public static Task<Outcome<Application>> Take(Applications door, Visit visit, Id<Application> id, Step step)
    {
        var (caller, seen, reason, ct) = (visit.Caller, visit.Seen(), visit.Said("reason"), visit.Http.RequestAborted);
        return step switch
        {
            Step.Propose => door.Propose(caller, id, seen, ct),
            Step.Agree => door.Agree(caller, id, seen, ct),
            Step.SendBack => door.SendBack(caller, id, seen, reason, ct),
            Step.AskSupplement => door.AskSupplement(caller, id, seen, visit.SaidLines("missing"), ct),
            Step.Supplement => door.Supplement(caller, id, seen, visit.Said("text"), null, ct),
            Step.AskExtension => door.AskExtension(caller, id, seen, (int)Math.Clamp(visit.SaidNumber("days") ?? 0, -1, 999), reason, ct),
            Step.AgreeExtension => door.AgreeExtension(caller, id, seen, ct),
            Step.DenyExtension => door.DenyExtension(caller, id, seen, reason, ct),
            Step.ReturnReply => door.ReturnReply(caller, id, seen, reason, ct),
            Step.Consent or Step.Refuse => door.Sign(caller, id, seen, ct),
            Step.Suspend => door.Suspend(caller, id, seen, reason, ct),
            Step.Resume => door.Resume(caller, id, seen, reason, ct),
            Step.End => visit.SaidOne<EndGround>("ground") is { } ground
                ? door.End(caller, id, seen, ground, reason, visit.SaidOrNull("filing"), ct)
                : Task.FromResult<Outcome<Application>>(Refusal.Invalid(new FieldError("ground", "kernel.required"))),
            Step.Dispose => door.Dispose(caller, id, seen, reason, ct),
            Step.Withdraw => door.Withdraw(caller, id, seen, visit.SaidOrNull("reason"), ct),
            Step.Urge => door.Urge(caller, id, visit.SaidOrNull("reason"), ct),
            Step.Reassign => door.Reassign(caller, id, seen, Id<Agencies.Person>.TryParse(visit.Said("to"), null, out var to) ? to : null, ct),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "This step has a page of its own."),
        };
    }
}
