using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;
using Tongxiang.Tests.Gateway;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Watch;
using Tongxiang.Watch;
using People = Tongxiang.Tests.Gateway.People;

namespace Tongxiang.Tests.Server;

/// <summary>A cut proved with nothing but the public log and the package of its openings.</summary>
public sealed class CutCheckTests : IDisposable
{
    private readonly string folder = StoreLab.Folder();
    private readonly string package;

    public CutCheckTests() => package = Path.Combine(folder, "cut.ndjson");

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    [Theory, EveryStore]
    public async Task A_clean_cut_holds_while_it_stands_and_after_it_was_lifted(Store store)
    {
        await using var lab = await Opened(store);
        var trip = await Cut(lab);
        await Calls(lab, 3, HttpStatusCode.Forbidden);
        var standing = await Checked(lab, trip);
        Assert.True(standing.Code == 0, standing.Said);
        Assert.Contains("refused / 拒绝 3; rows served / 流出 0", standing.Said, StringComparison.Ordinal);
        Assert.Contains("the cut stands", standing.Said, StringComparison.Ordinal);

        await lab.Get<Trips>().Restore(WatchLab.Guard, trip.Id, "已核实无误", default);
        await lab.Get<Trips>().Restore(WatchLab.BureauHead, trip.Id, "同意恢复", default);
        lab.Store.Clock.Advance(TimeSpan.FromSeconds(1));
        await Calls(lab, 2, HttpStatusCode.OK);
        var lifted = await Checked(lab, trip);
        Assert.True(lifted.Code == 0, lifted.Said);
        Assert.Contains("eased or restored", lifted.Said, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task A_row_that_was_served_after_the_cut_is_named(Store store)
    {
        await using var lab = await Opened(store);
        var trip = await Cut(lab);
        await Calls(lab, 2, HttpStatusCode.Forbidden);
        var receipt = await lab.Get<EvidenceLog>().Witness(new Happening("gateway.answered", trip.Subject, trip.Consumer?.ToString(), "resource:x", lab.Store.Clock.GetUtcNow(), new Dictionary<string, string> { ["rows"] = "3" }), default);
        await Calls(lab, 2, HttpStatusCode.Forbidden);
        var (code, said) = await Checked(lab, trip);
        Assert.Equal(1, code);
        Assert.Contains($"Entry {receipt.Index}: 3 rows left to Caller {trip.Subject}", said, StringComparison.Ordinal);

        // Left out of the package, it is missed; changed, it is no entry of the log.
        var lines = await File.ReadAllLinesAsync(package);
        var at = Array.FindIndex(lines, l => l.Contains($"\"index\":{receipt.Index},", StringComparison.Ordinal));
        Assert.Equal(1, (await Checked([.. lines[..at], .. lines[(at + 1)..]], await Key(lab))).Code);
        var changed = await Checked([.. lines[..at], lines[at].Replace("\\u0022rows\\u0022:\\u00223\\u0022", "\\u0022rows\\u0022:\\u00220\\u0022", StringComparison.Ordinal).Replace("\\\"rows\\\":\\\"3\\\"", "\\\"rows\\\":\\\"0\\\"", StringComparison.Ordinal), .. lines[(at + 1)..]], await Key(lab));
        Assert.Equal(1, changed.Code);
        Assert.Contains($"is not entry {receipt.Index} of the log", changed.Said, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task What_proves_nothing_says_so(Store store)
    {
        await using var lab = await Opened(store);
        var slow = await lab.Trip(FuseScope.Caller, WatchLab.Actor(GatewayLab.Other), FuseAction.Slow, GatewayLab.Other);
        var trip = await Cut(lab);
        await Calls(lab, 1, HttpStatusCode.Forbidden);
        Assert.Equal("watch.no-cut", (await lab.Get<CutProofs>().Package(Auditor, slow.Id, default)).Refusal?.Code);
        Assert.Equal("watch.not-yours", (await lab.Get<CutProofs>().Package(WatchLab.ConsumerHead, trip.Id, default)).Refusal?.Code);
        Assert.Equal(404, (await lab.Get<CutProofs>().Package(WatchLab.Stranger, trip.Id, default)).Refusal?.Status);

        Assert.Equal(0, (await Checked(lab, trip)).Code);
        var (lines, key) = (await File.ReadAllLinesAsync(package), await Key(lab));
        foreach (var (text, code) in ((string[], int)[])[([], 1), (["no package", .. lines[1..]], 2), ([$"{{\"fuse\":\"{slow.Number}\"}}", .. lines[1..]], 2), (["{\"fuse\":\"RD20000101-0001\"}", .. lines[1..]], 1), ([lines[0], "{}"], 1), ([lines[0], "[]"], 1)])
        {
            var (got, said) = await Checked(text, key);
            Assert.True(code == got, said);
        }
        Assert.Equal(2, (await Run(Path.Combine(folder, "log"), key, Path.Combine(folder, "absent"))).Code);
    }

    private static Caller Auditor => WatchLab.Guard;

    private static async Task<GatewayLab> Opened(Store store)
    {
        var lab = await WatchLab.Open(store, services => services.AddSingleton<Openings>());
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id", "name"]);
        await Calls(lab, 2, HttpStatusCode.OK);
        lab.Store.Clock.Advance(TimeSpan.FromMinutes(5));
        return lab;
    }

    private static async Task<Trip> Cut(GatewayLab lab)
    {
        await Calls(lab, 1, HttpStatusCode.OK);
        var trip = await lab.Trip(FuseScope.Caller, WatchLab.Actor(GatewayLab.Consumer), FuseAction.Cut, GatewayLab.Consumer);
        lab.Store.Clock.Advance(CutRule.Effect + TimeSpan.FromMilliseconds(200));
        return trip;
    }

    private static async Task Calls(GatewayLab lab, int count, HttpStatusCode expected)
    {
        for (var i = 0; i < count; i++)
        {
            using var answer = await lab.Call("/data/people?limit=1", GatewayLab.Consumer);
            Assert.Equal(expected, answer.StatusCode);
            lab.Store.Clock.Advance(TimeSpan.FromMilliseconds(300));
        }
    }

    private async Task<(int Code, string Said)> Checked(GatewayLab lab, Trip trip)
    {
        var log = lab.Get<EvidenceLog>();
        await new Sequencer(lab.Store.Db, log, lab.Store.Clock).Run(default);
        await new Export(lab.Store.Db, log).Run(Path.Combine(folder, "log"), 0, default);
        var made = (await lab.Get<CutProofs>().Package(Auditor, trip.Id, default)).Value;
        List<string> lines = [$"{{\"fuse\":\"{made.Fuse}\"}}"];
        await foreach (var opening in made.Openings) lines.Add(OpeningLine.Write(opening));
        return await Checked([.. lines], await Key(lab));
    }

    private async Task<(int Code, string Said)> Checked(string[] lines, string key)
    {
        await File.WriteAllLinesAsync(package, lines, new UTF8Encoding(false));
        return await Run(Path.Combine(folder, "log"), key, package);
    }

    private static async Task<(int Code, string Said)> Run(string log, string key, string cut)
    {
        await using var said = new StringWriter(CultureInfo.InvariantCulture);
        var code = await Tongxiang.Server.Verbs.Verify.Run(new Verification(log, [key], null, null, null, 0, TreeHash.Sha256, null) { Cut = cut }, said, default);
        return (code, said.ToString());
    }

    private static async Task<string> Key(GatewayLab lab) => (await lab.Get<EvidenceLog>().Open(default)).Keys.First().ToString();
}
