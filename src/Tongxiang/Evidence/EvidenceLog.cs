using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>The front door of evidence: business changes by way of the outbox, calls by group commit, open reads as counts.</summary>
public sealed class EvidenceLog : IAsyncDisposable
{
    /// <summary>Persons in one entry at most: their record shares the entry's place in the log.</summary>
    public const int MostSubjects = 50_000;

    private readonly Db db;
    private readonly Home home;
    private readonly NodeSettings settings;
    private readonly TimeProvider clock;
    private readonly NodeKey node;
    private readonly MonthKeys keys;
    private readonly JournalKeys journal;
    private readonly SemaphoreSlim opening = new(1, 1);
    private ConcurrentDictionary<(string Resource, long Version), (long Calls, long Rows)> counts = new();
    private Book? book;

    public EvidenceLog(Db db, Home home, NodeKey key, NodeSettings settings, TimeProvider clock)
    {
        (this.db, this.home, this.settings, this.clock, node) = (db, home, settings, clock, key);
        var algorithm = settings.NationalProfile ? SealAlgorithm.Sm4Gcm : SealAlgorithm.Aes256Gcm;
        keys = new MonthKeys(db, key, algorithm, clock);
        journal = new JournalKeys(db, key, algorithm, clock);
    }

    internal JournalKeys Journal => journal;

    internal string Folder => home.Log;

    internal FreshEntries Fresh { get; } = new();

    /// <summary>Why the log takes nothing more, or null while it does: then no data may leave either.</summary>
    public string? Stopped => Volatile.Read(ref book)?.Log.Fault?.Message;

    /// <summary>Writes the happening into the commit that causes it; the log has it within a second. Returns the evidence id.</summary>
    public async Task<string> Append(Tx tx, Happening happening)
    {
        var id = Id<Happening>.New(clock).ToString();
        var record = Encoding.UTF8.GetString(new Record(id, happening).Canonical());
        await tx.Run($"insert into evidence_outbox (id, record, created_at) values ({id}, {record}, {clock.GetUtcNow()})");
        return id;
    }

    /// <summary>Completes when the happening is durable in the log; throws when the log cannot: no evidence, no data.</summary>
    public async ValueTask<Receipt> Witness(Happening happening, CancellationToken ct)
    {
        var open = await Open(ct);
        var record = happening.Disclosed is { Subjects.Count: > 0 } disclosed ? await Sealed(disclosed, ct) : null;
        var placed = await Enter(open, new Record(null, happening, record is null ? null : JournalForm.Digest(record)).Canonical(), ct, record);
        Fresh.Add(placed.Index, happening);
        return new(open.Origin, placed.Index, placed.Leaf.ToArray());
    }

    /// <summary>Counts an anonymous read of open data. Kept in memory and witnessed once a minute, without address; never fails.</summary>
    public void Count(string resource, long version, int rows) =>
        Volatile.Read(ref counts).AddOrUpdate((resource, version), (1, rows), (_, old) => (old.Calls + 1, old.Rows + rows));

    /// <summary>The receipt of a business change; null while it waits for its place, or when there is no such evidence.</summary>
    public async Task<Receipt?> Of(string evidenceId, CancellationToken ct)
    {
        var place = await db.One($"select first_place from evidence_run where id = {evidenceId}", r => (long?)r.GetInt64(0), ct);
        if (place is not { } index) return null;
        var open = await Open(ct);
        return new(open.Origin, index, TreeHash.Sha256.Leaf(open.Log.Read(index).Leaf).ToArray());
    }

    /// <summary>Whether the evidence is recorded and only waits for its place in the log.</summary>
    public async Task<bool> IsWaiting(string evidenceId, CancellationToken ct) =>
        await db.One($"select id from evidence_outbox where id = {evidenceId}", r => r.GetString(0), ct) is not null;

    /// <summary>The proof that an entry stands in the newest signed checkpoint, and the keys that signed it; null while no checkpoint covers it.</summary>
    public async Task<(TlogProof Proof, IReadOnlyList<VerifierKey> Keys)?> Prove(long index, CancellationToken ct)
    {
        var open = await Open(ct);
        return open.Prove(index) is { } proof ? (proof, [.. open.Keys]) : null;
    }

    /// <summary>Opens the log and recovers what a crash left; called at start so that a damaged log stops the node and not the first caller.</summary>
    public async Task Start(CancellationToken ct) => await Open(ct);

