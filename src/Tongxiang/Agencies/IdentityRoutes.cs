using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>What the counter saw.</summary>
public sealed record IdentityShown(string Number, string Document);

internal static class IdentityRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/people/{id}/identity").DisableAntiforgery().WithTags("agencies");
        api.MapPut("", (Id<Person> id, IdentityShown shown, HttpContext http, Identities door, CancellationToken ct) =>
            Done(door.Verify(http.Caller(), id, shown.Number ?? "", shown.Document ?? "", ct))).WithName("agencies.identity-verify");
        api.MapDelete("", (Id<Person> id, string reason, HttpContext http, Identities door, CancellationToken ct) =>
            Done(door.Withdraw(http.Caller(), id, reason, ct))).WithName("agencies.identity-withdraw");
    }

    private static async Task<IResult> Done(Task<Outcome<Person>> work) => (await work).Answer(_ => TypedResults.NoContent());
}
