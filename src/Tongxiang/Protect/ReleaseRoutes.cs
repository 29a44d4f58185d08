using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Protect;

/// <summary>An assessment with the figures that follow from it.</summary>
/// <param name="MostRisk">Largest risk of a row, 0 to 1.</param>
/// <param name="IsUnverified">The threshold's number was never checked against the standard's text.</param>
public sealed record ReleaseView(
    string Id, long Version, string Digest, ReleaseUse Use, IReadOnlyList<FieldRole> Roles, long Rows, long Classes, long Smallest, double MostRisk, double MeanRisk, double SmallShare,
    int Level, int ThresholdPercent, string Rule, bool IsUnverified, bool Passes, DateTimeOffset MadeAt);

/// <summary>A page of assessments.</summary>
public sealed record ReleasePage(IReadOnlyList<ReleaseView> Items, string? Next);

internal static class ReleaseRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/entries/{id:guid}/releases").DisableAntiforgery().WithTags("protect");
        api.MapPost("", Assess).WithIdempotency().WithName("protect.assess-release").Produces<ReleaseView>(201);
        api.MapGet("", List).WithName("protect.releases").Produces<ReleasePage>();
    }

    private static async Task<IResult> Assess(Guid id, ReleaseWish wish, HttpContext http, ReleaseGate gate, RulePack rules, TimeProvider clock, CancellationToken ct) =>
        (await gate.Assess(http.Caller(), new Id<Entry>(id), wish, ct)).Answer(made => TypedResults.Created($"/api/entries/{id}/releases", View(made, rules, clock)));

    private static async Task<IResult> List(Guid id, HttpContext http, ReleaseGate gate, RulePack rules, TimeProvider clock, CancellationToken ct) =>
        (await gate.Of(http.Caller(), new Id<Entry>(id), ct)).Answer(all => TypedResults.Ok(new ReleasePage([.. all.Select(made => View(made, rules, clock))], null)));

    private static ReleaseView View(ReleaseAssessment made, RulePack rules, TimeProvider clock) => new(
        made.Id.ToString(), made.VersionNumber, made.Digest, made.Wish.Use, made.Roles, made.Sizes.Rows, made.Sizes.Classes, made.Sizes.Smallest, made.MostRisk, made.MeanRisk, made.SmallShare,
        (int)made.Level, made.ThresholdPercent, made.ThresholdRule, rules.TryFind(made.ThresholdRule, WorkCalendar.Day(clock.GetUtcNow())) is { IsUnverified: true }, made.Passes, made.MadeAt);
}
