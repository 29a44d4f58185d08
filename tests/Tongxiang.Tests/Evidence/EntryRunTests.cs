using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Evidence;

/// <summary>The index of the log in the control data: runs of entries that are alike.</summary>
public sealed class EntryRunTests
{
    [Fact]
    public void Places_and_times_come_back_as_they_were_written()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var batch = random.NextInt64(1L << 50);
            var moments = new List<Moment>();
            var place = batch;
            for (var i = random.Next(1, 60); i > 0; i--)
            {
                moments.Add(new Moment(place, random.Next(3) == 0 ? random.NextInt64(-(1L << 45), 1L << 45) : 1_790_000_000_000 + random.Next(5_000)));
                place += random.NextInt64(1, 1 << random.Next(1, 20));
            }
            Assert.Equal(moments, Moments.Read(batch, Moments.Write(batch, moments)));
        }
    }

    [Theory]
    [InlineData("80")]
    [InlineData("01")]
    [InlineData("0102ff")]
    [InlineData("ffffffffffffffffffffff01")]
    public void Damaged_places_are_named_and_never_guessed(string hex) =>
        Assert.Contains("come again from the log", Assert.Throws<InvalidDataException>(() => Moments.Read(0, Convert.FromHexString(hex))).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        var random = new Random(7);
        var bytes = new byte[40];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            try
            {
                Moments.Read(random.NextInt64(1_000), bytes.AsSpan(0, random.Next(bytes.Length)));
            }
            catch (InvalidDataException)
            {
                // Named, as it should be.
            }
        }
    }

    // Some entries are indexed from memory, some from the log after a restart, some are business changes; the answers must not differ from a walk over all of them.
    [Theory, EveryStore]
    public async Task The_index_answers_as_a_walk_over_every_entry_would(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var random = new Random(5);
        var all = new List<(long Place, Happening Happening)>();
        for (var round = 0; round < 6; round++)
        {
            for (var i = random.Next(20, 60); i > 0; i--)
            {
                var made = Made(lab, random);
                if (random.Next(8) == 0) await lab.Append(made);
                else all.Add(((await lab.Log.Witness(made, default)).Index, made));
                if (random.Next(3) == 0) lab.Lab.Clock.Advance(TimeSpan.FromSeconds(random.Next(200)));
            }
            if (round % 2 == 1)
            {
                await lab.Log.DisposeAsync();
                lab.Restart();
            }
            await lab.Sequencer.Run(default);
        }
        var book = await lab.Log.Open(default);
        for (var place = 0L; place < book.Log.Size; place++)
        {
            if (all.Any(e => e.Place == place)) continue;
            var (leaf, opening) = book.Log.Read(place);
            all.Add((place, (await lab.Log.Read(leaf, opening, default))!.Value.Record.Happening));
        }

        for (var round = 0; round < 60; round++)
        {
            var (reader, query) = (random.Next(3) == 0 ? new OpeningReader(null, IsAuditor: true) : new OpeningReader("a" + random.Next(4)), Asked(random, all));
            var expected = all.Where(e => Sees(reader, e.Happening) && Fits(query, e.Place, e.Happening)).OrderByDescending(e => e.Place).ToList();
            var (found, after) = (new List<long>(), (string?)null);
            do
            {
                var page = await lab.Openings.List(reader, query with { After = after, Limit = 7 }, default);
                found.AddRange(page.Items.Select(o => o.Index));
                after = page.Next;
            }
            while (after is not null);
            Assert.Equal(expected.Select(e => e.Place), found);

            var counts = await lab.Openings.Counts(reader, query, "gateway.", default);
            Assert.Equal(
                expected.Where(e => e.Happening.Kind.StartsWith("gateway.", StringComparison.Ordinal)).GroupBy(e => (e.Happening.Facts["resource"], e.Happening.Agency, e.Happening.Kind)).Select(g => (g.Key, (long)g.Count())).Order(),
                counts.Select(c => ((c.Resource!, c.Agency, c.Kind), c.Count)).Order());

            var one = random.NextInt64(-1, book.Log.Size + 1);
            Assert.Equal(all.Any(e => e.Place == one && Sees(reader, e.Happening)), await lab.Openings.Find(reader, one, default) is not null);

            var (from, until) = (all[random.Next(all.Count)].Happening.At, all[random.Next(all.Count)].Happening.At);
            Assert.Equal(
                (all.Where(e => e.Happening.At < from).Select(e => e.Place).DefaultIfEmpty(0).Max(), all.Where(e => e.Happening.At > until).Select(e => e.Place).DefaultIfEmpty(book.Log.Size - 1).Min() + 1),
                await lab.Openings.Between(from, until, default));
        }
    }

    [Theory, EveryStore]
    public async Task Calls_that_are_alike_share_a_row_however_many_come(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        for (var i = 0; i < 300; i++) await lab.Log.Witness(lab.Happened("gateway.answered", "a" + i % 3, "grant:" + i % 3, ("resource", "people"), ("rows", i.ToString(System.Globalization.CultureInfo.InvariantCulture))), default);
        await lab.Sequencer.Run(default);
        Assert.Equal((3, 300), await lab.Lab.Db.One($"select count(*), sum(entries) from evidence_run", r => ((int)r.GetInt64(0), (int)r.GetInt64(1)), default));
    }

    [Theory, EveryStore]
    public async Task Under_load_the_index_gathers_but_neither_for_long_nor_before_a_business_change(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        Task<long> Indexed() => lab.Lab.Db.One($"select indexed from evidence_log", r => r.GetInt64(0), default);
        async Task Crowd(int calls)
        {
            await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => lab.Log.Witness(lab.Happened("gateway.answered", "a1", "grant:1", ("resource", "people")), default).AsTask()));
            await lab.Sequencer.Run(default);
        }
        await Crowd(1);
        await Crowd(2_500);
        Assert.Equal(1, await Indexed());
        await Crowd(500);
        Assert.Equal(1, await Indexed());
        lab.Lab.Clock.Advance(TimeSpan.FromSeconds(4));
        await Crowd(1);
        Assert.Equal(3_002, await Indexed());

        await Crowd(2_100);
        Assert.Equal(3_002, await Indexed());
        var id = await lab.Append(lab.Happened("share.granted"));
        await lab.Sequencer.Run(default);
        Assert.Equal(5_103, await Indexed());
        Assert.Equal(5_102, (await lab.Log.Of(id, default))!.Index);
        Assert.Equal(5_103, (await lab.Openings.Counts(new OpeningReader(null, IsAuditor: true), new OpeningQuery(), "", default)).Sum(c => c.Count));
    }

    private static Happening Made(EvidenceLab lab, Random random)
    {
        var kind = random.Next(3) switch { 0 => "gateway.answered", 1 => "gateway.refused", _ => "share.granted" };
        return lab.Happened(kind, random.Next(5) == 0 ? null : "a" + random.Next(4), "grant:" + random.Next(3), ("resource", "r" + random.Next(3)), ("n", random.Next().ToString(System.Globalization.CultureInfo.InvariantCulture))) with
        {
            Parties = [.. Enumerable.Range(0, 4).Where(_ => random.Next(4) == 0).Select(i => "a" + i)],
            // Calls are witnessed in another order than they came.
            At = lab.Lab.Clock.GetUtcNow().AddMilliseconds(-random.Next(90_000)),
        };
    }

    private static OpeningQuery Asked(Random random, List<(long Place, Happening Happening)> all)
    {
        T? Maybe<T>(T value) where T : class => random.Next(4) == 0 ? value : null;
        DateTimeOffset? Time() => random.Next(3) == 0 ? all[random.Next(all.Count)].Happening.At : null;
        return new OpeningQuery
        {
            Kind = Maybe("gateway.answered"),
            Subject = Maybe("grant:1"),
            Resource = Maybe("r2"),
            Agency = Maybe("a1"),
            From = Time(),
            Until = Time(),
            FirstIndex = random.Next(4) == 0 ? random.Next(all.Count) : null,
            EndIndex = random.Next(4) == 0 ? random.Next(all.Count) : null,
        };
    }

    private static bool Sees(OpeningReader reader, Happening h) => reader.IsAuditor || h.Agency == reader.Agency || h.Parties.Contains(reader.Agency!);

    private static bool Fits(OpeningQuery q, long place, Happening h) =>
        (q.Kind is null || h.Kind == q.Kind) && (q.Subject is null || h.Subject == q.Subject) && (q.Resource is null || h.Facts.GetValueOrDefault("resource") == q.Resource) && (q.Agency is null || h.Agency == q.Agency)
        && (q.From is null || h.At >= q.From) && (q.Until is null || h.At < q.Until) && (q.FirstIndex is null || place >= q.FirstIndex) && (q.EndIndex is null || place < q.EndIndex);
}
