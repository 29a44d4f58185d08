using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Authenticates requests that carry one of our access tokens.</summary>
internal sealed class BearerScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenReader tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Bearer";
    private const string Prefix = "Bearer ";

    /// <summary>The token of a request, or null when it carries none.</summary>
    public static string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (TokenOf(Request) is not { } token) return AuthenticateResult.NoResult();
        // The node answers 401 to a token that is not good (AgenciesWiring); a flood of them must not fill the log.
        if (await tokens.Read(token) is not { } bearer) return AuthenticateResult.NoResult();
        Context.Features.Set(bearer);
        var identity = new ClaimsIdentity(Name, "sub", "role");
        identity.AddClaims([new Claim("sub", bearer.Caller.Actor), new Claim("tx:kind", "client"), new Claim("name", bearer.Caller.Name)]);
        if (bearer.Caller.Agency is { } agency) identity.AddClaim(new Claim("tx:agency", agency.ToString()));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = TokenOf(Request) is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        return new Refusal(401, "agencies.bad-token").ToProblem().ExecuteAsync(Context);
    }
}
