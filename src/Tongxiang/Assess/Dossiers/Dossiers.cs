using System.Globalization;
using System.IO.Compression;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>Makes dossiers (卷宗): letters, timeline, articles, and the proofs and openings with which an auditor without an account checks them offline.</summary>
public sealed class Dossiers(Db db, TimeProvider clock, EvidenceLog evidence, Openings openings, DossierPlans plans, PaperKey key, NodeSettings settings)
{
    /// <summary>Entries in one volume: its manifest stays below the size that readers of signed notes take.</summary>
    public const int MostEntries = 2000;

    /// <summary>Header that names where the next volume begins.</summary>
    public const string NextHeader = "Dossier-Next";

    private readonly int most = MostEntries;

    internal Dossiers(Db db, TimeProvider clock, EvidenceLog evidence, Openings openings, DossierPlans plans, PaperKey key, NodeSettings settings, int most) : this(db, clock, evidence, openings, plans, key, settings) => this.most = most;

    /// <summary>A volume under way.</summary>
    private sealed record Volume(string Number, IReadOnlyList<Opening> Entries, IReadOnlySet<long> Readable, string? Next, DateTimeOffset At);

    /// <summary>What it would hold; nothing is made.</summary>
    public async Task<Outcome<DossierOutline>> Outline(Caller caller, DossierAsk ask, CancellationToken ct)
    {
        var plan = await plans.Of(caller, ask, ct);
        if (plan.Refusal is { } refusal) return refusal;
        var count = 0L;
        foreach (var wanted in plan.Value.Evidence) count += (await openings.Counts(wanted.Reader, wanted.Query, "", ct)).Sum(c => c.Count);
        return new DossierOutline(ask, plan.Value.Title, count, (int)Math.Max(1, (count + most - 1) / most));
    }

    /// <summary>Gathers one volume; the same place gives the same entries, whatever came into the log since.</summary>
    /// <param name="place">From the volume before; null: the first.</param>
    public async Task<Outcome<MadeDossier>> Make(Caller caller, DossierAsk ask, string? place, CancellationToken ct)
    {
        var begin = DossierPlace.Read(place);
        if (place is not null && begin is null) return Refusal.Invalid(new FieldError("after", "kernel.bad-cursor"));
        var planned = await plans.Of(caller, ask, ct);
        if (planned.Refusal is { } refusal) return refusal;
        var plan = planned.Value;
        var at = clock.GetUtcNow();
        // Frozen at the end of the log as it was when the first volume was asked for.
        var end = begin?.End ?? (await openings.Between(at, at, ct)).End;
        var (entries, next) = await Gather(plan, begin ?? new DossierPlace(end, 0, null), ct);
        var readable = new HashSet<long>();
        foreach (var entry in entries)
            if (plan.Eye.IsAuditor || await openings.Find(plan.Eye, entry.Index, ct) is not null) readable.Add(entry.Index);
        var number = await db.Commit(async tx =>
        {
            var made = await FindingBook.Number(tx, "JZ", at);
            await evidence.Append(tx, new Happening("assess.dossier-made", caller.Actor, caller.Agency?.ToString(), $"dossier:{made}", at, new Dictionary<string, string>
            {
                ["number"] = made,
                ["kind"] = ask.Kind.ToString(),
                ["about"] = ask.Key,
                ["entries"] = entries.Count.ToString(CultureInfo.InvariantCulture),
                ["end"] = end.ToString(CultureInfo.InvariantCulture),
            }));
            return made;
        }, ct);
        var volume = new Volume(number, entries, readable, next?.ToString(), at);
        return new MadeDossier(number, next?.ToString(), (to, token) => Write(to, plan, volume, token));
    }

    private async Task<(IReadOnlyList<Opening> Entries, DossierPlace? Next)> Gather(DossierPlan plan, DossierPlace from, CancellationToken ct)
    {
        var found = new List<Opening>();
        for (var (query, after) = (from.Query, from.After); query < plan.Evidence.Count; (query, after) = (query + 1, null))
        {
            var wanted = plan.Evidence[query];
            do
            {
                if (found.Count >= most) return (found, new DossierPlace(from.End, query, after));
                var page = await openings.List(wanted.Reader, wanted.Query with { EndIndex = from.End, After = after, Limit = Math.Min(500, most - found.Count) }, ct);
                found.AddRange(page.Items);
                after = page.Next;
            }
            while (after is not null);
        }
        return (found, null);
    }

    private async Task Write(Stream to, DossierPlan plan, Volume volume, CancellationToken ct)
    {
        var lines = new List<PaperLine>();
        await using var spool = new ZipSpool();
        await using (var zip = await ZipArchive.CreateAsync(spool, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, ct))
            await Fill(plan, volume, lines, (path, bytes) => Entry(zip, path, bytes), ct);
        await spool.Drain(to, ct);

        async Task Entry(ZipArchive zip, string path, byte[] bytes)
        {
            var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
            entry.LastWriteTime = volume.At.ToOffset(WorkCalendar.Offset);
            await using (var content = await entry.OpenAsync(ct)) await content.WriteAsync(bytes, ct);
            await spool.Drain(to, ct);
        }
    }

    private async Task Fill(DossierPlan plan, Volume volume, List<PaperLine> lines, Func<string, byte[], Task> add, CancellationToken ct)
    {
        var proofs = new List<(Opening Entry, TlogProof? Proof)>(volume.Entries.Count);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in volume.Entries.OrderBy(e => e.Index).DistinctBy(e => e.Index))
        {
            var proof = await evidence.Prove(entry.Index, ct);
            proofs.Add((entry, proof?.Proof));
            if (proof is { Keys: var signers }) keys.UnionWith(signers.Select(k => k.ToString()));
        }
        var press = new LetterPress(volume.Number);
        DossierCover.Cover(press, plan, volume.Number, volume.At, proofs.Count, proofs.Count(p => p.Proof is null), volume.Next, settings.Name);
        DossierCover.Timeline(press, proofs.Where(p => volume.Readable.Contains(p.Entry.Index)).Select(p => p.Entry));
        await plan.Letters(press, ct);
        foreach (var (path, bytes) in press.Letters) await Put(path, bytes);
        foreach (var (entry, proof) in proofs)
        {
            if (proof is null) continue;
            var name = "evidence/" + entry.Index.ToString("000000000000", CultureInfo.InvariantCulture);
            await Put(name + ".tlog-proof", Encoding.UTF8.GetBytes(proof.ToString()));
            if (volume.Readable.Contains(entry.Index)) await Put(name + ".json", Encoding.UTF8.GetBytes(OpeningLine.Write(entry) + "\n"));
        }
        await Put("keys/log.vkey", Encoding.UTF8.GetBytes(string.Concat(keys.Select(k => k + "\n"))));
        await Put("keys/papers.vkey", Encoding.UTF8.GetBytes(string.Concat(key.Keys.Select(k => k + "\n"))));
        await Put("README.txt", Encoding.UTF8.GetBytes(DossierCover.ReadMe(volume.Number)));
        // Last, because it names all others; it cannot name itself.
        await add("manifest.note", key.Sign(volume.Number, lines, volume.At).Bytes());

        Task Put(string path, byte[] bytes)
        {
            lines.Add(new PaperLine(PaperName.Checked(path), PaperKey.Digest(bytes)));
            return add(path, bytes);
        }
    }
}

/// <summary>A volume that was gathered and is written while it leaves.</summary>
/// <param name="Next">Place of the next volume; null after the last.</param>
/// <param name="Write">Writes the ZIP.</param>
public sealed record MadeDossier(string Number, string? Next, Func<Stream, CancellationToken, Task> Write);
