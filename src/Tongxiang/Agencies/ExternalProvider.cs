using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Tongxiang.Agencies;

/// <summary>What the provider said of somebody.</summary>
/// <param name="Session">The provider's own session, for its logout.</param>
internal sealed record ExternalIdentity(string Subject, string? Session, string? StaffId, string? Department, IReadOnlyList<string> Methods);

/// <summary>Speaks with the OpenID provider: its addresses, its keys, its tokens. What is wrong is a word for the log, never for the outside.</summary>
internal sealed class ExternalProvider(IdentitySettings settings, TimeProvider clock, HttpMessageInvoker? http = null) : IDisposable
{
    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";
    private static readonly TimeSpan fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan skew = TimeSpan.FromSeconds(60);
    private static readonly string[] algorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.RsaSha384];
    private static readonly string[] strong = ["mfa", "otp", "hwk", "sc", "fpt", "face"];
    private readonly HttpMessageInvoker http = http ?? new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) });
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly SemaphoreSlim loading = new(1, 1);
    private volatile Known? known;
    private volatile Silence? silence;

    /// <summary>The provider's addresses and keys as read last.</summary>
    private sealed record Known(string Authorize, string Token, IReadOnlyList<SecurityKey> Keys, DateTimeOffset At);

    /// <summary>When it last did not answer as it should.</summary>
    private sealed record Silence(DateTimeOffset At);

    private ExternalSettings External => settings.External;

    /// <summary>Where a browser is sent to sign in; null while the provider does not answer.</summary>
    public async Task<string?> AuthorizeAddress(CancellationToken ct) => (await Load(again: false, ct))?.Authorize;

    /// <summary>Trades the code for an id token and reads it.</summary>
    public async Task<(ExternalIdentity? Identity, string Flaw)> Redeem(string code, string verifier, string redirect, string nonce, CancellationToken ct)
    {
        if (await Load(again: false, ct) is not { } provider) return (null, "provider-silent");
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.Token)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = redirect, ["code_verifier"] = verifier }),
        };
        var pair = $"{Uri.EscapeDataString(External.ClientId)}:{Uri.EscapeDataString(External.ClientSecret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        if (await Ask(request, ct) is not { ValueKind: JsonValueKind.Object } answer || !answer.TryGetProperty("id_token", out var token) || token.GetString() is not { Length: > 0 and < 16_000 } text) return (null, "no-token");
        var (jwt, flaw) = await Read(text, ct);
        if (jwt is null) return (null, flaw);
        if (Says(jwt, "nonce") != nonce) return (null, "nonce");
        if (jwt.Audiences.Count() > 1 && Says(jwt, "azp") != External.ClientId) return (null, "azp");
        if (jwt.Subject is not { Length: > 0 and <= 200 } subject || subject.Any(char.IsControl)) return (null, "subject");
        IReadOnlyList<string> methods = jwt.TryGetPayloadValue<string[]>("amr", out var said) ? said : [];
        return (new ExternalIdentity(jwt.Subject, Says(jwt, "sid"), Says(jwt, External.StaffClaim), External.DepartmentClaim is { } claim ? Says(jwt, claim) : null, methods), "");
    }

    /// <summary>Reads a logout token (OpenID Connect Back-Channel Logout 1.0, §2.6): whose sessions end, and the number by which it counts once.</summary>
    public async Task<(string? Subject, string? Session, string Number, DateTimeOffset Until, string Flaw)> ReadLogout(string token, CancellationToken ct)
    {
        var (jwt, flaw) = await Read(token, ct);
        if (jwt is null) return (null, null, "", default, flaw);
        var (subject, session) = (string.IsNullOrEmpty(jwt.Subject) ? null : jwt.Subject, Says(jwt, "sid"));
        flaw = subject is null && session is null ? "nobody"
            : !jwt.TryGetPayloadValue<JsonElement>("events", out var events) || events.ValueKind != JsonValueKind.Object || !events.TryGetProperty(LogoutEvent, out var happened) || happened.ValueKind != JsonValueKind.Object ? "event"
            // An id token that was stolen must not log anybody out.
            : jwt.TryGetPayloadValue<object>("nonce", out _) ? "nonce"
            : string.IsNullOrEmpty(jwt.Id) || jwt.Id.Length > 200 ? "number" : "";
        return (subject, session, jwt.Id ?? "", new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero) + skew, flaw);
    }

    /// <summary>Whether one of the methods is more than something known.</summary>
    public static bool IsStrong(IReadOnlyList<string> methods) => methods.Any(strong.Contains);

    public void Dispose()
    {
        loading.Dispose();
        http.Dispose();
    }

    private async Task<(JsonWebToken? Token, string Flaw)> Read(string text, CancellationToken ct)
    {
        if (await Load(again: false, ct) is not { } provider) return (null, "provider-silent");
        var result = await Validate(text, provider);
        // A key we do not know may be a new one: read the keys again, but not for everybody who asks.
        if (!result.IsValid && result.Exception is SecurityTokenSignatureKeyNotFoundException && await Load(again: true, ct) is { } renewed) result = await Validate(text, renewed);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt) return (null, result.Exception?.GetType().Name ?? "token");
        return jwt.IssuedAt == default || jwt.IssuedAt > clock.GetUtcNow().UtcDateTime + skew ? (null, "iat") : (jwt, "");
    }

    private Task<TokenValidationResult> Validate(string text, Known provider) => handler.ValidateTokenAsync(text, new TokenValidationParameters
    {
        ValidIssuer = External.Issuer,
        ValidAudience = External.ClientId,
        ValidAlgorithms = algorithms,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        IssuerSigningKeys = provider.Keys,
        LifetimeValidator = (begins, expires, _, _) => expires is { } end && clock.GetUtcNow().UtcDateTime < end + skew && !(begins > clock.GetUtcNow().UtcDateTime + skew),
    });

    private async Task<Known?> Load(bool again, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (known is { } read && now - read.At < (again ? pause : fresh)) return again ? null : read;
        // A provider that is down is not asked for everybody who comes by: they would wait in a row, ten seconds each.
        if (IsSilent()) return again ? null : known;
        await loading.WaitAsync(ct);
        try
        {
            if (known is { } other && now - other.At < (again ? pause : fresh)) return other;
            if (IsSilent()) return again ? null : known;
            // Whoever asked first may leave meanwhile; what is learnt serves the others.
            var learnt = await Learn(now);
            silence = learnt is null ? new Silence(clock.GetUtcNow()) : null;
            return learnt is null ? known : known = learnt;
        }
        finally
        {
            loading.Release();
        }
    }

    private bool IsSilent() => silence is { } last && clock.GetUtcNow() - last.At < pause;

    private async Task<Known?> Learn(DateTimeOffset now)
    {
        if (External.Issuer is not { } issuer || !IsAllowed(issuer)) return null;
        using var ask = new HttpRequestMessage(HttpMethod.Get, issuer.TrimEnd('/') + "/.well-known/openid-configuration");
        if (await Ask(ask, CancellationToken.None) is not { ValueKind: JsonValueKind.Object } document || Text(document, "issuer") != issuer) return null;
        var (authorize, token, jwks) = (Text(document, "authorization_endpoint"), Text(document, "token_endpoint"), Text(document, "jwks_uri"));
        if (!IsAllowed(authorize) || !IsAllowed(token) || !IsAllowed(jwks)) return null;
        using var askKeys = new HttpRequestMessage(HttpMethod.Get, jwks);
        if (await Ask(askKeys, CancellationToken.None) is not { ValueKind: JsonValueKind.Object } keys) return null;
        // Secrets of both sides have no place among a provider's public keys.
        return new Known(authorize!, token!, [.. new JsonWebKeySet(keys.GetRawText()).GetSigningKeys().Where(k => k is not SymmetricSecurityKey && k is not JsonWebKey { Kty: "oct" })], now);
    }

    private async Task<JsonElement> Ask(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            using var answer = await http.SendAsync(request, limit.Token);
            if (!answer.IsSuccessStatusCode || answer.Content.Headers.ContentLength > 1 << 20) return default;
            return await answer.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or NotSupportedException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return default;
        }
    }

    private bool IsAllowed(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (External.AllowsPlainHttp && uri.Scheme == Uri.UriSchemeHttp));

    private static string? Says(JsonWebToken jwt, string claim) => jwt.TryGetPayloadValue<string>(claim, out var value) && value.Length is > 0 and <= 200 && !value.Any(char.IsControl) ? value : null;

    private static string? Text(JsonElement document, string name) => document.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
