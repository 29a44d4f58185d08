using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway;

/// <summary>A call somebody wants explained: one that was refused, or one that is planned.</summary>
/// <param name="Resource">Name of the resource, or <c>name@version</c>.</param>
/// <param name="Client">Name of the client that calls; empty: the person who asks.</param>
/// <param name="Query">As after the question mark of <c>/data/{resource}?…</c>.</param>
/// <param name="Address">The address it calls from; empty: unknown, which a right with declared networks refuses.</param>
/// <param name="Assurance">How surely the gateway knows the caller; a token exchanged for a signed assertion when not given.</param>
/// <param name="At">When; now when not given, and at most a year away.</param>
public sealed record ExplainWish(
    string Resource, string? Client = null, string? Query = null, string? Address = null, string? Operator = null, string? Case = null, string? Matter = null,
    Assurance? Assurance = null, Mode? Mode = null, DateTimeOffset? At = null);

/// <summary>One step or rule: <paramref name="Passes"/> is null when the call does not get that far.</summary>
public sealed record ExplainedStep(string Name, bool? Passes, string Title, string? Text, string? Code);

/// <summary>One right of use of the caller, rule by rule.</summary>
public sealed record ExplainedGrant(string Number, bool IsChosen, IReadOnlyList<ExplainedStep> Rules);

/// <summary>Why a call would be answered or refused, step by step.</summary>
/// <param name="Columns">What it could name; empty when it is refused before.</param>
public sealed record Explanation(bool IsAllowed, string Caller, IReadOnlyList<ExplainedStep> Steps, IReadOnlyList<ExplainedGrant> Grants, IReadOnlyList<string> Columns);

