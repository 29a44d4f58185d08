using System.Diagnostics;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Evidence;

public sealed class ExportTests : IDisposable
{
    private readonly string folder = StoreLab.Folder();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // 300 entries, a kept checkpoint of 40 before them, then the export.
    private async Task<IReadOnlyList<VerifierKey>> Make(EvidenceLab lab, long from = 0)
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => lab.Log.Witness(lab.Happened("gateway.answered"), default).AsTask()));
        await lab.Sequencer.Run(default);
        lab.Lab.Clock.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(Enumerable.Range(0, 260).Select(i => lab.Log.Witness(lab.Happened("gateway.answered"), default).AsTask()));
        await lab.Sequencer.Run(default);
        Assert.Equal(300, await new Export(lab.Lab.Db, lab.Log).Run(folder, from, default));
        return [.. (await lab.Log.Open(default)).Keys];
    }

    [Theory, EveryStore]
    public async Task An_exported_log_checks_in_both_trees(Store store)
    {
        await using var lab = await EvidenceLab.Open(store, national: true);
        var keys = await Make(lab);
        var report = await LogCheck.Run(TreeHash.Sha256, LogCheck.Folder(folder), keys, 0, default);
        Assert.Equal((300, 300, 2), (report.Checkpoint.Size, report.EntriesRead, report.Signers.Count));
        report = await LogCheck.Run(TreeHash.Sm3, LogCheck.Folder(Path.Combine(folder, "sm3")), keys, 0, default);
        Assert.Equal((300, 300, lab.Settings.LogOrigin + "/sm3"), (report.Checkpoint.Size, report.EntriesRead, report.Checkpoint.Origin));
        Assert.Equal(40, Checkpoint.Open(await File.ReadAllBytesAsync(Path.Combine(folder, "checkpoint.40")), [.. keys]).Size);
    }

    [Fact]
    public async Task A_range_is_exported_with_what_proves_it()
    {
        await using var lab = await EvidenceLab.Open(Store.Sqlite);
        var keys = await Make(lab, from: 280);
        Assert.False(File.Exists(Path.Combine(folder, "tile/entries/000")));
        Assert.Equal(44, (await LogCheck.Run(TreeHash.Sha256, LogCheck.Folder(folder), keys, 280, default)).EntriesRead);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new Export(lab.Lab.Db, lab.Log).Run(folder, 301, default));
    }

    [Theory, EveryStore]
    public async Task A_month_lies_between_the_checkpoints_around_it(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var export = new Export(lab.Lab.Db, lab.Log);
        Assert.Null(await export.Month(202609, default));
        await Make(lab);
        Assert.Equal((0L, 300L), await export.Month(202609, default));
        lab.Lab.Clock.Advance(TimeSpan.FromDays(30));
        await lab.Log.Witness(lab.Happened("gateway.answered"), default);
        await lab.Sequencer.Run(default);
        Assert.Equal((300L, 301L), await export.Month(202610, default));
        Assert.Equal((0L, 301L), await export.Month(202609, default));
        Assert.Null(await export.Month(202601, default));
        Assert.Null(await export.Month(202613, default));
    }

    // The check that is not ours: Go's own sumdb/tlog and note.
    [Fact]
    public async Task A_verifier_written_by_others_accepts_our_log_and_refuses_a_changed_one()
    {
        var source = Source();
        Assert.SkipUnless(File.Exists("/usr/bin/go") && Directory.Exists("/usr/share/gocode/src/golang.org/x/mod/sumdb"), "Go and golang-golang-x-mod-dev are absent: ./test installs them.");
        var verifier = Path.Combine(folder, "verify_xmod");
        var build = await Run("/usr/bin/go", ["build", "-o", verifier, source], ("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOCACHE", Path.Combine(folder, "go-cache")), ("HOME", folder));
        Assert.True(build.Code == 0, build.Output);
        await using var lab = await EvidenceLab.Open(Store.Sqlite, national: true);
        var key = (await Make(lab))[0].ToString();
        var sound = await Run(verifier, [folder, key, "checkpoint.40"]);
        Assert.Equal((0, "OK 300 records included; consistent with size 40"), (sound.Code, sound.Output[..48]));

        foreach (var name in new[] { "tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/1/000.p/1", "checkpoint" })
        {
            var file = Path.Combine(folder, name);
            var bytes = await File.ReadAllBytesAsync(file);
            bytes[20] ^= 1;
            await File.WriteAllBytesAsync(file, bytes);
            Assert.NotEqual(0, (await Run(verifier, [folder, key, "checkpoint.40"])).Code);
            bytes[20] ^= 1;
            await File.WriteAllBytesAsync(file, bytes);
        }
    }

    private static string Source()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Tongxiang.slnx"))) at = at.Parent;
        Assert.SkipWhen(at is null, "not run from a checkout");
        return Path.Combine(at!.FullName, "tests", "clients", "verify_xmod", "verify_xmod.go");
    }

    private static async Task<(int Code, string Output)> Run(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
