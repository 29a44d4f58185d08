using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Witness = Tongxiang.Evidence.Witness;

namespace Tongxiang.Tests.Evidence;

public sealed class WitnessTests
{
    /// <summary>A witness on a socket of its own.</summary>
    private sealed class Neighbour : IAsyncDisposable
    {
        private WebApplication app = null!;
        private StoreLab lab = null!;

        public string Url { get; private set; } = "";
        public HttpClient Http { get; } = new();
        public Witness Witness { get; private set; } = null!;

        public static async Task<Neighbour> Open(Store store, params string[] logs)
        {
            var lab = await StoreLab.Open(store);
            var own = new Neighbour { lab = lab, Witness = new Witness(lab.Db, lab.Home, lab.Key, lab.Settings with { LogOrigin = "neighbour.example/log" }, new WitnessSettings { Logs = logs }, lab.Clock) };
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton(own.Witness);
            own.app = builder.Build();
            Witness.Map(own.app);
            await own.app.StartAsync();
            own.Url = own.app.Urls.First() + "/witness";
            return own;
        }

        public async Task<(HttpStatusCode Code, string Text, string? Type)> Send(byte[] body)
        {
            using var answer = await Http.PostAsync(new Uri(Url + "/add-checkpoint"), new ByteArrayContent(body));
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType?.MediaType);
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await app.DisposeAsync();
            await lab.DisposeAsync();
        }
    }

    private static Cosigning Asker(EvidenceLab lab, int quorum, params Neighbour[] neighbours) => new(
        lab.Lab.Db, lab.Log, new WitnessSettings { Peers = [.. neighbours.Select(n => new WitnessPeer { Url = n.Url, Key = n.Witness.Key.ToString() })], Quorum = quorum }, lab.Lab.Clock, NullLogger<Cosigning>.Instance);

    private static async Task Grow(EvidenceLab lab, int entries)
    {
        await Task.WhenAll(Enumerable.Range(0, entries).Select(_ => lab.Log.Witness(lab.Happened("gateway.answered"), default).AsTask()));
        await lab.Sequencer.Run(default);
    }

    private static async Task<string> LogKey(EvidenceLab lab) => (await lab.Log.Open(default)).Keys.First().ToString();

    [Theory, EveryStore]
    public async Task Neighbours_cosign_what_grows_and_the_proof_carries_their_lines(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        await using var one = await Neighbour.Open(store, await LogKey(lab));
        await using var two = await Neighbour.Open(store, await LogKey(lab));
        using var asker = Asker(lab, 2, one, two);
        await Grow(lab, 3);
        await asker.Run(default);
        await Grow(lab, 40);
        await asker.Run(default);
        var book = await lab.Log.Open(default);
        Assert.Equal(43, book.Final!.Size);
        var log = VerifierKey.Parse(await LogKey(lab));
        // The log's own key and both neighbours: an auditor asks for all three.
        Assert.Equal(3, book.Newest.Note.Verify(log, one.Witness.Key, two.Witness.Key).Count);
        var proof = book.Prove(7)!;
        Assert.Equal(43, proof.Verify(TreeHash.Sha256, TreeHash.Sha256.Leaf(proof.Extra.Span), book.Origin, [log, one.Witness.Key, two.Witness.Key]).Size);
    }

    [Theory, EveryStore]
    public async Task A_log_that_was_rewritten_or_set_back_gets_no_signature(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        await using var neighbour = await Neighbour.Open(store, await LogKey(lab));
        using var asker = Asker(lab, 1, neighbour);
        await Grow(lab, 20);
        await asker.Run(default);

        // Whoever holds the log's key signs another history of it.
        var signer = SignerKey.Parse(KeyFile.Read(Path.Combine(lab.Lab.Home.Keys, "log.key"), lab.Lab.Key)!);
        var origin = (await lab.Log.Open(default)).Origin;
        Note Signed(long size, byte root) => new Checkpoint(origin, size, new Digest([.. Enumerable.Repeat(root, 32)])).Sign(lab.Lab.Clock.GetUtcNow(), signer);
        var longer = await neighbour.Send(new AddCheckpoint(20, [new Digest(new byte[32])], Signed(30, 7)).Bytes());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, longer.Code);
        var same = await neighbour.Send(new AddCheckpoint(20, [], Signed(20, 7)).Bytes());
        Assert.Equal((HttpStatusCode.Conflict, "20\n", "text/x.tlog.size"), same);
        var back = await neighbour.Send(new AddCheckpoint(10, [], Signed(10, 7)).Bytes());
        Assert.Equal((HttpStatusCode.Conflict, "20\n", "text/x.tlog.size"), back);
        Assert.Equal(HttpStatusCode.BadRequest, (await neighbour.Send(new AddCheckpoint(20, [], Signed(10, 7)).Bytes())).Code);

        // The true log is cosigned on.
        await Grow(lab, 5);
        await asker.Run(default);
        Assert.Equal(25, (await lab.Log.Open(default)).Final!.Size);
    }

    [Theory, EveryStore]
    public async Task Strangers_forged_signatures_and_broken_requests_are_refused(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        await using var neighbour = await Neighbour.Open(store, await LogKey(lab));
        var at = lab.Lab.Clock.GetUtcNow();
        var empty = new Digest(new byte[32]);
        var stranger = SignerKey.Generate("stranger.example/log", NoteAlgorithm.Ed25519);
        Assert.Equal(HttpStatusCode.NotFound, (await neighbour.Send(new AddCheckpoint(0, [], new Checkpoint("stranger.example/log", 1, empty).Sign(at, stranger)).Bytes())).Code);
        var origin = (await lab.Log.Open(default)).Origin;
        var forger = SignerKey.Generate(origin, NoteAlgorithm.Ed25519);
        Assert.Equal(HttpStatusCode.Forbidden, (await neighbour.Send(new AddCheckpoint(0, [], new Checkpoint(origin, 1, empty).Sign(at, forger)).Bytes())).Code);
        foreach (var body in new[] { "", "old 0\n\n", "old -1\n\nx", "old 00\n\nx", "old 0\nnothash\n\nx\n1\n", "new 0\n\n" })
            Assert.Equal(HttpStatusCode.BadRequest, (await neighbour.Send(Encoding.UTF8.GetBytes(body))).Code);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await neighbour.Send(new byte[AddCheckpoint.MaxBytes + 1])).Code);
    }

    [Theory, EveryStore]
    public async Task A_witness_that_is_away_is_asked_again_and_the_log_says_that_it_is_not_final(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var neighbour = await Neighbour.Open(store, await LogKey(lab));
        using var asker = Asker(lab, 1, neighbour);
        await Grow(lab, 4);
        await asker.Run(default);
        await neighbour.DisposeAsync();
        await Grow(lab, 4);
        await asker.Run(default);
        var book = await lab.Log.Open(default);
        Assert.Equal((4, 8), (book.Final!.Size, book.Newest.Size));
        lab.Lab.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded, (await asker.CheckHealthAsync(new())).Status);
        // What is covered by a final checkpoint is proved under it, the rest under the newest.
        Assert.Equal((4, 8), (Checkpoint.Parse(book.Prove(1)!.Checkpoint.Text).Size, Checkpoint.Parse(book.Prove(6)!.Checkpoint.Text).Size));
    }

    [Fact]
    public void A_request_reads_back_as_it_was_written_and_no_mutation_crashes_the_reader()
    {
        var key = SignerKey.Generate("a.example/log", NoteAlgorithm.Ed25519);
        var request = new AddCheckpoint(5, [new Digest(new byte[32]), new Digest([.. Enumerable.Repeat((byte)9, 32)])], new Checkpoint("a.example/log", 9, new Digest(new byte[32])).Sign(DateTimeOffset.UnixEpoch, key));
        var bytes = request.Bytes();
        Assert.Equal(bytes, AddCheckpoint.Parse(bytes).Bytes());
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var changed = bytes.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                _ = AddCheckpoint.Parse(changed.AsSpan(0, random.Next(changed.Length + 1)));
            }
            catch (FormatException)
            {
                // The only way to say no.
            }
        }
    }
}
