using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Core.Calendars;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Something due as the interface gives it, in the reader's language.</summary>
public sealed record DueView(
    string Key, DueGroup Group, string Todo, string Number, string Name, string? Agency, DateTimeOffset From, DateTimeOffset? DueAt, bool IsProvisional, int? DaysLeft, string? Rule, string? Article,
    RuleGrade? Grade, bool IsUnverified, string Why, string Link);

/// <summary>All that is due, the most urgent first.</summary>
public sealed record DuePage(IReadOnlyList<DueView> Items, string? Next);

internal static class DueRoutes
{
    private const string Product = "-//Tongxiang//Dues//ZH";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/dues", (HttpContext http, DueList dues, Directory directory, [FromQuery] string? scope, CancellationToken ct) => SignedIn(http, scope, dues, all =>
            TypedResults.Ok(new DuePage([.. all.Select(d => View(d, directory, Language.Of(http.Request)))], null)), ct)).WithName("agencies.dues").WithTags("agencies").Produces<DuePage>();
        routes.MapGet("/api/dues.ics", (HttpContext http, DueList dues, Directory directory, NodeSettings settings, TimeProvider clock, [FromQuery] string? scope, [FromQuery] string? lang, CancellationToken ct) => SignedIn(http, scope, dues, all =>
            Calendar(http, all, directory, settings, clock.GetUtcNow(), lang is "en" ? Texts.English : lang is "zh" ? Texts.Chinese : Language.Of(http.Request)), ct)).WithName("agencies.dues-ics").WithTags("agencies");
    }

    private static async Task<IResult> SignedIn(HttpContext http, string? scope, DueList dues, Func<IReadOnlyList<Due>, IResult> answer, CancellationToken ct)
    {
        if (http.Caller() is not { Person: not null, Client: null } caller) return new Refusal(401, "agencies.sign-in-first").ToProblem();
        if (scope is not (null or "" or "own" or "overseen")) return Refusal.Invalid(new FieldError("scope", "due.field.scope", scope)).ToProblem();
        if (scope == "overseen" && !caller.IsBureau) return Refusal.Forbidden("due.only-bureau").ToProblem();
        return answer(await dues.Of(caller, scope == "overseen" ? DueScope.Overseen : DueScope.Own, ct));
    }

    private static DueView View(Due due, Directory directory, string language) => new(
        due.Item.Key, due.Group, Texts.Parts.Get(language, due.Item.Todo.Key), due.Item.Number, NameOf(due, language), AgencyOf(due, directory, language), due.Item.From, due.Item.DueAt, due.Item.IsProvisional, due.DaysLeft,
        due.Rule?.Id ?? due.Item.Rule, due.Rule is { } rule ? DueRules.Article(rule, language) : due.Item.Article, due.Rule?.Grade, due.Rule?.IsUnverified == true, DueRules.Why(due, language), due.Item.Link);

    private static FileContentHttpResult Calendar(HttpContext http, IReadOnlyList<Due> all, Directory directory, NodeSettings settings, DateTimeOffset now, string language)
    {
        var origin = (settings.PublicUrl ?? $"{http.Request.Scheme}://{http.Request.Host}").TrimEnd('/');
        var events = all.Where(d => d.Item.DueAt is not null).Select(d => Event(d, directory, language, origin, now));
        var text = IcsWriter.Write(Product, Texts.Parts.Get(language, "due.calendar", language == Texts.English ? settings.NameEn : settings.Name), events);
        return TypedResults.File(Encoding.UTF8.GetBytes(text), "text/calendar; charset=utf-8", "dues.ics");
    }

    private static IcsEvent Event(Due due, Directory directory, string language, string origin, DateTimeOffset now)
    {
        var (item, at) = (due.Item, due.Item.DueAt!.Value);
        string[] summary = [Texts.Parts.Get(language, item.Todo.Key), item.Number, NameOf(due, language)];
        string[] lines =
        [
            .. due.Group == DueGroup.Overdue ? new[] { Texts.Parts.Get(language, "due.is-overdue") } : [], DueRules.Why(due, language), .. due.Rule is { } rule ? new[] { $"{rule.Id} · {DueRules.Article(rule, language)}" } : [],
            .. due.Rule?.IsUnverified == true ? new[] { Texts.Parts.Get(language, "due.unverified") } : [], .. item.IsProvisional ? new[] { Texts.Parts.Get(language, "due.provisional") } : [],
            .. AgencyOf(due, directory, language) is { } agency ? new[] { agency } : [],
        ];
        DateOnly? day = DueRules.IsWholeDay(at) ? due.Day : null;
        return new IcsEvent($"{item.Key}@{new Uri(origin).Host}", now, day, day is null ? at : null, string.Join(' ', summary.Where(s => s.Length > 0)), string.Join('\n', lines), origin + (language == Texts.English ? "/en" : "") + item.Link)
        {
            IsTentative = item.IsProvisional,
            Categories = due.Rule is null ? [] : [due.Rule.Id],
        };
    }

    private static string NameOf(Due due, string language) => language == Texts.English && due.Item.NameEn is { Length: > 0 } english ? english : due.Item.Name;

    private static string? AgencyOf(Due due, Directory directory, string language) =>
        due.Item.Agency is { } id && directory.Find(id) is { } agency ? (language == Texts.English && agency.NameEn.Length > 0 ? agency.NameEn : agency.Name) : null;
}
