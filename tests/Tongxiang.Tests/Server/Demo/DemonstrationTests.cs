using System.Diagnostics;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Gateway;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Server.Demo;
using Tongxiang.Server.Demo.Resources;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Tests.Server.Demo;

/// <summary>A first start with a small region, on each store: everything came in through the front doors and a second start adds nothing.</summary>
public sealed class DemonstrationTests
{
    private const int People = 500;

    [Theory, EveryStore]
    public async Task A_first_start_fills_the_node_a_second_adds_nothing_and_what_was_retired_stays_so(Store store)
    {
        await using var node = await Start(store);
        var manifest = await IsFilled(node);
        await TheExamplesWork(node, manifest);
        Assert.Equal([History.Origin], node.Get<ResourceUses>().Origins);

        var before = await Counts(node);
        await new Demonstration(node.Services, TextWriter.Null).Fill(People, "http://elsewhere.example", default);
        Assert.Equal(before, await Counts(node));

        // As after a crash before the last step: the marker is missing, everything else stands.
        (manifest with { IsComplete = false }).Save(node.Get<Home>());
        await new Demonstration(node.Services, TextWriter.Null).Fill(People, manifest.BaseUrl, default);
        Assert.Equal(before, await Counts(node));
        Assert.True(Manifest.Load(node.Get<Home>())!.IsComplete);

        var entry = node.Get<Catalogue>().BySlug("public-toilets")!;
        var retired = await node.Get<Entries>().Retire(new Cast(node.Get<Directory>()).Of("bureau.head"), entry.Id, entry.Revision, "并入城市设施目录", default);
        Assert.Null(retired.Refusal);
        await new Demonstration(node.Services, TextWriter.Null).Fill(People, manifest.BaseUrl, default);
        Assert.Null(node.Get<Catalogue>().BySlug("public-toilets"));
    }

    private static Task<NodeLab> Start(Store store) => NodeLab.Start(store, people: People);

    private static async Task<Manifest> IsFilled(NodeLab node)
    {
        var home = node.Get<Home>();
        var manifest = Manifest.Load(home)!;
        Assert.True(manifest.IsComplete);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(home.Root, Manifest.FileName)));

        var directory = node.Get<Directory>();
        Assert.All(Organisations.All, o => Assert.NotNull(directory.BySlug(o.Slug)));
        Assert.Equal(DivisionStanding.Past, directory.Divisions.Standing("290121", manifest.Today));
        Assert.Equal("东城区", directory.Division("110101")!.Name);
        Assert.All(directory.Agencies.Where(a => a.IsGovernment), a => Assert.NotNull(directory.SharingOfficeHead(a.Id)));

        var catalogue = node.Get<Catalogue>();
        var versions = node.Get<Versions>();
        Assert.Equal(Shelf.All.Count, catalogue.All.Count);
        foreach (var resource in Shelf.All)
        {
            var current = versions.Current(catalogue.BySlug(resource.Slug)!.Id);
            Assert.Equal(resource.Rows is null, current is null);
            if (current is not null) Assert.True(current.Rows > 0, resource.Slug);
        }
        await TheQuarantineIsWhatWasPlanted(node, manifest.Scale);

        var grants = node.Get<Grants>();
        Assert.All(manifest.Clients.SelectMany(c => c.Granted), g => Assert.NotNull(g.Grant));
        var cast = new Cast(directory);
        foreach (var client in manifest.Clients)
        {
            var owner = cast.Of(client.Organisation == Organisations.Company ? "qiming.user" : client.Organisation + ".steward");
            Assert.Contains("\"d\":", client.PrivateJwk.ToJsonString(), StringComparison.Ordinal);
            var known = node.Get<Clients>().Find(client.ClientId)!;
            Assert.Contains(client.Kid, known.Jwks, StringComparison.Ordinal);
            Assert.DoesNotContain("\"d\"", known.Jwks, StringComparison.Ordinal);
            foreach (var granted in client.Granted) Assert.Equal(GrantState.Active, (await grants.Find(owner, Id<Grant>.Parse(granted.Grant!, null), default))!.State);
        }
        Assert.Equal(["conditional", "open", "spatial"], manifest.Resources.Keys.Order(StringComparer.Ordinal));
        Assert.All(manifest.Resources.Values, r => Assert.Equal(r.Id, catalogue.BySlug(r.Slug)!.Id.ToString()));
        return manifest;
    }

    // The commands a newcomer is shown, run as they stand.
    private static async Task TheExamplesWork(NodeLab node, Manifest manifest)
    {
        if (!File.Exists("/bin/bash") || !File.Exists("/usr/bin/curl")) return;
        var script = "set -euo pipefail\n" + string.Join('\n', Welcome.Examples(manifest, manifest.BaseUrl, node.Get<Home>()).Select(line => line.Replace("curl ", "curl -sSf ", StringComparison.Ordinal)));
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        var (said, complained) = (await shell.StandardOutput.ReadToEndAsync(), await shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, script + complained);
        Assert.Contains("\"station_code\":\"29", said, StringComparison.Ordinal);
        Assert.Contains("\"FeatureCollection\"", said, StringComparison.Ordinal);
        Assert.Contains("[{\"citizen_id\":\"29", said, StringComparison.Ordinal);
    }

    // The population goes through the same checks as any file: what was planted as wrong is in quarantine, row by row.
    private static async Task TheQuarantineIsWhatWasPlanted(NodeLab node, Scale scale)
    {
        var planted = new List<Planted>();
        using (var pen = new Pen(Stream.Null)) CompaniesFile.Write(scale, pen, planted.Add);
        var landings = node.Get<Landings>();
        var run = Assert.Single(await landings.Of(node.Get<Catalogue>().BySlug("legal-persons")!.Id, default));
        var found = (await landings.Quarantine(run, 0, 1000, default)).Select(b => b.Row - 1).Distinct().Order();
        Assert.Equal(planted.Where(p => p.Fault != Fault.FutureBirth).Select(p => p.Row).Distinct().Order(), found);
    }

    private static async Task<(int, int, int, long, int)> Counts(NodeLab node) =>
        (node.Get<Directory>().People.Count, node.Get<Directory>().Agencies.Count, node.Get<Catalogue>().All.Count,
            await node.Get<Db>().One($"select count(*) from warehouse_version", r => r.GetInt64(0), default),
            (await node.Get<Applications>().Mine(new Cast(node.Get<Directory>()).Of("qiming.user"), null, 200, default)).Items.Count);
}
