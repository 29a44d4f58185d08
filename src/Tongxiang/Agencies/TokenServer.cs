using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using Tongxiang.Kernel;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Tongxiang.Agencies;

/// <summary>OpenIddict as the token endpoint: client credentials by private_key_jwt, access tokens as signed JWTs that live ten minutes.</summary>
internal static class TokenServer
{
    internal static readonly string[] Algorithms = ["ES256", "PS256", "RS256"];
    public static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(10);

    /// <summary>Whether an address may be one of the token server's: below <c>/connect</c> or <c>/.well-known</c>.</summary>
    public static bool IsItsOwn(PathString path) => path.StartsWithSegments("/connect", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/.well-known", StringComparison.OrdinalIgnoreCase);

    public static IServiceCollection AddTokenServer(this IServiceCollection services, NodeSettings settings)
    {
        services.AddOpenIddict()
            .AddCore(core =>
            {
                core.SetDefaultApplicationEntity<Client>();
                core.ReplaceApplicationStore<Client, ApplicationStore>(ServiceLifetime.Singleton);
                core.DisableEntityCaching();
            })
            .AddServer(server =>
            {
                if (settings.PublicUrl is { } url) server.SetIssuer(new Uri(url));
                server.SetTokenEndpointUris("connect/token");
                server.AllowClientCredentialsFlow();
                server.SetAccessTokenLifetime(TokenLife);
                server.DisableAccessTokenEncryption().DisableTokenStorage().DisableAuthorizationStorage().DisableScopeValidation();
                server.UseAspNetCore().DisableTransportSecurityRequirement();
                Handle(server);
            });
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>, Keys>();
        services.AddSingleton<Assertions>();
        services.AddSingleton<TokenKeys>();
        services.AddSingleton<TokenReader>();
        return services;
    }

    private static void Handle(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<ValidateTokenRequestContext>(h => h.SetOrder(int.MinValue + 1).UseInlineHandler(c => Of(c).Check(c)));
        server.AddEventHandler<ValidateTokenRequestContext>(h => h.SetOrder(int.MinValue + 2).UseInlineHandler(CheckProof));
        server.AddEventHandler<ValidateTokenContext>(h => h.SetOrder(OpenIddictServerHandlers.Protection.ValidateIdentityModelToken.Descriptor.Order - 500).UseInlineHandler(AsAssertion));
        server.AddEventHandler<HandleTokenRequestContext>(h => h.UseInlineHandler(Issue));
        server.AddEventHandler<ApplyTokenResponseContext>(h => h.SetOrder(int.MinValue + 1).UseInlineHandler(Count));
        server.AddEventHandler<HandleConfigurationRequestContext>(h => h.SetOrder(int.MaxValue - 1).UseInlineHandler(Describe));
    }

    // OpenIddict takes only typ client-authentication+jwt; nearly every client library says JWT or nothing. Assertions.Check has looked at it by now.
    private static ValueTask AsAssertion(ValidateTokenContext context)
    {
        if (!context.ValidTokenTypes.Contains(OpenIddictConstants.TokenTypeIdentifiers.Private.ClientAssertion)) return default;
        context.TokenValidationParameters.TypeValidator = (_, _, _) => OpenIddictConstants.JsonWebTokenTypes.ClientAuthentication;
        context.TokenValidationParameters.ValidAlgorithms = Algorithms;
        context.TokenValidationParameters.ClockSkew = Assertions.Skew;
        return default;
    }

    private static async ValueTask Issue(HandleTokenRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var assertions = http.RequestServices.GetRequiredService<Assertions>();
        var assertion = context.Request.ClientAssertion!;
        if (http.RequestServices.GetRequiredService<Clients>().Find(context.Request.ClientId!) is not { IsEnabled: true } client)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidClient);
            return;
        }
        if (await assertions.Spend(assertion, http.RequestAborted) is { } flaw)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidClient, flaw);
            return;
        }
        var proof = http.Features.Get<Proof>();
        if (proof is not null && http.RequestServices.GetRequiredService<Proofs>().Spend(proof) is { } used)
        {
            Reject(context, http, used);
            return;
        }
        var certificate = Shown(http, client);
        if (proof is not null || certificate is not null)
        {
            // OpenIddict lets no one else write the claim that binds a token (cnf).
            await http.RequestServices.GetRequiredService<TokenMint>().Answer(http, client, http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), proof, certificate, Assertions.Context(assertion));
            context.HandleRequest();
            return;
        }
        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, "sub", "role");
        identity.SetClaim("sub", client.Id.ToString()).SetClaim("tx:kind", "client").SetClaim("tx:agency", client.Agency?.ToString()).SetClaim(TokenReader.Proof, TokenReader.Asserted);
        foreach (var (name, value) in Assertions.Context(assertion)) identity.SetClaim(name, value);
        identity.SetDestinations(_ => [OpenIddictConstants.Destinations.AccessToken]);
        identity.SetResources(TokenReader.Audience);
        context.SignIn(new ClaimsPrincipal(identity));
    }

    // A proof is looked at before the assertion is, and spent after: whoever is no client must not fill its memory.
    private static ValueTask CheckProof(ValidateTokenRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (!http.Request.Headers.ContainsKey(Proofs.Header)) return default;
        var (proof, flaw) = http.RequestServices.GetRequiredService<Proofs>().Check(http.Request, null);
        if (flaw is null) http.Features.Set(proof);
        else Reject(context, http, flaw);
        return default;
    }

    // The certificate binds too when the connection shows one of the client's; any other was meant for something else.
    private static string? Shown(HttpContext http, Client client) =>
        http.Connection.ClientCertificate is { } shown && http.RequestServices.GetRequiredService<Clients>().Proves(client, shown) ? Certificates.Thumbprint(shown) : null;

    private static void Reject(BaseValidatingContext context, HttpContext http, string flaw)
    {
        if (flaw == Proofs.NonceFlaw) http.RequestServices.GetRequiredService<Proofs>().Tell(http.Response);
        context.Reject(flaw == Proofs.NonceFlaw ? "use_dpop_nonce" : "invalid_dpop_proof", Texts.Parts.Get(Texts.English, flaw));
    }

    private static async ValueTask Count(ApplyTokenResponseContext context)
    {
        if (context.Response?.Error is not (OpenIddictConstants.Errors.InvalidClient or OpenIddictConstants.Errors.InvalidToken)) return;
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        await http.RequestServices.GetRequiredService<Assertions>().Failed(http);
    }

    private static ValueTask Describe(HandleConfigurationRequestContext context)
    {
        // OpenIddict also lists secrets and algorithms that this node refuses.
        context.TokenEndpointAuthenticationMethods.Clear();
        context.TokenEndpointAuthenticationMethods.Add(OpenIddictConstants.ClientAuthenticationMethods.PrivateKeyJwt);
        context.TokenEndpointAuthenticationMethods.Add("tls_client_auth");
        context.TokenEndpointAuthenticationMethods.Add("self_signed_tls_client_auth");
        context.Metadata["dpop_signing_alg_values_supported"] = new OpenIddictParameter(JsonSerializer.SerializeToElement(ProofReader.Algorithms));
        context.Metadata["tls_client_certificate_bound_access_tokens"] = new OpenIddictParameter(true);
        if (context.Transaction.GetHttpRequest()!.HttpContext.RequestServices.GetRequiredService<IdentitySettings>().MutualUrl is { } mutual)
            context.Metadata["mtls_endpoint_aliases"] = new OpenIddictParameter(JsonSerializer.SerializeToElement(new { token_endpoint = mutual.TrimEnd('/') + "/connect/token" }));
        context.Metadata["token_endpoint_auth_signing_alg_values_supported"] = new OpenIddictParameter(JsonSerializer.SerializeToElement(Algorithms));
        return default;
    }

    private static Assertions Of(ValidateTokenRequestContext context) => context.Transaction.GetHttpRequest()!.HttpContext.RequestServices.GetRequiredService<Assertions>();

    /// <summary>Hands the node's keys and clock to OpenIddict; run again after a rotation.</summary>
    internal sealed class Keys(TokenKeys keys, NodeKey nodeKey, TimeProvider clock) : IConfigureOptions<OpenIddictServerOptions>
    {
        public void Configure(OpenIddictServerOptions options)
        {
            options.TimeProvider = clock;
            options.TokenValidationParameters.ClockSkew = Assertions.Skew;
            foreach (var key in keys.All) options.SigningCredentials.Add(new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256));
            // Never used to encrypt anything that leaves, but OpenIddict asks for one.
            options.EncryptionCredentials.Add(new EncryptingCredentials(new SymmetricSecurityKey(nodeKey.Derive("agencies.openiddict")),
                SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
        }
    }
}
