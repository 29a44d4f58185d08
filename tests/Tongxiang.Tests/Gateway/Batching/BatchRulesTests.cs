using Tongxiang.Catalog;
using Tongxiang.Gateway.Batching;
using Tongxiang.Share;
using Grant = Tongxiang.Share.Grant;

namespace Tongxiang.Tests.Gateway.Batching;

public sealed class BatchRulesTests
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    [Theory]
    [InlineData(Rhythm.Daily, 0, 10, "2026-09-18T09:00", "2026-09-18T10:00")]
    [InlineData(Rhythm.Daily, 0, 9, "2026-09-18T09:00", "2026-09-19T09:00")]
    [InlineData(Rhythm.Daily, 0, 8, "2026-09-18T09:00", "2026-09-19T08:00")]
    [InlineData(Rhythm.Weekly, 5, 10, "2026-09-18T09:00", "2026-09-18T10:00")]
    [InlineData(Rhythm.Weekly, 7, 0, "2026-09-18T09:00", "2026-09-20T00:00")]
    [InlineData(Rhythm.Weekly, 1, 23, "2026-09-18T09:00", "2026-09-21T23:00")]
    [InlineData(Rhythm.Monthly, 28, 3, "2026-02-28T03:00", "2026-03-28T03:00")]
    [InlineData(Rhythm.Monthly, 1, 3, "2026-12-31T23:59", "2027-01-01T03:00")]
    [InlineData(Rhythm.Version, 0, 0, "2026-09-18T09:00", null)]
    public void A_batch_is_due_at_its_next_hour_in_the_civil_day(Rhythm every, int day, int hour, string after, string? next)
    {
        var found = BatchRules.Next(every, day, hour, At(after));
        Assert.Equal(next is null ? null : At(next), found);
    }

    [Theory]
    [InlineData("csv", 2, null, "", false, "")]
    [InlineData("xlsx", 2, null, "", false, "form")]
    [InlineData("csv", 24, null, "", false, "hour")]
    [InlineData("csv", 12, null, "", false, "hour")]
    [InlineData("csv", null, null, "", false, "hour")]
    [InlineData("csv", 2, null, "limit=5", false, "query")]
    [InlineData("csv", 2, null, "id=eq.1&order=id", false, "query")]
    [InlineData("csv", 2, null, "", true, "case,operator")]
    [InlineData("csv", 2, "DB\u0007", "", true, "operator,case")]
    public void A_wish_names_each_field_that_is_wrong(string form, int? hour, string? number, string query, bool needsCase, string fields)
    {
        var grant = Make(new HourRange(22, 6), needsCase);
        var wrong = BatchRules.Wrong(new BatchWish("people", Rhythm.Daily, form, Hour: hour, Query: query, Case: number), grant, needsCase);
        Assert.Equal(fields, string.Join(',', wrong.Select(w => w.Field)));
    }

    [Theory]
    [InlineData(Rhythm.Weekly, null), InlineData(Rhythm.Weekly, 0), InlineData(Rhythm.Weekly, 8), InlineData(Rhythm.Monthly, 29), InlineData(Rhythm.Monthly, null)]
    public void A_day_must_exist_in_every_week_or_month(Rhythm every, int? day) =>
        Assert.Equal("day", Assert.Single(BatchRules.Wrong(new BatchWish("people", every, "csv", Hour: 2, Day: day), Make(null, false), needsCase: false)).Field);

    [Theory]
    [InlineData("a:10:100:aa:bb", "")]
    [InlineData("a:10:100:AA:", "")]
    [InlineData("a:10:100::bb", "")]
    [InlineData("a:9:100:aa:", "a rows 10/9")]
    [InlineData("a:10:99:aa:", "a bytes 100/99")]
    [InlineData("a:10:100:ab:", "a sha256 aa/ab")]
    [InlineData("a:10:100:aa:bc", "a sm3 bb/bc")]
    [InlineData("a:10:100::", "a digest aa/–")]
    [InlineData("", "a missing 10/–")]
    [InlineData("a:10:100:aa: a:10:100:aa:", "a twice 1/2")]
    [InlineData("a:10:100:aa: b:3:1:cc:", "b unknown –/3")]
    public void Each_figure_in_which_the_two_sides_differ_is_named(string received, string expected)
    {
        PackagePart[] sent = [new("a", PartKind.Rows, 10, 100, "aa", "bb", "file")];
        var counted = received.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(':'))
            .Select(p => new CountedPart(p[0], long.Parse(p[1]), long.Parse(p[2]), p[3].Length > 0 ? p[3] : null, p[4].Length > 0 ? p[4] : null));
        Assert.Equal(expected, string.Join(' ', Counting.Compare(sent, [.. counted]).Select(d => $"{d.Part} {d.What} {d.Sent}/{d.Received}")));
    }

    private static DateTimeOffset At(string local) => new(DateTime.Parse(local), Shanghai);

    private static Grant Make(HourRange? hours, bool needsCase) => new(
        default, "SQ1", default, default, null, null, [], "", "", "", needsCase, [Mode.Batch], new GrantLimits(hours, [], null, null, 100), Assurance.Key, default, default, "", "", GrantState.Active, null, "", "", default);
}
