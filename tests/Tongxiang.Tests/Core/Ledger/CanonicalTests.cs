using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class CanonicalTests
{
    [Theory]
    [InlineData("""{ "b": 1, "a": [ true, false, null, "x" ], "": {} }""", """{"":{},"a":[true,false,null,"x"],"b":1}""")]
    [InlineData("""{ "€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\u0080": 6, "ö": 7 }""", "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}")] // the order of RFC 8785 §3.2.3
    [InlineData("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"", "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")] // the text of RFC 8785 §3.2.2
    [InlineData("[9007199254740991, -9007199254740991, 0, -5]", "[9007199254740991,-9007199254740991,0,-5]")]
    [InlineData("\"\\b\\f\\t\\u007f𠮷\"", "\"\\b\\f\\t\u007f𠮷\"")]
    public void A_value_has_one_form(string json, string canonical) =>
        Assert.Equal(canonical, Encoding.UTF8.GetString(Canonical.Json(JsonNode.Parse(json))));

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("9007199254740992")]
    [InlineData("-9007199254740992")]
    [InlineData("-0.0")]
    public void A_number_that_other_programs_may_read_differently_is_refused(string json) =>
        Assert.Throws<ArgumentException>(() => Canonical.Json(JsonNode.Parse(json)));

    [Fact]
    public void Half_a_surrogate_pair_is_refused() =>
        Assert.Throws<ArgumentException>(() => Canonical.Json(new JsonObject { ["a"] = "x\ud83dy" }));

    [Fact]
    public void Values_made_in_code_and_values_parsed_agree()
    {
        var made = new JsonObject { ["rows"] = 12L, ["n"] = 7, ["who"] = "民政局", ["ok"] = true, ["none"] = null };
        Assert.Equal(Canonical.Json(made), Canonical.Json(JsonNode.Parse(made.ToJsonString())));
    }

    [Fact]
    public void The_order_of_members_changes_nothing() =>
        Gen.Select(Gen.String, Gen.Long[-1000, 1000]).Array[0, 12].Sample(members =>
        {
            var distinct = members.DistinctBy(m => m.Item1).Where(m => !m.Item1.Any(char.IsSurrogate)).ToArray();
            JsonObject Make(IEnumerable<(string, long)> from) => new(from.Select(m => KeyValuePair.Create(m.Item1, (JsonNode?)m.Item2)));
            return Canonical.Json(Make(distinct)).AsSpan().SequenceEqual(Canonical.Json(Make(distinct.Reverse())));
        }, iter: 500);
}
