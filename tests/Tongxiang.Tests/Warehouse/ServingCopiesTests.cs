using CsCheck;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Tests.Gateway.Query;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Tests.Warehouse;

public sealed class ServingCopiesTests
{
    [Theory, EveryStore]
    public async Task Any_filter_gives_the_rows_that_it_means(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var copies = new ServingCopies(lab.Settings, lab.Home);
        var version = await ServingLab.Fill(lab, Sample.Fields, ["id"], Sample.Rows);
        await Sample.Tree.SampleAsync(async filter =>
        {
            using var page = (await copies.Read(version, Plan($"and=({Uri.EscapeDataString(filter.Text)})&select=id"), default)).Value;
            Assert.Equal(Sample.Rows.Where(r => filter.Holds(r) == true).Select(r => (long)r[0]!), Ids(page));
        }, iter: store == Store.Sqlite ? 1_000 : 400, threads: 1);
    }

    [Theory, EveryStore]
    public async Task Paging_by_continuation_shows_every_row_once_in_order(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var copies = new ServingCopies(lab.Settings, lab.Home);
        var version = await ServingLab.Fill(lab, Sample.Fields, ["id"], Sample.Rows);
        var steps = Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Bool).Array[0, 3].Where(o => o.Select(s => s.Item1).Distinct().Count() == o.Length);
        await Gen.Select(steps, Gen.Int[1, 25]).SampleAsync(async (order, limit) =>
        {
            var text = string.Join(',', order.Select(o => $"{Sample.Fields[o.Item1].Name}.{(o.Item2 ? "desc" : "asc")}.{(o.Item3 ? "nullsfirst" : "nullslast")}"));
            var expected = Sample.Rows.Order(Comparer<object?[]>.Create((a, b) => Compare(order, a, b))).Select(r => (long)r[0]!);
            Assert.Equal(expected, await Walk(copies, version, $"order={text}&select=id&limit={limit}"));
        }, iter: store == Store.Sqlite ? 150 : 60, threads: 1);
    }

    [Theory, EveryStore]
    public async Task Keys_of_several_parts_with_empty_ones_page_exactly(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var copies = new ServingCopies(lab.Settings, lab.Home);
        Field[] fields = [Sample.Make("day", FieldType.Date), Sample.Make("province", FieldType.Text), Sample.Make("city", FieldType.Text), Sample.Make("n", FieldType.Integer)];
        var rows = Enumerable.Range(0, 90).Select(i => new object?[] { $"2024-01-{i / 30 + 1:00}", new[] { "", "甲省", "𠮷省" }[i / 10 % 3], i % 10 == 0 ? "" : $"市{i % 10}", (long)i }).ToList();
        var version = await ServingLab.Fill(lab, fields, ["day", "province", "city"], rows);
        var scope = new QueryScope("sample", [.. fields.Select(f => new ScopeColumn(f, false))]);

        Assert.Equal(Enumerable.Range(0, 90).Select(i => (long)i), await Walk(copies, version, "select=n&limit=7", scope));
        Assert.Equal([30], await Walk(copies, version, "select=n&day=eq.2024-01-02&province=eq.&city=eq.", scope));
    }

    [Theory, EveryStore]
    public async Task A_resource_without_a_key_keeps_its_landing_order(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var copies = new ServingCopies(lab.Settings, lab.Home);
        var version = await ServingLab.Fill(lab, Sample.Fields, [], [.. Sample.Rows.Reverse()]);

        Assert.Equal(Sample.Rows.Reverse().Select(r => (long)r[0]!), await Walk(copies, version, "select=id&limit=11"));
    }

    [Theory, EveryStore]
    public async Task Counts_are_exact_planned_or_absent_and_never_tell_of_rows_outside_the_grant(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var copies = new ServingCopies(lab.Settings, lab.Home);
        var version = await ServingLab.Fill(lab, Sample.Fields, ["id"], Sample.Rows);
        var some = Predicate.On(Sample.Id, PlanOperator.Lt, 20L);
        async Task<long?> Total(string query, string? prefer, Predicate? granted = null)
        {
            using var page = (await copies.Read(version, Plan(query, prefer, Sample.Scope(granted)), default)).Value;
            return page.Total;
        }

        Assert.Null(await Total("limit=5", null));
        Assert.Equal(60, await Total("limit=5", "count=exact"));
        Assert.Equal(10, await Total("limit=5&id=gte.50", "count=exact"));
        Assert.Equal(10, await Total("limit=50&id=gte.50", "count=exact"));
        Assert.Equal(10, await Total("limit=0&id=gte.50", "count=exact"));
        Assert.Equal(60, await Total("limit=5&id=gte.50", "count=planned"));
        Assert.Equal(20, await Total("limit=5", "count=exact", some));
        Assert.Equal(20, await Total("limit=5", "count=planned", some));
        Assert.Equal(0, await Total("id=gte.50", "count=exact", some));
        Assert.Equal(0, await Total("or=(id.gte.50,id.is.null)", "count=exact", some));
    }

    [Theory, EveryStore]
    public async Task Cells_keep_their_exact_values(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var copies = new ServingCopies(lab.Settings, lab.Home);
        var version = await ServingLab.Fill(lab, Sample.Fields, ["id"],
        [
            [long.MinValue, "𠮷\u0001\"\\", long.MinValue, 0.1, "0001-01-01"], [long.MaxValue, "", -5L, double.MaxValue, null], [0L, null, null, -0.25, "9999-12-31"],
        ]);
        using var page = (await copies.Read(version, Plan(""), default)).Value;
        string Row(int row) => string.Join('|', Enumerable.Range(0, 5).Select(i => page.Text(row, i) ?? "null"));

        Assert.Equal("-9223372036854775808|𠮷\u0001\"\\|-92233720368547758.08|0.1|0001-01-01", Row(0));
        Assert.Equal("0|null|null|-0.25|9999-12-31", Row(1));
        Assert.Equal("9223372036854775807||-0.05|1.7976931348623157E+308|null", Row(2));
    }

    [Fact]
    public async Task A_filter_that_would_read_everything_is_stopped_with_a_remedy()
    {
        await using var lab = await StoreLab.Open(Store.Sqlite);
        await using var copies = new ServingCopies(lab.Settings, lab.Home, new ServeLimits { Steps = 20_000 });
        var version = await ServingLab.Fill(lab, Sample.Fields, ["id"], [.. Enumerable.Range(0, 20_000).Select(i => new object?[] { (long)i, "名", 1L, 1.0, null })]);

        var refused = await copies.Read(version, Plan("name=like.*无此人*"), default);
        Assert.Equal("warehouse.scan-too-large", refused.Refusal?.Code);
        Assert.Contains("id", Texts.Parts.Get(Texts.Chinese, "warehouse.scan-too-large.detail", refused.Refusal!.Args));
        Assert.Equal("warehouse.scan-too-large", (await copies.Read(version, Plan("name=neq.x&limit=1", "count=exact"), default)).Refusal?.Code);
        Assert.Equal([19_999], await Walk(copies, version, "id=eq.19999&select=id"));
    }

    [Theory, EveryStore]
    public async Task An_answer_beyond_its_bytes_is_refused(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var copies = new ServingCopies(lab.Settings, lab.Home, new ServeLimits { PageBytes = 4_000 });
        var version = await ServingLab.Fill(lab, Sample.Fields, ["id"], [.. Enumerable.Range(0, 50).Select(i => new object?[] { (long)i, new string('字', 100), 1L, 1.0, null })]);

        Assert.Equal("warehouse.page-too-large", (await copies.Read(version, Plan("name=neq.x"), default)).Refusal?.Code);
        Assert.False((await copies.Read(version, Plan("limit=3"), default)).IsRefused);
    }

    [Fact]
    public async Task Readers_of_a_version_that_is_forgotten_meanwhile_finish_or_open_it_again()
    {
        await using var lab = await StoreLab.Open(Store.Sqlite);
        await using var copies = new ServingCopies(lab.Settings, lab.Home);
        var version = await ServingLab.Fill(lab, Sample.Fields, ["id"], Sample.Rows);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++) Assert.Equal([i % 60], await Walk(copies, version, $"select=id&id=eq.{i % 60}"));
        }));
        var forgetting = Task.Run(() =>
        {
            for (var i = 0; i < 100; i++) copies.Forget(version.Id);
        });
        await Task.WhenAll([.. readers, forgetting]);
    }

    [Theory]
    [InlineData("a%b_c", "a*b?c")]
    [InlineData("50\\%*[x]?", "50%[*][[]x][?]")]
    [InlineData("\\\\\\_", "\\_")]
    public void Patterns_become_globs(string pattern, string glob) => Assert.Equal(glob, PlanSql.Glob(pattern));

    private static Plan Plan(string query, string? prefer = null, QueryScope? scope = null)
    {
        Assert.Null(QueryReader.Read(new QueryText(query, null, null, prefer), Unmasked(scope), Sample.Continuation, out var plan));
        return plan;
    }

    private static QueryScope Unmasked(QueryScope? scope) => new("sample", scope is null ? [.. Sample.Fields.Select(f => new ScopeColumn(f, false))] : [.. scope.Columns.Where(c => !c.IsMasked)], scope?.Rows);

    private static async Task<List<long>> Walk(ServingCopies copies, Version version, string query, QueryScope? scope = null)
    {
        var ids = new List<long>();
        for (var next = ""; ;)
        {
            var plan = Plan(query + next, null, scope);
            using var page = (await copies.Read(version, plan, default)).Value;
            ids.AddRange(Ids(page));
            if (page.Next is not { } last) return ids;
            next = "&after=" + Sample.Continuation.Seal("sample", plan, last);
        }
    }

    private static List<long> Ids(ServedPage page) => [.. Enumerable.Range(0, page.Rows).Select(row => page.Whole(row, 0))];

    private static int Compare((int Column, bool Descending, bool NullsFirst)[] order, object?[] a, object?[] b)
    {
        foreach (var (column, descending, nullsFirst) in order)
        {
            var (x, y) = (a[column], b[column]);
            var compared = x is null || y is null ? ((x is null ? 0 : 1) - (y is null ? 0 : 1)) * (nullsFirst ? 1 : -1)
                : (x is string text ? string.CompareOrdinal(text, (string)y) : Comparer<object>.Default.Compare(x, y)) * (descending ? -1 : 1);
            if (compared != 0) return compared;
        }

        return ((long)a[0]!).CompareTo((long)b[0]!);
    }
}
