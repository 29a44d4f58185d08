using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Who is behind a request, with the roles as they stand now and not as they stood at sign-in.</summary>
public static class CallerOf
{
    private static readonly object Slot = new();

    public static Caller Caller(this HttpContext http)
    {
        if (http.Items[Slot] is (ClaimsPrincipal user, Caller known) && ReferenceEquals(user, http.User)) return known;
        var caller = Find(http);
        http.Items[Slot] = (http.User, caller);
        return caller;
    }

    /// <summary>The token's content when the request carried one; the gateway reads call context from it.</summary>
    public static Bearer? Bearer(this HttpContext http) => http.Features.Get<Bearer>();

    private static Caller Find(HttpContext http)
    {
        if (http.User.Identity is not { IsAuthenticated: true }) return Agencies.Caller.Anonymous;
        if (http.Bearer() is { } bearer && http.User.HasClaim("tx:kind", "client")) return bearer.Caller;
        if (!http.User.HasClaim("tx:kind", "person") || !Id<Person>.TryParse(http.User.FindFirstValue("sub"), null, out var id)) return Agencies.Caller.Anonymous;
        var directory = http.RequestServices.GetRequiredService<Directory>();
        // Whoever has no role yet, and whoever must prove himself twice and did not, is nobody.
        if (directory.Person(id) is not { Roles.Count: > 0 } person) return Agencies.Caller.Anonymous;
        var hasFactor = http.User.HasClaim(c => c.Type == Sessions.Factor);
        var use = http.RequestServices.GetRequiredService<IdentitySettings>().SecondFactor;
        if (SecondFactorRules.IsMissing(use, person.Roles, hasFactor)) return Agencies.Caller.Anonymous;
        // A role that takes a certificate of competence holds only with one.
        return Agencies.Caller.Of(person, directory) with { Roles = http.RequestServices.GetRequiredService<Competence>().Of(person), HasSecondFactor = hasFactor };
    }
}
