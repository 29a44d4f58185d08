using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>What an expert concludes.</summary>
public enum Verdict { For, ForWithConditions, Against }

/// <summary>An expert's signed opinion (专家意见) on an application: asked for by the provider or the bureau, given once, in evidence.</summary>
/// <param name="Body">Null until it is given.</param>
/// <param name="Proof">Id of the evidence that signs it.</param>
public sealed record Opinion(
    Id<Opinion> Id, Id<Application> Application, Id<Person> Expert, string ExpertName, string AskedBy, DateTimeOffset AskedAt, string Question, Verdict? Verdict, string? Body, DateTimeOffset? GivenAt, string? Proof);

/// <summary>What an expert sees of an application that an opinion was asked on: what is asked for, never who decided what.</summary>
public sealed record ExpertCase(Opinion Opinion, string Number, Lane Lane, string Resource, Wish Wish);

/// <summary>Opinions of experts: they are heard, they decide nothing.</summary>
public sealed class Opinions(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, Applications applications, EntrySource entries, Notices notices)
{
    private static readonly Sql columns = Part($"id, application, expert, expert_name, asked_by, asked_at, question, verdict, body, given_at, evidence");

    public sealed record AskRequest(Id<Person> Expert, string? Question);

    public sealed record GiveRequest(Verdict Verdict, string? Body);

    /// <summary>Asks an expert; the provider's office and the bureau may, while the application is examined.</summary>
    public async Task<Outcome<Opinion>> Ask(Caller caller, Id<Application> id, Id<Person> expert, string question, CancellationToken ct)
    {
        if (await applications.Find(caller, id, ct) is not { } application) return Refusal.NotFound("application");
        var sides = await applications.SidesOf(caller, application, ct);
        if (!sides.Overlaps([Side.Provider, Side.ProviderHead, Side.Bureau])) return Refusal.Forbidden("share.opinion.only-examiner");
        if (application.SubmittedAt is null || Workflow.IsFinal(application.State)) return Refusal.Conflict("share.wrong-state", application.Number, new TextKey("share.opinion.step"), Say.State(application.State));
        if (directory.Person(expert) is not { } person || !person.Roles.Contains(Role.Expert)) return Refusal.Invalid(new FieldError("expert", "share.opinion.no-expert"));
        // An expert of the applicant would judge for his own house.
        if (person.Agency is { } house && house == application.ApplicantAgency) return Refusal.Invalid(new FieldError("expert", "share.opinion.own-house"));
        if (question.Trim().Length is < 5 or > 1000) return Refusal.Invalid(new FieldError("question", "share.opinion.question", question.Trim().Length));
        if (await entries(application.Entry, ct) is not { } entry) return Refusal.NotFound("entry");
        var now = clock.GetUtcNow();
        var made = new Opinion(Id<Opinion>.New(clock), id, expert, person.Name, caller.Actor, now, question.Trim(), null, null, null, null);
        var isNew = await db.Commit(async tx =>
        {
            var added = await tx.Run(
                $"""
                insert into share_opinion (id, application, expert, expert_name, asked_by, asked_at, question)
                values ({made.Id}, {id}, {expert}, {person.Name}, {caller.Actor}, {now}, {made.Question}) on conflict (application, expert) do nothing
                """);
            if (added == 0) return false;
            await Said(tx, caller, application, made, "share.opinion-asked", now);
            await notices.Tell(tx, new Telling(NoticeKind.OpinionAsked, new Recipient(expert, null, null)), new About($"opinion/{made.Id}", "/desk/opinions", [application.Number, entry.Content.Name, ""]), now);
            return true;
        }, ct);
        return isNew ? made : Refusal.Conflict("share.opinion.asked", person.Name);
    }

    /// <summary>Gives the opinion; once, and its text is proved by the evidence it names.</summary>
    public async Task<Outcome<Opinion>> Give(Caller caller, Id<Opinion> id, Verdict verdict, string body, CancellationToken ct)
    {
        if (caller is not { Person: { } person, Client: null } || !caller.Has(Role.Expert) || await Load(id, ct) is not { } opinion || opinion.Expert != person) return Refusal.NotFound("opinion");
        if (body.Trim().Length is < 10 or > 8000) return Refusal.Invalid(new FieldError("body", "share.opinion.body", body.Trim().Length));
        if (await applications.Load(opinion.Application, ct) is not { } application || await entries(application.Entry, ct) is not { } entry) return Refusal.NotFound("opinion");
        if (Workflow.IsFinal(application.State)) return Refusal.Conflict("share.wrong-state", application.Number, new TextKey("share.opinion.step"), Say.State(application.State));
        var now = clock.GetUtcNow();
        var given = opinion with { Verdict = verdict, Body = body.Trim(), GivenAt = now };
        var done = await db.Commit(async tx =>
        {
            if (await tx.One($"select given_at from share_opinion where id = {id}", r => r.InstantOrNull(0)) is not null) return null;
            var proof = await Said(tx, caller, application, given, "share.opinion-given", now);
            if (await tx.Run($"update share_opinion set verdict = {verdict}, body = {given.Body}, given_at = {now}, evidence = {proof} where id = {id} and given_at is null") == 0) return null;
            foreach (var to in new[] { new Recipient(null, application.Provider, Role.SharingOfficeHead), new Recipient(null, application.Provider, Role.Steward) })
                await notices.Tell(tx, new Telling(NoticeKind.OpinionGiven, to), new About($"opinion/{id}", $"/desk/applications/{application.Id}", [application.Number, entry.Content.Name, ""]), now);
            return given with { Proof = proof };
        }, ct);
        return done is null ? Refusal.Conflict("share.opinion.given") : done;
    }

