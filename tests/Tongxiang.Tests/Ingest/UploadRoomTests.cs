using System.Net;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Ingest;

public sealed class UploadRoomTests
{
    private const long GiB = 1L << 30;

    [Theory, EveryStore]
    public async Task What_waits_and_what_arrives_share_the_agencys_quota_until_it_is_let_go(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        lab.Settings = new IngestSettings { AgencyQuotaGiB = 1, UploadsAtOnce = 2 };
        lab.Open();
        lab.Entry = lab.EntryOf([LandingLab.Field("k", "键")], ["k"]);
        var waiting = await lab.Land("表,\nk,x\na,1\n");
        Assert.Equal(RunState.Proposed, waiting.State);
        await lab.Store.Db.Run($"update ingest_run set bytes = {GiB - 10} where id = {waiting.Id}", default);

        var announced = await lab.Landings.Receive(lab.Steward, lab.Entry, "b.csv", Rows(5), new LandingWish(), default, 11);
        Assert.Equal((507, "ingest.quota"), (announced.Refusal!.Status, announced.Refusal.Code));
        var silent = await lab.Landings.Receive(lab.Steward, lab.Entry, "b.csv", Rows(5), new LandingWish(), default);
        Assert.Equal("ingest.quota", silent.Refusal!.Code);
        Assert.Contains("1023", Problems.Of(silent.Refusal, Texts.English).Detail, StringComparison.Ordinal);
        // Another agency has its own room; the platform is held by the disk alone.
        Assert.Null((await lab.Room.ToLand(lab.Steward with { Agency = Id<Agency>.New(lab.Store.Clock) }, GiB / 2, default)).Refusal);
        Assert.Null((await lab.Room.ToLand(Caller.Platform, 3 * GiB, default)).Refusal);

        Assert.Equal(RunState.Refused, (await lab.Landings.Discard(lab.Steward, lab.Entry, waiting.Id, default)).Value.State);
        Assert.Empty(System.IO.Directory.GetFiles(lab.Store.Home.Uploads, "*.sealed"));
        Assert.Empty(System.IO.Directory.GetFiles(lab.Store.Home.Scratch));
        Assert.Equal(RunState.Done, (await lab.Land("k\na\n")).State);
    }

    [Theory, EveryStore]
    public async Task So_many_uploads_at_once_and_the_place_is_given_back(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        lab.Settings = new IngestSettings { UploadsAtOnce = 2 };
        lab.Open();
        var first = (await lab.Room.ToLand(lab.Steward, null, default)).Value;
        using var second = (await lab.Room.ToPropose(lab.Steward, null, default)).Value;
        var third = await lab.Room.ToLand(lab.Steward, null, default);
        Assert.Equal((429, "ingest.uploads-at-once", 30), (third.Refusal!.Status, third.Refusal.Code, third.Refusal.RetryAfterSeconds));
        first.Dispose();
        first.Dispose();
        using var fourth = (await lab.Room.ToLand(lab.Steward, null, default)).Value;
        Assert.True((await lab.Room.ToLand(lab.Steward, null, default)).IsRefused);
    }

