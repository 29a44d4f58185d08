using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class DistinctTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(10_000, 10_000, 1)]
    [InlineData(100_000, 30_000, 10)]
    [InlineData(100_000, 3, 10)]
    public void However_many_rounds_it_takes_the_number_is_exact(int values, int different, int rounds)
    {
        var random = new Random(20260918);
        var pool = Enumerable.Range(0, different).Select(_ => new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64())).ToArray();
        var all = Enumerable.Range(0, values).Select(i => pool[i < different ? i : random.Next(different)]).ToArray();
        var distinct = new Distinct(values, 10_000);
        Assert.Equal(rounds, distinct.Rounds);
        for (var round = 0; round < distinct.Rounds; round++)
        {
            foreach (var value in all) distinct.Add(value, round);
            distinct.EndRound();
        }
        Assert.Equal(all.Distinct().Count(), distinct.Count);
    }
}
