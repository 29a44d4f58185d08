using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>An alarm with its reasons as sentences.</summary>
public sealed record AlarmView(RaisedAlarm Alarm, IReadOnlyList<string> Sentences);

/// <summary>Alarms, newest first.</summary>
public sealed record AlarmPage(IReadOnlyList<AlarmView> Items, string? Next);

/// <summary>Rules of the fuse.</summary>
public sealed record RulePage(IReadOnlyList<FuseRule> Items, string? Next);

/// <summary>Where a rule shall stand.</summary>
/// <param name="ChangedAt">As the rule said when it was looked at; when another has changed it since, this is refused (409).</param>
public sealed record RuleSwitch(RuleMode Mode, string Reason, DateTimeOffset? ChangedAt = null);

/// <summary>Other terms for a rule.</summary>
public sealed record RuleWish(RuleTerms Terms, string Reason);

internal static class AlarmRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/watch").DisableAntiforgery().WithTags("watch");
        api.MapGet("alarms", async (HttpContext http, Alarms door, [FromQuery] AlarmState? state, CancellationToken ct) =>
            (await door.List(http.Caller(), state, ct)).Answer(list => TypedResults.Ok(new AlarmPage([.. list.Select(a => View(a, http))], null)))).WithName("watch.alarms").Produces<AlarmPage>();
        api.MapGet("alarms/{id}", async (Id<RaisedAlarm> id, HttpContext http, Alarms door, CancellationToken ct) =>
            await door.Find(http.Caller(), id, ct) is { } alarm ? TypedResults.Ok(View(alarm, http)) : Refusal.NotFound(id.ToString()).ToProblem()).WithName("watch.alarm").Produces<AlarmView>();
        api.MapPost("alarms/{id}/judge", async (Id<RaisedAlarm> id, AlarmJudgement judgement, HttpContext http, Alarms door, CancellationToken ct) =>
            (await door.Judge(http.Caller(), id, judgement, ct)).Answer(a => TypedResults.Ok(View(a, http)))).WithIdempotency().WithName("watch.judge").Produces<AlarmView>();
        api.MapGet("rules", async (HttpContext http, Policy door, CancellationToken ct) => (await door.List(http.Caller(), ct)).Answer(list => TypedResults.Ok(new RulePage(list, null)))).WithName("watch.rules").Produces<RulePage>();
        api.MapPut("rules/{id}", async (string id, RuleWish wish, HttpContext http, Policy door, CancellationToken ct) =>
            (await door.Declare(http.Caller(), id, wish.Terms, wish.Reason, ct)).Answer(TypedResults.Ok)).WithName("watch.declare").Produces<FuseRule>();
        api.MapPost("rules/{id}/mode", async (string id, RuleSwitch wish, HttpContext http, Policy door, CancellationToken ct) =>
            (await door.Switch(http.Caller(), id, wish.Mode, wish.Reason, ct, wish.ChangedAt)).Answer(TypedResults.Ok)).WithIdempotency().WithName("watch.switch").Produces<FuseRule>();
    }

    private static AlarmView View(RaisedAlarm alarm, HttpContext http) => new(alarm, AlarmWords.Of(alarm, Language.Of(http.Request)));
}

/// <summary>Says the reasons of an alarm in the reader's language, with their figures.</summary>
public static class AlarmWords
{
    public static IReadOnlyList<string> Of(RaisedAlarm alarm, string language) => [.. alarm.Reasons.Select(r => Texts.Parts.Get(language, $"watch.sign.{r.Sign}", Figure(r.Seen), Figure(r.Usual)))];

    private static string Figure(float number) => number.ToString(number is >= 10 or 0 ? "0" : "0.#", System.Globalization.CultureInfo.InvariantCulture);
}
