using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Evidence;

public sealed class EvidenceLogTests
{
    [Theory, EveryStore]
    public async Task A_business_change_gets_its_place_within_one_round(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var id = await lab.Append(lab.Happened("catalog.published"));
        Assert.Equal(36, id.Length);
        Assert.True(await lab.Log.IsWaiting(id, default));
        Assert.Null(await lab.Log.Of(id, default));
        await lab.Sequencer.Run(default);
        Assert.False(await lab.Log.IsWaiting(id, default));
        var receipt = await lab.Log.Of(id, default);
        var book = await lab.Log.Open(default);
        var proof = TlogProof.Parse(book.Prove(receipt!.Index)!.ToString());
        proof.Verify(TreeHash.Sha256, new Digest(receipt.Leaf), lab.Settings.LogOrigin, [.. book.Keys]);
        Assert.Equal(receipt.Leaf, TreeHash.Sha256.Leaf(proof.Extra.Span).ToArray());
    }

    [Theory, EveryStore]
    public async Task Evidence_of_a_commit_that_failed_does_not_exist(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        await Assert.ThrowsAsync<InvalidOperationException>(() => lab.Lab.Db.Commit(async tx =>
        {
            await lab.Log.Append(tx, lab.Happened("catalog.published"));
            throw new InvalidOperationException("the change fails");
        }, default));
        await lab.Sequencer.Run(default);
        Assert.Equal(0, (await lab.Log.Open(default)).Log.Size);
    }

