using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Batching;

/// <summary>What a batch may ask for, and when it is due.</summary>
public static class BatchRules
{
    private static readonly string[] reserved = ["order", "limit", "offset", "after"];

    /// <summary>The form a name stands for; null when it is none a batch can take.</summary>
    public static BulkFormat? FormOf(string? name) => name switch { "csv" => BulkFormat.Csv, "ndjson" => BulkFormat.Ndjson, "parquet" => BulkFormat.Parquet, _ => null };

    public static string NameOf(BulkFormat form) => form switch { BulkFormat.Csv => "csv", BulkFormat.Parquet => "parquet", _ => "ndjson" };

    /// <summary>What is wrong with a wish under a grant, field by field; whether its query holds is judged by the gateway's own plan.</summary>
    public static IEnumerable<FieldError> Wrong(BatchWish wish, Grant grant, bool needsCase)
    {
        if (FormOf(wish.Form) is null) yield return new FieldError("form", "gateway.batch-form", QueryFault.Clip(wish.Form ?? ""));
        if (wish.Every == Rhythm.Weekly && wish.Day is not (>= 1 and <= 7)) yield return new FieldError("day", "gateway.batch-weekday", wish.Day);
        if (wish.Every == Rhythm.Monthly && wish.Day is not (>= 1 and <= 28)) yield return new FieldError("day", "gateway.batch-monthday", wish.Day);
        if (wish.Every != Rhythm.Version && wish.Hour is not (>= 0 and <= 23)) yield return new FieldError("hour", "gateway.batch-hour", wish.Hour);
        else if (wish.Every != Rhythm.Version && !GrantChoice.InHours(grant.Limits.Hours, At(wish.Hour!.Value)))
            yield return new FieldError("hour", "gateway.batch-hour-granted", wish.Hour, grant.Limits.Hours!.From, grant.Limits.Hours.To);
        if ((wish.Query ?? "").Length > 4_000) yield return new FieldError("query", "gateway.explain-long", 4_000);
        else if (NamesOf(wish.Query ?? "").FirstOrDefault(reserved.Contains) is { } name) yield return new FieldError("query", "gateway.batch-query", name);
        if (needsCase && string.IsNullOrWhiteSpace(wish.Case)) yield return new FieldError("case", "gateway.batch-case");
        if (needsCase && string.IsNullOrWhiteSpace(wish.Operator)) yield return new FieldError("operator", "gateway.batch-operator");
        foreach (var (field, text) in new[] { ("case", wish.Case), ("operator", wish.Operator) })
            if (text is { Length: > 0 } && !Agencies.CallContext.Takes(text)) yield return new FieldError(field, "gateway.batch-context", QueryFault.Clip(text));
    }

    /// <summary>The next moment after the given one; null for a batch that follows the versions.</summary>
    public static DateTimeOffset? Next(Rhythm every, int day, int hour, DateTimeOffset after)
    {
        if (every == Rhythm.Version) return null;
        var local = after.ToOffset(WorkCalendar.Offset);
        var next = new DateTimeOffset(local.Date, WorkCalendar.Offset).AddHours(hour);
        while (next <= after || !Falls(every, day, next)) next = next.AddDays(1);
        return next;
    }

    /// <summary>Whether a package of these columns can tell rows apart: every key column is in it, and none masked.</summary>
    public static bool HasKey(IReadOnlyList<string> key, Plan plan, Func<PlanColumn, bool> isMasked) =>
        key.Count > 0 && key.All(name => plan.Columns.Any(column => column.Field.Name == name && !isMasked(column)));

    private static bool Falls(Rhythm every, int day, DateTimeOffset at) => every switch
    {
        Rhythm.Weekly => ((int)at.DayOfWeek + 6) % 7 + 1 == day,
        Rhythm.Monthly => at.Day == day,
        _ => true,
    };

    private static DateTimeOffset At(int hour) => new(2000, 1, 1, hour, 0, 0, WorkCalendar.Offset);

    private static IEnumerable<string> NamesOf(string query)
    {
        foreach (var pair in new Microsoft.AspNetCore.WebUtilities.QueryStringEnumerable(query)) yield return pair.DecodeName().ToString();
    }
}