    [Fact]
    public async Task A_full_disk_is_seen_before_and_while_a_file_arrives_and_nothing_is_kept()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        lab.Entry = lab.EntryOf([LandingLab.Field("k", "键")], ["k"]);
        lab.Settings = new IngestSettings { KeepFreeMiB = 100 };
        lab.Open();
        lab.Free = 200 << 20;
        Assert.Equal("ingest.disk-full", (await lab.Landings.Receive(lab.Steward, lab.Entry, "a.csv", Rows(9), new LandingWish(), default, 51 << 20)).Refusal!.Code);
        var whole = await lab.Landings.Receive(lab.Steward, lab.Entry, "a.csv", new Filling(() => lab.Free -= 10 << 20), new LandingWish(), default);
        Assert.Equal((507, "ingest.disk-full"), (whole.Refusal!.Status, whole.Refusal.Code));
        Assert.InRange(lab.Free, 100 << 20, 200 << 20);
        lab.Free = 200 << 20;
        var looked = await lab.Proposals.Look(lab.Steward, new Filling(() => lab.Free -= 10 << 20), "a.csv", null, null, default);
        Assert.Equal("ingest.disk-full", looked.Refusal!.Code);
        foreach (var folder in (string[])[lab.Store.Home.Uploads, lab.Store.Home.Scratch]) Assert.Empty(System.IO.Directory.GetFiles(folder));
        lab.Free = 50 << 20;
        Assert.Equal("ingest.disk-full", (await lab.Room.ToLand(Caller.Platform, null, default)).Refusal!.Code);
    }

    [Fact]
    public async Task A_file_beyond_its_limit_is_told_the_number()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        lab.Settings = new IngestSettings { LargestProposalMiB = 1 };
        lab.Open();
        var looked = await lab.Proposals.Look(lab.Steward, Rows(400_000), "a.csv", null, null, default);
        Assert.Equal((413, "ingest.proposal-too-large"), (looked.Refusal!.Status, looked.Refusal.Code));
        Assert.Equal("ingest.proposal-too-large", (await lab.Proposals.Look(lab.Steward, Rows(1), "a.csv", null, 3 << 20, default)).Refusal!.Code);
        Assert.Null((await lab.Proposals.Look(lab.Steward, Rows(100), "a.csv", null, null, default)).Refusal);
        Assert.Equal("ingest.too-large", (await lab.Room.ToLand(lab.Steward, 65 * GiB, default)).Refusal!.Code);
    }

    [Theory, EveryStore]
    public async Task What_nobody_confirms_goes_after_its_days(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        lab.Entry = lab.EntryOf([LandingLab.Field("k", "键")], ["k"]);
        var waiting = await lab.Land("表,\nk,x\na,1\n");
        lab.Store.Clock.Advance(TimeSpan.FromDays(13));
        await lab.Landings.Expire(lab.Settings, default);
        Assert.Equal(RunState.Proposed, (await lab.Landings.Find(waiting.Id, default))!.State);
        lab.Store.Clock.Advance(TimeSpan.FromDays(2));
        await lab.Landings.Expire(lab.Settings, default);
        var gone = (await lab.Landings.Find(waiting.Id, default))!;
        Assert.Equal((RunState.Refused, "ingest.unconfirmed"), (gone.State, gone.Refusal!.Code));
        Assert.Empty(System.IO.Directory.GetFiles(lab.Store.Home.Uploads, "*.sealed"));
    }

    [Theory]
    [InlineData("Ingest:AgencyQuotaGiB", "0")]
    [InlineData("Ingest:UploadsAtOnce", "-1")]
    [InlineData("Ingest:LargestProposalMiB", "70000")]
    [InlineData("Ingest:KeepFreeMiB", "-5")]
    public async Task A_wrong_limit_stops_the_start_and_is_named(string setting, string value)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => NodeLab.Start(Store.Sqlite, settings: new Dictionary<string, string> { [setting] = value }));
        Assert.Contains(setting.Split(':')[1], failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_HTTP_a_full_disk_answers_507_with_limit_and_remedy()
    {
        await using var lab = await LandingNode.Start(Store.Sqlite, new Dictionary<string, string> { ["Ingest:KeepFreeMiB"] = "1000000000" });
        var (status, body, _) = await lab.Send(lab.Stops, "a.csv", "code,riders\n1,2\n"u8.ToArray());
        Assert.Equal(((HttpStatusCode)507, "ingest.disk-full"), (status, body.GetProperty("code").GetString()));
        Assert.Contains("Ingest:KeepFreeMiB", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(System.IO.Directory.GetFiles(lab.Node.Get<Home>().Uploads, "*.sealed"));
    }

    private static MemoryStream Rows(int rows) => new(Encoding.UTF8.GetBytes("k\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i}\n"))));

    /// <summary>A file without end; each read leaves less of the disk.</summary>
    private sealed class Filling(Action read) : MemoryStream
    {
        private int reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (++reads % 64 == 0) read();
            buffer.Span.Fill((byte)'1');
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