    [Theory, EveryStore]
    public async Task A_call_is_durable_when_it_is_witnessed(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => lab.Log.Witness(lab.Happened("gateway.answered", subject: $"grant:{i}"), default).AsTask()));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), receipts.Select(r => r.Index).Order());
        Assert.StartsWith("origin=\"tongxiang.example/log\", index=", receipts[0].ToString(), StringComparison.Ordinal);
        await lab.Log.DisposeAsync();
        lab.Restart();
        Assert.Equal(50, (await lab.Log.Open(default)).Log.Size);
    }

    [Theory, EveryStore]
    public async Task A_kill_between_commit_and_sequencing_loses_nothing_and_doubles_nothing(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var ids = new List<string>();
        for (var i = 0; i < 7; i++) ids.Add(await lab.Append(lab.Happened("share.granted", subject: $"grant:{i}")));
        var book = await lab.Log.Open(default);
        // The crash comes after the rows are in the log and before the control data know it.
        await lab.Sequencer.AppendWaiting(book, default);
        Assert.Equal(7, book.Log.Size);
        await lab.Log.DisposeAsync();
        lab.Restart();
        ids.Add(await lab.Append(lab.Happened("share.granted", subject: "grant:7")));
        await lab.Sequencer.Run(default);
        await lab.Sequencer.Run(default);
        Assert.Equal(8, (await lab.Log.Open(default)).Log.Size);
        var receipts = new List<long>();
        foreach (var id in ids) receipts.Add((await lab.Log.Of(id, default))!.Index);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long)i), receipts.Order());
    }

    [Theory, EveryStore]
    public async Task Parties_and_auditors_read_openings_and_nobody_else(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        await lab.Log.Witness(lab.Happened("gateway.answered", "consumer", "grant:1", ("resource", "bus-stops"), ("grant", "1"), ("client", "c1"), ("rows", "3")) with { Parties = ["provider"] }, default);
        await lab.Log.Witness(lab.Happened("gateway.refused", "other", "grant:2", ("resource", "people"), ("grant", "2")), default);
        await lab.Append(lab.Happened("catalog.published", "provider"));
        await lab.Sequencer.Run(default);
        async Task<string[]> Seen(OpeningReader reader, OpeningQuery? query = null) =>
            [.. (await lab.Openings.List(reader, query ?? new(), default)).Items.Select(o => o.Happening.Kind)];
        Assert.Equal(["catalog.published", "gateway.refused", "gateway.answered"], await Seen(new(null, IsAuditor: true)));
        Assert.Equal(["catalog.published", "gateway.answered"], await Seen(new("provider")));
        Assert.Equal(["gateway.answered"], await Seen(new("consumer")));
        Assert.Empty(await Seen(new("stranger")));
        Assert.Empty(await Seen(new(null)));
        Assert.Null(await lab.Openings.Find(new("stranger"), 0, default));
        var auditor = new OpeningReader(null, IsAuditor: true);
        Assert.Equal(["gateway.answered"], await Seen(auditor, new() { Resource = "bus-stops", Grant = "1", Client = "c1", Kind = "gateway.answered", Subject = "grant:1", Agency = "consumer" }));
        Assert.Empty(await Seen(auditor, new() { From = lab.Lab.Clock.GetUtcNow().AddMinutes(1) }));
        Assert.Empty(await Seen(auditor, new() { Until = lab.Lab.Clock.GetUtcNow() }));
    }

    [Theory, EveryStore]
    public async Task Pages_of_openings_meet_without_gap_or_repeat(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        for (var i = 0; i < 11; i++) await lab.Log.Witness(lab.Happened("gateway.answered"), default);
        await lab.Sequencer.Run(default);
        var (seen, after) = (new List<long>(), (string?)null);
        do
        {
            var page = await lab.Openings.List(new("a1"), new() { After = after, Limit = 4 }, default);
            seen.AddRange(page.Items.Select(o => o.Index));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(Enumerable.Range(0, 11).Select(i => (long)(10 - i)), seen);
    }

    [Theory, EveryStore]
    public async Task Salt_and_record_of_an_opening_give_the_entry_of_the_public_log(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var receipt = await lab.Log.Witness(lab.Happened("gateway.answered", facts: ("matter", "办理居住证")), default);
        await lab.Sequencer.Run(default);
        var opening = await lab.Openings.Find(new("a1"), receipt.Index, default);
        var entry = Tongxiang.Evidence.Record.Commitment(opening!.Salt, Encoding.UTF8.GetBytes(opening.Record));
        Assert.Equal(receipt.Leaf, TreeHash.Sha256.Leaf(entry).ToArray());
        Assert.Equal("办理居住证", opening.Happening.Facts["matter"]);
        Assert.Equal(lab.Lab.Clock.GetUtcNow(), opening.Happening.At);
    }

    [Theory, EveryStore]
    public async Task An_opening_moved_to_another_entry_or_changed_does_not_open(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        await lab.Log.Witness(lab.Happened("a.b"), default);
        await lab.Log.Witness(lab.Happened("a.c"), default);
        var log = (await lab.Log.Open(default)).Log;
        var (first, second) = (log.Read(0), log.Read(1));
        Assert.NotNull(await lab.Log.Read(first.Leaf, first.Opening, default));
        Assert.Null(await lab.Log.Read(first.Leaf, second.Opening, default));
        Assert.Null(await lab.Log.Read(first.Leaf, [], default));
        for (var i = 0; i < first.Opening.Length; i++)
        {
            var changed = first.Opening.ToArray();
            changed[i] ^= 1;
            Assert.Null(await lab.Log.Read(first.Leaf, changed, default));
        }
    }

    [Theory, EveryStore]
    public async Task Open_reads_are_counted_without_address_and_witnessed_once(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        lab.Log.Count("bus-stops", 3, 100);
        lab.Log.Count("bus-stops", 3, 20);
        lab.Log.Count("air", 1, 5);
        await lab.Log.WitnessCounts(default);
        await lab.Log.WitnessCounts(default);
        await lab.Sequencer.Run(default);
        var seen = (await lab.Openings.List(new(null, IsAuditor: true), new() { Resource = "bus-stops" }, default)).Items;
        var facts = Assert.Single(seen).Happening.Facts;
        Assert.Equal(("2", "120", "3"), (facts["calls"], facts["rows"], facts["version"]));
        Assert.Equal(2, (await lab.Log.Open(default)).Log.Size);
    }

    // The disk goes away under the running log: the next segment cannot be made.
    [Fact]
    public async Task When_the_log_stops_calls_are_refused_open_reads_go_on_and_the_node_is_not_ready()
    {
        await using var lab = await EvidenceLab.Open(Store.Sqlite);
        var health = new LogTakes(lab.Log);
        var large = lab.Happened("gateway.answered", facts: ("note", new string('x', 60_000)));
        await lab.Log.Witness(large, default);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(new())).Status);
        Directory.Move(lab.Lab.Home.Log, lab.Lab.Home.Log + ".gone");
        var acknowledged = 1;
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (; acknowledged < 3000; acknowledged++) await lab.Log.Witness(large, default);
        });
        Assert.InRange(acknowledged, 100, 2999);
        await Assert.ThrowsAnyAsync<IOException>(async () => await lab.Log.Witness(large, default));
        Assert.NotNull(lab.Log.Stopped);
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(new())).Status);
        lab.Log.Count("bus-stops", 1, 5);
        await lab.Log.WitnessCounts(default);

        await lab.Log.DisposeAsync();
        Directory.Move(lab.Lab.Home.Log + ".gone", lab.Lab.Home.Log);
        lab.Restart();
        Assert.Equal(acknowledged, (await lab.Log.Open(default)).Log.Size);
    }

    [Theory, EveryStore]
    public async Task Counts_not_yet_witnessed_are_witnessed_when_the_node_stops(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        await lab.Log.Start(default);
        lab.Log.Count("bus-stops", 3, 100);
        await lab.Log.DisposeAsync();
        lab.Restart();
        await lab.Sequencer.Run(default);
        Assert.Equal("evidence.open-reads", Assert.Single((await lab.Openings.List(new(null, IsAuditor: true), new(), default)).Items).Happening.Kind);
    }

    [Theory, EveryStore]
    public async Task A_log_set_back_to_an_older_copy_does_not_start(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var segment = Path.Combine(lab.Lab.Home.Log, "000000000000000.seg");
        await lab.Log.Witness(lab.Happened("a.b"), default);
        await lab.Log.DisposeAsync();
        var older = File.ReadAllBytes(segment);
        lab.Restart();
        await lab.Log.Witness(lab.Happened("a.c"), default);
        await lab.Sequencer.Run(default);
        await lab.Log.DisposeAsync();
        File.WriteAllBytes(segment, older);
        lab.Restart();
        await Assert.ThrowsAsync<InvalidDataException>(() => lab.Log.Start(default));
        // Even when the checkpoints are set back with it the control data remember.
        File.Delete(Path.Combine(lab.Lab.Home.Log, "checkpoint"));
        await Assert.ThrowsAsync<InvalidDataException>(() => lab.Log.Start(default));
    }

    [Theory, EveryStore]
    public async Task Another_key_or_another_name_is_another_log(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        await lab.Log.Witness(lab.Happened("a.b"), default);
        await lab.Sequencer.Run(default);
        await lab.Log.DisposeAsync();
        var key = Path.Combine(lab.Lab.Home.Keys, "log.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(key));
        var renamed = new EvidenceLog(lab.Lab.Db, lab.Lab.Home, lab.Lab.Key, lab.Settings with { LogOrigin = "other.example/log" }, lab.Lab.Clock);
        await Assert.ThrowsAsync<InvalidDataException>(() => renamed.Start(default));
        File.Delete(key);
        lab.Restart();
        await Assert.ThrowsAsync<InvalidDataException>(() => lab.Log.Start(default));
    }

    [Theory, EveryStore]
    public async Task The_national_profile_signs_with_sm2_too_and_seals_with_sm4(Store store)
    {
        await using var lab = await EvidenceLab.Open(store, national: true);
        var receipt = await lab.Log.Witness(lab.Happened("a.b"), default);
        await lab.Sequencer.Run(default);
        var book = await lab.Log.Open(default);
        Assert.Equal([NoteAlgorithm.Ed25519, NoteAlgorithm.Sm2], book.Keys.Select(k => k.Algorithm));
        Assert.Equal(2, book.Newest.Note.Verify(book.Keys).Count);
        Assert.Equal(2, book.Newest.Sm3Note.Verify(book.Keys).Count);
        var sm3 = Checkpoint.Parse(book.Newest.Sm3Note.Text);
        Assert.Equal((lab.Settings.LogOrigin + "/sm3", book.Log.Root(TreeHash.Sm3, 1)), (sm3.Origin, sm3.Root));
        Assert.NotNull(await lab.Openings.Find(new("a1"), receipt.Index, default));
        Assert.Equal("Sm4Gcm", await lab.Lab.Db.One($"select algorithm from evidence_key", r => r.GetString(0), default));
    }

    [Theory, EveryStore]
    public async Task Checkpoints_follow_the_log_and_are_kept_once_a_minute(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        for (var i = 1; i <= 3; i++)
        {
            await lab.Log.Witness(lab.Happened("a.b"), default);
            await lab.Sequencer.Run(default);
            Assert.Equal(i, (await lab.Log.Open(default)).Newest.Size);
            lab.Lab.Clock.Advance(TimeSpan.FromSeconds(40));
        }
        Assert.Equal([1L, 3L], await lab.Lab.Db.List($"select size from evidence_checkpoint order by size", r => r.GetInt64(0), default));
    }
}
