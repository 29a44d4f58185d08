using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Sign-in at an external OpenID provider (authorization code with PKCE) and its back-channel logout; the session that follows is our own.</summary>
internal sealed partial class ExternalSignIn(
    ExternalProvider provider, ExternalPeople links, Sessions sessions, IDataProtectionProvider protection, TimeProvider clock, IdentitySettings settings, NodeSettings node, ILogger<ExternalSignIn> log)
{
    private const string Cookie = "tx-external";
    private const string Callback = "/sign-in/external/callback";
    private static readonly TimeSpan life = TimeSpan.FromMinutes(10);
    private readonly IDataProtector protector = protection.CreateProtector("agencies external sign-in");

    /// <summary>What this browser set out with.</summary>
    private sealed record Journey(string State, string Nonce, string Verifier, string Return, long Until);

    public sealed record LogoutProblem(string Error);

    public sealed record LinkRequest(string? StaffId);

    public sealed record LinkDecision(bool IsApproved, string? Note);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in/external", (HttpContext http, ExternalSignIn door, string? returnUrl, CancellationToken ct) => door.Begin(http, returnUrl, ct)).WithOrder(-1).ExcludeFromDescription();
        routes.MapGet(Callback, (HttpContext http, ExternalSignIn door, CancellationToken ct) => door.Return(http, ct)).WithOrder(-1).ExcludeFromDescription();
        routes.MapPost("/sign-in/external/logout", (HttpContext http, ExternalSignIn door, CancellationToken ct) => door.LogOut(http, ct)).DisableAntiforgery().WithOrder(-1).ExcludeFromDescription();
        var link = routes.MapGroup("/api/people/{id}/external").DisableAntiforgery().WithTags("agencies");
        link.MapPost("", async (Id<Person> id, LinkRequest request, HttpContext http, ExternalPeople door, CancellationToken ct) =>
            (await door.Link(http.Caller(), id, request.StaffId ?? "", ct)).Answer(l => TypedResults.Ok(l))).WithIdempotency().WithName("agencies.external-link");
        link.MapDelete("", async (Id<Person> id, HttpContext http, ExternalPeople door, CancellationToken ct) =>
            (await door.Unlink(http.Caller(), id, ct)).Answer(_ => TypedResults.NoContent())).WithName("agencies.external-unlink");
        var links = routes.MapGroup("/api/external-links").DisableAntiforgery().WithTags("agencies");
        links.MapGet("/waiting", async (HttpContext http, ExternalPeople door, CancellationToken ct) =>
            TypedResults.Ok(new Page<ExternalLink>(await door.Waiting(http.Caller(), ct), null))).WithName("agencies.external-waiting");
        links.MapPost("/{id}/decision", async (Id<ExternalLink> id, LinkDecision said, HttpContext http, ExternalPeople door, CancellationToken ct) =>
            (await door.Decide(http.Caller(), id, said.IsApproved, said.Note ?? "", ct)).Answer(l => TypedResults.Ok(l))).WithName("agencies.external-decide");
        links.MapDelete("/{id}", async (Id<ExternalLink> id, HttpContext http, ExternalPeople door, CancellationToken ct) =>
            (await door.Withdraw(http.Caller(), id, ct)).Answer(_ => TypedResults.NoContent())).WithName("agencies.external-withdraw");
    }

    private async Task<IResult> Begin(HttpContext http, string? returnUrl, CancellationToken ct)
    {
        if (!settings.External.IsOn) return Refusal.NotFound("page").ToProblem();
        if (await provider.AuthorizeAddress(ct) is not { } address) return Back("external-silent");
        var journey = new Journey(Secret(), Secret(), Secret(), SessionRoutes.Local(returnUrl) ?? "/", (clock.GetUtcNow() + life).ToUnixTimeSeconds());
        Keep(http, journey);
        return SessionRoutes.See(QueryHelpers.AddQueryString(address, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = settings.External.ClientId,
            ["redirect_uri"] = RedirectUri(http),
            ["scope"] = settings.External.Scope,
            ["state"] = journey.State,
            ["nonce"] = journey.Nonce,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(journey.Verifier))),
            ["code_challenge_method"] = "S256",
        }));
    }

    private async Task<IResult> Return(HttpContext http, CancellationToken ct)
    {
        if (!settings.External.IsOn) return Refusal.NotFound("page").ToProblem();
        var (journey, query) = (Read(http), http.Request.Query);
        // Spent whatever comes of it: an answer is taken once.
        http.Response.Cookies.Delete(Cookie, Options(http, TimeSpan.Zero));
        if (journey is null || !Same(journey.State, query["state"].ToString())) return Refused("state");
        // RFC 9207: an answer that names another issuer is another provider's.
        if (query["iss"].ToString() is { Length: > 0 } issuer && issuer != settings.External.Issuer) return Refused("iss");
        if (query["code"].ToString() is not { Length: > 0 and < 4000 } code) return Refused("no-code");
        var (identity, flaw) = await provider.Redeem(code, journey.Verifier, RedirectUri(http), journey.Nonce, ct);
        if (identity is null) return Refused(flaw);
        if (await links.Find(identity, ct) is not { } person) return Refused("unknown", "external-unknown");
        var isStrong = settings.External.VouchesFactor && ExternalProvider.IsStrong(identity.Methods);
        var outcome = await sessions.SignInFrom(http, person, new ExternalOrigin(settings.External.Issuer!, identity.Subject, identity.Session), isStrong, ct);
        return SessionRoutes.See(outcome.Refusal is { } refusal ? Joined(SessionRoutes.Next(refusal), journey.Return) : journey.Return);
    }

    // OpenID Connect Back-Channel Logout 1.0, §2.5–2.8.
    private async Task<IResult> LogOut(HttpContext http, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!settings.External.IsOn) return Refusal.NotFound("page").ToProblem();
        if (!http.Request.HasFormContentType || (await http.Request.ReadFormAsync(ct))["logout_token"].ToString() is not { Length: > 0 and < 16_000 } token) return Bad("form");
        var (subject, session, number, until, flaw) = await provider.ReadLogout(token, ct);
        if (flaw.Length > 0) return Bad(flaw);
        if (!await sessions.EndFrom(settings.External.Issuer!, subject, session, number, until, ct)) return Bad("replayed");
        return TypedResults.Ok();
    }

    private SessionRoutes.SeeOther Refused(string flaw, string why = "external")
    {
        SignInRefused(log, flaw);
        return Back(why);
    }

    private JsonHttpResult<LogoutProblem> Bad(string flaw)
    {
        LogoutRefused(log, flaw);
        return TypedResults.Json(new LogoutProblem("invalid_request"), statusCode: StatusCodes.Status400BadRequest);
    }

    private static SessionRoutes.SeeOther Back(string why) => SessionRoutes.See("/sign-in?why=" + why);

    private static string Joined(string path, string target) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}returnUrl={Uri.EscapeDataString(target)}";

    private string RedirectUri(HttpContext http) => (node.PublicUrl?.TrimEnd('/') ?? $"{http.Request.Scheme}://{http.Request.Host}") + Callback;

    private void Keep(HttpContext http, Journey j)
    {
        var text = string.Join('\n', j.State, j.Nonce, j.Verifier, j.Return, j.Until.ToString(CultureInfo.InvariantCulture));
        http.Response.Cookies.Append(Cookie, Convert.ToBase64String(protector.Protect(Encoding.UTF8.GetBytes(text))), Options(http, life));
    }

    private Journey? Read(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { Length: > 0 and < 8000 } value) return null;
        try
        {
            return Encoding.UTF8.GetString(protector.Unprotect(Convert.FromBase64String(value))).Split('\n') is [var state, var nonce, var verifier, var target, var until]
                && long.Parse(until, CultureInfo.InvariantCulture) is var end && clock.GetUtcNow().ToUnixTimeSeconds() < end ? new Journey(state, nonce, verifier, target, end) : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    // Lax: the provider sends the browser back from another site.
    private CookieOptions Options(HttpContext http, TimeSpan age) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps || node.PublicUrl?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true,
        MaxAge = age,
        IsEssential = true,
        Path = "/sign-in/external",
    };

    private static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static string Secret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    [LoggerMessage(3180, LogLevel.Warning, "An external sign-in was refused: {Flaw}.")]
    private static partial void SignInRefused(ILogger log, string flaw);

    [LoggerMessage(3181, LogLevel.Warning, "A back-channel logout was refused: {Flaw}.")]
    private static partial void LogoutRefused(ILogger log, string flaw);
}

/// <summary>The provider's side of a session that began there.</summary>
internal sealed record ExternalOrigin(string Issuer, string Subject, string? Session)
{
    public string Text => string.Join('\t', Issuer, Subject, Session ?? "");

    public static ExternalOrigin? Of(string? text) => text?.Split('\t') is [var issuer, var subject, var session] ? new ExternalOrigin(issuer, subject, session.Length > 0 ? session : null) : null;
}