    /// <summary>Witnesses the last counts and closes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        if (book is null) return;
        await WitnessCounts(CancellationToken.None);
        book.Dispose();
        book = null;
    }

    internal async ValueTask<Book> Open(CancellationToken ct)
    {
        if (Volatile.Read(ref book) is { } known) return known;
        await opening.WaitAsync(ct);
        try
        {
            if (book is not null) return book;
            var fresh = Book.Open(home, node, settings.LogOrigin, settings.NationalProfile, clock.GetUtcNow());
            try
            {
                await Register(fresh, ct);
            }
            catch
            {
                fresh.Dispose();
                throw;
            }
            Volatile.Write(ref book, fresh);
            return fresh;
        }
        finally
        {
            opening.Release();
        }
    }

    private async ValueTask<byte[]> Sealed(Disclosed disclosed, CancellationToken ct)
    {
        if (disclosed.Subjects.Count > MostSubjects) throw new ArgumentException($"One entry discloses at most {MostSubjects} persons, not {disclosed.Subjects.Count}: witness them page by page.");
        return (await journal.Of(disclosed.Scope, KeyRetention.MonthOf(clock.GetUtcNow()), ct)).Seal(disclosed.Subjects);
    }

    internal async ValueTask<Placed> Enter(Book open, byte[] canonical, CancellationToken ct, byte[]? record = null)
    {
        var month = await keys.Of(KeyRetention.MonthOf(clock.GetUtcNow()), ct);
        var (commitment, opening) = month.Seal(canonical);
        return await open.Log.Append(commitment, record is null ? opening : JournalForm.Join(opening, record), ct);
    }

    /// <summary>What an entry commits to; null when its opening was changed, erased or never ours.</summary>
    internal async ValueTask<(Record Record, byte[] Salt, string Canonical)?> Read(byte[] leaf, byte[] stored, CancellationToken ct)
    {
        if (MonthKeys.MonthOf(JournalForm.Opening(stored)) is not { } month || await keys.Known(month, ct) is not { } key) return null;
        return key.Open(JournalForm.Opening(stored), leaf) is { } opened ? (Record.Read(opened.Canonical), opened.Salt, Encoding.UTF8.GetString(opened.Canonical)) : null;
    }

    /// <summary>Witnesses and forgets the counts gathered so far; when the log refuses they are counted on.</summary>
    internal async Task WitnessCounts(CancellationToken ct)
    {
        var gathered = Interlocked.Exchange(ref counts, new());
        foreach (var ((resource, version), (calls, rows)) in gathered)
        {
            var facts = new Dictionary<string, string>
            {
                ["resource"] = resource,
                ["version"] = version.ToString(CultureInfo.InvariantCulture),
                ["calls"] = calls.ToString(CultureInfo.InvariantCulture),
                ["rows"] = rows.ToString(CultureInfo.InvariantCulture),
            };
            try
            {
                await Witness(new Happening("evidence.open-reads", "system", null, "resource:" + resource, clock.GetUtcNow(), facts), ct);
            }
            catch (IOException)
            {
                // Open data go on when the log stops (architecture §6); what was counted waits for a log that takes it.
                Volatile.Read(ref counts).AddOrUpdate((resource, version), (calls, rows), (_, later) => (later.Calls + calls, later.Rows + rows));
            }
        }
    }

    // The control data remember whose log they belong to and how much of it they have seen: a foreign or shortened log does not start.
    private async Task Register(Book fresh, CancellationToken ct)
    {
        var vkey = fresh.Keys.First().ToString();
        await db.Run($"insert into evidence_log (origin, vkey, indexed, created_at) values ({fresh.Origin}, {vkey}, {0}, {clock.GetUtcNow()}) on conflict (origin) do nothing", ct);
        var (known, indexed) = await db.One($"select vkey, indexed from evidence_log where origin = {fresh.Origin}", r => (r.GetString(0), r.GetInt64(1)), ct);
        if (known != vkey)
            throw new InvalidDataException($"The control data belong to the log {known}, this folder holds {vkey}. Each copy of a node that writes a log needs its own Node:LogOrigin.");
        if (indexed > fresh.Log.Size)
            throw new InvalidDataException($"The control data know {indexed} entries of the log, which has {fresh.Log.Size}: it was set back to an older copy. Restore the newest copy.");
    }
}
