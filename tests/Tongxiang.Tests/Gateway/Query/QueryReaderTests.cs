using CsCheck;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Gateway.Query;

public sealed class QueryReaderTests
{
    [Theory]
    [InlineData("id=eq.7", "7")]
    [InlineData("id=gte.3&id=lt.6", "3,4,5")]
    [InlineData("id=in.(4,2,4)", "2,4")]
    [InlineData("id=in.()", "")]
    [InlineData("id=lt.4&id=not.eq.2", "0,1,3")]
    [InlineData("id=lt.4&not.or=(id.eq.1,id.eq.2)", "0,3")]
    [InlineData("and=(id.lt.3,not.and(id.eq.1,name.eq.李四))", "0,2")]
    [InlineData("or=(id.eq.1, and(id.gt.57,id.lt.59))", "1,58")]
    [InlineData("id=lt.13&name=is.null", "12")]
    [InlineData("id=lt.13&name=eq.a,b)c", "3")]
    [InlineData("or=(name.eq.\"a,b)c\",id.eq.0)&id=lt.13", "0,3")]
    [InlineData("or=(name.in.(\"say \\\"hi\\\"\",abc),id.eq.0)&id=lt.13", "0,5,8")]
    [InlineData("id=lt.13&name=like.*s*", "4,5")]
    [InlineData("id=lt.13&name=ilike.aB_", "7,8")]
    [InlineData("id=lt.13&name=like.\\%*", "6")]
    [InlineData("id=lt.13&name=like._野", "9")]
    [InlineData("amount=eq.-28.75", "1")]
    [InlineData("amount=eq.-28.751", "")]
    [InlineData("amount=gt.43.749&id=lt.60", "59")]
    [InlineData("id=eq.99999999999999999999", "")]
    [InlineData("id=gt.-99999999999999999999&id=lt.2", "0,1")]
    [InlineData("day=gte.2026-09-01&id=gt.57", "58,59")]
    [InlineData("?id=eq.7&", "7")]
    [InlineData("id=eq.%37", "7")]
    public void A_filter_means_these_rows(string query, string ids)
    {
        Assert.Null(Read(query, out var plan));
        Assert.Equal(ids, string.Join(',', Sample.Rows.Where(row => plan.Where is null || Sample.Evaluate(plan.Where, row) == true).Select(row => row[0])));
    }

    [Theory]
    [InlineData("secret=eq.1", "42703")]
    [InlineData("nothing=eq.1", "42703")]
    [InlineData("select=secret", "42703")]
    [InlineData("select=x:secret", "42703")]
    [InlineData("order=secret.asc", "42703")]
    [InlineData("or=(id.eq.1,secret.is.null)", "42703")]
    [InlineData("masked=eq.1", "gateway.masked-column")]
    [InlineData("order=masked", "gateway.masked-column")]
    [InlineData("or=(masked.is.null)", "gateway.masked-column")]
    [InlineData("id=foo.1", "PGRST100")]
    [InlineData("id=1", "PGRST100")]
    [InlineData("id=", "PGRST100")]
    [InlineData("name=fts.abc", "PGRST100")]
    [InlineData("id=eq(any).{1,2}", "PGRST100")]
    [InlineData("name=match.^a", "PGRST100")]
    [InlineData("id=eq.abc", "22P02")]
    [InlineData("id=eq.1.5", "22P02")]
    [InlineData("id=eq.1%00", "22021")]
    [InlineData("name=eq.1%00", "22021")]
    [InlineData("day=eq.2024-02-30", "22007")]
    [InlineData("day=eq.2024-1-1", "22007")]
    [InlineData("ratio=eq.NaN", "22P02")]
    [InlineData("id=like.1*", "42883")]
    [InlineData("name=like.abc\\", "22025")]
    [InlineData("id=is.true", "42804")]
    [InlineData("id=is.foo", "PGRST100")]
    [InlineData("or=id.eq.1", "PGRST100")]
    [InlineData("or=(id.eq.1", "PGRST100")]
    [InlineData("or=(id.eq.1))", "PGRST100")]
    [InlineData("or=()", "PGRST100")]
    [InlineData("or=(\"id.eq.1)", "PGRST100")]
    [InlineData("id=in.(1,2", "PGRST100")]
    [InlineData("id=in.(1,2)x", "PGRST100")]
    [InlineData("select=id,(x)", "PGRST100")]
    [InlineData("select=agency(*)", "PGRST100")]
    [InlineData("select=id::text", "PGRST100")]
    [InlineData("select=id->x", "PGRST100")]
    [InlineData("select=count()", "PGRST100")]
    [InlineData("select=id,,name", "PGRST100")]
    [InlineData("select=x:id,x:name", "PGRST100")]
    [InlineData("select==cmd:id", "PGRST100")]
    [InlineData("order=id.sideways", "PGRST100")]
    [InlineData("order=id.asc.desc", "PGRST100")]
    [InlineData("limit=abc", "PGRST100")]
    [InlineData("limit=-1", "PGRST103")]
    [InlineData("offset=-1", "PGRST103")]
    [InlineData("limit=1&limit=2", "PGRST100")]
    [InlineData("after=AAAA", "gateway.bad-after")]
    [InlineData("after=%20%20", "gateway.bad-after")]
    [InlineData("agency.name=eq.1", "42703")]
    [InlineData("not=eq.1", "42703")]
    public void A_bad_query_is_refused_with_its_code_and_a_remedy(string query, string code)
    {
        var fault = Read(query, out _);

        Assert.Equal(code, fault?.Code);
        Assert.NotEqual(fault!.Key, Texts.Parts.Get(Texts.Chinese, fault.Key, fault.Args));
        Assert.NotEqual(fault.Key, Texts.Parts.Get(Texts.English, fault.Key, fault.Args));
    }

