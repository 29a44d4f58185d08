using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>Whose calls a limit counts together.</summary>
public enum LimitScope { Address, Grant, Client, Department, Resource }

/// <summary>A limit beside those of the grants: of one system, one department, or on one resource, whoever calls it.</summary>
/// <param name="Id">Id of the client, agency or entry.</param>
/// <param name="CallsPerMinute">Null: the node's default.</param>
/// <param name="CallsPerDay">Calls a civil day (Asia/Shanghai); null: none beside the grants'.</param>
/// <param name="RowsPerDay">Rows a civil day; null: none beside the grants'.</param>
/// <param name="Reason">Why it was set; shown to those it stops.</param>
public sealed record Limit(LimitScope Scope, Guid Id, int? CallsPerMinute, long? CallsPerDay, long? RowsPerDay, string Reason);

/// <summary>Who may set a limit, and what it may say.</summary>
public static class LimitRules
{
    /// <summary>The provider limits its own resource; the bureau's system administrator whatever the node carries.</summary>
    /// <param name="provider">The agency whose resource it is; null when the limit is not on a resource.</param>
    public static Refusal? May(Caller caller, LimitScope scope, Id<Agency>? provider)
    {
        if (caller.Person is null) return new Refusal(401, "gateway.explain-sign-in");
        if (caller.IsBureau && caller.Has(Role.SystemAdmin)) return null;
        return scope == LimitScope.Resource && provider is { } agency && caller.Agency == agency && (caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead))
            ? null
            : Refusal.Forbidden("gateway.limit-keeper");
    }

    public static IReadOnlyList<FieldError> Check(Limit limit) =>
    [
        .. limit.Scope is LimitScope.Client or LimitScope.Department or LimitScope.Resource ? Array.Empty<FieldError>() : [new FieldError("scope", "gateway.limit-scope", limit.Scope)],
        .. limit.CallsPerMinute is < 1 or > 10_000_000 ? [new FieldError("callsPerMinute", "gateway.limit-range", limit.CallsPerMinute, 1, 10_000_000)] : Array.Empty<FieldError>(),
        .. limit.CallsPerDay is < 1 ? [new FieldError("callsPerDay", "gateway.limit-least", limit.CallsPerDay)] : Array.Empty<FieldError>(),
        .. limit.RowsPerDay is < 1 ? [new FieldError("rowsPerDay", "gateway.limit-least", limit.RowsPerDay)] : Array.Empty<FieldError>(),
        .. string.IsNullOrWhiteSpace(limit.Reason) ? [new FieldError("reason", "gateway.limit-reason")] : Array.Empty<FieldError>(),
        .. limit.Reason?.Length > 200 ? [new FieldError("reason", "kernel.too-long", 200, limit.Reason.Length)] : Array.Empty<FieldError>(),
    ];
}
