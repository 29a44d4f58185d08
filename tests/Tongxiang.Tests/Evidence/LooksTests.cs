using System.Globalization;
using System.Text;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Evidence;

public sealed class LooksTests
{
    private const string People = "0199a000-0000-7000-8000-000000000001";
    private const string Pupils = "0199a000-0000-7000-8000-000000000002";

    private static async Task<long> Disclose(EvidenceLab lab, string scope, params string[] ids)
    {
        using var subjects = new SubjectList();
        foreach (var id in ids) subjects.Add(SubjectKind.Citizen, Encoding.UTF8.GetBytes(id));
        return (await lab.Log.Witness(lab.Happened("gateway.answered", "a1", facts: [("rows", "1")]) with { Disclosed = new Disclosed(scope, subjects) }, default)).Index;
    }

    private static async Task<IReadOnlyList<long>> Of(EvidenceLab lab, Disclosures door, string id, int most = 500) =>
        [.. (await door.Of(SubjectKind.Citizen, id, lab.Lab.Clock.GetUtcNow().AddYears(-1), lab.Lab.Clock.GetUtcNow().AddDays(1), most, default)).Items.Select(i => i.Index)];

    [Theory, EveryStore]
    public async Task A_persons_disclosures_are_complete_whether_in_runs_or_at_the_logs_end(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        using var door = new Disclosures(lab.Lab.Db, lab.Log);
        using var index = new JournalIndex(lab.Log);
        var mine = new List<long>();
        for (var round = 0; round < 10; round++)
        {
            mine.Add(await Disclose(lab, round % 2 == 0 ? People : Pupils, "29010119800101001x", $"other-{round}"));
            await Disclose(lab, People, "290102198001010020");
            await lab.Log.Witness(lab.Happened("catalog.published"), default);
            if (round == 5) lab.Lab.Clock.Advance(TimeSpan.FromDays(40));
            Assert.Equal(mine.AsEnumerable().Reverse(), await Of(lab, door, "29010119800101001X"));
            await index.Grow(1, default);
            Assert.Equal(mine.AsEnumerable().Reverse(), await Of(lab, door, "29010119800101001X"));
        }
        Assert.Equal([.. mine.AsEnumerable().Reverse().Take(3)], await Of(lab, door, "29010119800101001X", most: 3));
        Assert.Empty(await Of(lab, door, "290102198001010039"));
        // Two resources, two months: four keys; runs were merged on the way.
        Assert.Equal(4, index.ByKey().Count);
        Assert.True(index.ByKey().All(k => k.Count() < 8));
    }

    [Fact]
    public async Task An_index_that_is_lost_or_was_left_half_made_comes_again()
    {
        await using var lab = await EvidenceLab.Open(Store.Sqlite);
        using var door = new Disclosures(lab.Lab.Db, lab.Log);
        using var index = new JournalIndex(lab.Log);
        await Disclose(lab, People, "p1");
        await index.Grow(1, default);
        await Disclose(lab, People, "p1");
        var folder = Path.Combine(lab.Lab.Home.Log, "journal");
        await File.WriteAllTextAsync(Path.Combine(folder, "1-1-2.run"), "cut short");
        await index.Grow(1, default);
        Assert.Equal([1L, 0], await Of(lab, door, "p1"));
        Directory.Delete(folder, recursive: true);
        Assert.Equal([1L, 0], await Of(lab, door, "p1"));
        await index.Grow(1, default);
        Assert.Equal(2, index.Position);
        Assert.Equal([1L, 0], await Of(lab, door, "p1"));
    }