    [Fact]
    public void A_hidden_column_and_one_that_does_not_exist_are_told_alike()
    {
        foreach (var form in (string[])["{0}=eq.1", "select={0}", "order={0}.desc", "or=({0}.is.null)", "select=a:{0}"])
            Assert.Equal(Read(string.Format(form, "secret"), out _)!.Message.Replace("secret", "x"), Read(string.Format(form, "nosuch"), out _)!.Message.Replace("nosuch", "x"));
    }

    [Theory]
    [InlineData("2026-01-31", "2026-01-31T00:00:00")]
    [InlineData("2026-01-31 08:30", "2026-01-31T08:30:00")]
    [InlineData("2026-01-31T08:30:05.12", "2026-01-31T08:30:05.12")]
    [InlineData("2026-01-31T08:30:05Z", "2026-01-31T08:30:05Z")]
    [InlineData("2026-01-31T08:30:05.5+08:00", "2026-01-31T08:30:05.5+08:00")]
    [InlineData("2026-01-31T25:00:00", null)]
    [InlineData("2026-01-31T08:30:05+99:00", null)]
    [InlineData("2026-01-31x08:30:05", null)]
    [InlineData("yesterday morning", null)]
    public void A_moment_is_taken_in_the_stored_form(string text, string? stored) =>
        Assert.Equal(stored, Literals.Compare(Sample.Make("at", Tongxiang.Catalog.FieldType.Timestamp), PlanOperator.Gt, text)?.Values[0]);

    [Theory]
    [InlineData("", "id,name,amount,ratio,day,masked")]
    [InlineData("select=", "id,name,amount,ratio,day,masked")]
    [InlineData("select=name,id", "name,id")]
    [InlineData("select=编号:id, name", "编号,name")]
    [InlineData("select=*,n:name", "id,name,amount,ratio,day,masked,n")]
    [InlineData("select=\"id\",\"my name\":\"name\"", "id,my name")]
    public void Select_lists_and_renames(string query, string shown)
    {
        Assert.Null(Read(query, out var plan));
        Assert.Equal(shown, string.Join(',', plan.Columns.Select(c => c.Shown)));
    }

    [Theory]
    [InlineData("order=name.desc.nullsfirst,id", "name:True:True id:False:False")]
    [InlineData("order=day.nullslast", "day:False:False")]
    [InlineData("order=id,id.desc", "id:False:False")]
    [InlineData("order=", "")]
    public void Order_reads_direction_and_nulls(string query, string expected)
    {
        Assert.Null(Read(query, out var plan));
        Assert.Equal(expected, string.Join(' ', plan.Order.Select(o => $"{o.Field.Name}:{o.Descending}:{o.NullsFirst}")));
    }

    [Theory]
    [InlineData("", null, 0, 10_000)]
    [InlineData("limit=5", null, 0, 5)]
    [InlineData("limit=99999999", null, 0, 10_000)]
    [InlineData("limit=5&offset=10", null, 10, 5)]
    [InlineData("", "0-9", 0, 10)]
    [InlineData("", "5-", 5, 10_000)]
    [InlineData("limit=5&offset=10", "12-20", 12, 3)]
    [InlineData("limit=5", "10-20", 10, 0)]
    [InlineData("", "bytes=0-9", 0, 10_000)]
    [InlineData("", "items=3-4", 3, 2)]
    [InlineData("limit=0", null, 0, 0)]
    public void Limit_offset_and_Range_narrow_each_other(string query, string? range, long offset, long limit)
    {
        Assert.Null(QueryReader.Read(new QueryText(query, range), Sample.Scope(), Sample.Continuation, out var plan));
        Assert.Equal((offset, limit), (plan.Offset, plan.Limit));
    }

