using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>People, roles and appointments for administrators, and the founding of an empty node.</summary>
internal static class PeopleRoutes
{
    public sealed record PersonView(Id<Person> Id, string UserName, string Name, Id<Agency>? Agency, IReadOnlyList<Role> Roles);

    public sealed record EnrolRequest(string? UserName, string? Name, Id<Agency>? Agency, IReadOnlyList<Role>? Roles, string? Password, string? Email);

    public sealed record RolesRequest(IReadOnlyList<Role>? Roles, string? Reason);

    public sealed record Decision(bool IsApproved, string? Note);

    public sealed record HeadRequest(Id<Person> Person);

    public sealed record FoundingView(bool IsOpen);

    public sealed record FounderRequest(string? UserName, string? Name, string? Password);

    public sealed record FoundRequest(
        string? Token, string? BureauName, string? BureauNameEn, string? CreditCode, string? Division, FounderRequest? System, FounderRequest? Security, FounderRequest? Audit);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var people = routes.MapGroup("/api/people").DisableAntiforgery().WithTags("agencies");
        people.MapGet("", List).WithName("agencies.people");
        people.MapPost("", Enrol).WithIdempotency().WithName("agencies.enrol");
        people.MapPost("/{id}/roles", Ask).WithIdempotency().WithName("agencies.ask-roles");
        people.MapPost("/{id}/disable", Disable).WithName("agencies.disable");
        var changes = routes.MapGroup("/api/role-changes").DisableAntiforgery().WithTags("agencies");
        changes.MapGet("", History).WithName("agencies.role-changes");
        changes.MapGet("/waiting", Waiting).WithName("agencies.roles-waiting");
        changes.MapPost("/{id}/decision", Decide).WithName("agencies.decide-roles");
        changes.MapDelete("/{id}", Withdraw).WithName("agencies.withdraw-roles");
        var agencies = routes.MapGroup("/api/agencies/{id}").DisableAntiforgery().WithTags("agencies");
        agencies.MapPost("/head", Appoint).WithIdempotency().WithName("agencies.appoint");
        agencies.MapGet("/appointments", Appointments).WithName("agencies.appointments");
        var founding = routes.MapGroup("/api/founding").DisableAntiforgery().WithTags("agencies");
        founding.MapGet("", async (Founding door, CancellationToken ct) => TypedResults.Ok(new FoundingView(await door.IsOpen(ct)))).WithName("agencies.founding");
        founding.MapPost("", async (FoundRequest request, Founding door, CancellationToken ct) =>
            (await door.Found(Whole(request), ct)).Answer(a => TypedResults.Created($"/api/agencies/{a.Id}", a))).WithName("agencies.found");
    }

    private static Ok<Page<PersonView>> List(HttpContext http, People people, Directory directory, string? after, int? limit)
    {
        var caller = http.Caller();
        var most = Math.Clamp(limit ?? 50, 1, 200);
        var last = Cursor.Read(after, 1) is [var name] ? name : "";
        var rows = directory.People.Where(p => people.SeesPeople(caller, p.Agency) && string.CompareOrdinal(p.UserName, last) > 0).OrderBy(p => p.UserName, StringComparer.Ordinal).Take(most + 1).Select(View).ToList();
        return TypedResults.Ok(Page<PersonView>.Of(rows, most, p => [p.UserName]));
    }

    private static async Task<IResult> Enrol(EnrolRequest request, HttpContext http, People people, CancellationToken ct) =>
        (await people.Enrol(http.Caller(), new NewPerson(request.UserName ?? "", request.Name ?? "", request.Agency, (request.Roles ?? []).ToHashSet(), request.Password ?? "", request.Email), ct))
            .Answer(p => TypedResults.Created($"/api/people/{p.Id}", View(p)));

    private static async Task<IResult> Ask(Id<Person> id, RolesRequest request, HttpContext http, People people, CancellationToken ct) =>
        (await people.AskRoles(http.Caller(), id, (request.Roles ?? []).ToHashSet(), request.Reason ?? "", ct)).Answer(c => TypedResults.Ok(c));

    private static async Task<IResult> Disable(Id<Person> id, HttpContext http, People people, CancellationToken ct) =>
        (await people.Disable(http.Caller(), id, ct)).Answer(_ => TypedResults.NoContent());

    private static async Task<IResult> History(HttpContext http, People people, Id<Person>? about, string? after, int? limit, CancellationToken ct) =>
        TypedResults.Ok(await people.RoleChanges(http.Caller(), about, after, limit ?? 50, ct));

    private static async Task<IResult> Waiting(HttpContext http, People people, CancellationToken ct) =>
        TypedResults.Ok(new Page<RoleChange>(await people.WaitingRoles(http.Caller(), ct), null));

    private static async Task<IResult> Decide(Id<RoleChange> id, Decision request, HttpContext http, People people, CancellationToken ct) =>
        (await people.DecideRoles(http.Caller(), id, request.IsApproved, request.Note ?? "", ct)).Answer(c => TypedResults.Ok(c));

    private static async Task<IResult> Withdraw(Id<RoleChange> id, HttpContext http, People people, CancellationToken ct) =>
        (await people.WithdrawRoles(http.Caller(), id, ct)).Answer(_ => TypedResults.NoContent());

    private static async Task<IResult> Appoint(Id<Agency> id, HeadRequest request, HttpContext http, Roster roster, CancellationToken ct) =>
        (await roster.Appoint(http.Caller(), id, request.Person, ct)).Answer(p => TypedResults.Ok(View(p)));

    private static async Task<IResult> Appointments(Id<Agency> id, HttpContext http, People people, Roster roster, CancellationToken ct) =>
        people.SeesPeople(http.Caller(), id) || http.Caller() is { Person: not null, Client: null } own && own.Agency == id
            ? TypedResults.Ok(new Page<Appointment>(await roster.Appointments(id, ct), null)) : Refusal.NotFound("agency").ToProblem();

    // What was left out is empty, and said so field by field.
    private static FoundingRequest Whole(FoundRequest r) => new(
        r.Token ?? "", r.BureauName ?? "", r.BureauNameEn ?? "", r.CreditCode ?? "", r.Division, Whole(r.System), Whole(r.Security), Whole(r.Audit));

    private static Founder Whole(FounderRequest? f) => new(f?.UserName ?? "", f?.Name ?? "", f?.Password ?? "");

    private static PersonView View(Person person) => new(person.Id, person.UserName, person.Name, person.Agency, [.. person.Roles.Order()]);
}
