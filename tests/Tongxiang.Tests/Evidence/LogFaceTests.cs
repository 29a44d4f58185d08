using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Evidence;

public sealed class LogFaceTests : IDisposable
{
    private readonly string folder = StoreLab.Folder();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Happening Happened(string kind = "gateway.answered") =>
        new(kind, "p1", "a1", "entry:1", new DateTimeOffset(2026, 9, 18, 1, 0, 0, TimeSpan.Zero), new Dictionary<string, string> { ["rows"] = "3" });

    // The node's own chore signs within a second; asking it directly spares the waiting.
    private static Task Round(NodeLab node) => node.Get<Sequencer>().Run(default);

    private static async Task<(int Code, string Output)> Verify(string target, string key, string? proof = null, string? log = null, string? opening = null, TreeHash? hash = null, string? save = null)
    {
        var output = new StringWriter();
        return (await Tongxiang.Server.Verbs.Verify.Run(new Verification(target, [key], proof, log, opening, 0, hash ?? TreeHash.Sha256, save), output, default), output.ToString());
    }

    [Theory, EveryStore]
    public async Task An_auditor_checks_log_receipt_proof_and_opening_with_the_key_alone(Store store)
    {
        await using var node = await NodeLab.Start(store);
        var log = node.Get<EvidenceLog>();
        var receipts = await Task.WhenAll(Enumerable.Range(0, 270).Select(_ => log.Witness(Happened(), default).AsTask()));
        await Round(node);
        var receipt = receipts.Single(r => r.Index == 261);
        var key = Path.Combine(folder, "log.vkey");
        await File.WriteAllTextAsync(key, await node.Http.GetStringAsync("/log/key"));

        var address = new Uri(node.Http.BaseAddress!, "/log").ToString();
        var (code, output) = await Verify(address, key, save: folder);
        Assert.True(code == 0, output);
        Assert.Equal(0, (await Verify(address + "/sm3", key, hash: TreeHash.Sm3)).Code);
        Assert.Equal(1, (await Verify(address + "/sm3", key)).Code);
        Assert.Equal(0, (await Verify(folder, key)).Code);
        Assert.Equal(0, (await Verify(receipt.ToString(), key, log: folder)).Code);

        var proof = Path.Combine(folder, "p.tlog-proof");
        await File.WriteAllTextAsync(proof, await node.Http.GetStringAsync($"/log/proof/{receipt.Index}.tlog-proof"));
        Assert.Equal(0, (await Verify(proof, key)).Code);
        Assert.Equal(0, (await Verify(receipt.ToString(), key, proof)).Code);
        var opened = await node.Get<Openings>().Find(new("a1"), receipt.Index, default);
        var opening = Path.Combine(folder, "opening.json");
        await File.WriteAllTextAsync(opening, JsonSerializer.Serialize(new { salt = opened!.Salt, record = opened.Record }));
        Assert.Equal(0, (await Verify(receipt.ToString(), key, proof, opening: opening)).Code);
        Assert.Equal(0, (await Verify(proof, key, opening: opening)).Code);

        // And none of it when something was changed.
        await File.WriteAllTextAsync(opening, JsonSerializer.Serialize(new { salt = opened.Salt, record = opened.Record.Replace("\"3\"", "\"4\"", StringComparison.Ordinal) }));
        Assert.Equal(1, (await Verify(proof, key, opening: opening)).Code);
        Assert.Equal(1, (await Verify((receipt with { Index = 260 }).ToString(), key, proof)).Code);
        Assert.Equal(1, (await Verify((receipt with { Origin = "other.example/log" }).ToString(), key, proof)).Code);
        Assert.Equal(1, (await Verify((receipt with { Leaf = new byte[32] }).ToString(), key, log: folder)).Code);
        Assert.Equal(1, (await Verify((receipt with { Index = 270 }).ToString(), key, log: folder)).Code);
        var stranger = SignerKey.Generate(receipt.Origin, NoteAlgorithm.Ed25519).Verifier.ToString();
        Assert.Equal(1, (await Verify(proof, stranger)).Code);
        Assert.Equal(1, (await Verify(folder, stranger)).Code);
        Assert.Equal(2, (await Verify(receipt.ToString(), key)).Code);
        Assert.Equal(2, (await Verify("nonsense", key)).Code);
        Assert.Equal(2, (await Verify(folder, "nonsense")).Code);
    }

