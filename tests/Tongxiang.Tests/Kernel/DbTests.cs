using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Kernel;

public sealed class DbTests
{
    [Theory, EveryStore]
    public async Task A_hole_is_a_parameter_and_never_text(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        var hostile = "x'; drop table kernel_lease; --";
        await lab.Db.Run($"insert into kernel_lease (name, holder, until_at) values ({hostile}, {"me"}, {lab.Clock.GetUtcNow()})", default);
        var found = await lab.Db.List($"select name, until_at from kernel_lease where name in {new[] { "a", hostile }}", r => (r.GetString(0), r.Instant(1)), default);
        Assert.Equal([(hostile, lab.Clock.GetUtcNow())], found);
    }

    [Theory, EveryStore]
    public async Task A_failed_commit_leaves_nothing(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await Assert.ThrowsAsync<InvalidOperationException>(() => lab.Db.Commit(async tx =>
        {
            await tx.Run($"insert into kernel_feed (name, done) values ({"f"}, {1L})");
            throw new InvalidOperationException("halfway");
        }, default));
        Assert.Equal(0, await lab.Db.One($"select count(*) from kernel_feed", r => r.GetInt64(0), default));
    }

    [Theory, EveryStore]
    public async Task A_sequence_has_no_gap_and_no_double_under_concurrent_commits(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        var numbers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => lab.Db.Commit(tx => tx.Next("n"), default)));
        Assert.Equal(Enumerable.Range(1, 40).Select(i => (long)i), numbers.Order());
    }

    [Theory, EveryStore]
    public async Task Text_sorts_by_bytes_on_both_stores(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        foreach (var name in new[] { "b", "A", "a", "B", "中", "é" })
            await lab.Db.Run($"insert into kernel_feed (name, done) values ({name}, {0L})", default);
        var sorted = await lab.Db.List($"select name from kernel_feed order by name", r => r.GetString(0), default);
        Assert.Equal(["A", "B", "a", "b", "é", "中"], sorted);
    }

    [Theory, EveryStore]
    public async Task A_null_hole_is_a_null_on_both_stores(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        string? nothing = null;
        await lab.Db.Run($"insert into kernel_idempotency (scope, key, digest, holder, content_type, created_at) values ({"s"}, {"k"}, {"d"}, {"h"}, {nothing}, {0L})", default);
        Assert.Equal(1, await lab.Db.One($"select count(*) from kernel_idempotency where content_type is null and (cast({nothing} as text) is null or scope = {nothing})", r => r.GetInt64(0), default));
    }
}
