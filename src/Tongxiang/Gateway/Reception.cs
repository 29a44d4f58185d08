using Microsoft.AspNetCore.Http;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Share;

namespace Tongxiang.Gateway;

/// <summary>Makes a call out of a request: which resource and version, who asks, in whose matter.</summary>
internal static class Reception
{
    public static Call Receive(HttpContext http, GatewaySources sources, string resource, Mode mode, DateTimeOffset now, string form, bool isSingle, Func<QueryScope, Warehouse.Plan, Kernel.Outcome<Warehouse.Plan>>? adjust)
    {
        var (slug, number) = Split(resource);
        var caller = sources.Caller(http);
        return new Call
        {
            Resource = slug,
            Number = number,
            Query = new QueryText(
                http.Request.QueryString.Value ?? "", http.Request.Headers.Range.ToString() is { Length: > 0 } range ? range : null,
                http.Request.Headers["Range-Unit"].ToString() is { Length: > 0 } unit ? unit : null, http.Request.Headers["Prefer"].ToString()),
            Caller = caller,
            Assurance = SureOf(http, caller),
            Address = http.Connection.RemoteIpAddress,
            Mode = mode,
            // Who has signed in is the operator, whatever a header says.
            Context = new CallPurpose(Named(http, "Data-Matter"), Named(http, "Data-Case"), caller.Person?.ToString() ?? Named(http, "Data-Operator")),
            Form = form,
            IsSingle = isSingle,
            Adjust = adjust,
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

    private static Assurance SureOf(HttpContext http, Caller caller) =>
        http.User.HasClaim(claim => claim.Type == "cnf") ? Assurance.BoundToken : caller.Client is not null ? Assurance.SignedAssertion : Assurance.Key;

    // What the token says cannot be changed by whoever holds it; a header only fills a gap.
    private static string? Named(HttpContext http, string name)
    {
        var text = http.User.FindFirst(name)?.Value ?? http.Request.Headers[name].ToString();
        if (text.Contains('%', StringComparison.Ordinal)) text = Uri.UnescapeDataString(text);
        return text.Length is 0 or > 200 || text.Any(char.IsControl) ? null : text;
    }
}
