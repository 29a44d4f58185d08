using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Opening = Tongxiang.Evidence.Opening;

namespace Tongxiang.Tests.Journeys;

/// <summary>A node that is killed at random moments of mixed work has kept, each time it comes back, all that it ever answered for.</summary>
public sealed class KillNine
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("TONGXIANG_TEST_FULL") is not null;
    private string steward = "", applicant = "";
    private TimeSpan patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9_at_any_moment_of_mixed_work()
    {
        await using var town = await Town.Found();
        await Survive(town, Full ? 100 : 5);
    }

    [Fact]
    public async Task It_survives_on_postgres_too()
    {
        if (!Full || Cluster.Address is null) Assert.Skip("In ./test --full, with a PostgreSQL cluster: each kill waits until the dead node's lease is over.");
        await using var town = await Town.Found(Store.PostgreSql);
        // A lease lasts 30 s; until then nobody sequences or lands.
        patience = TimeSpan.FromSeconds(90);
        await Survive(town, 5);
    }

    private async Task Survive(Town town, int kills)
    {
        var book = new Acknowledged();
        var random = new Random(20260918);
        for (var kill = 0; kill < kills; kill++)
        {
            if (kill % 5 == 4) await KillWhileStarting(town, random.Next(50, 2500));
            var life = Stopwatch.StartNew();
            using var server = new ServerProcess(town.Data, town.Settings);
            var address = await server.Address;
            var started = life.Elapsed;
            if (steward.Length == 0) (steward, applicant) = (await Crowd.SignIn(address, "transport.steward"), await Crowd.SignIn(address, "police.steward"));
            using var crowd = new Crowd(town, book, address, steward, applicant, kill);
            if (kill > 0) await Check(town, book, crowd, address, kill);
            Say($"{kill} kills: {book}; up after {started.TotalSeconds:0.0} s, checked after {life.Elapsed.TotalSeconds:0.0} s");
            var work = crowd.Work();
            var receipts = book.Receipts.Count;
            await crowd.Answered(random.Next(1, 150));
            // Calls begin last, for they need a token: every other life goes on until one was answered.
            for (var waiting = Stopwatch.StartNew(); kill % 2 == 0 && book.Receipts.Count == receipts && waiting.Elapsed < patience;) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            await server.Kill();
            crowd.Stop();
            await work;
            Assert.Empty(server.Faults);
            Assert.Empty(book.Wrong);
        }
        using (var last = new ServerProcess(town.Data, town.Settings))
        {
            var address = await last.Address;
            using var crowd = new Crowd(town, book, address, steward, applicant, kills);
            await Check(town, book, crowd, address, kills, everything: true);
            Assert.Empty(last.Faults);
            await last.Kill();
        }
        await town.Inside(node => Once(node, book));
        Say($"{kills} kills: {book}");
        // Less would mean that the kills hit an idle node.
        Assert.True(Math.Min(Math.Min(book.Entries.Count, book.Applications.Count), Math.Min(book.Versions.Count, book.Receipts.Count)) > kills / 2, book.ToString());
    }

    private static void Say(FormattableString line) => TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(line));

    private static async Task KillWhileStarting(Town town, int after)
    {
        using var server = new ServerProcess(town.Data, town.Settings);
        await Task.Delay(TimeSpan.FromMilliseconds(after), TimeProvider.System);
        await server.Kill();
        Assert.Empty(server.Faults);
    }

    private async Task Check(Town town, Acknowledged book, Crowd crowd, string address, int life, bool everything = false)
    {
        var evidence = new List<string>();
        foreach (var (slug, entry) in town.Open) evidence.AddRange(await CheckVersions(town, book, crowd, slug, entry));
        await CheckCreations(book, crowd, everything ? "" : $"{life - 1}-");
        foreach (var (id, state) in everything ? book.Applications : book.Applications.TakeLast(20))
        {
            var (status, body, _) = await crowd.Ask(HttpMethod.Get, $"/api/applications/{id}", cookie: applicant);
            Assert.Equal(HttpStatusCode.OK, status);
            var now = body.GetProperty("application").GetProperty("state").GetString();
            Assert.True(now == state || (state == "Draft" && now == "AwaitingOwnHead"), $"application {id} was {state}, is {now}");
        }
        foreach (var id in everything ? evidence : evidence.TakeLast(20)) await Sequenced(crowd, id);
        await CheckLog(book, address);
        Assert.Empty(book.Wrong);
    }

    private async Task<List<string>> CheckVersions(Town town, Acknowledged book, Crowd crowd, string slug, Id<Entry> entry)
    {
        // Landings first: what was accepted goes on by itself, what was on its way is refused with the reason.
        var runs = (await crowd.Ask(HttpMethod.Get, $"/api/entries/{entry}/landings", cookie: steward)).Body.GetProperty("items").EnumerateArray().ToList();
        var listed = runs.Select(r => r.GetProperty("id").GetString()!).ToHashSet();
        foreach (var run in runs)
        {
            var id = run.GetProperty("id").GetString()!;
            // On a cluster another copy may be receiving it: given up after six hours only.
            if (town.IsCluster && run.GetProperty("state").GetString() == "Receiving") continue;
            if (run.GetProperty("state").GetString() != "Refused")
            {
                if (await crowd.Over(entry, id) is { } number && book.Deliveries.TryGetValue(id, out var delivery)) book.Versions[(slug, number)] = delivery;
                continue;
            }
            Assert.Equal("ingest.broken-off", run.GetProperty("problem").GetProperty("code").GetString());
            Assert.False(book.Deliveries.ContainsKey(id), $"the accepted landing {id} was given up");
        }
        if (runs.Count < 100) Assert.All(book.Deliveries.Values.Where(d => d.Slug == slug), d => Assert.Contains(d.Run, listed));

        var versions = (await crowd.Ask(HttpMethod.Get, $"/api/entries/{entry}/versions", cookie: steward)).Body.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(1, versions.Count).Reverse().Select(n => (long)n), versions.Select(v => v.GetProperty("number").GetInt64()));
        foreach (var version in versions)
        {
            var number = version.GetProperty("number").GetInt64();
            var digest = version.GetProperty("digest").GetString()!;
            Assert.Equal(digest, book.Digests.GetOrAdd((slug, number), digest));
            if (book.Versions.TryGetValue((slug, number), out var delivery)) Assert.Equal(delivery.Size, version.GetProperty("rows").GetInt64());
        }
        Assert.All(book.Versions.Keys.Where(v => v.Slug == slug), v => Assert.InRange(v.Number, 1, versions.Count));
        var current = versions.Single(v => v.GetProperty("state").GetString() == "Current");
        var now = current.GetProperty("number").GetInt64();
        Assert.True(now >= book.Current.GetValueOrDefault(slug), $"{slug}: version {now} is current, {book.Current.GetValueOrDefault(slug)} was acknowledged");
        var served = Crowd.Whole(await crowd.Rows(slug));
        Assert.Equal(current.GetProperty("rows").GetInt64(), served?.Size);
        if (book.Versions.TryGetValue((slug, now), out var whole)) Assert.Equal(whole.Batch, served?.Batch);
        return [.. versions.Select(v => v.GetProperty("evidenceId").GetString()!).Reverse()];
    }

    private async Task CheckCreations(Acknowledged book, Crowd crowd, string prefix)
    {
        var made = book.Entries.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        foreach (var (key, id) in made)
        {
            var (status, body, _) = await crowd.Ask(HttpMethod.Get, $"/api/entries/{id}", cookie: steward);
            Assert.True(status == HttpStatusCode.OK, $"entry {id} of {key}: {status} {body}");
        }
        // The same key again: the first answer, whatever happened in between.
        foreach (var (key, id) in made.TakeLast(3))
        {
            var again = await crowd.Create(key);
            Assert.True(again.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, again.Body.ToString());
            if (again.Status == HttpStatusCode.Created) Assert.Equal(id, again.Body.GetProperty("entry").GetProperty("id").GetString());
            else Assert.Equal("kernel.outcome-unknown", again.Body.GetProperty("code").GetString());
        }
        foreach (var key in book.Unanswered.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var again = await crowd.Create(key);
            if (again.Status == HttpStatusCode.Created) book.Entries[key] = again.Body.GetProperty("entry").GetProperty("id").GetString()!;
            else Assert.Equal("kernel.outcome-unknown", again.Body.GetProperty("code").GetString());
        }
    }

    private async Task Sequenced(Crowd crowd, string evidenceId)
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            var (status, body, _) = await crowd.Ask(HttpMethod.Get, $"/log/by-id/{evidenceId}");
            if (status == HttpStatusCode.OK) return;
            Assert.True(status == HttpStatusCode.Accepted && waiting.Elapsed < patience, $"evidence {evidenceId}: {status} {body}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    // As any third party: every tile and entry against the signed root, then each receipt against the leaf at its place.
    private async Task CheckLog(Acknowledged book, string address)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        var keys = (await http.GetStringAsync("/log/key")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(VerifierKey.Parse).ToList();
        var last = book.Receipts.Select(r => r.Index).DefaultIfEmpty(0).Max();
        var signed = Stopwatch.StartNew();
        while (Checkpoint.Open(await http.GetByteArrayAsync("/log/checkpoint"), keys).Size <= last)
        {
            Assert.True(signed.Elapsed < patience, $"the log ends before entry {last}, for which a receipt was given");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
        var tiles = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var report = await LogCheck.Run(TreeHash.Sha256, async (path, ct) =>
        {
            using var answer = await http.GetAsync("/log/" + path, ct);
            if (!answer.IsSuccessStatusCode) return null;
            return tiles[path] = await answer.Content.ReadAsByteArrayAsync(ct);
        }, keys, 0, default);
        foreach (var receipt in book.Receipts)
        {
            var (index, within) = Math.DivRem(receipt.Index, Tiles.Width);
            var tile = new TileAddress(0, index, (int)Math.Min(Tiles.Width, report.Checkpoint.Size - index * Tiles.Width));
            Assert.Equal(Convert.ToBase64String(receipt.Leaf), Convert.ToBase64String(tiles[tile.ToString()].AsSpan((int)within * Digest.Size, Digest.Size)));
        }
        Assert.Equal(book.Receipts.Count, book.Receipts.Select(r => r.Index).Distinct().Count());
    }

    // Reads every opening of the log: each change stands there once, and each thing that was acknowledged has its entry.
    private static async Task Once(IServiceProvider node, Acknowledged book)
    {
        await node.GetRequiredService<Sequencer>().Run(default);
        var openings = node.GetRequiredService<Openings>();
        var all = new List<Opening>();
        string? after = null;
        do
        {
            var page = await openings.List(new OpeningReader(null, IsAuditor: true), new OpeningQuery { Limit = 500, After = after }, default);
            all.AddRange(page.Items);
            after = page.Next;
        } while (after is not null);
        Assert.Equal(Enumerable.Range(0, all.Count).Reverse().Select(i => (long)i), all.Select(o => o.Index));
        Assert.Empty(all.Where(o => o.EvidenceId is not null).GroupBy(o => o.EvidenceId).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.Equal(0, await node.GetRequiredService<Db>().One($"select count(*) from evidence_outbox", r => r.GetInt64(0), default));
        var subjects = all.ToLookup(o => o.Happening.Subject, StringComparer.Ordinal);
        Assert.All(book.Entries.Values, id => Assert.Single(subjects["entry:" + id]));
        Assert.All(book.Applications, a => Assert.Equal(a.Value == "Draft" ? 1 : 2, Math.Min(subjects["application:" + a.Key].Count(), a.Value == "Draft" ? 1 : 2)));
        var landed = all.Where(o => o.Happening.Kind == "warehouse.landed").Select(o => o.Happening.Facts["run"]).ToList();
        Assert.Equal(landed.Count, landed.Distinct().Count());
        Assert.All(book.Deliveries.Keys, run => Assert.Contains(run, landed));
        var named = all.Where(o => o.Happening.Subject.StartsWith("entry:", StringComparison.Ordinal) && o.Happening.Kind.StartsWith("catalog.", StringComparison.Ordinal)).Select(o => o.EvidenceId).ToList();
        Assert.Equal(named.Count, named.Distinct().Count());
        await NoNameTwice(node);
    }

    // A creation whose answer never came was done once or not at all, however often it was sent.
    private static async Task NoNameTwice(IServiceProvider node)
    {
        var person = node.GetRequiredService<Tongxiang.Agencies.Directory>().People.Single(p => p.UserName == "transport.steward");
        var caller = new Caller(person.Id.ToString(), person.Id, null, person.Agency, AgencyKind.Department, person.Roles, person.Name);
        var names = new List<string>();
        string? after = null;
        do
        {
            var page = (await node.GetRequiredService<Entries>().Own(caller, null, after, 200, default)).Value;
            names.AddRange(page.Items.Select(e => e.Latest.Name));
            after = page.Next;
        } while (after is not null);
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
    }
}
