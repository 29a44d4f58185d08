using System.Text.RegularExpressions;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>When a source department may be named.</summary>
[Enforces(16)]
public static partial class SourceRules
{
    /// <summary>Order 809 art. 19.</summary>
    public const string Article = "《政务数据共享条例》（国务院令第809号）第十九条";

    /// <summary>The key by which the source of a field is looked up: its standard element, else its own name. One key a field, so that it never has two sources.</summary>
    public static string KeyOf(Field field) => field.Element ?? field.Name;

    /// <summary>Only a reviewer or the head of the bureau in charge of the department.</summary>
    /// <param name="bureau">The data authority in charge of the department that is named.</param>
    public static Refusal? Who(Caller caller, Id<Agency>? bureau)
    {
        if (!(caller is { IsBureau: true, Client: null, Person: not null } && (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead)))) return Refusal.Forbidden("catalog.source-only-bureau") with { Article = Article };
        return bureau is { } charge && caller.Agency == charge ? null : Refusal.Forbidden("catalog.source-other-bureau") with { Article = Article };
    }

    /// <param name="own">The bureau's division.</param>
    /// <param name="node">The division the node serves: only its own bureau speaks for all records.</param>
    /// <param name="boundTo">Standard element that fields of this name are bound to; null when they are bound to none.</param>
    public static IReadOnlyList<FieldError> Check(NewSource wish, string own, string node, string? boundTo)
    {
        var book = new RuleBook(Readiness.Complete);
        book.Text("ground", wish.Ground, 4, 500, isNeeded: true, always: true);
        if (!Key().IsMatch(wish.Element ?? "")) book.Error("element", "catalog.source-element", RuleBook.Short(wish.Element ?? ""));
        else if (boundTo is not null) book.Error("element", "catalog.source-use-element", wish.Element, boundTo);
        if (wish.To is { } to && to < wish.From) book.Error("to", "catalog.source-period");
        Segment(wish.Segment, own, node, book);
        if (wish.Assists.Count > MostAssists) book.Error("assists", "catalog.too-many", MostAssists, wish.Assists.Count);
        foreach (var assist in wish.Assists.Take(MostAssists)) book.Text("assists", assist.Duty, 2, 300, isNeeded: true, always: true);
        if (wish.Assists.Any(a => a.Agency == wish.Department)) book.Error("assists", "catalog.source-assists-itself");
        if (wish.Assists.DistinctBy(a => a.Agency).Count() != wish.Assists.Count) book.Error("assists", "catalog.source-assists-twice");
        return book.Findings.Errors;
    }

    /// <summary>A naming that would stand beside this one for a record and a day.</summary>
    public static SourceOfRecord? Standing(IEnumerable<SourceOfRecord> existing, NewSource wish) => existing.OrderBy(s => s.From).FirstOrDefault(s => s.Overlaps(wish));

    private const int MostAssists = 50;

    private static void Segment(SourceSegment segment, string own, string node, RuleBook book)
    {
        if (segment.IsAll != (segment.Value == "*")) book.Error("segment", "catalog.source-segment");
        else if (!segment.IsAll && segment.Field != SourceSegment.Division && !Key().IsMatch(segment.Field)) book.Error("segment", "catalog.source-segment");
        else if (segment.Field == SourceSegment.Division && !DivisionCode().IsMatch(segment.Value)) book.Error("segment", "catalog.bad-division", RuleBook.Short(segment.Value));
        else if (segment.Value.Length is 0 or > 60 || segment.Value.Any(char.IsControl)) book.Error("segment", "catalog.source-segment");
        // What a lower bureau names holds in its own region only.
        else if (segment.Field == SourceSegment.Division ? !SourceSegment.Covers(own, segment.Value) : !SourceSegment.Covers(own, node)) book.Error("segment", "catalog.source-region", own);
    }

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,62}$")]
    private static partial Regex Key();

    [GeneratedRegex("^[0-9]{6}$")]
    private static partial Regex DivisionCode();
}
