using Microsoft.AspNetCore.Http;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Gateway.Verify;
using Tongxiang.Share;

namespace Tongxiang.Gateway;

/// <summary>Makes a call out of a request: which resource and version, who asks, in whose matter.</summary>
internal static class Reception
{
    public static Call Receive(HttpContext http, GatewaySources sources, string resource, Mode mode, DateTimeOffset now, string form, bool isSingle, Func<QueryScope, Warehouse.Plan, Kernel.Outcome<Warehouse.Plan>>? adjust,
        Claims? claims = null, Kernel.Id<Grant>? only = null)
    {
        var (slug, number) = Split(resource);
        var (caller, bearer) = (sources.Caller(http), http.Bearer());
        return new Call
        {
            Resource = slug,
            Number = number,
            Query = new QueryText(
                http.Request.QueryString.Value ?? "", http.Request.Headers.Range.ToString() is { Length: > 0 } range ? range : null,
                http.Request.Headers["Range-Unit"].ToString() is { Length: > 0 } unit ? unit : null, http.Request.Headers["Prefer"].ToString()),
            Caller = caller,
            Assurance = bearer switch
            {
                { IsBound: true, IsAsserted: true } => Assurance.BoundToken,
                { IsAsserted: true } => Assurance.SignedAssertion,
                { Legacy: not null } => Assurance.LegacySignature,
                _ => Assurance.Key,
            },
            IsHeaderKey = bearer is { IsHeaderKey: true },
            IsStillGood = bearer is null ? null : () => bearer.IsStillGood,
            Address = http.Connection.RemoteIpAddress,
            Mode = mode,
            // What the token says cannot be changed by whoever holds it, and who has signed in is the operator; a header only fills a gap.
            Context = new CallPurpose(
                bearer?.Matter ?? Named(http, CallContext.Matter) ?? Unclear(http, CallContext.Matter), bearer?.Case ?? Named(http, CallContext.Case),
                bearer?.Operator ?? caller.Person?.ToString() ?? Named(http, CallContext.Operator))
            {
                OperatorAssurance = bearer?.OperatorAssurance ?? (IsOwn(caller) ? Operators.OwnSession : Named(http, CallContext.OperatorAssurance) ?? Unclear(http, CallContext.OperatorAssurance)),
                IsOwnOperator = bearer?.Operator is null && caller.Person is not null,
            },
            Form = form,
            IsSingle = isSingle,
            Adjust = adjust,
            Claims = claims,
            Under = only,
            At = now,
        };
    }

    /// <summary><c>slug@3</c> is version 3; a number that is none is part of a name that does not exist.</summary>
    internal static (string Slug, long? Number) Split(string resource)
    {
        var at = resource.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && long.TryParse(resource.AsSpan(at + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0
            ? (resource[..at], number) : (resource, null);
    }

    private static bool IsOwn(Caller caller) => caller is { Person: not null, Client: null };

    // A matter that cannot be read is not the one that was granted, other than no matter at all.
    private static string? Unclear(HttpContext http, string name) => http.Request.Headers[name].Any(text => text is { Length: > 0 }) ? "?" : null;

    // Of two different values nobody knows which was meant, and joined they are neither: what is not clear was not said.
    private static string? Named(HttpContext http, string name)
    {
        var sent = http.Request.Headers[name];
        if (sent.Count == 0 || sent.Any(other => other != sent[0])) return null;
        var text = sent[0] ?? "";
        if (text.Contains('%', StringComparison.Ordinal)) text = Uri.UnescapeDataString(text);
        return CallContext.Takes(text) ? text : null;
    }
}
