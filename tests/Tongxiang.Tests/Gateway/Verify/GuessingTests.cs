using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Catalog;
using Tongxiang.Core.Behaviour;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Watch;
using Tongxiang.Watch;

namespace Tongxiang.Tests.Gateway.Verify;

/// <summary>Verifications as the watcher sees them: guessing shows, whether asked one by one or in one call; honest work does not.</summary>
public sealed class GuessingTests
{
    private const int Known = 400;

    [Theory, EveryStore]
    public async Task Ids_guessed_one_by_one_raise_the_sign_of_misses(Store store)
    {
        await using var lab = await Open(store);
        for (var i = 0; i < 30; i++) await Ask(lab, 2, [Guess(i)], isBatch: false);
        Assert.Contains(Sign.Misses, Assert.Single(await Signs(lab)));
    }

    [Theory, EveryStore]
    public async Task A_true_id_with_guessed_names_is_one_miss_and_a_name_tried_on_many_ids_is_many(Store store)
    {
        await using var lab = await Open(store);
        for (var i = 0; i < 5; i++) await Ask(lab, 2, [(Person(0).Id, $"猜{i}")], isBatch: false);
        Assert.Empty(await Signs(lab));
        for (var i = 1; i < 30; i++) await Ask(lab, 2, [(Person(i).Id, "王小二")], isBatch: false);
        Assert.Contains(Sign.Misses, Assert.Single(await Signs(lab)));
    }

    [Theory, EveryStore]
    public async Task Guesses_hidden_in_one_call_raise_it_too_and_neighbours_raise_enumeration(Store store)
    {
        await using var lab = await Open(store);
        await Ask(lab, 1, [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? Guess(i) : Person(i))]);
        Assert.Contains(Sign.Misses, Assert.Single(await Signs(lab)));

        await using var other = await Open(store);
        await Ask(other, 1, [.. Enumerable.Range(100, 60).Select(i => ($"2901011980010{i:0000}0", Person(i).Name))]);
        Assert.Contains(await Signs(other), signs => signs.Contains(Sign.Enumeration));
    }

    [Theory, EveryStore]
    public async Task The_typos_of_honest_work_raise_nothing(Store store)
    {
        await using var lab = await Open(store);
        // An officer: one in twenty mistyped, and asked again with the right number.
        for (var i = 0; i < 120; i++)
        {
            if (i % 20 == 7) await Ask(lab, 4, [Guess(i)], isBatch: false);
            await Ask(lab, 4, [Person(i)], isBatch: false);
        }
        Assert.Empty(await Signs(lab));

        // A nightly comparison: a thousand questions at once, one in thirty is no match.
        await using var nightly = await Open(store);
        for (var night = 0; night < 3; night++) await Ask(nightly, 24 * 60, [.. Enumerable.Range(0, 1_000).Select(i => i % 30 == 11 ? Guess(i) : Person(i % Known))]);
        Assert.Empty(await Signs(nightly));
    }

    private static async Task<GatewayLab> Open(Store store)
    {
        var lab = await WatchLab.Open(store, services =>
        {
            services.AddSingleton<Tongxiang.Agencies.Calendar>();
            services.AddSingleton(new WatchSettings());
        });
        await lab.Get<Policy>().Seed(default);
        var entry = await lab.Add(People.Entry(lab), [.. Enumerable.Range(0, Known).Select(Person).Select(p => new object?[] { p.Id, p.Name, "290101", "13900000001" })]);
        lab.Grant(entry, GatewayLab.Consumer, ["id", "name"], change: g => g with { Modes = [Mode.Verification], NeedsCase = true });
        return lab;
    }

    // Numbers that lie far from each other, as those of real people do.
    private static (string Id, string Name) Person(int i) => (Number(i), $"张{i}");

    private static (string Id, string Name) Guess(int i) => (Number(Known + i), $"李{i}");

    private static string Number(int i) => (290_101_194_001_010_000 + (long)i * 7_919_000_003 % 900_000_000_000).ToString(CultureInfo.InvariantCulture);

    private static async Task Ask(GatewayLab lab, int minutes, IReadOnlyList<(string Id, string Name)> asked, bool isBatch = true)
    {
        var questions = asked.Select(a => new { key = new { id = a.Id }, claims = new { name = a.Name } }).ToList();
        using var answer = await lab.Call("/verify/people", GatewayLab.Consumer, method: HttpMethod.Post, change: r =>
        {
            r.Content = isBatch ? JsonContent.Create(new { items = questions }) : JsonContent.Create(questions[0]);
            r.Headers.Add("Data-Case", "DB1");
            r.Headers.Add("Data-Operator", "clerk");
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await lab.Get<Watching>().Drain(default);
        lab.Store.Clock.Advance(TimeSpan.FromMinutes(minutes));
    }

    private static async Task<List<List<Sign>>> Signs(GatewayLab lab) =>
        [.. (await lab.Get<Alarms>().List(WatchLab.Guard, null, default)).Value.Select(alarm => alarm.Reasons.Select(r => r.Sign).ToList())];
}
