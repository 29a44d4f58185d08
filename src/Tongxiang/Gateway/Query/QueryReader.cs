using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Query;

/// <summary>The parts of a request that make a query.</summary>
/// <param name="Text">The query string as sent, with or without its question mark.</param>
/// <param name="Range">Header <c>Range</c>.</param>
/// <param name="RangeUnit">Header <c>Range-Unit</c>.</param>
/// <param name="Prefer">Header <c>Prefer</c>.</param>
public readonly record struct QueryText(string Text, string? Range = null, string? RangeUnit = null, string? Prefer = null);

/// <summary>Reads the part of PostgREST's query language that the data API offers (architecture §10), naming only granted columns.</summary>
public static class QueryReader
{
    /// <summary>The plan, or the first fault in the order of the text.</summary>
    public static QueryFault? Read(QueryText query, QueryScope scope, Continuation continuation, out Plan plan)
    {
        plan = new Plan([], null, [], 0, 0, null, PlanCount.None);
        if (query.Text.Length > scope.Limits.QueryCharacters) return FilterReader.TooMuch("gateway.query.long", scope.Limits.QueryCharacters);
        var single = new Dictionary<string, string>(StringComparer.Ordinal);
        var filters = new FilterReader(scope);
        var parts = new List<Predicate>();
        foreach (var pair in new QueryStringEnumerable(query.Text))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            if (name.Length == 0) continue;
            if (name is "select" or "order" or "limit" or "offset" or "after")
            {
                if (!single.TryAdd(name, value)) return QueryFault.Parse($"\"{name}\" stands twice", "give it once", "gateway.query.once", name);
                continue;
            }

            var part = name is "and" or "or" or "not.and" or "not.or" ? filters.Tree(name, value) : filters.Column(name, value);
            if (part is null) return filters.Fault;
            parts.Add(part);
        }

        if (ColumnsReader.Select(scope, single.GetValueOrDefault("select"), out var columns) is { } badSelect) return badSelect;
        if (ColumnsReader.Order(scope, single.GetValueOrDefault("order"), out var order) is { } badOrder) return badOrder;
        if (Window(query, scope, single, out var offset, out var limit) is { } badWindow) return badWindow;
        plan = new Plan(columns, parts.Count == 0 ? null : Predicate.All(parts), order, limit, offset, null, Counting(query.Prefer)) { Granted = scope.Rows };
        return single.TryGetValue("after", out var after) && after.Length > 0 ? Continue(scope, continuation, after, ref plan) : null;
    }

    /// <summary>Filters alone, as a grant keeps them (<c>division=like.2901*</c>).</summary>
    public static QueryFault? ReadRows(string text, QueryScope scope, out Predicate? rows)
    {
        rows = null;
        var filters = new FilterReader(scope);
        var parts = new List<Predicate>();
        foreach (var pair in new QueryStringEnumerable(text))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            var part = name is "and" or "or" or "not.and" or "not.or" ? filters.Tree(name, value) : filters.Column(name, value);
            if (part is null) return filters.Fault;
            parts.Add(part);
        }

        rows = parts.Count == 0 ? null : Predicate.All(parts);
        return null;
    }

    private static QueryFault? Continue(QueryScope scope, Continuation continuation, string after, ref Plan plan)
    {
        if (plan.Offset > 0) return QueryFault.Parse("\"after\" and \"offset\" exclude each other", "continue with after alone", "gateway.query.after-offset");
        if (continuation.Open(scope.Resource, plan, after) is not { } values)
            return new QueryFault(400, "gateway.bad-after", "the value of after was not issued for this query", null, "gateway.query.after");
        plan = plan with { After = values };
        return null;
    }

    // limit and offset first, then the Range header narrows them, as PostgREST does.
    private static QueryFault? Window(QueryText query, QueryScope scope, Dictionary<string, string> single, out long offset, out long limit)
    {
        (offset, limit) = (0, scope.Limits.Rows);
        long? asked = null;
        if (single.TryGetValue("limit", out var limitText))
        {
            if (!long.TryParse(limitText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return NoNumber("limit", limitText);
            if (value < 0) return OutOfRange("Limit should be greater than or equal to zero.");
            asked = value;
        }

        if (single.TryGetValue("offset", out var offsetText))
        {
            if (!long.TryParse(offsetText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset)) return NoNumber("offset", offsetText);
            if (offset < 0) return OutOfRange("Offset should be greater than or equal to zero.");
        }

        if (HeaderRange(query) is var (from, to))
        {
            if (to < from) return OutOfRange("The lower boundary must be lower than or equal to the upper boundary in the Range header.");
            var end = Math.Min(asked is { } a ? offset + a - 1 : long.MaxValue, to ?? long.MaxValue);
            offset = Math.Max(offset, from);
            if (end != long.MaxValue) asked = Math.Max(0, end - offset + 1);
        }

        if (offset > scope.Limits.Offset) return new QueryFault(400, "gateway.query-too-large", "the offset is too far", null, "gateway.query.offset", scope.Limits.Offset);
        limit = Math.Min(asked ?? limit, limit);
        return null;
    }

    private static (long From, long? To)? HeaderRange(QueryText query)
    {
        if (query.Range is not { Length: > 1 and < 50 } range || query.RangeUnit is { } unit && unit != "items") return null;
        var text = range.StartsWith("items=", StringComparison.Ordinal) ? range["items=".Length..] : range;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 1 || !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var from)) return null;
        if (dash == text.Length - 1) return (from, null);
        return long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var to) ? (from, to) : null;
    }

    private static PlanCount Counting(string? prefer)
    {
        foreach (var preference in (prefer ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (preference == "count=exact") return PlanCount.Exact;
            if (preference is "count=planned" or "count=estimated") return PlanCount.Planned;
        }

        return PlanCount.None;
    }

    private static QueryFault NoNumber(string name, string text) =>
        QueryFault.Parse($"\"failed to parse {name} ({QueryFault.Clip(text)})\"", "a whole number is expected", "gateway.query.number", name);

    private static QueryFault OutOfRange(string details) => new(416, "PGRST103", "Requested range not satisfiable", details, "gateway.query.range");
}
