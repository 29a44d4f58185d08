using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The open-use agreement in force, in the reader's language.</summary>
public sealed record AgreementText(string Version, string Digest, string Text);

/// <summary>What is asked for, as sent: what is left out is answered by field, not by a broken body.</summary>
public sealed record WishRequest(
    string? Basis = null, string? Scenario = null, string? Matter = null, string? Purpose = null, IReadOnlyList<string>? Fields = null, string? Rows = null, IReadOnlyList<Mode>? Modes = null,
    DateOnly? Until = null, HourRange? Hours = null, IReadOnlyList<string>? Networks = null, long? CallsPerDay = null, long? RowsPerDay = null, int? CallsPerMinute = null,
    string? Safeguards = null, bool AgreementAccepted = false)
{
    internal const int UsualCallsPerMinute = 600;

    internal Wish Wish() => new(
        Basis ?? "", Scenario ?? "", Matter ?? "", Purpose ?? "", Fields ?? [], Rows ?? "", Modes ?? [], Until ?? default,
        new GrantLimits(Hours, Networks ?? [], CallsPerDay, RowsPerDay, CallsPerMinute ?? UsualCallsPerMinute), Safeguards ?? "", AgreementAccepted);
}

/// <summary>A new application: which lane, for which resource, what.</summary>
public sealed record NewApplication(Lane Lane, Id<Entry> Entry, WishRequest Wish);

/// <summary>A changed draft.</summary>
public sealed record EditedApplication(WishRequest Wish, long? Revision = null);

/// <summary>A step with whatever it needs; see each step.</summary>
/// <param name="Revision">The revision that was decided on: when somebody was faster, the answer is a conflict that shows what they did.</param>
/// <param name="Agreement">Submit: version of the open-use agreement.</param>
/// <param name="Days">Extension: working days.</param>
/// <param name="Filing">End by the provider: filing number with the bureau.</param>
/// <param name="To">Reassign: the person; none gives it back to the office.</param>
public sealed record StepRequest(
    long? Revision = null, string? Reason = null, IReadOnlyList<string>? Missing = null, string? Text = null, WishRequest? Wish = null, string? Agreement = null, int? Days = null,
    Reply? Reply = null, EndGround? Ground = null, string? Filing = null, Id<Person>? To = null);

/// <summary>An application with its history and what the reader can do now.</summary>
public sealed record ApplicationView(Application Application, IReadOnlyList<StepTaken> Steps, IReadOnlyList<Step> Possible);

/// <summary>A page of applications.</summary>
public sealed record ApplicationPage(IReadOnlyList<Application> Items, string? Next);

