using System.Text.Json.Nodes;
using CsCheck;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Record = Tongxiang.Evidence.Record;

namespace Tongxiang.Tests.Evidence;

public sealed class RecordTests
{
    private static readonly Gen<string> Texts = Gen.Char["ab\"\\\n\t\u0001\u007f 中é{}:,"].Array[0, 8].Select(c => new string(c));

    [Fact]
    public void A_record_is_canonical_and_read_back_whatever_its_texts() =>
        Gen.Select(Texts, Texts.Null(), Gen.Dictionary(Texts, Texts)[0, 6], Texts.Array[0, 3], Texts.Null(), Gen.Long[0, 4_000_000_000_000]).Sample((kind, agency, facts, parties, id, at) =>
        {
            var happening = new Happening(kind, "actor" + kind, agency, "entry:" + kind, DateTimeOffset.FromUnixTimeMilliseconds(at), facts) { Parties = parties };
            var bytes = new Record(id, happening).Canonical();
            Assert.Equal(Canonical.Json(JsonNode.Parse(bytes)), bytes);
            var back = Record.Read(bytes);
            Assert.Equal((id, kind, agency, happening.Subject, happening.At), (back.Id, back.Happening.Kind, back.Happening.Agency, back.Happening.Subject, back.Happening.At));
            Assert.Equal(facts, back.Happening.Facts);
            Assert.Equal(parties, back.Happening.Parties);
        }, iter: 2000);

    [Fact]
    public void A_happening_too_large_for_an_entry_is_refused_before_anything_is_written() =>
        Assert.Throws<ArgumentException>(() => new Record(null, new Happening("a.b", "x", null, "s", DateTimeOffset.UnixEpoch, new Dictionary<string, string> { ["big"] = new('x', 70_000) })).Canonical());
}
