using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Authenticates requests that carry one of our access tokens, or a header key: what a token is bound to must come with it.</summary>
internal sealed class TokenScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenReader tokens, Proofs proofs, Clients clients, LegacyKeys legacy)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Bearer";
    private static readonly object Slot = new();
    private static readonly string ProofChallenge = $"DPoP algs=\"{string.Join(' ', ProofReader.Algorithms)}\"";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // The node answers 401 to what is not good (Refuse); a flood of them must not fill the log.
        if (Credential.Of(Request) is not { } shown || await Find(shown) is not { } bearer) return AuthenticateResult.NoResult();
        Context.Features.Set(bearer);
        var identity = new ClaimsIdentity(Name, "sub", "role");
        identity.AddClaims([new Claim("sub", bearer.Caller.Actor), new Claim("tx:kind", "client"), new Claim("name", bearer.Caller.Name)]);
        if (bearer.Caller.Agency is { } agency) identity.AddClaim(new Claim("tx:agency", agency.ToString()));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Refuse(Context);

    private async ValueTask<Bearer?> Find(Credential shown)
    {
        if (shown.Kind == CredentialKind.HeaderKey) return clients.OfHeaderKey(shown.Value);
        if (shown.Kind == CredentialKind.Legacy) return legacy.Recognise(Request);
        if (shown.Kind == CredentialKind.Unclear || await tokens.Read(shown.Value) is not { } bearer) return null;
        if (bearer.Certificate is { } certificate && certificate != Certificates.Shown(Context)) return null;
        return shown.Kind == CredentialKind.Proven ? Proven(bearer, shown.Value) : Unproven(bearer);
    }

    // A token bound to a key is stolen goods in any other hand; a proof beside a token that needs none is a mistake that would go unnoticed.
    private Bearer? Unproven(Bearer bearer) => bearer.ProofKey is null && !Request.Headers.ContainsKey(Proofs.Header) ? bearer : null;

    private Bearer? Proven(Bearer bearer, string token)
    {
        if (bearer.ProofKey is null) return null;
        var (proof, flaw) = proofs.Check(Request, token);
        if (proof is not null && proof.Key != bearer.ProofKey) flaw = "agencies.proof.other-key";
        flaw ??= proofs.Spend(proof!);
        if (flaw is null) proofs.Tell(Response);
        else Context.Items[Slot] = flaw;
        return flaw is null ? bearer : null;
    }

    /// <summary>The one answer to everything that is wrong with a token, and what is wrong with a proof in words.</summary>
    public static Task Refuse(HttpContext http)
    {
        var headers = http.Response.Headers;
        if (http.Items[Slot] is not string flaw)
        {
            headers.WWWAuthenticate = Credential.Of(http.Request) is null ? new([Name, ProofChallenge]) : new([$"{Name} error=\"invalid_token\"", ProofChallenge]);
            return new Refusal(401, "agencies.bad-token").ToProblem().ExecuteAsync(http);
        }
        headers.WWWAuthenticate = $"DPoP error=\"{(flaw == Proofs.NonceFlaw ? "use_dpop_nonce" : "invalid_dpop_proof")}\", algs=\"{string.Join(' ', ProofReader.Algorithms)}\"";
        if (flaw == Proofs.NonceFlaw) http.RequestServices.GetRequiredService<Proofs>().Tell(http.Response);
        return new Refusal(401, "agencies.bad-proof", new TextKey(flaw)).ToProblem().ExecuteAsync(http);
    }
}