internal static class ApplicationRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/applications").DisableAntiforgery().WithTags("share");
        api.MapPost("", Create).WithIdempotency().WithName("share.apply").Produces<ApplicationView>(201);
        api.MapGet("", List).WithName("share.applications").Produces<ApplicationPage>();
        api.MapGet("agreement", Agreement).WithName("share.agreement");
        api.MapGet("{id}", Get).WithName("share.application").Produces<ApplicationView>();
        api.MapPut("{id}", Edit).WithName("share.edit").Produces<ApplicationView>();
        foreach (var step in Steps.Keys)
            api.MapPost($"{{id}}/{Say.Step(step).Key["share.step.".Length..]}", (Id<Application> id, StepRequest request, HttpContext http, Applications door, CancellationToken ct) =>
                    Take(step, id, request, http, door, ct))
                .WithIdempotency().WithName(Say.Step(step).Key).Produces<ApplicationView>();
    }

    private delegate Task<Outcome<Application>> Taking(Applications door, Caller caller, Id<Application> id, StepRequest r, CancellationToken ct);

    private static readonly Dictionary<Step, Taking> Steps = new()
    {
        [Step.Propose] = (d, c, id, r, ct) => d.Propose(c, id, r.Revision, ct),
        [Step.SendBack] = (d, c, id, r, ct) => d.SendBack(c, id, r.Revision, r.Reason ?? "", ct),
        [Step.Agree] = (d, c, id, r, ct) => d.Agree(c, id, r.Revision, ct),
        [Step.Submit] = (d, c, id, r, ct) => d.Submit(c, id, r.Revision, r.Agreement ?? "", ct),
        [Step.AskSupplement] = (d, c, id, r, ct) => d.AskSupplement(c, id, r.Revision, r.Missing ?? [], ct),
        [Step.Supplement] = (d, c, id, r, ct) => d.Supplement(c, id, r.Revision, r.Text ?? "", r.Wish?.Wish(), ct),
        [Step.AskExtension] = (d, c, id, r, ct) => d.AskExtension(c, id, r.Revision, r.Days ?? 0, r.Reason ?? "", ct),
        [Step.AgreeExtension] = (d, c, id, r, ct) => d.AgreeExtension(c, id, r.Revision, ct),
        [Step.DenyExtension] = (d, c, id, r, ct) => d.DenyExtension(c, id, r.Revision, r.Reason ?? "", ct),
        [Step.ProposeReply] = (d, c, id, r, ct) => r.Reply is { } reply ? d.ProposeReply(c, id, r.Revision, reply, ct) : Missing("reply"),
        [Step.ReturnReply] = (d, c, id, r, ct) => d.ReturnReply(c, id, r.Revision, r.Reason ?? "", ct),
        [Step.Consent] = (d, c, id, r, ct) => d.Sign(c, id, r.Revision, ct),
        [Step.Refuse] = (d, c, id, r, ct) => d.Sign(c, id, r.Revision, ct),
        [Step.Suspend] = (d, c, id, r, ct) => d.Suspend(c, id, r.Revision, r.Reason ?? "", ct),
        [Step.Resume] = (d, c, id, r, ct) => d.Resume(c, id, r.Revision, r.Reason ?? "", ct),
        [Step.End] = (d, c, id, r, ct) => r.Ground is { } ground ? d.End(c, id, r.Revision, ground, r.Reason ?? "", r.Filing, ct) : Missing("ground"),
        [Step.Dispose] = (d, c, id, r, ct) => d.Dispose(c, id, r.Revision, r.Reason ?? "", ct),
        [Step.Withdraw] = (d, c, id, r, ct) => d.Withdraw(c, id, r.Revision, r.Reason, ct),
        [Step.Urge] = (d, c, id, r, ct) => d.Urge(c, id, r.Reason, ct),
        [Step.Reassign] = (d, c, id, r, ct) => d.Reassign(c, id, r.Revision, r.To, ct),
    };

    private static async Task<IResult> Create(NewApplication request, HttpContext http, Applications door, CancellationToken ct)
    {
        var made = await door.Draft(http.Caller(), request.Lane, request.Entry, request.Wish.Wish(), ct);
        return made.IsRefused ? made.Refusal!.ToProblem() : TypedResults.Created($"/api/applications/{made.Value.Id}", await View(door, http.Caller(), made.Value, ct));
    }

    private static async Task<IResult> List(
        HttpContext http, Applications door, [FromQuery] string? view, [FromQuery] bool? overdue, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct)
    {
        var page = view switch
        {
            "received" => await door.Received(http.Caller(), after, limit ?? 50, ct),
            "overseen" => await door.Overseen(http.Caller(), overdue ?? false, after, limit ?? 50, ct),
            _ => await door.Mine(http.Caller(), after, limit ?? 50, ct),
        };
        return TypedResults.Ok(new ApplicationPage(page.Items, page.Next));
    }

    private static Ok<AgreementText> Agreement(HttpContext http)
    {
        var now = OpenUseAgreement.Current;
        return TypedResults.Ok(new AgreementText(now.Version, now.Digest, now.Text(Language.Of(http.Request))));
    }

    private static async Task<IResult> Get(Id<Application> id, HttpContext http, Applications door, CancellationToken ct) =>
        await door.Find(http.Caller(), id, ct) is { } found ? TypedResults.Ok(await View(door, http.Caller(), found, ct)) : Refusal.NotFound(id.ToString()).ToProblem();

    private static async Task<IResult> Edit(Id<Application> id, EditedApplication request, HttpContext http, Applications door, CancellationToken ct) =>
        await Answer(await door.Edit(http.Caller(), id, request.Revision, request.Wish.Wish(), ct), http, door, ct);

    private static async Task<IResult> Take(Step step, Id<Application> id, StepRequest request, HttpContext http, Applications door, CancellationToken ct) =>
        await Answer(await Steps[step](door, http.Caller(), id, request, ct), http, door, ct);

    private static async Task<IResult> Answer(Outcome<Application> taken, HttpContext http, Applications door, CancellationToken ct) =>
        taken.IsRefused ? taken.Refusal!.ToProblem() : TypedResults.Ok(await View(door, http.Caller(), taken.Value, ct));

    private static async Task<ApplicationView> View(Applications door, Caller caller, Application found, CancellationToken ct) =>
        new(Sides.As(caller, found, door.BureauOf(found)), await door.Steps(caller, found, ct), await door.Possible(caller, found, ct));

    private static Task<Outcome<Application>> Missing(string field) => Task.FromResult<Outcome<Application>>(Refusal.Invalid(new FieldError(field, "kernel.required")));
}
