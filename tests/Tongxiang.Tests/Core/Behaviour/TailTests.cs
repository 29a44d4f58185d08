using Tongxiang.Core.Behaviour;

namespace Tongxiang.Tests.Core.Behaviour;

public sealed class TailTests
{
    [Fact]
    public void What_is_usual_does_not_surprise_and_more_surprises_more()
    {
        var tail = new Tail();
        var chance = new Random(1);
        for (var i = 0; i < 1500; i++) tail.Add(50 + chance.Next(100), null);
        Assert.InRange(tail.Mean, 90, 110);
        Assert.InRange(tail.Surprise(140, null), 0, 1);
        float[] rising = [tail.Surprise(300, null), tail.Surprise(600, null), tail.Surprise(1200, null)];
        Assert.Equal(rising.Order(), rising);
        Assert.True(rising[1] > 6, $"four times the largest ever seen: {rising[1]}");
    }

    [Fact]
    public void One_wild_amount_does_not_move_what_is_usual()
    {
        var tail = new Tail();
        for (var i = 0; i < 100; i++) tail.Add(10, null);
        tail.Add(1_000_000, null);
        Assert.InRange(tail.Mean, 10, 11);
    }

    [Fact]
    public void A_newcomer_is_measured_by_its_peers()
    {
        var peers = new Tail();
        var old = new Tail();
        for (var i = 0; i < 500; i++) old.Add(20 + i % 5, peers);
        var newcomer = new Tail();
        Assert.InRange(newcomer.Usual(peers), 15, 30);
        Assert.True(newcomer.Surprise(2000, peers) > 6);
        Assert.Equal(0, new Tail().Surprise(2000, null));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(40), InlineData(1000), InlineData(3000)]
    public void Different_keys_are_counted_to_a_tenth(int keys)
    {
        var distinct = new Distinct();
        for (var round = 0; round < 2; round++)
        {
            var digests = new Random(3);
            for (var i = 0; i < keys; i++) distinct.Add((ulong)digests.NextInt64());
        }
        Assert.InRange(distinct.Count, keys * 0.9, keys * 1.1 + 0.5);
        distinct.Clear();
        Assert.Equal(0, distinct.Count);
    }
}
