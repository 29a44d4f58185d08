using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

/// <summary>An edited dossier.</summary>
/// <param name="Revision">The revision that was edited.</param>
public sealed record EditedDossier(long Revision, RegistrationDossier Dossier);

/// <summary>A step on a registration.</summary>
/// <param name="Revision">The revision it was decided on.</param>
/// <param name="To">The state it leads to.</param>
public sealed record RegistrationWish(long Revision, RegistrationState To, string? Note = null);

/// <summary>A registered resource as everybody sees it.</summary>
public sealed record RegisteredResource(string Code, CodeState State, string Name, string Registrant, string? Dataset, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil);

/// <summary>A page of a list.</summary>
public sealed record RegistrationPage<T>(IReadOnlyList<T> Items, string? Next);

internal static class RegistrationRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/registrations").DisableAntiforgery().WithTags("catalog");
        api.MapPost("", Begin).WithIdempotency().WithName("catalog.begin-registration").Produces<Registration>(201);
        api.MapGet("", async (HttpContext http, Registrations door, CancellationToken ct) => TypedResults.Ok(new RegistrationPage<Registration>(await door.List(http.Caller(), ct), null))).WithName("catalog.registrations");
        api.MapGet("proposals", async (HttpContext http, Registrations door, CancellationToken ct) => TypedResults.Ok(new RegistrationPage<RegistrationProposal>(await door.Proposals(http.Caller(), ct), null)))
            .WithName("catalog.registration-proposals");
        api.MapGet("codes", Codes).WithName("catalog.registration-codes").Produces<RegistrationPage<RegisteredResource>>();
        api.MapGet("{id:guid}", async (Guid id, HttpContext http, Registrations door, CancellationToken ct) => (await door.Find(http.Caller(), new Id<Registration>(id), ct)).Answer(TypedResults.Ok))
            .WithName("catalog.registration").Produces<RegistrationCase>();
        api.MapPut("{id:guid}", async (Guid id, EditedDossier edit, HttpContext http, Registrations door, CancellationToken ct) =>
            (await door.Edit(http.Caller(), new Id<Registration>(id), edit.Revision, edit.Dossier, ct)).Answer(TypedResults.Ok)).WithName("catalog.edit-registration").Produces<Registration>();
        api.MapPost("{id:guid}/steps", async (Guid id, RegistrationWish wish, HttpContext http, Registrations door, CancellationToken ct) =>
            (await door.Take(http.Caller(), new Id<Registration>(id), wish.Revision, wish.To, wish.Note ?? "", ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("catalog.registration-step").Produces<Registration>();
        api.MapPost("{id:guid}/objections", async (Guid id, NoticeObjection said, HttpContext http, Registrations door, CancellationToken ct) =>
            (await door.Object(http.Caller(), new Id<Registration>(id), said.Body ?? "", ct)).Answer(o => TypedResults.Created($"/api/registrations/{id}", o))).WithIdempotency().WithName("catalog.object").Produces<RegistrationObjection>(201);
        api.MapPost("objections/{id:guid}/answer", async (Guid id, NoticeAnswer answer, HttpContext http, Registrations door, CancellationToken ct) =>
            (await door.Answer(http.Caller(), new Id<RegistrationObjection>(id), answer, ct)).Answer(TypedResults.Ok)).WithIdempotency().WithName("catalog.answer-objection").Produces<RegistrationObjection>();
        api.MapGet("{id:guid}/package", Package).WithName("catalog.registration-package");
    }

    private static async Task<IResult> Begin(NewRegistration wish, HttpContext http, Registrations door, CancellationToken ct) =>
        (await door.Begin(http.Caller(), wish, ct)).Answer(r => TypedResults.Created($"/api/registrations/{r.Id}", r));

    private static async Task<IResult> Codes(HttpContext http, Registrations door, Entries entries, Directory directory, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct)
    {
        var page = await door.Codes(after, limit ?? 50, ct);
        var items = new List<RegisteredResource>(page.Items.Count);
        foreach (var code in page.Items)
        {
            if (await entries.Find(code.Entry, ct) is not { } entry) continue;
            items.Add(new RegisteredResource(code.Code, code.State, entry.Content.Name, directory.Find(code.Agency)?.Name ?? "", entry.IsPublic ? $"/datasets/{entry.Slug}" : null, code.IssuedAt, code.ValidUntil));
        }
        return TypedResults.Ok(new RegistrationPage<RegisteredResource>(items, page.Next));
    }

    /// <summary>The package for the provincial registration platform: canonical JSON, so that its digest can be checked by anyone.</summary>
    private static async Task<IResult> Package(Guid id, HttpContext http, Registrations door, Entries entries, Directory directory, RulePack rules, TimeProvider clock, CancellationToken ct)
    {
        var found = await door.Find(http.Caller(), new Id<Registration>(id), ct);
        if (found.Refusal is { } refusal) return refusal.ToProblem();
        if (await entries.Find(found.Value.Registration.Entry, ct) is not { } entry) return Refusal.NotFound("catalog.entry").ToProblem();
        var bytes = RegistrationPackage.Of(found.Value, entry, directory, rules, clock.GetUtcNow());
        http.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:";
        return TypedResults.File(bytes, "application/json; charset=utf-8", $"{found.Value.Registration.Number}.json");
    }
}

/// <summary>A registration as it is handed to the provincial platform.</summary>
public static class RegistrationPackage
{
    private static readonly string[] clocks = ["REG-FIRST", "REG-ACCEPT", "REG-REVIEW", "REG-NOTICE", "REG-VALID", "REG-RENEW"];

    public static byte[] Of(RegistrationCase all, Entry entry, Directory directory, RulePack rules, DateTimeOffset now)
    {
        var r = all.Registration;
        var (registrant, registrar) = (directory.Find(r.Agency), directory.Find(r.Bureau));
        return Canonical.Json(JsonSerializer.SerializeToNode(new
        {
            form = "tongxiang-registration-1",
            r.Number,
            r.Kind,
            r.Renews,
            r.State,
            r.Code,
            r.Digest,
            registrant = new { registrant?.Name, registrant?.CreditCode, registrant?.Division },
            registrar = new { registrar?.Name, registrar?.CreditCode, registrar?.Division },
            resource = new { entry.Code, entry.Content.Name, entry.Slug, revision = r.EntryRevision, access = entry.Content.Opening.Class, share = entry.Content.Sharing.Class, fields = entry.Content.Fields.Select(f => new { f.Name, f.Title, f.Type }) },
            r.Dossier,
            noticeFrom = r.NoticeFrom,
            noticeUntil = r.NoticeUntil,
            steps = all.Steps.Select(s => new { s.State, at = s.At, s.EvidenceId }),
            objections = all.Objections.Select(o => new { at = o.MadeAt, o.Body, o.IsUpheld, o.Answer }),
            rules = clocks.Select(id => rules.TryFind(id, WorkCalendar.Day(now))).OfType<Rule>().Select(rule => new { rule.Id, rule.Value, rule.Unit, rule.Source, rule.Grade }),
        }, Wire.Json));
    }
}