/// <summary>Tells an authorised person why a call is or would be answered: the same steps as the call itself, without a row, a count or a use of its rate.</summary>
public sealed class Explain(Calls calls, GatewaySources sources, Clients clients, Agencies.Directory directory, TimeProvider clock)
{
    internal static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/calls/explain", async (ExplainWish wish, HttpContext http, Explain door, CancellationToken ct) =>
            (await door.Of(http.Caller(), wish, Language.Of(http.Request), ct)).Answer(TypedResults.Ok))
            .DisableAntiforgery().WithTags("gateway").WithName("gateway.explain").Produces<Explanation>();

    /// <summary>The explanation; a resource or client that is not the asker's business is not found.</summary>
    public async Task<Outcome<Explanation>> Of(Caller asker, ExplainWish wish, string language, CancellationToken ct)
    {
        if (asker.Person is null) return new Refusal(401, "gateway.explain-sign-in");
        var now = clock.GetUtcNow();
        if (Wrong(wish, now) is { Length: > 0 } wrong) return Refusal.Invalid(wrong);
        var (slug, number) = Reception.Split(wish.Resource.Trim());
        if (CallerOf(asker, wish.Client?.Trim()) is not { } about || !MayAsk(asker, about, sources.BySlug(slug))) return Refusal.NotFound(wish.Client is { Length: > 0 } name ? name : slug);
        var address = wish.Address is { Length: > 0 } text ? IPAddress.Parse(text) : null;
        var call = new Call
        {
            Resource = slug,
            Number = number,
            Caller = about,
            Address = address,
            At = wish.At ?? now,
            Mode = wish.Mode ?? Mode.Api,
            Form = "explain",
            Query = new QueryText("?" + wish.Query?.Trim().TrimStart('?'), null, null, ""),
            Assurance = wish.Assurance ?? (about.Client is null ? Assurance.Key : Assurance.SignedAssertion),
            Context = new CallPurpose(Blank(wish.Matter), Blank(wish.Case), Blank(wish.Operator) ?? (about.Client is null ? about.Person?.ToString() : null)),
        };
        var said = await calls.Foresee(call, ct);
        var stop = said.LastOrDefault(s => s.IsReached).Stop;
        var answer = new Explanation(
            stop is null, about.Name,
            [.. said.Select(s => s.IsReached ? Fused(language, call, Said(language, "step", s.Step, s.Stop)) : new ExplainedStep(s.Step, null, Title(language, "step", s.Step), null, null))],
            call.Entry is null || about.IsAnonymous ? [] : [.. sources.Grants(call.Entry.Id, about).Select(g => new ExplainedGrant(g.Number, g.Id == call.Grant?.Id, [.. GrantChoice.Examine(g, call).Select(r => Said(language, "rule", r.Name, r.Refusal))]))],
            [.. call.Scope?.Columns.Select(c => c.Field.Name) ?? []]);
        await sources.Witness(new Happening("gateway.explained", asker.Actor, asker.Agency?.ToString(), $"resource:{QueryFault.Clip(slug)}", now, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["caller"] = about.Actor,
            ["outcome"] = stop?.Code ?? "allowed",
        }), ct);
        return answer;
    }

    /// <summary>Who may know: the caller's own people, the provider's, and those who guard the node.</summary>
    internal static bool MayAsk(Caller asker, Caller about, Entry? entry) =>
        asker.Person == about.Person && asker.Person is not null
        || asker.IsBureau && (asker.Has(Role.SecurityAdmin) || asker.Has(Role.AuditAdmin) || asker.Has(Role.BureauReviewer) || asker.Has(Role.BureauHead))
        || asker.Agency is { } own && (own == about.Agency || own == entry?.Agency) && (asker.Has(Role.Steward) || asker.Has(Role.SharingOfficeHead) || asker.Has(Role.CompanyUser) && own == about.Agency);

    private Caller? CallerOf(Caller asker, string? client)
    {
        if (string.IsNullOrEmpty(client)) return asker;
        return clients.Find(client) is { IsEnabled: true } found ? Caller.Of(found, directory) : null;
    }

    private static FieldError[] Wrong(ExplainWish wish, DateTimeOffset now) =>
    [
        .. string.IsNullOrWhiteSpace(wish.Resource) || wish.Resource.Length > 200 ? [new FieldError("resource", "gateway.explain-resource")] : Array.Empty<FieldError>(),
        .. wish.Query?.Length > 8_000 ? [new FieldError("query", "gateway.explain-long", 8_000)] : Array.Empty<FieldError>(),
        .. new[] { ("client", wish.Client), ("operator", wish.Operator), ("case", wish.Case), ("matter", wish.Matter) }.Where(t => t.Item2?.Length > 200).Select(t => new FieldError(t.Item1, "gateway.explain-long", 200)),
        .. wish.Address is { Length: > 0 } text && !IPAddress.TryParse(text, out _) ? [new FieldError("address", "gateway.explain-address", QueryFault.Clip(text))] : Array.Empty<FieldError>(),
        .. wish.At is { } at && (at - now).Duration() > TimeSpan.FromDays(366) ? [new FieldError("at", "gateway.explain-at")] : Array.Empty<FieldError>(),
    ];

    // Which rule stops or slows the call, since when: also where it still passes.
    private static ExplainedStep Fused(string language, Call call, ExplainedStep step)
    {
        if (call.ReachedBy is not { } trip || step.Name is not ("fuse" or "behaviour")) return step;
        if (step.Name == "behaviour" && call.SlowedBy is null) return step;
        var text = Texts.Parts.Get(language, "gateway.explain.fuse", trip.Number, trip.Rule == Watch.Trip.Manual ? new TextKey("gateway.explain.by-hand") : trip.Rule, trip.At.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), trip.CallsPerMinute);
        return step with { Text = step.Text is null ? text : $"{step.Text} {text}" };
    }

    private static ExplainedStep Said(string language, string kind, string name, Stop? stop)
    {
        if (stop is null) return new ExplainedStep(name, true, Title(language, kind, name), null, null);
        var problem = stop.Refusal is null ? null : Problems.Of(stop.Refusal, language);
        var text = stop.Fault is { } fault ? Texts.Parts.Get(language, fault.Key, fault.Args) : problem!.Detail is null ? problem.Title : $"{problem.Title} – {problem.Detail}";
        return new ExplainedStep(name, false, Title(language, kind, name), text, stop.Code);
    }

    private static string Title(string language, string kind, string name) => Texts.Parts.Get(language, $"gateway.explain.{kind}.{name}");

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
