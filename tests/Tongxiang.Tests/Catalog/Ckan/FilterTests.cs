using CsCheck;
using Tongxiang.Catalog.Ckan;

namespace Tongxiang.Tests.Catalog.Ckan;

public sealed class FilterTests
{
    private const string Letters = "abcxyz019公交-:+\"\\() ";
    private static readonly string[] Fields = ["organization", "tags", "res_format", "license_id"];
    private static readonly Gen<string> Words = Gen.String[Gen.Int[0, Letters.Length - 1].Select(i => Letters[i]), 1, 8];

    private static readonly Gen<Filter.Clause> Clauses = Gen.Select(Gen.Int[0, 3].Select(i => Fields[i]), Words.List[1, 3], Gen.Bool, (field, values, isNot) => new Filter.Clause(field, values, isNot));

    [Fact]
    public void What_is_written_by_the_rules_is_read_back() =>
        Gen.Select(Clauses.List[0, 6], Gen.Int[0, 3]).Sample((clauses, style) =>
        {
            var text = string.Join(style == 0 ? " AND " : "  ", clauses.Select(c => Write(c, style)));
            var read = Filter.Parse(text);
            Assert.NotNull(read);
            Assert.Equal(clauses.Select(c => (c.Field, string.Join('\u0001', c.Values), c.IsNot)), read.Clauses.Select(c => (c.Field, string.Join('\u0001', c.Values), c.IsNot)));
        }, seed: "0000KeQ2cHw4", iter: 5000);

    [Fact]
    public void Anything_at_all_is_read_or_refused_and_never_throws() =>
        Gen.String[0, 60].Sample(text => Filter.Parse(text)?.Clauses.Count is null or >= 0, seed: "0000KeQ2cHw4", iter: 5000);

    [Theory]
    [InlineData("organization:")]
    [InlineData(":x")]
    [InlineData("tags:\"open")]
    [InlineData("tags:(a OR")]
    [InlineData("tags:()")]
    [InlineData("just words")]
    public void What_is_no_filter_is_refused(string text) => Assert.Null(Filter.Parse(text));

    private static string Write(Filter.Clause clause, int style)
    {
        var values = clause.Values.Select(v => '"' + v.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"').ToList();
        var value = values.Count == 1 && style != 2 ? values[0] : $"({string.Join(" OR ", values)})";
        return $"{(clause.IsNot ? style == 3 ? "NOT " : "-" : style == 1 ? "+" : "")}{clause.Field}:{value}";
    }
}
