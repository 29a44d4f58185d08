using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Sign-in and sign-out for plain forms and for scripts.</summary>
internal static class SessionRoutes
{
    /// <param name="Code">Of the second factor, when the person has one and gives it at once.</param>
    public sealed record SignInRequest(string? User, string? Password, string? Code = null);

    public sealed record SessionView(string Kind, string? Id, string Name, string? Agency, string? AgencyName, IReadOnlyList<Role> Roles);

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var language in new[] { "", "/en" })
        {
            // Pages have the same addresses for GET; a form posts here.
            routes.MapPost(language + "/sign-in", SubmitForm).DisableAntiforgery().WithOrder(-1).ExcludeFromDescription();
            routes.MapPost(language + "/sign-in/code", SubmitCode).DisableAntiforgery().WithOrder(-1).ExcludeFromDescription();
            routes.MapPost(language + "/sign-out", LeaveForm).DisableAntiforgery().WithOrder(-1).ExcludeFromDescription();
        }
        var session = routes.MapGroup("/api/session").DisableAntiforgery().WithTags("agencies");
        session.MapGet("", (HttpContext http, Directory directory) => TypedResults.Ok(View(http.Caller(), directory))).WithName("agencies.session");
        session.MapPost("", SignIn).WithName("agencies.sign-in");
        session.MapDelete("", SignOut).WithName("agencies.sign-out");
        session.MapPost("/password", ChangePassword).WithName("agencies.change-password");
        session.MapPost("/sign-out-everywhere", SignOutEverywhere).WithName("agencies.sign-out-everywhere");
    }

    private static async Task<IResult> SubmitForm(HttpContext http, Sessions sessions, IAntiforgery antiforgery, CancellationToken ct)
    {
        var language = Language.Of(http.Request) == Texts.English && http.Request.Path.StartsWithSegments("/en", StringComparison.Ordinal) ? "/en" : "";
        if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http)) return See(language + "/sign-in?why=form");
        var form = await http.Request.ReadFormAsync(ct);
        var target = Local(form["returnUrl"]);
        var outcome = await sessions.SignIn(http, form["user"].ToString(), form["password"].ToString(), ct);
        if (outcome.Refusal is not { } refusal) return See(target ?? language + "/");
        return See(language + Next(refusal) + (target is null ? "" : $"{(Next(refusal).Contains('?') ? '&' : '?')}returnUrl={Uri.EscapeDataString(target)}"));
    }

    private static async Task<IResult> SubmitCode(HttpContext http, Sessions sessions, IAntiforgery antiforgery, CancellationToken ct)
    {
        var language = http.Request.Path.StartsWithSegments("/en", StringComparison.Ordinal) ? "/en" : "";
        if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http)) return See(language + "/sign-in?why=form");
        var form = await http.Request.ReadFormAsync(ct);
        var target = Local(form["returnUrl"]);
        var outcome = await sessions.Complete(http, form["code"].ToString(), ct);
        if (outcome.Refusal is not { } refusal) return See(target ?? language + "/");
        if (refusal.Code == "agencies.factor-late") return See(language + "/sign-in?why=late");
        return See($"{language}/sign-in/code?why={(refusal.Status == 429 ? "wait" : "refused")}" + (target is null ? "" : $"&returnUrl={Uri.EscapeDataString(target)}"));
    }

    // Where a sign-in that did not end in a session goes on.
    internal static string Next(Refusal refusal) => refusal.Code switch
    {
        "agencies.factor-asked" => "/sign-in/code",
        "agencies.factor-needed" => "/sign-in/enrol",
        "agencies.no-role-yet" => "/sign-in?why=no-role",
        _ => refusal.Status == 429 ? "/sign-in?why=wait" : "/sign-in?why=refused",
    };

    private static async Task<IResult> LeaveForm(HttpContext http, Sessions sessions, IAntiforgery antiforgery, CancellationToken ct)
    {
        var language = http.Request.Path.StartsWithSegments("/en", StringComparison.Ordinal) ? "/en" : "";
        if (!await antiforgery.IsRequestValidAsync(http)) return See(language + "/sign-in?why=form");
        await sessions.SignOut(http, ct);
        return See(language + "/");
    }

    private static async Task<IResult> SignIn(SignInRequest request, HttpContext http, Sessions sessions, Directory directory, CancellationToken ct)
    {
        var outcome = await sessions.SignIn(http, request.User ?? "", request.Password ?? "", ct, request.Code);
        return outcome.Answer(person => TypedResults.Ok(View(person, directory)));
    }

    private static async Task<IResult> SignOut(HttpContext http, Sessions sessions, CancellationToken ct)
    {
        await sessions.SignOut(http, ct);
        return TypedResults.NoContent();
    }

    private sealed record NewPassword(string? Current, string? Next);

    private static async Task<IResult> ChangePassword(NewPassword request, HttpContext http, People people, Sessions sessions, CancellationToken ct)
    {
        var outcome = await people.ChangePassword(http.Caller(), request.Current ?? "", request.Next ?? "", ct);
        if (!outcome.IsRefused) await sessions.SignOut(http, ct);
        return outcome.Answer(_ => TypedResults.NoContent());
    }

    private static async Task<IResult> SignOutEverywhere(HttpContext http, People people, Sessions sessions, CancellationToken ct)
    {
        if (http.Caller().Person is not { } id) return new Refusal(401, "agencies.sign-in-first").ToProblem();
        var outcome = await people.SignOutEverywhere(http.Caller(), id, ct);
        if (!outcome.IsRefused) await sessions.SignOut(http, ct);
        return outcome.Answer(_ => TypedResults.NoContent());
    }

    private static SessionView View(Caller caller, Directory directory) => new(
        caller.IsAnonymous ? "anonymous" : caller.Client is null ? "person" : "client", caller.IsAnonymous ? null : caller.Actor, caller.Name,
        caller.Agency?.ToString(), caller.Agency is { } id ? directory.Find(id)?.Name : null, [.. caller.Roles.Order()]);

    internal static SessionView View(Person person, Directory directory) => new(
        "person", person.Id.ToString(), person.Name, person.Agency?.ToString(), person.Agency is { } id ? directory.Find(id)?.Name : null, [.. person.Roles.Order()]);

    // Only a path of this site: anything else would let a link sign people in and send them away.
    internal static string? Local(string? target) =>
        target is { Length: > 0 and < 2000 } && target[0] == '/' && !(target.Length > 1 && target[1] is '/' or '\\') && !target.Contains('\\') && !target.Any(char.IsControl) ? target : null;

    internal static SeeOther See(string address) => new SeeOther(address);

    internal sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            httpContext.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
    }
}
