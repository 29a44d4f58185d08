using System.Net;
using Tongxiang.Core;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway;

/// <summary>Which of a caller's grants a call can use; when none, the reason of the one that came nearest.</summary>
internal static class GrantChoice
{
    [Enforces(13, 19)]
    public static Outcome<Grant> Choose(IReadOnlyList<Grant> grants, Call call)
    {
        (int Passed, Refusal Refusal)? nearest = null;
        foreach (var grant in grants)
        {
            var passed = 0;
            Refusal? refusal = null;
            foreach (var (_, rule) in rules)
            {
                refusal = rule(grant, call);
                if (refusal is not null) break;
                passed++;
            }

            if (refusal is null) return grant;
            if (nearest is null || passed > nearest.Value.Passed) nearest = (passed, refusal);
        }

        return nearest?.Refusal ?? Refusal.Forbidden("gateway.no-grant", call.Entry!.Content.Name, call.Entry.Slug);
    }

    /// <summary>Every rule with what it says of this call, also after the first that refuses.</summary>
    public static IEnumerable<(string Name, Refusal? Refusal)> Examine(Grant grant, Call call) => rules.Select(r => (r.Name, r.Refuses(grant, call)));

    private static readonly (string Name, Func<Grant, Call, Refusal?> Refuses)[] rules =
    [
        ("role", (grant, call) => grant.IsUsableBy(call.Caller) ? null : Refusal.Forbidden("gateway.not-operative", grant.Number)),
        ("not-suspended", (grant, _) => grant.State == GrantState.Suspended ? Refusal.Forbidden("gateway.grant-suspended", grant.Number) : null),
        ("not-ended", (grant, call) => grant.State == GrantState.Ended || call.At >= grant.Until ? Refusal.Forbidden("gateway.grant-ended", grant.Number) : null),
        ("begun", (grant, call) => call.At < grant.From ? Refusal.Forbidden("gateway.grant-not-begun", grant.Number) : null),
        ("mode", (grant, call) => grant.Modes.Contains(call.Mode) ? null : Refusal.Forbidden("gateway.grant-mode", grant.Number)),
        // Order 809 art. 25: shared data serve the matter they were asked for and no other.
        ("matter", (grant, call) => grant.Matter.Length == 0 || call.Context.Matter is null or { Length: 0 } || grant.Serves(call.Context.Matter, call.At) ? null : Refusal.Forbidden("gateway.other-matter", grant.Number, grant.Matter)),
        ("case", (grant, call) => Demands.NeedsCase(grant, call.Entry!.Content) && (string.IsNullOrWhiteSpace(call.Context.Case) || string.IsNullOrWhiteSpace(call.Context.Operative)) ? Refusal.Forbidden("gateway.needs-case", grant.Number) : null),
        ("operator", Operator),
        ("header-key", (grant, call) => !call.IsHeaderKey || AssuranceRules.TakesHeaderKey(Demands.Of(grant, call.Entry!.Content).Sensitivity, call.Entry.Content.Opening.Class) ? null : Refusal.Forbidden("gateway.header-key", grant.Number)),
        ("assurance", (grant, call) => call.Assurance >= grant.LowestAssurance ? null : Refusal.Forbidden("gateway.low-assurance", grant.Number)),
        // A grant can be older than the grade its fields have today.
        ("grade", (grant, call) => AssuranceRules.Floor(Demands.Of(grant, call.Entry!.Content).Sensitivity, call.Floors) is var floor && call.Assurance >= floor ? null : Refusal.Forbidden("gateway.grade-assurance", grant.Number, new TextKey("share.assurance." + floor))),
        ("hours", (grant, call) => InHours(grant.Limits.Hours, call.At) ? null : Refusal.Forbidden("gateway.outside-hours", grant.Number, grant.Limits.Hours!.From, grant.Limits.Hours.To)),
        ("network", (grant, call) => InNetworks(grant.Limits.Networks, call.Address) ? null : Refusal.Forbidden("gateway.outside-network", grant.Number)),
    ];

    // Order 809 art. 25 and the rule that every look at a person has a name behind it: a pseudonym that lasts, never the person's own numbers.
    private static Refusal? Operator(Grant grant, Call call)
    {
        if (call.Context is { IsOwnOperator: false, Operative: { } named } && Operators.NamesAPerson(named)) return Refusal.Forbidden("gateway.operator-personal");
        if (call.Context.OperatorAssurance is { } said) return Operators.IsAssurance(said) ? null : Refusal.Forbidden("gateway.operator-assurance", Query.QueryFault.Clip(said), string.Join(", ", Operators.Assurances));
        return call.NeedsOperatorAssurance && Demands.NeedsCase(grant, call.Entry!.Content) ? Refusal.Forbidden("gateway.operator-assurance-missing", string.Join(", ", Operators.Assurances)) : null;
    }

    /// <summary>From inclusive to exclusive; 22 to 6 goes over midnight.</summary>
    internal static bool InHours(HourRange? hours, DateTimeOffset at)
    {
        if (hours is null) return true;
        var hour = at.ToOffset(WorkCalendar.Offset).Hour;
        return hours.From <= hours.To ? hour >= hours.From && hour < hours.To : hour >= hours.From || hour < hours.To;
    }

    internal static bool InNetworks(IReadOnlyList<string> networks, IPAddress? address)
    {
        if (networks.Count == 0) return true;
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in networks)
            if (IPNetwork.TryParse(network, out var block) && block.Contains(address)) return true;
        return false;
    }
}