    [Theory]
    [InlineData("count=exact", PlanCount.Exact)]
    [InlineData("return=minimal, count=planned", PlanCount.Planned)]
    [InlineData("count=estimated", PlanCount.Planned)]
    [InlineData("handling=lenient", PlanCount.None)]
    [InlineData(null, PlanCount.None)]
    public void Prefer_names_the_count(string? prefer, PlanCount count)
    {
        Assert.Null(QueryReader.Read(new QueryText("", null, null, prefer), Sample.Scope(), Sample.Continuation, out var plan));
        Assert.Equal(count, plan.Count);
    }

    [Fact]
    public void A_backward_range_is_not_satisfiable()
    {
        var fault = QueryReader.Read(new QueryText("", "10-5"), Sample.Scope(), Sample.Continuation, out _);
        Assert.Equal((416, "PGRST103"), (fault!.Status, fault.Code));
    }

    [Theory]
    [InlineData("or=(", "or(", "id.eq.1", 20)]
    [InlineData("or=(", "not.and(", "id.eq.1", 4_000)]
    public void Depth_is_bounded(string start, string more, string end, int depth)
    {
        var text = start + string.Concat(Enumerable.Repeat(more, depth)) + end;
        Assert.NotNull(QueryReader.Read(new QueryText(text), Sample.Scope(limits: new QueryLimits { QueryCharacters = 1_000_000 }), Sample.Continuation, out _));
    }

    [Fact]
    public void Counts_of_everything_are_bounded()
    {
        var wide = new QueryLimits { QueryCharacters = 1_000_000 };
        string Code(string query) => QueryReader.Read(new QueryText(query), Sample.Scope(limits: wide), Sample.Continuation, out _)?.Code ?? "none";

        Assert.Equal("gateway.query-too-large", Read(new string('a', 9_000), out _)!.Code);
        Assert.Equal("gateway.query-too-large", Code(string.Join('&', Enumerable.Repeat("id=eq.1", 101))));
        Assert.Equal("gateway.query-too-large", Code($"id=in.({string.Join(',', Enumerable.Range(0, 1_001))})"));
        Assert.Equal("gateway.query-too-large", Code("name=like." + string.Concat(Enumerable.Repeat("a*", 9))));
        Assert.Equal("gateway.query-too-large", Code("name=eq." + new string('x', 4_001)));
        Assert.Equal("gateway.query-too-large", Code("offset=1000001"));
        Assert.Equal("none", Code($"id=in.({string.Join(',', Enumerable.Range(0, 1_000))})"));
    }

    [Fact]
    public void A_continuation_opens_only_for_its_own_query()
    {
        Assert.Null(Read("order=name.desc&id=gt.1", out var plan));
        var text = Sample.Continuation.Seal("sample", plan, [null, "𠮷", 3L, 0.1]);

        Assert.Equal([null, "𠮷", 3L, 0.1], Sample.Continuation.Open("sample", plan, text));
        Assert.Null(Sample.Continuation.Open("other", plan, text));
        Assert.Null(Read("order=name.asc&id=gt.1", out var otherOrder));
        Assert.Null(Sample.Continuation.Open("sample", otherOrder, text));
        Assert.Null(Read("order=name.desc&id=gt.2", out var otherFilter));
        Assert.Null(Sample.Continuation.Open("sample", otherFilter, text));
        Assert.Null(Sample.Continuation.Open("sample", plan with { Granted = Predicate.On(Sample.Id, PlanOperator.Eq, 1L) }, text));
        Assert.Null(Sample.Continuation.Open("sample", plan, text[..^2] + (text[^2] == 'A' ? "B" : "A") + text[^1]));
        Assert.Null(Read("order=name.desc&id=gt.1&limit=3&after=" + text, out var continued));
        Assert.Equal([null, "𠮷", 3L, 0.1], continued.After);
    }

    [Fact]
    public void Whatever_filter_is_built_is_read_back_to_the_same_rows() =>
        Sample.Tree.Array[1, 3].Sample(filters =>
        {
            var query = string.Join('&', filters.Select(f => "and=" + Uri.EscapeDataString($"({f.Text})")));
            Assert.Null(Read(query, out var plan));
            foreach (var row in Sample.Rows) Assert.Equal(filters.All(f => f.Holds(row) == true), Sample.Evaluate(plan.Where!, row) == true);
        }, iter: 3_000);

    [Fact]
    public void Any_text_is_a_plan_or_a_fault_and_never_an_exception() =>
        Gen.OneOf(Gen.String[0, 60], Gen.OneOf("select", "order", "or", "and", "not.or", "id", "name", "after", "limit", "=", "(", ")", ",", ".", "eq", "in", "not", "\"", "\\", "*", "%2", "&", "like", "is", "null", "1", "张").Array[0, 20].Select(string.Concat))
            .Sample(text => _ = Read(text, out _), iter: 20_000);

    private static QueryFault? Read(string query, out Plan plan) => QueryReader.Read(new QueryText(query), Sample.Scope(), Sample.Continuation, out plan);
}