    /// <summary>The opinions on an application for those who examine it; the applicant reads the given ones once it is decided.</summary>
    public async Task<Outcome<IReadOnlyList<Opinion>>> Of(Caller caller, Id<Application> id, CancellationToken ct)
    {
        if (await applications.Find(caller, id, ct) is not { } application) return Refusal.NotFound("application");
        IReadOnlyList<Opinion> all = await db.List($"select {columns} from share_opinion where application = {id} order by asked_at, id", Read, ct);
        var examines = caller.Agency is { } agency && (agency == application.Provider || agency == applications.BureauOf(application));
        IReadOnlyList<Opinion> shown = examines ? all : application.Reply is null ? [] : [.. all.Where(o => o.GivenAt is not null)];
        return Answered(shown);
    }

    /// <summary>What the caller was asked, open ones first.</summary>
    public async Task<IReadOnlyList<ExpertCase>> Mine(Caller caller, CancellationToken ct)
    {
        if (caller is not { Person: { } person, Client: null } || !caller.Has(Role.Expert)) return [];
        var all = await db.List($"select {columns} from share_opinion where expert = {person} order by asked_at desc, id desc limit 200", Read, ct);
        var cases = new List<ExpertCase>();
        foreach (var opinion in all.OrderBy(o => o.GivenAt is not null))
            if (await applications.Load(opinion.Application, ct) is { } application && await entries(application.Entry, ct) is { } entry)
                cases.Add(new ExpertCase(opinion, application.Number, application.Lane, entry.Content.Name, application.Wish));
        return cases;
    }

    /// <summary>Experts whom the examiners of an application may ask.</summary>
    public IReadOnlyList<Person> Experts(Application application) =>
        [.. directory.People.Where(p => p.Roles.Contains(Role.Expert) && (p.Agency is null || p.Agency != application.ApplicantAgency)).OrderBy(p => p.Name, StringComparer.Ordinal)];

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/applications/{id}/opinions", async (Id<Application> id, HttpContext http, Opinions door, CancellationToken ct) =>
            (await door.Of(http.Caller(), id, ct)).Answer(all => TypedResults.Ok(new Page<Opinion>(all, null)))).WithTags("share").WithName("share.opinions");
        routes.MapPost("/api/applications/{id}/opinions", async (Id<Application> id, AskRequest request, HttpContext http, Opinions door, CancellationToken ct) =>
            (await door.Ask(http.Caller(), id, request.Expert, request.Question ?? "", ct)).Answer(o => TypedResults.Created($"/api/opinions/{o.Id}", o))).DisableAntiforgery().WithIdempotency().WithTags("share").WithName("share.opinion-ask");
        var own = routes.MapGroup("/api/opinions").DisableAntiforgery().WithTags("share");
        own.MapGet("", async (HttpContext http, Opinions door, CancellationToken ct) => TypedResults.Ok(new Page<ExpertCase>(await door.Mine(http.Caller(), ct), null))).WithName("share.opinions-mine");
        own.MapPost("/{id}", async (Id<Opinion> id, GiveRequest request, HttpContext http, Opinions door, CancellationToken ct) =>
            (await door.Give(http.Caller(), id, request.Verdict, request.Body ?? "", ct)).Answer(o => TypedResults.Ok(o))).WithIdempotency().WithName("share.opinion-give");
    }

    private Task<Opinion?> Load(Id<Opinion> id, CancellationToken ct) => db.One($"select {columns} from share_opinion where id = {id}", Read, ct);

    private Task<string> Said(Tx tx, Caller caller, Application application, Opinion opinion, string kind, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string> { ["number"] = application.Number, ["opinion"] = opinion.Id.ToString(), ["expert"] = opinion.Expert.ToString() };
        if (opinion.Verdict is { } verdict) facts["verdict"] = verdict.ToString();
        if (opinion.Body is { } body) facts["body"] = Applications.Digest(body);
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"application:{application.Id}", at, facts)
        {
            Parties = [.. new[] { application.Provider, applications.BureauOf(application) }.OfType<Id<Agency>>().Select(a => a.ToString()).Distinct()],
        });
    }

    private static Opinion Read(DbDataReader r) => new(
        r.Id<Opinion>(0), r.Id<Application>(1), r.Id<Person>(2), r.GetString(3), r.GetString(4), r.Instant(5), r.GetString(6),
        r.IsDBNull(7) ? null : r.Kind<Verdict>(7), r.TextOrNull(8), r.InstantOrNull(9), r.TextOrNull(10));

    private static Outcome<T> Answered<T>(T value) => value;

    private static Sql Part(Sql sql) => sql;
}
