using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>The second factor of whoever is signed in, or is about to be.</summary>
internal static class SecondFactorRoutes
{
    public sealed record CodeRequest(string Code);

    public sealed record RecoveryCodes(IReadOnlyList<string> Codes);

    /// <param name="Code">Of the authenticator, where one is set up.</param>
    public sealed record CertificateRequest(string Pem, string? Code = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/api/session/second-factor").DisableAntiforgery().WithTags("agencies");
        own.MapGet("", State).WithName("agencies.factor");
        own.MapPost("", Complete).WithName("agencies.factor-complete");
        own.MapPost("/offer", Offer).WithName("agencies.factor-offer");
        own.MapPost("/confirm", Confirm).WithName("agencies.factor-confirm");
        own.MapPost("/remove", Remove).WithName("agencies.factor-remove");
        own.MapPost("/certificates", AddCertificate).WithIdempotency().WithName("agencies.factor-add-certificate");
        own.MapDelete("/certificates/{id}", WithdrawCertificate).WithName("agencies.factor-withdraw-certificate");
        routes.MapDelete("/api/people/{id}/second-factor", Reset).DisableAntiforgery().WithTags("agencies").WithName("agencies.factor-reset");
    }

    private static async Task<IResult> State(HttpContext http, SecondFactors factors, CancellationToken ct) =>
        http.Caller() is { Person: { } own, Client: null } ? TypedResults.Ok(await factors.Of(own, ct)) : new Refusal(401, "agencies.sign-in-first").ToProblem();

    private static async Task<IResult> Complete(CodeRequest request, HttpContext http, Sessions sessions, Directory directory, CancellationToken ct) =>
        (await sessions.Complete(http, request.Code ?? "", ct)).Answer(p => TypedResults.Ok(SessionRoutes.View(p, directory)));

    private static async Task<IResult> Offer(HttpContext http, Sessions sessions, CancellationToken ct) => (await sessions.Offer(http, ct)).Answer(o => TypedResults.Ok(o));

    private static async Task<IResult> Confirm(CodeRequest request, HttpContext http, Sessions sessions, CancellationToken ct) =>
        (await sessions.Confirm(http, request.Code ?? "", ct)).Answer(codes => TypedResults.Ok(new RecoveryCodes(codes)));

    private static async Task<IResult> Remove(CodeRequest request, HttpContext http, SecondFactors factors, CancellationToken ct) =>
        await factors.Remove(http.Caller(), request.Code ?? "", http.Connection.RemoteIpAddress, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();

    private static async Task<IResult> AddCertificate(CertificateRequest request, HttpContext http, SecondFactors factors, CancellationToken ct) =>
        (await factors.AddCertificate(http.Caller(), request.Pem ?? "", request.Code, http.Connection.RemoteIpAddress, ct)).Answer(c => TypedResults.Created($"/api/session/second-factor/certificates/{c.Id}", c));

    private static async Task<IResult> WithdrawCertificate(Id<PersonCertificate> id, HttpContext http, SecondFactors factors, CancellationToken ct) =>
        (await factors.WithdrawCertificate(http.Caller(), id, ct)).Answer(_ => TypedResults.NoContent());

    private static async Task<IResult> Reset(Id<Person> id, HttpContext http, SecondFactors factors, People people, CancellationToken ct) =>
        (await factors.Reset(http.Caller(), id, people, ct)).Answer(_ => TypedResults.NoContent());
}
