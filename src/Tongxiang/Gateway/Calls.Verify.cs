using Tongxiang.Gateway.Verify;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

// What a verification (核验) does in the steps "plan" and "protect": it finds the rows asked about, compares, and lets only yes and no leave.
public sealed partial class Calls
{
    private Stop? PlanClaims(Call call, Claims claims)
    {
        if (Scope(call) is { } closed) return closed;
        var (grant, entry) = (call.Grant!.Id, call.Entry!);
        if (claims.Plan(call.Version!, call.Scope!, attempt => guesses.Take(grant, attempt), text => guesses.Digest(entry.Id + "\u001f" + text), out var plan) is { } stop) return stop;
        // Whatever the right says: who asks about a person does it for a case, and is somebody.
        if (plan.Columns.Any(column => column.Field.IsPersonal) && (string.IsNullOrWhiteSpace(call.Context.Case) || string.IsNullOrWhiteSpace(call.Context.Operative)))
            return Refusal.Forbidden("gateway.needs-case", call.Grant.Number);
        // One question alone that cannot be asked is a refusal; in a batch it is the answer to that question.
        if (!claims.IsBatch && claims.Verdicts[0].Error is { } refusal) return refusal;
        // Whoever is verified, or asked for in vain, stands in the disclosure journal as with any other call.
        call.Plan = plan with { Subject = call.Scope!.Subject };
        return null;
    }

    private void DecideClaims(Call call, Claims claims) =>
        claims.Decide(call.Page!, call.Version!.Key.Count, (attempt, isMatch) => guesses.Settle(call.Grant!.Id, attempt, isMatch));
}
