using System.ComponentModel.DataAnnotations;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Server.Wiring;
using Tongxiang.Tests.Evidence;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Cybersecurity Law art. 23 and GB/T 39786: audit records are chained with SM3 and any changed or removed record is found by verification; network logs stay at least six months.</summary>
public sealed class Requirement25
{
    [Theory, EveryStore]
    public async Task Requirement_25_a_changed_or_removed_audit_record_is_found_in_the_sm3_chain(Store store)
    {
        await using var lab = await EvidenceLab.Open(store, national: true);
        for (var i = 0; i < 300; i++) await lab.Log.Witness(lab.Happened("gateway.answered"), default);
        await lab.Sequencer.Run(default);
        var folder = StoreLab.Folder();
        try
        {
            await new Export(lab.Lab.Db, lab.Log).Run(folder, 0, default);
            IReadOnlyList<VerifierKey> keys = [.. (await lab.Log.Open(default)).Keys];
            Assert.Contains(keys, k => k.Algorithm == NoteAlgorithm.Sm2);
            var sm3 = Path.Combine(folder, "sm3");
            Assert.Equal(300, (await Check(sm3, keys)).EntriesRead);

            // One bit of any file of the chain, one file less, or a record cut off: each is named by the verification.
            foreach (var file in Directory.GetFiles(sm3, "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith("checkpoint", StringComparison.Ordinal)))
            {
                var bytes = await File.ReadAllBytesAsync(file);
                bytes[bytes.Length / 2] ^= 1;
                await File.WriteAllBytesAsync(file, bytes);
                await Assert.ThrowsAnyAsync<Exception>(() => Check(sm3, keys));
                bytes[bytes.Length / 2] ^= 1;
                await File.WriteAllBytesAsync(file, bytes[..^32]);
                await Assert.ThrowsAnyAsync<Exception>(() => Check(sm3, keys));
                File.Delete(file);
                await Assert.ThrowsAnyAsync<Exception>(() => Check(sm3, keys));
                await File.WriteAllBytesAsync(file, bytes);
            }
            Assert.Equal(300, (await Check(sm3, keys)).EntriesRead);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory, EveryStore]
    public async Task Requirement_25_network_logs_stay_six_months_and_no_setting_shortens_that(Store store)
    {
        var refused = await Assert.ThrowsAsync<ValidationException>(() => NodeLab.Start(store, settings: new Dictionary<string, string> { ["Logs:KeepMonths"] = "5" }));
        Assert.Contains("art. 23", refused.Message, StringComparison.Ordinal);

        await using var lab = await LawNode.Start(store, "2026-02-12");
        using (var asked = await lab.Node.Http.GetAsync("/datasets/secret-name?query=110101190001010014")) Assert.False(asked.IsSuccessStatusCode);
        var folder = Path.Combine(lab.Node.Root, "data", "network-log");
        var day = Path.Combine(folder, "2026-02-12.log");
        var line = await Until(day, "/datasets/secret-name");
        Assert.Matches(@"^2026-02-12T01:00:00\.\d{3}Z 127\.0\.0\.1 GET /datasets/secret-name 404 \d+ -$", line);
        Assert.DoesNotContain("110101190001010014", line, StringComparison.Ordinal);

        // On the last day of the sixth month the file stands; a day later it may go.
        var log = lab.Get<NetworkLog>();
        lab.Clock.AdjustTime(new DateTimeOffset(2026, 8, 12, 23, 0, 0, TimeSpan.FromHours(8)));
        log.Prune();
        Assert.True(File.Exists(day));
        lab.Clock.AdjustTime(new DateTimeOffset(2026, 8, 13, 1, 0, 0, TimeSpan.FromHours(8)));
        log.Prune();
        Assert.False(File.Exists(day));
    }

    private static Task<LogReport> Check(string folder, IReadOnlyList<VerifierKey> keys) => LogCheck.Run(TreeHash.Sm3, LogCheck.Folder(folder), keys, 0, default);

    // The line is written beside the answer, not before it.
    private static async Task<string> Until(string file, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await pause.WaitForNextTickAsync(patience.Token))
        {
            if (!File.Exists(file)) continue;
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            if ((await reader.ReadToEndAsync(patience.Token)).Split('\n').FirstOrDefault(l => l.Contains(what, StringComparison.Ordinal)) is { } found) return found;
        }
        throw new InvalidOperationException($"{what} never came.");
    }
}
