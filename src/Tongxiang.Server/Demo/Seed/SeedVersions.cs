using Tongxiang.Catalog;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Server.Demo.Resources;
using Tongxiang.Warehouse;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>Lands the generated rows as real versions on the path of every landing: received, checked, sealed, promoted.</summary>
internal sealed class SeedVersions(Landings landings, Versions versions, Catalogue catalogue, Cast cast, Home home, Scale scale, Progress progress)
{
    // The heaviest first, so that the last minute is not spent waiting for one of them.
    private static readonly string[] Heaviest = ["population", "medical-insurance-enrolment", "social-security-participation", "electronic-certificates", "driving-licences", "legal-persons"];
    private long rows;

    public async Task<long> Run(CancellationToken ct)
    {
        var waiting = Shelf.All.Where(r => r.Rows is not null && Entry(r) is { } entry && versions.Current(entry.Id) is null)
            .OrderBy(r => Array.IndexOf(Heaviest, r.Slug) is >= 0 and var place ? place : int.MaxValue).ToList();
        await Parallel.ForEachAsync(waiting, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = ct }, async (resource, token) => await Land(resource, token));
        return rows;
    }

    private async Task Land(Resource resource, CancellationToken ct)
    {
        var entry = Entry(resource)!;
        // A landing that a crash interrupted goes on by itself.
        var run = (await landings.Of(entry.Id, ct)).FirstOrDefault(r => r.State is RunState.Queued or RunState.Checking or RunState.Sealing) ?? await Deliver(resource, entry, ct);
        // A region of a few hundred people may have nobody in a register: it stays without data.
        if (run is null) return;
        run = await landings.Finish(run.Id, ct);
        if (run.State == RunState.Proposed) throw new InvalidOperationException($"'{resource.Slug}' waits for a person: {string.Join("; ", run.Proposal!.Doubts.Select(d => $"{d.Key} {string.Join(' ', d.Args)}"))}");
        if (run.State != RunState.Done) throw new RefusedException("rows of " + resource.Slug, run.Refusal!.ToRefusal());
        Interlocked.Add(ref rows, run.RowsRead);
        if (run.RowsRead >= 20_000) progress.Say($"{resource.Content.Name}：{run.RowsRead:N0} 行，隔离 {run.RowsBad:N0}", $"{resource.Slug}: {run.RowsRead:N0} rows, {run.RowsBad:N0} in quarantine");
    }

    private async Task<Run?> Deliver(Resource resource, Entry entry, CancellationToken ct)
    {
        var path = Path.Combine(home.Scratch, $"demonstration-{resource.Slug}.csv");
        try
        {
            long written;
            await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write)) written = await Task.Run(() => resource.Write(scale, file), ct);
            if (written == 0) return null;
            await using var upload = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
            var wish = new LandingWish(ConfirmsItself: true, Promotes: true, Note: "演示数据，由程序生成 / generated demonstration data");
            var received = await landings.Receive(cast.Steward(resource.Organisation), entry, resource.Slug + ".csv", upload, wish, ct);
            return received.Refusal is { } refusal ? throw new RefusedException("file of " + resource.Slug, refusal) : received.Value;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private Entry? Entry(Resource resource) => catalogue.BySlug(resource.Slug);
}
