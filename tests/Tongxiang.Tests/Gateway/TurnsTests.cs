using Tongxiang.Gateway;

namespace Tongxiang.Tests.Gateway;

public sealed class TurnsTests
{
    [Fact]
    public async Task While_there_are_places_nobody_waits()
    {
        var turns = new Turns(3, 10);
        var held = new List<Turn?>();
        for (var i = 0; i < 3; i++) held.Add(await turns.Enter("a", default));
        Assert.Equal((3, 0), turns.Now);
        foreach (var turn in held) turn!.Dispose();
        Assert.Equal((0, 0), turns.Now);
    }

    [Fact]
    public async Task A_newcomer_goes_before_the_crowd_of_another()
    {
        var turns = new Turns(2, 100);
        var first = await turns.Enter("crowd", default);
        await turns.Enter("crowd", default);
        var crowd = Enumerable.Range(0, 50).Select(_ => turns.Enter("crowd", default).AsTask()).ToList();
        var newcomer = turns.Enter("newcomer", default).AsTask();
        Assert.False(newcomer.IsCompleted);
        first!.Dispose();
        Assert.NotNull(await newcomer.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.All(crowd, t => Assert.False(t.IsCompleted));
    }

    [Fact]
    public async Task Equals_take_turns_and_every_place_is_given_once()
    {
        var turns = new Turns(1, 100);
        var holder = await turns.Enter("z", default);
        var order = new List<string>();
        var waiting = new List<Task>();
        foreach (var name in (string[])["a", "a", "a", "b", "b", "c"])
        {
            waiting.Add(Note(turns.Enter(name, default).AsTask(), name));
        }
        holder!.Dispose();
        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["a", "b", "c", "a", "b", "a"], order);
        Assert.Equal((0, 0), turns.Now);

        async Task Note(Task<Turn?> entering, string name)
        {
            using var turn = await entering;
            order.Add(name);
        }
    }

    [Fact]
    public async Task Who_has_too_many_waiting_is_told_to_come_again_but_files_are_patient()
    {
        var turns = new Turns(1, 2);
        var holder = await turns.Enter("a", default);
        var waiting = new[] { turns.Enter("a", default).AsTask(), turns.Enter("a", default).AsTask() };
        Assert.Null(await turns.Enter("a", default));
        var file = turns.Enter("a", default, isPatient: true).AsTask();
        holder!.Dispose();
        foreach (var next in (Task<Turn?>[])[.. waiting, file]) (await next.WaitAsync(TimeSpan.FromSeconds(30)))!.Dispose();
        Assert.Equal((0, 0), turns.Now);
    }

    [Fact]
    public async Task Who_goes_away_leaves_no_place_behind()
    {
        var turns = new Turns(1, 10);
        var holder = await turns.Enter("a", default);
        using var gone = new CancellationTokenSource();
        var left = turns.Enter("b", gone.Token).AsTask();
        var stays = turns.Enter("c", default).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        holder!.Dispose();
        using var turn = await stays.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((1, 0), turns.Now);
    }

    [Fact]
    public async Task Under_many_threads_no_place_is_lost_and_none_is_given_twice()
    {
        var turns = new Turns(4, 1_000);
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                using var turn = await turns.Enter("c" + worker % 5, default);
                var now = Interlocked.Increment(ref inside);
                if (now > Volatile.Read(ref most)) Volatile.Write(ref most, now);
                if (i % 7 == 0) await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
        }))).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.InRange(most, 1, 4);
        Assert.Equal((0, 0), turns.Now);
    }
}
