using System.Globalization;
using System.Net;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>Asks the witnesses of this node's log to cosign its newest checkpoint; a checkpoint with enough cosignatures is final.</summary>
public sealed partial class Cosigning(Db db, EvidenceLog evidence, WitnessSettings settings, TimeProvider clock, ILogger<Cosigning> log, HttpMessageHandler? network = null) : IHealthCheck, IDisposable
{
    private readonly HttpClient http = new(network ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(3) }) { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = 64 << 10 };
    private DateTimeOffset finalAt = clock.GetUtcNow();

    /// <summary>One round over all witnesses; those that do not answer are asked again in the next.</summary>
    public async Task Run(CancellationToken ct)
    {
        if (settings.Peers.Count == 0) return;
        var book = await evidence.Open(ct);
        var newest = book.Newest;
        if (book.Final is { } final && final.Size == newest.Size)
        {
            finalAt = clock.GetUtcNow();
            return;
        }
        var lines = await Task.WhenAll(settings.Peers.Select(peer => Ask(book, newest, peer, ct)));
        if (book.Cosign(newest, [.. lines.OfType<NoteSignature>()], settings.Quorum)) finalAt = clock.GetUtcNow();
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        settings.Quorum == 0 || clock.GetUtcNow() - finalAt < TimeSpan.FromMinutes(settings.OldestMinutes)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"No checkpoint has got {settings.Quorum} cosignatures since {finalAt:O}."));

    public void Dispose() => http.Dispose();

    private async Task<NoteSignature?> Ask(Book book, Book.Published newest, WitnessPeer peer, CancellationToken ct)
    {
        var key = VerifierKey.Parse(peer.Key);
        try
        {
            var old = await db.One($"select size from evidence_cosigned where origin = {book.Origin} and witness = {peer.Key}", r => (long?)r.GetInt64(0), ct) ?? 0;
            // The second try is from the size that the witness said it knows.
            for (var tries = 0; tries < 2; tries++)
            {
                if (old > newest.Size) throw new InvalidDataException($"The witness knows {old} entries, the log has {newest.Size}: was the log set back?");
                var proof = old == 0 || old == newest.Size ? [] : book.Log.ProveConsistency(TreeHash.Sha256, old, newest.Size);
                using var content = new ByteArrayContent(new AddCheckpoint(old, proof, newest.Note).Bytes());
                using var answer = await http.PostAsync(new Uri(peer.Url.TrimEnd('/') + "/add-checkpoint"), content, ct);
                var text = await answer.Content.ReadAsStringAsync(ct);
                if (answer.StatusCode == HttpStatusCode.Conflict && long.TryParse(text.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var theirs) && theirs != old)
                {
                    old = theirs;
                    continue;
                }
                if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidDataException($"It answered {(int)answer.StatusCode}.");
                var line = Cosignature(newest.Note.Text, text, key);
                await db.Run($"insert into evidence_cosigned (origin, witness, size, seen_at) values ({book.Origin}, {peer.Key}, {newest.Size}, {clock.GetUtcNow()}) on conflict (origin, witness) do update set size = excluded.size, seen_at = excluded.seen_at", ct);
                return line;
            }
            throw new InvalidDataException("It changed its mind about the size.");
        }
        catch (Exception e) when (e is HttpRequestException or InvalidDataException or FormatException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            NotCosigned(log, key.Name, e);
            return null;
        }
    }

    // Nothing that a witness sends is believed before its own key verifies it.
    private static NoteSignature Cosignature(string text, string lines, VerifierKey key)
    {
        var note = Note.Parse(System.Text.Encoding.UTF8.GetBytes($"{text}\n{lines}"));
        note.Verify(key);
        return note.Signatures.First(s => s.KeyId == key.Id && s.Name == key.Name);
    }

    [LoggerMessage(1240, LogLevel.Warning, "The witness {Witness} did not cosign the log's newest checkpoint; it is asked again.")]
    private static partial void NotCosigned(ILogger log, string witness, Exception e);
}