    [Theory, EveryStore]
    public async Task With_its_key_a_months_index_is_gone_and_the_rest_stands(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        using var door = new Disclosures(lab.Lab.Db, lab.Log);
        await Disclose(lab, People, "p1");
        await Disclose(lab, Pupils, "p1");
        await new JournalIndex(lab.Log).Grow(1, default);
        var gone = await door.Destroy(People, 202609, key => lab.Happened("share.journal-key-destroyed", facts: [("print", key.Print)]), default);
        Assert.NotNull(gone!.DestroyedAt);
        Assert.Null(await door.Destroy(People, 202609, _ => lab.Happened("x"), default));
        var looks = await door.Of(SubjectKind.Citizen, "p1", lab.Lab.Clock.GetUtcNow().AddDays(-40), lab.Lab.Clock.GetUtcNow().AddDays(1), 9, default);
        Assert.Equal((1L, 1), (Assert.Single(looks.Items).Index, looks.Lost));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(lab.Lab.Home.Log, "journal"), "*.run"));
        Assert.Equal(2, (await door.Keys(default)).Count);
    }

    // A clerk with the whole data folder, but without the node's key, has places and counts; no file holds an identifier or a pseudonym in clear.
    [Fact]
    public async Task The_files_alone_name_nobody()
    {
        await using var lab = await EvidenceLab.Open(Store.Sqlite);
        await Disclose(lab, People, "29010119800101001X");
        await new JournalIndex(lab.Log).Grow(1, default);
        var key = await lab.Log.Journal.Open(1, default);
        var pseudonym = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(pseudonym, key!.Pseudonym(SubjectKind.Citizen, "29010119800101001X"u8));
        await lab.Log.DisposeAsync();
        foreach (var file in Directory.EnumerateFiles(lab.Lab.Home.Root, "*", SearchOption.AllDirectories).Where(f => !f.Contains("control.db", StringComparison.Ordinal)))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.Equal(-1, bytes.AsSpan().IndexOf("29010119800101001X"u8));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(pseudonym.AsSpan(0, 8)));
        }
    }

    [Theory, EveryStore]
    public async Task Only_candidates_that_were_disclosed_are_named_and_the_rest_is_counted(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        using var door = new Disclosures(lab.Lab.Db, lab.Log);
        await Disclose(lab, People, "p1", "p2", "p9");
        await Disclose(lab, Pupils, "p2");
        await Disclose(lab, Pupils, "p3", "p2");
        var (from, until) = (lab.Lab.Clock.GetUtcNow().AddDays(-1), lab.Lab.Clock.GetUtcNow().AddDays(1));
        // Held at once or in many readings: the same persons, each once.
        foreach (var held in new[] { Disclosures.Held, 4, 1 })
        {
            var found = new List<string>();
            var unnamed = await door.Name(new DisclosureScope { Agency = "a1" }, from, until, SubjectKind.Citizen, () => Candidates("p1", "p2", "p3", "p2", "p4"), Take, default, held);
            Assert.Equal(["p1", "p2", "p3"], found.Order(StringComparer.Ordinal));
            Assert.Equal(new Unnamed(1, 0, 0, 0), unnamed);

            ValueTask Take(string one)
            {
                found.Add(one);
                return ValueTask.CompletedTask;
            }
        }
    }

    [Theory, EveryStore]
    public async Task Whose_key_was_destroyed_is_counted_and_not_named(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        using var door = new Disclosures(lab.Lab.Db, lab.Log);
        await Disclose(lab, People, "p1", "p2");
        await Disclose(lab, People, "p2");
        await Disclose(lab, Pupils, "p3");
        await door.Destroy(People, 202609, key => lab.Happened("share.journal-key-destroyed", facts: [("print", key.Print)]), default);
        var (from, until, found) = (lab.Lab.Clock.GetUtcNow().AddDays(-1), lab.Lab.Clock.GetUtcNow().AddDays(1), new List<string>());
        var unnamed = await door.Name(new DisclosureScope(), from, until, SubjectKind.Citizen, () => Candidates("p1", "p2", "p3"), Take, default);
        Assert.Equal(["p3"], found);
        Assert.Equal(new Unnamed(0, 2, 3, 0), unnamed);
        var count = await door.Count(new DisclosureScope(), from, until, default);
        Assert.Equal((1L, 2L, 3L), (count.PersonsAtMost, count.Lost, count.LostPersons));

        ValueTask Take(string one)
        {
            found.Add(one);
            return ValueTask.CompletedTask;
        }
    }

    [Theory]
    [InlineData("2026-09-30T15:59:59.999Z", 202609)]
    [InlineData("2026-09-30T16:00:00Z", 202610)]
    [InlineData("2026-12-31T23:59:59+08:00", 202612)]
    public void A_key_is_of_the_month_in_Beijing_from_whose_end_its_years_count(string at, int month)
    {
        var instant = DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);
        Assert.Equal(month, KeyRetention.MonthOf(instant));
        Assert.False(KeyRetention.MayDestroy(month, 3, instant.AddYears(3)));
    }

    [Theory]
    [InlineData(202609, 3, "2029-10-01T00:00:00+08:00", true)]
    [InlineData(202609, 3, "2029-09-30T23:59:59+08:00", false)]
    [InlineData(202612, 3, "2030-01-01T00:00:00+08:00", true)]
    [InlineData(202609, 0, "2026-09-18T09:00:00+08:00", false)]
    [InlineData(202609, -1, "2040-01-01T00:00:00+08:00", false)]
    public void No_key_goes_before_its_years_are_over(int month, int years, string now, bool may) =>
        Assert.Equal(may, KeyRetention.MayDestroy(month, years, DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

    private static async IAsyncEnumerable<string> Candidates(params string[] all)
    {
        foreach (var one in all)
        {
            await Task.Yield();
            yield return one;
        }
    }
}
