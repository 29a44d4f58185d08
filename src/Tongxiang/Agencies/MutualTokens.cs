using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>The token endpoint for clients that prove themselves by their certificate (RFC 8705: <c>tls_client_auth</c>, <c>self_signed_tls_client_auth</c>); the token is bound to it.</summary>
/// <remarks>OpenIddict sees every other request: its own checks of certificates know no registration with an owner, a withdrawal and evidence.</remarks>
internal static class MutualTokens
{
    public static async Task Answer(HttpContext http, RequestDelegate next)
    {
        if (!IsAsked(http.Request, out var certificate) || await http.Request.ReadFormAsync(http.RequestAborted) is not { } form || form.ContainsKey("client_assertion"))
        {
            await next(http);
            return;
        }
        http.Response.Headers.CacheControl = "no-store";
        var services = http.RequestServices;
        var attempts = services.GetRequiredService<Attempts>();
        if (await attempts.Wait(http.Connection.RemoteIpAddress, http.RequestAborted) is { } wait)
        {
            http.Response.Headers.RetryAfter = string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(wait.TotalSeconds)}");
            await Fail(http, 400, "slow_down", "Too many failed attempts from this address.");
            return;
        }
        if (form["grant_type"] != "client_credentials")
        {
            await Fail(http, 400, "unsupported_grant_type", "Send grant_type=client_credentials.");
            return;
        }
        var clients = services.GetRequiredService<Clients>();
        if (clients.Find(form["client_id"].ToString()) is not { IsEnabled: true } client || !clients.Proves(client, certificate!))
        {
            await attempts.Begin(null, http.Connection.RemoteIpAddress, CancellationToken.None);
            await Fail(http, 401, "invalid_client", "The connection's certificate is not one of this client's: register it on the desk, or send a client_assertion.");
            return;
        }
        await Issue(http, client, Certificates.Thumbprint(certificate!));
    }

    private static bool IsAsked(HttpRequest request, out X509Certificate2? certificate)
    {
        certificate = null;
        if (!HttpMethods.IsPost(request.Method) || !request.Path.Equals("/connect/token", StringComparison.OrdinalIgnoreCase) || !request.HasFormContentType) return false;
        certificate = request.HttpContext.Connection.ClientCertificate;
        return certificate is not null;
    }

    private static async Task Issue(HttpContext http, Client client, string thumbprint)
    {
        var services = http.RequestServices;
        var proofs = services.GetRequiredService<Proofs>();
        Proof? proof = null;
        if (http.Request.Headers.ContainsKey(Proofs.Header))
        {
            (proof, var flaw) = proofs.Check(http.Request, null);
            flaw ??= proofs.Spend(proof!);
            if (flaw is not null)
            {
                proofs.Tell(http.Response);
                await Fail(http, 400, flaw == Proofs.NonceFlaw ? "use_dpop_nonce" : "invalid_dpop_proof", Texts.Parts.Get(Texts.English, flaw));
                return;
            }
        }
        var at = services.GetRequiredService<TimeProvider>().GetUtcNow();
        await services.GetRequiredService<TokenMint>().Answer(http, client, at, proof, thumbprint);
    }

    private static Task Fail(HttpContext http, int status, string error, string description)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = error, ["error_description"] = description }, Wire.Json);
    }
}
