using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Core.Crypto;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Batching;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Watch;
using Tongxiang.Watch;

namespace Tongxiang.Tests.Gateway.Batching;

public sealed class BatchTests
{
    private static readonly Dictionary<string, string> SmallParts = new() { ["Gateway:PackagePartRows"] = "5000" };

    [Theory, EveryStore]
    public async Task A_package_is_made_at_its_hour_fetched_in_pieces_and_counted_on_both_sides(Store store)
    {
        await using var lab = await GatewayLab.Open(store, settings: SmallParts);
        await BatchLab.Fill(lab, 12_000);
        var batch = await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Daily, "csv", Hour: 10));
        await BatchLab.Round(lab);
        Assert.Empty(await lab.Get<Batches>().Packages(batch, 10, default));
        lab.Store.Clock.Advance(TimeSpan.FromHours(1));
        await BatchLab.Round(lab);
        await BatchLab.Round(lab);
        Assert.Single(await lab.Get<Batches>().Packages(batch, 10, default));

        var manifest = await BatchLab.Manifest(lab, batch, 1);
        Assert.Equal(("full", 6_000, 6_000, 2), ((string)manifest["kind"]!, (int)manifest["rows"]!, (int)manifest["sliceRows"]!, manifest["parts"]!.AsArray().Count));
        var whole = new StringBuilder();
        foreach (var part in manifest["parts"]!.AsArray())
        {
            var bytes = await BatchLab.Part(lab, batch, 1, (string)part!["name"]!);
            Assert.Equal(((long)part["bytes"]!, (string)part["sha256"]!, (string)part["sm3"]!), (bytes.Length, BatchLab.Sha(bytes), Convert.ToHexStringLower(Sm3.Hash(bytes))));
            Assert.Equal((long)part["rows"]!, Encoding.UTF8.GetString(bytes).Count(c => c == '\n') - 1);
            whole.Append(Encoding.UTF8.GetString(bytes));
        }

        // Only the granted rows, and the name as the grant gives it.
        Assert.DoesNotContain("290201", whole.ToString(), StringComparison.Ordinal);
        Assert.Contains("张*", whole.ToString(), StringComparison.Ordinal);
        await lab.Until(4);
        Assert.Equal(["gateway.permitted", "gateway.closed", "gateway.permitted", "gateway.closed"], lab.Witnessed.Select(h => h.Kind));
        Assert.Equal($"{batch.Number}/1/rows-0001.csv", lab.Witnessed[0].Facts["package"]);
        Assert.Equal((2L, 6_000L), Used(lab));

        Assert.True((bool)(await BatchLab.Acknowledge(lab, batch, 1))["isEqual"]!);
        Assert.Equal(PackageState.Acknowledged, (await lab.Get<Batches>().Package(batch, 1, default))!.State);
    }

    [Theory, EveryStore]
    public async Task A_broken_fetch_goes_on_where_it_stopped(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        await BatchLab.Fill(lab, 4_000);
        var batch = await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Version, "ndjson"));
        await BatchLab.Round(lab);
        var path = $"/batch/{batch.Number}/1/rows-0001.ndjson";
        var whole = await BatchLab.Part(lab, batch, 1, "rows-0001.ndjson");
        async Task<(HttpStatusCode, byte[])> Ask(string range, string? tag)
        {
            using var answer = await lab.Call(path, GatewayLab.Consumer, change: r =>
            {
                r.Headers.TryAddWithoutValidation("Range", range);
                if (tag is not null) r.Headers.TryAddWithoutValidation("If-Range", tag);
            });
            return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
        }

        var tag = $"\"{BatchLab.Sha(whole)}\"";
        var (status, rest) = await Ask("bytes=1000-", tag);
        Assert.Equal((HttpStatusCode.PartialContent, BatchLab.Sha(whole[1000..])), (status, BatchLab.Sha(rest)));
        Assert.Equal((HttpStatusCode.PartialContent, 5), (await Ask("bytes=-5", null)) is var (s, b) ? (s, b.Length) : default);
        // Another package than the one that was begun is sent whole.
        Assert.Equal((HttpStatusCode.OK, whole.Length), (await Ask("bytes=1000-", "\"other\"")) is var (s2, b2) ? (s2, b2.Length) : default);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await Ask($"bytes={whole.Length}-", tag)).Item1);
        await lab.Until(10);
        var closed = lab.Witnessed.Where(h => h.Kind == "gateway.closed").Select(h => (h.Facts["bytes"], h.Facts["outcome"])).ToList();
        Assert.Equal([($"{whole.Length}", "whole"), ($"{whole.Length - 1000}", "aborted"), ("5", "aborted"), ($"{whole.Length}", "whole"), ("0", "aborted")], closed);
        Assert.Equal(2_000L, Used(lab).Rows);
    }

    [Theory, EveryStore]
    public async Task Only_what_changed_in_the_slice_follows_an_acknowledged_package(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await BatchLab.Fill(lab, 100);
        var batch = await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Version, "csv", Incremental: true));
        await BatchLab.Round(lab);
        await BatchLab.Acknowledge(lab, batch, 1);

        var rows = BatchLab.Rows(101).Select(r => (object?[])r.Clone()).Append([102L, "张新", "290101", 5L]).ToList();
        rows[3][3] = 999_999L;
        rows[5][2] = "290201";
        rows[6][2] = "290101";
        rows[8][3] = 1L;
        rows.RemoveAt(9);
        await lab.Add(entry, rows, 2);
        await BatchLab.Round(lab);
        var manifest = await BatchLab.Manifest(lab, batch, 2);
        Assert.Equal(("changes", 1, 2), ((string)manifest["kind"]!, (int)manifest["since"]!["number"]!, (int)manifest["version"]!["number"]!));
        // 4 changed, 6 left the filter, 7 came into it, 9 is not granted, 10 is gone, 102 is new.
        var changed = Encoding.UTF8.GetString(await BatchLab.Part(lab, batch, 2, "rows-0001.csv"));
        Assert.Equal(["102", "4", "7"], changed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')[0]).Order(StringComparer.Ordinal));
        Assert.Contains("9999.99", changed, StringComparison.Ordinal);
        Assert.Equal(["id", "10", "6"], Encoding.UTF8.GetString(await BatchLab.Part(lab, batch, 2, "removed-0001.csv")).Trim('\uFEFF').Split('\n', StringSplitOptions.RemoveEmptyEntries).OrderBy(l => l == "id" ? "" : l, StringComparer.Ordinal));
        Assert.Equal(50, (int)manifest["sliceRows"]!);

        // Until it is acknowledged the next one builds on the first again; a version that changed nothing makes an empty package that says so.
        await lab.Add(entry, rows, 3);
        await BatchLab.Round(lab);
        Assert.Equal(1, (int)(await BatchLab.Manifest(lab, batch, 3))["since"]!["number"]!);
        await BatchLab.Acknowledge(lab, batch, 3);
        await lab.Add(entry, rows, 4);
        await BatchLab.Round(lab);
        var none = await BatchLab.Manifest(lab, batch, 4);
        Assert.Equal((3, 0, 0, 50), ((int)none["since"]!["number"]!, (int)none["rows"]!, (int)none["removedRows"]!, (int)none["sliceRows"]!));
    }

    [Theory, EveryStore]
    public async Task Figures_that_differ_open_a_task_for_both_sides_until_they_are_equal_or_somebody_settles_it(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        await BatchLab.Fill(lab, 40);
        var batch = await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Version, "csv"));
        await BatchLab.Round(lab);
        JsonObject Short(JsonObject part)
        {
            part["rows"] = 19;
            return part;
        }

        Assert.Equal("rows", (string)(await BatchLab.Acknowledge(lab, batch, 1, Short))["differences"]![0]!["what"]!);
        await BatchLab.Acknowledge(lab, batch, 1, Short);
        var provider = BatchLab.Steward with { Agency = GatewayLab.Provider };
        var task = Assert.Single(await lab.Get<Batches>().Open(provider, default));
        Assert.Equal(("20", "19", PackageState.Differs), (task.Differences[0].Sent, task.Differences[0].Received, (await lab.Get<Batches>().Package(batch, 1, default))!.State));
        Assert.Empty(await lab.Get<Batches>().Open(BatchLab.Steward with { Agency = GatewayLab.Other }, default));
        Assert.Equal("gateway.discrepancy-keeper", (await lab.Get<Batches>().Close(BatchLab.Consumer, task.Id, "就这样吧", default))!.Code);
        Assert.Equal(400, (await lab.Get<Batches>().Close(provider, task.Id, "好", default))!.Status);
        Assert.Equal(404, (await lab.Get<Batches>().Close(BatchLab.Steward with { Agency = GatewayLab.Other }, task.Id, "与我们无关", default))!.Status);

        await BatchLab.Acknowledge(lab, batch, 1);
        Assert.Empty(await lab.Get<Batches>().Open(provider, default));
        Assert.NotNull(Assert.Single(await lab.Get<Batches>().Discrepancies(batch, default)).ClosedAt);

        await lab.Add(lab.Get<GatewaySources>().BySlug("fees")!, BatchLab.Rows(60), 2);
        await BatchLab.Round(lab);
        await BatchLab.Acknowledge(lab, batch, 2, Short);
        Assert.Null(await lab.Get<Batches>().Close(provider, (await lab.Get<Batches>().Open(provider, default))[0].Id, "接收方磁盘已满，已扩容", default));
        Assert.Empty(await lab.Get<Batches>().Open(provider, default));
    }

    [Theory, EveryStore]
    public async Task Right_fuse_and_day_are_looked_at_when_a_package_is_made_and_at_each_fetch(Store store)
    {
        await using var lab = await WatchLab.Open(store);
        async Task<Trip> Cut() => await lab.Trip(FuseScope.Grant, lab.Grants[0].Id.ToString(), FuseAction.Cut, GatewayLab.Consumer);
        async Task Restore(Trip trip)
        {
            foreach (var person in (Tongxiang.Agencies.Caller[])[WatchLab.Guard, WatchLab.BureauHead]) Assert.Null((await lab.Get<Trips>().Restore(person, trip.Id, "误报，已核实", default)).Refusal);
            await lab.Get<Fuse>().Follow(default);
        }

        var entry = await BatchLab.Fill(lab, 40, change: g => g with { Limits = g.Limits with { RowsPerDay = 30 } });
        var batch = await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Version, "csv"));
        var cut = await Cut();
        await BatchLab.Round(lab);
        async Task<(PackageState, string?)> State(long sequence) => (await lab.Get<Batches>().Package(batch, sequence, default))! is var p ? (p.State, p.Code) : default;
        Assert.Equal((PackageState.Waiting, "gateway.fuse-cut"), await State(1));
        await Restore(cut);
        lab.Store.Clock.Advance(TimeSpan.FromMinutes(16));
        await BatchLab.Round(lab);
        Assert.Equal((PackageState.Ready, null), await State(1));

        async Task<string> Fetch(Id<Tongxiang.Agencies.Agency> by) => await (await lab.Call($"/batch/{batch.Number}/1/rows-0001.csv", by)).Content.ReadAsStringAsync();
        Assert.Contains("fee", await Fetch(GatewayLab.Consumer), StringComparison.Ordinal);
        cut = await Cut();
        Assert.Contains("gateway.fuse-cut", await Fetch(GatewayLab.Consumer), StringComparison.Ordinal);
        await Restore(cut);
        Assert.Contains("kernel.not-found", await Fetch(GatewayLab.Other), StringComparison.Ordinal);
        // The provider sees that there is a package, but it is not its to fetch.
        Assert.Contains("gateway.no-grant", await Fetch(GatewayLab.Provider), StringComparison.Ordinal);

        // 20 of 30 rows of the day are used: the next package waits for the next day, whole.
        await lab.Add(entry, BatchLab.Rows(60), 2);
        await BatchLab.Round(lab);
        Assert.Equal((PackageState.Waiting, "gateway.day-rows"), await State(2));
        Assert.Equal(20, Used(lab).Rows);
        lab.Store.Clock.Advance(TimeSpan.FromDays(1));
        await BatchLab.Round(lab);
        Assert.Equal((PackageState.Ready, null), await State(2));

        lab.Grants[0] = lab.Grants[0] with { State = GrantState.Suspended };
        Assert.Contains("gateway.grant-suspended", await Fetch(GatewayLab.Consumer), StringComparison.Ordinal);
        lab.Grants[0] = lab.Grants[0] with { State = GrantState.Ended };
        await lab.Add(entry, BatchLab.Rows(62), 3);
        await BatchLab.Round(lab);
        Assert.False((await lab.Get<Batches>().Find(BatchLab.Consumer, batch.Number, default))!.IsEnabled);
    }

    [Theory, EveryStore]
    public async Task What_was_acknowledged_or_not_fetched_in_time_is_removed_with_its_key_and_on_record(Store store)
    {
        await using var lab = await GatewayLab.Open(store, settings: new Dictionary<string, string> { ["Gateway:PackagesWaiting"] = "2" });
        await BatchLab.Fill(lab, 10);
        var batch = await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Daily, "parquet", Hour: 10));
        for (var day = 0; day < 4; day++)
        {
            lab.Store.Clock.Advance(TimeSpan.FromDays(1));
            await BatchLab.Round(lab);
        }

        // Two wait for their consumer: no third is made before it comes, and that is said.
        Assert.Equal(2, (await lab.Get<Batches>().Packages(batch, 10, default)).Count);
        Assert.Equal("gateway.batch-waiting", (await lab.Get<Batches>().Find(BatchLab.Consumer, batch.Number, default))!.Code);
        Assert.Equal("PAR1", Encoding.ASCII.GetString(await BatchLab.Part(lab, batch, 1, "rows-0001.parquet"), 0, 4));
        await BatchLab.Acknowledge(lab, batch, 1);
        await BatchLab.Round(lab);
        Assert.Equal(3, (await lab.Get<Batches>().Packages(batch, 10, default)).Count);
        lab.Store.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Null(await lab.Get<Batches>().Stop(BatchLab.Consumer, batch.Number, default));
        await BatchLab.Round(lab);
        Assert.Equal(PackageState.Removed, (await lab.Get<Batches>().Package(batch, 1, default))!.State);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Call($"/batch/{batch.Number}/1/rows-0001.parquet", GatewayLab.Consumer)).StatusCode);
        lab.Store.Clock.Advance(TimeSpan.FromDays(30));
        await BatchLab.Round(lab);
        Assert.Empty(new DirectoryInfo(lab.Store.Home.Packages).EnumerateFiles());
        Assert.Equal(0, await lab.Store.Db.One($"select count(*) from gateway_package where wrapped is not null", r => r.GetInt64(0), default));
        await lab.Get<Packing>().Clean(DateTimeOffset.MaxValue, default);
    }

    [Fact]
    public async Task A_wish_outside_the_right_is_refused_with_its_reason()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        await BatchLab.Fill(lab, 10);
        async Task<string> Set(BatchWish wish, Tongxiang.Agencies.Caller? by = null)
        {
            var refusal = (await lab.Get<Batches>().Set(by ?? BatchLab.Consumer, wish, default)).Refusal!;
            return refusal.Fields.Count > 0 ? refusal.Fields[0].Key : refusal.Code;
        }

        Assert.Equal("gateway.query.no-column", await Set(new BatchWish("fees", Rhythm.Version, "csv", Query: "select=id,secret", Case: "DB20260001", Operator: "clerk-7")));
        Assert.Equal("gateway.query.masked", await Set(new BatchWish("fees", Rhythm.Version, "csv", Query: "name=eq.张三", Case: "DB20260001", Operator: "clerk-7")));
        Assert.Equal("gateway.batch-no-key", await Set(new BatchWish("fees", Rhythm.Version, "csv", Query: "select=division", Incremental: true, Case: "DB20260001", Operator: "clerk-7")));
        // The names of persons need a case, whatever an older right says.
        Assert.Equal("gateway.batch-case", await Set(new BatchWish("fees", Rhythm.Version, "csv")));
        Assert.Equal("gateway.no-grant", await Set(new BatchWish("fees", Rhythm.Version, "csv"), BatchLab.Consumer with { Agency = GatewayLab.Other }));
        Assert.Equal("gateway.not-operative", await Set(new BatchWish("fees", Rhythm.Version, "csv"), BatchLab.Steward with { Roles = new HashSet<Tongxiang.Agencies.Role> { Tongxiang.Agencies.Role.AuditAdmin } }));
        lab.Grants[0] = lab.Grants[0] with { Modes = [Tongxiang.Catalog.Mode.Api] };
        Assert.Equal("gateway.grant-mode", await Set(new BatchWish("fees", Rhythm.Version, "csv", Grant: lab.Grants[0].Number)));
    }

    [Fact]
    public async Task Curl_resumes_a_part()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        await BatchLab.Fill(lab, 20_000);
        var batch = await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Version, "csv"));
        await BatchLab.Round(lab);
        var whole = await BatchLab.Part(lab, batch, 1, "rows-0001.csv");
        var file = Path.Combine(lab.Store.Home.Scratch, "part.csv");
        await File.WriteAllBytesAsync(file, whole[..777]);
        using var curl = Process.Start(new ProcessStartInfo("curl", ["-sS", "-f", "-C", "-", "-o", file, "-H", $"Test-Agency: {GatewayLab.Consumer}", $"{lab.Address}batch/{batch.Number}/1/rows-0001.csv"]) { RedirectStandardError = true })!;
        await curl.WaitForExitAsync();
        Assert.True(curl.ExitCode == 0, await curl.StandardError.ReadToEndAsync());
        Assert.Equal(BatchLab.Sha(whole), BatchLab.Sha(await File.ReadAllBytesAsync(file)));
    }

    [Theory, InlineData("csv"), InlineData("ndjson"), InlineData("parquet")]
    public async Task The_receiver_of_the_command_line_resumes_checks_and_acknowledges(string form)
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite, settings: SmallParts);
        await BatchLab.Fill(lab, 12_000);
        var batch = await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Version, form));
        await BatchLab.Round(lab);
        var to = StoreLab.Folder();
        var place = Directory.CreateDirectory(Path.Combine(to, batch.Number, "000001")).FullName;
        // A fetch that broke off left the beginning of the first part.
        await File.WriteAllBytesAsync(Path.Combine(place, $"rows-0001.{form}.partial"), (await BatchLab.Part(lab, batch, 1, $"rows-0001.{form}"))[..500]);
        using var http = new HttpClient { BaseAddress = new Uri(lab.Address) };
        http.DefaultRequestHeaders.Add("Test-Agency", GatewayLab.Consumer.ToString());
        var said = new StringWriter();
        Assert.True(await Tongxiang.Server.Verbs.FetchBatch.Run(http, batch.Number, to, true, said, default) == 0, said.ToString());
        Assert.Equal(PackageState.Acknowledged, (await lab.Get<Batches>().Package(batch, 1, default))!.State);
        Assert.Equal(3, Directory.EnumerateFiles(place).Count());
        Assert.Contains(lab.Witnessed, h => h.Kind == "gateway.closed" && h.Facts["outcome"] == "aborted");

        // A part that was damaged on the receiver's disk is told to the sender, put aside, and fetched anew.
        await lab.Add(lab.Get<GatewaySources>().BySlug("fees")!, BatchLab.Rows(200), 2);
        await BatchLab.Round(lab);
        var damaged = Directory.CreateDirectory(Path.Combine(to, batch.Number, "000002")).FullName;
        var good = await BatchLab.Part(lab, batch, 2, $"rows-0001.{form}");
        good[^3] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(damaged, $"rows-0001.{form}"), good);
        Assert.Equal(1, await Tongxiang.Server.Verbs.FetchBatch.Run(http, batch.Number, to, true, said, default));
        Assert.Single(await lab.Get<Batches>().Open(BatchLab.Steward, default));
        Assert.True(await Tongxiang.Server.Verbs.FetchBatch.Run(http, batch.Number, to, true, said, default) == 0, said.ToString());
        Assert.Empty(await lab.Get<Batches>().Open(BatchLab.Steward, default));
        Directory.Delete(to, recursive: true);
    }

    private static (long Calls, long Rows) Used(GatewayLab lab)
    {
        var (calls, rows) = lab.Get<DayUses>().Today(lab.Grants[0].Id);
        // Making the package is one use of the day as well.
        return (calls - 1, rows);
    }
}