    [Theory, EveryStore]
    public async Task A_months_entries_are_fetched_checked_and_checked_again_offline(Store store)
    {
        await using var node = await NodeLab.Start(store);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => node.Get<EvidenceLog>().Witness(Happened(), default).AsTask()));
        await Round(node);
        var (key, address) = (await node.Http.GetStringAsync("/log/key"), new Uri(node.Http.BaseAddress!, "/log").ToString());
        var now = node.Get<TimeProvider>().GetUtcNow().ToOffset(TimeSpan.FromHours(8));
        async Task<(int Code, string Output)> Month(string target, string month, string? save = null)
        {
            var output = new StringWriter();
            var asked = new Verification(target, [key], null, null, null, 0, TreeHash.Sha256, save) { Month = month };
            return (await Tongxiang.Server.Verbs.Verify.Run(asked, output, default), output.ToString());
        }
        var (code, said) = await Month(address, $"{now:yyyy-MM}", folder);
        Assert.True(code == 0, said);
        Assert.Contains($"month / 月份: {now:yyyy-MM}", said, StringComparison.Ordinal);
        Assert.Equal(0, (await Month(folder, $"{now:yyyy-MM}")).Code);
        Assert.Equal(2, (await Month(address, "2001-01")).Code);
        Assert.Equal(2, (await Month(address, "../key")).Code);
        var entries = Directory.EnumerateFiles(Path.Combine(folder, "tile", "entries"), "*", SearchOption.AllDirectories).First();
        var bytes = await File.ReadAllBytesAsync(entries);
        bytes[10] ^= 1;
        await File.WriteAllBytesAsync(entries, bytes);
        Assert.Equal(1, (await Month(folder, $"{now:yyyy-MM}")).Code);
    }

    [Theory, EveryStore]
    public async Task A_business_change_is_found_by_its_id(Store store)
    {
        await using var node = await NodeLab.Start(store);
        var id = await node.Get<Db>().Commit(tx => node.Get<EvidenceLog>().Append(tx, Happened("catalog.published")), default);
        await Round(node);
        using var answer = await node.Http.GetAsync($"/log/by-id/{id}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var receipt = Receipt.Parse(answer.Headers.GetValues("Evidence-Receipt").Single())!;
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(receipt.Index, json.GetProperty("index").GetInt64());
        Assert.Equal(HttpStatusCode.OK, (await node.Http.GetAsync(json.GetProperty("proof").GetString())).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await node.Http.GetAsync($"/log/by-id/{Guid.CreateVersion7()}")).StatusCode);
    }

    [Fact]
    public async Task The_face_shows_what_is_signed_and_nothing_else()
    {
        await using var node = await NodeLab.Start(Store.Sqlite);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => node.Get<EvidenceLog>().Witness(Happened(), default).AsTask()));
        await Round(node);
        Assert.Equal(160, (await node.Http.GetByteArrayAsync("/log/tile/0/000.p/5")).Length);
        Assert.Equal(5 * 34, (await node.Http.GetByteArrayAsync("/log/tile/entries/000.p/5")).Length);
        Assert.Equal(5 * 34, (await node.Http.GetByteArrayAsync("/log/entries/000.p/5")).Length);
        Assert.Contains("immutable", (await node.Http.GetAsync("/log/tile/0/000.p/5")).Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        foreach (var path in new[] { "tile/0/000", "tile/0/00", "tile/1/000.p/1", "tile/entries/000", "tile/0/%2e%2e/checkpoint", "tile/..%2f..%2fkeys/node.key", "proof/-1.tlog-proof", "proof/x", "proof/05", "by-id/';--" })
            Assert.Equal(HttpStatusCode.NotFound, (await node.Http.GetAsync("/log/" + path)).StatusCode);

        // A node has things of its own to put on record: the end is where it was before and after the question.
        for (var size = await Size(); ; size = await Size())
        {
            HttpStatusCode[] beyond = [(await node.Http.GetAsync($"/log/tile/0/000.p/{size + 1}")).StatusCode, (await node.Http.GetAsync($"/log/proof/{size}.tlog-proof")).StatusCode];
            if (await Size() != size) continue;
            Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound], beyond);
            return;
        }

        async Task<long> Size() => long.Parse((await node.Http.GetStringAsync("/log/checkpoint")).Split('\n')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("origin=\"a.example/log\", index=5, leaf=\"rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\"", true)]
    [InlineData("Evidence-Receipt: origin=\"a\", index=5, leaf=\"rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\"", true)]
    [InlineData("origin=\"a\", index=-5, leaf=\"rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\"", false)]
    [InlineData("origin=\"a\", index=5, leaf=\"rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383ct=\"", false)]
    [InlineData("origin=\"a b\", index=5, leaf=\"rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\"", false)]
    [InlineData("origin=\"a\", index=5", false)]
    [InlineData("", false)]
    public void A_receipt_is_read_in_its_one_form(string text, bool valid)
    {
        Assert.Equal(valid, Receipt.Parse(text) is not null);
        if (valid) Assert.Equal(Receipt.Parse(text)!.Leaf, Receipt.Parse(Receipt.Parse(text)!.ToString())!.Leaf);
    }
}
