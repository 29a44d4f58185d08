using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Registers who and where: directory, rule pack, calendar, people, sign-in, clients and tokens, and their endpoints.</summary>
public static class AgenciesWiring
{
    private const string Either = "tongxiang";
    private static readonly TimeSpan KeyAge = TimeSpan.FromDays(90);
    private static readonly string[] Machines = ["/api", "/data", "/connect", "/log"];

    public static IServiceCollection AddAgencies(this IServiceCollection services, NodeSettings settings)
    {
        services.AddSingleton<Directory>();
        services.AddSingleton<Roster>();
        services.AddSingleton<RulePack>();
        services.AddSingleton<Calendar>();
        services.AddSingleton<Deadlines>();
        services.AddSingleton<ClockMoves>();
        services.AddSingleton<RuleDesk>();
        services.AddSingleton<DueList>();
        services.AddOptions<IdentitySettings>().BindConfiguration("Identity").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<IdentitySettings>>().Value);
        services.AddSingleton<Clients>();
        services.AddSingleton<TokenMint>();
        services.AddSingleton<Proofs>();
        services.AddSingleton<LegacyKeys>();
        services.AddSingleton<Front>();
        services.AddSingleton<DeskTokens>();
        services.AddSingleton<People>();
        services.AddSingleton<Identities>();
        services.AddSingleton<Attempts>();
        services.AddSingleton<SecondFactors>();
        services.AddSingleton<HalfSignIns>();
        services.AddSingleton<Founding>();
        services.AddSingleton(p => new ExternalProvider(p.GetRequiredService<IdentitySettings>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ExternalPeople>();
        services.AddSingleton<Competence>();
        services.AddSingleton<Courses>();
        services.AddSingleton<ExternalSignIn>();
        services.AddSingleton(p => new Sessions(p.GetRequiredService<Db>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<EvidenceLog>(),
            p.GetRequiredService<Directory>(), p.GetRequiredService<Attempts>(), new PasswordHasher<Account>(p.GetRequiredService<IOptions<PasswordHasherOptions>>()),
            p.GetRequiredService<SecondFactors>(), p.GetRequiredService<HalfSignIns>()));
        services.AddSingleton<Follower>();
        AddChores(services);
        AddIdentity(services, settings);
        services.AddTokenServer(settings);
        return services;
    }

    /// <summary>Loads the snapshots before the first request.</summary>
    public static async Task OpenAgencies(this IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<Follower>().Refresh(ct);
        await services.GetRequiredService<LegacyKeys>().Load(ct);
    }

    /// <summary>Authentication and authorisation of every request; stands after routing. The token endpoint answers in here.</summary>
    public static IApplicationBuilder UseAgencies(this IApplicationBuilder app)
    {
        // A web application that finds no UseAuthentication on its outermost line puts one before everything; ours stands on a branch.
        app.Properties["__AuthenticationMiddlewareSet"] = true;
        return app.Use(MutualTokens.Answer).UseWhen(http => TokenServer.IsItsOwn(http.Request.Path), tokens => tokens.UseAuthentication())
            .Use(Recognise).Use(RefuseBadTokens).Use(RefuseForeignPages).UseAuthorization();
    }

    /// <summary>What a front before this node says of a caller, and who may say so; stands before whatever asks for the caller's address.</summary>
    public static IApplicationBuilder UseFront(this IApplicationBuilder app)
    {
        var front = app.ApplicationServices.GetRequiredService<Front>();
        return app.Use(front.Pass);
    }

    public static IEndpointRouteBuilder MapAgencies(this IEndpointRouteBuilder routes)
    {
        SessionRoutes.Map(routes);
        ClientRoutes.Map(routes);
        IdentityRoutes.Map(routes);
        PeopleRoutes.Map(routes);
        SecondFactorRoutes.Map(routes);
        ExternalSignIn.Map(routes);
        CourseRoutes.Map(routes);
        RuleRoutes.Map(routes);
        LegacyKeys.Map(routes);
        DueRoutes.Map(routes);
        return routes;
    }

    private static void AddChores(IServiceCollection services)
    {
        services.AddSingleton(p => new Chore("agencies.follow", TimeSpan.FromSeconds(1), p.GetRequiredService<Follower>().Follow, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("agencies.clocks", TimeSpan.FromSeconds(10), p.GetRequiredService<ClockMoves>().Follow));
        services.AddSingleton(p => new Chore("agencies.failures", TimeSpan.FromMinutes(1), p.GetRequiredService<Sessions>().WitnessFailures, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("agencies.forget", TimeSpan.FromMinutes(10), async ct =>
        {
            await p.GetRequiredService<Assertions>().Forget(ct);
            await p.GetRequiredService<Attempts>().Forget(ct);
            await p.GetRequiredService<Sessions>().Forget(ct);
        }));
        services.AddSingleton(p => new Chore("agencies.legacy-keys", TimeSpan.FromSeconds(5), p.GetRequiredService<LegacyKeys>().Load, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("agencies.forget-proofs", TimeSpan.FromMinutes(1), _ =>
        {
            p.GetRequiredService<Proofs>().Forget();
            p.GetRequiredService<LegacyKeys>().Forget();
            return Task.CompletedTask;
        }, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("agencies.token-keys", TimeSpan.FromHours(6), _ =>
        {
            if (p.GetRequiredService<TokenKeys>().Age() > KeyAge) RotateTokenKeys(p);
            return Task.CompletedTask;
        }));
    }

    /// <summary>A new key signs from now on; OpenIddict builds its options anew from it.</summary>
    public static void RotateTokenKeys(this IServiceProvider services)
    {
        services.GetRequiredService<TokenKeys>().Rotate();
        services.GetRequiredService<IOptionsMonitorCache<OpenIddictServerOptions>>().TryRemove(Options.DefaultName);
    }

    private static void AddIdentity(IServiceCollection services, NodeSettings settings)
    {
        services.AddIdentityCore<Account>(identity =>
        {
            // PasswordRules asks for length and against guessable ones; composition rules make passwords worse (ASVS).
            (identity.Password.RequiredLength, identity.Password.RequireDigit, identity.Password.RequireLowercase) = (12, false, false);
            (identity.Password.RequireUppercase, identity.Password.RequireNonAlphanumeric, identity.Password.RequiredUniqueChars) = (false, false, 1);
            identity.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
        }).AddPasswordValidator<PasswordRules>();
        services.AddScoped<IUserStore<Account>, AccountStore>();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = 210_000);
        services.AddDataProtection().SetApplicationName("tongxiang").PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(Path.GetFullPath(settings.Data), "keys", "cookies")));
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(p => new ConfigureOptions<KeyManagementOptions>(o => o.XmlEncryptor = new CookieKeySeal(p)));
        services.AddAuthorization();
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, scheme => scheme.ForwardDefaultSelector = http => Credential.Of(http.Request) is null ? Sessions.Scheme : TokenScheme.Name)
            .AddScheme<AuthenticationSchemeOptions, TokenScheme>(TokenScheme.Name, null)
            .AddCookie(Sessions.Scheme, cookie => Cookie(cookie, settings));
    }

    private static void Cookie(CookieAuthenticationOptions cookie, NodeSettings settings)
    {
        // Behind a proxy that ends TLS the request itself looks plain; the public address tells.
        var isSecure = settings.PublicUrl?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;
        cookie.Cookie.Name = "tx-session";
        (cookie.Cookie.HttpOnly, cookie.Cookie.SameSite, cookie.Cookie.SecurePolicy) = (true, SameSiteMode.Lax, isSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest);
        (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (Sessions.Idle, true);
        cookie.Events.OnValidatePrincipal = context => context.HttpContext.RequestServices.GetRequiredService<Sessions>().Validate(context);
        cookie.Events.OnRedirectToLogin = context => Turn(context, new Refusal(401, "agencies.sign-in-first"));
        cookie.Events.OnRedirectToAccessDenied = context => Turn(context, Refusal.Forbidden("agencies.not-allowed"));
    }

    private static Task Turn(RedirectContext<CookieAuthenticationOptions> context, Refusal refusal)
    {
        var request = context.Request;
        if (refusal.Status != 401 || Machines.Any(m => request.Path.StartsWithSegments(m, StringComparison.Ordinal))) return refusal.ToProblem().ExecuteAsync(context.HttpContext);
        var language = request.Path.StartsWithSegments("/en", StringComparison.Ordinal) ? "/en" : "";
        context.Response.Redirect($"{language}/sign-in?returnUrl={Uri.EscapeDataString(request.Path + request.QueryString)}");
        return Task.CompletedTask;
    }

    // The token server looks at every request that UseAuthentication sees, for one of its own; the others are spared that.
    private static async Task Recognise(HttpContext http, RequestDelegate next)
    {
        var isShown = Credential.Of(http.Request) is not null;
        if ((isShown || http.Request.Headers.Cookie.Count > 0) && (await http.AuthenticateAsync(isShown ? TokenScheme.Name : Sessions.Scheme)).Principal is { } user) http.User = user;
        await next(http);
    }

    // Whoever shows a token means to be known by it: with a bad one he is not served as a nobody either.
    private static Task RefuseBadTokens(HttpContext http, RequestDelegate next)
    {
        if (HeaderKey.IsInAddress(http.Request)) return new Refusal(400, "agencies.key-in-address").ToProblem().ExecuteAsync(http);
        return http.User.Identity is { IsAuthenticated: true } || Credential.Of(http.Request) is null ? next(http) : TokenScheme.Refuse(http);
    }

    // SameSite=Lax keeps the cookie out of other sites' posts, but not out of those of a neighbouring host name (blog.city.gov.cn); browsers that say
    // where a request comes from are believed.
    private static Task RefuseForeignPages(HttpContext http, RequestDelegate next)
    {
        var isSafe = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method);
        if (isSafe || !http.User.HasClaim("tx:kind", "person") || http.Request.Headers["Sec-Fetch-Site"].ToString() is not ("cross-site" or "same-site")) return next(http);
        return Refusal.Forbidden("agencies.foreign-page").ToProblem().ExecuteAsync(http);
    }
}
