using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Core.Elements;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

/// <summary>Values to be checked against a standard element.</summary>
/// <param name="Element">Key of the element, such as <c>citizen-id</c>.</param>
public sealed record ElementQuestion(string Element, IReadOnlyList<string> Values);

/// <summary>What the check of one value found, in the order of the question; the value itself is masked.</summary>
/// <param name="Code">Stable code of the flaw; <c>none</c> when there is none.</param>
public sealed record ElementVerdict(string Masked, Severity Severity, string Code, string Text);

/// <summary>The verdicts of one question.</summary>
public sealed record ElementVerdicts(IReadOnlyList<ElementVerdict> Items);

internal static class ElementApi
{
    private const int MostValues = 1000;
    private const int LongestValue = 400;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/elements/check", Check).DisableAntiforgery().WithTags("catalog").WithName("catalog.check-values").Produces<ElementVerdicts>();

    /// <summary>The same rules that landing uses, for whoever writes a form or cleans a table; nothing of it is kept.</summary>
    [Enforces(28)]
    private static IResult Check(ElementQuestion asked, HttpContext http, Directory directory, TimeProvider clock)
    {
        if (!http.Caller().IsGovernment) return Refusal.Forbidden("catalog.check-government").ToProblem();
        if (!ElementKinds.TryParse(asked.Element, out var kind)) return Refusal.Invalid(new FieldError("element", "catalog.unknown-element", RuleBook.Short(asked.Element))).ToProblem();
        if (asked.Values is null || asked.Values.Count is 0 or > MostValues || asked.Values.Any(v => v is null || v.Length > LongestValue)) return Refusal.Invalid(new FieldError("values", "catalog.check-values", MostValues, LongestValue)).ToProblem();
        var (rule, around, language) = (new ElementRule(kind) { IsRequired = true }, new Surroundings(WorkCalendar.Day(clock.GetUtcNow()), directory.DivisionsForChecks), Language.Of(http.Request));
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new ElementVerdicts([.. asked.Values.Select(value =>
        {
            var flaw = rule.Check(value, around);
            var masked = Masking.Mask(kind, value);
            return new ElementVerdict(masked, flaw.Severity(), flaw.Code(), flaw == Flaw.None ? "" : Texts.Parts.Get(language, flaw.TextKey(), masked));
        })]));
    }
}
