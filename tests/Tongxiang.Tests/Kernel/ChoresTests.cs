using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Kernel;

public sealed class ChoresTests
{
    [Theory, EveryStore]
    public async Task A_lease_belongs_to_one_copy_until_it_runs_out(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        using var one = new Chores([], lab.Db, lab.Clock, NullLogger<Chores>.Instance);
        using var other = new Chores([], lab.Db, lab.Clock, NullLogger<Chores>.Instance);
        Assert.True(await one.Lease("sequence", default));
        Assert.True(await one.Lease("sequence", default));
        Assert.False(await other.Lease("sequence", default));
        lab.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.True(await other.Lease("sequence", default));
        Assert.False(await one.Lease("sequence", default));
    }

    [Theory, EveryStore]
    public async Task A_failing_chore_is_tried_again_and_does_not_stop_the_others(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        var failed = 0;
        using var thrice = new SemaphoreSlim(0);
        using var chores = new Chores(
            [
                new Chore("bad", TimeSpan.FromSeconds(1), _ => Interlocked.Increment(ref failed) > 0 ? throw new InvalidOperationException("no") : Task.CompletedTask),
                new Chore("good", TimeSpan.FromSeconds(1), _ => Task.FromResult(thrice.Release())),
            ],
            lab.Db, lab.Clock, NullLogger<Chores>.Instance);
        await chores.StartAsync(default);
        for (var run = 0; run < 3; run++)
        {
            while (!await thrice.WaitAsync(TimeSpan.FromMilliseconds(20))) lab.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await chores.StopAsync(default);
        Assert.True(failed > 1);
    }
}
