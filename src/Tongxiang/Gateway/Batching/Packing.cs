using System.Globalization;
using Microsoft.Extensions.Logging;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway.Batching;

/// <summary>Makes the packages that are due: first their number and version are fixed, then the files are made, then they are named – a crash at any point leaves one package for each number.</summary>
public sealed partial class Packing(
    Db db, GatewaySources sources, Calls calls, PackageFiles files, Tracing.Releases releases, Home home, Bulk bulk, EvidenceLog evidence, GatewaySettings settings, TimeProvider clock, ILogger<Packing> log)
{
    private const int pageRows = 5_000;
    private static readonly TimeSpan again = TimeSpan.FromMinutes(15);

    /// <summary>One round; safe to repeat after a crash.</summary>
    public async Task Run(CancellationToken ct)
    {
        await FixDue(ct);
        await MakeFixed(ct);
        await Remove(ct);
    }

    /// <summary>Throws away what a crash left half made; at start, when no package is under way here.</summary>
    public async Task Clean(DateTimeOffset olderThan, CancellationToken ct)
    {
        var known = await db.List($"select parts from gateway_package where removed_at is null", r => r.Json<IReadOnlyList<PackagePart>>(0), ct);
        files.Clean(known.SelectMany(parts => parts).Select(part => part.File).ToHashSet(StringComparer.Ordinal), olderThan);
    }

    private async Task FixDue(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var batch in await db.List(BatchRows.Batches.Then($" where b.is_enabled = 1 and (b.next_at is null or b.next_at <= {now}) order by b.number"), BatchRows.Batch, ct))
        {
            if (sources.Current(batch.Entry) is not { } version) continue;
            var (last, lastVersion, open, waiting) = await db.One(
                $"""
                select coalesce(max(p.seq), 0), coalesce(max(p.version_number), 0), coalesce(sum(case when p.state in ('Making', 'Waiting') then 1 else 0 end), 0),
                  coalesce(sum(case when p.state in ('Ready', 'Differs') then 1 else 0 end), 0)
                from gateway_package p where p.batch = {batch.Id}
                """, r => (r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)), ct);
            if (open > 0 || batch.Every == Rhythm.Version && lastVersion == version.Number) continue;
            if (waiting < settings.PackagesWaiting) await Fix(batch, version, last + 1, now, ct);
            else if (batch.Code is null) await db.Run($"update gateway_batch set code = {"gateway.batch-waiting"} where id = {batch.Id}", ct);
        }
    }

    private Task Fix(Batch batch, Version version, long sequence, DateTimeOffset now, CancellationToken ct) => db.Commit(async tx =>
    {
        var since = !batch.IsIncremental ? null : await tx.One(
            $"select version_number, version_digest from gateway_package where batch = {batch.Id} and acknowledged_at is not null order by seq desc limit 1", r => new Since(r.GetInt64(0), r.GetString(1)));
        var id = Id<Package>.New(clock);
        await tx.Run(
            $"""
            insert into gateway_package (batch, seq, id, state, version_number, version_digest, since_number, since_digest, parts, slice_rows, wrapped)
            values ({batch.Id}, {sequence}, {id}, {PackageState.Making}, {version.Number}, {version.Digest}, {since?.Number}, {since?.Digest}, {"[]"}, {0}, {files.NewKey(id)})
            on conflict (batch, seq) do nothing
            """);
        await tx.Run($"update gateway_batch set code = null, next_at = {BatchRules.Next(batch.Every, batch.OnDay, batch.AtHour, now)} where id = {batch.Id}");
    }, ct);

    private async Task MakeFixed(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var open = await db.List(
            BatchRows.Packages.Then($" join gateway_batch b on b.id = p.batch where b.is_enabled = 1 and p.state in ('Making', 'Waiting') and (p.attempt_at is null or p.attempt_at <= {now}) order by p.id"), BatchRows.Package, ct);
        foreach (var package in open)
        {
            var batch = (await db.One(BatchRows.Batches.Then($" where b.id = {package.Batch}"), BatchRows.Batch, ct))!;
            try
            {
                await Make(batch, package, ct);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException && !ct.IsCancellationRequested)
            {
                NotMade(log, batch.Number, package.Sequence, e);
                await Postpone(package, new Refusal(503, "gateway.package-fault"), ct);
            }
        }
    }

    private async Task Make(Batch batch, Package package, CancellationToken ct)
    {
        var caller = batch.AsCaller();
        if (sources.Grants(batch.Entry, caller).FirstOrDefault(g => g.Id == batch.Grant) is not { } grant)
        {
            await Postpone(package, new Refusal(403, "gateway.grant-ended", batch.GrantNumber), ct);
            return;
        }

        var call = CallOf(batch, package, caller);
        if (await calls.PermitPackage(call, grant, ct) is { } stop)
        {
            await Postpone(package, stop.Refusal ?? new Refusal(stop.Status, stop.Fault!.Key, stop.Fault.Args), ct);
            return;
        }

        try
        {
            await sources.Serve(call.Version!, ct);
            var (parts, since, rows) = await Write(batch, package, call, ct);
            if (call.CutOff?.Refusal is { } cut) await Postpone(package, cut, ct);
            else await Name(batch, package, call, parts, since, rows, ct);
        }
        finally
        {
            call.Held?.Release();
        }
    }

    private Call CallOf(Batch batch, Package package, Agencies.Caller caller) => new()
    {
        Resource = batch.Slug,
        Number = package.VersionNumber,
        Query = new QueryText("?" + batch.Query, null, null, ""),
        Caller = caller,
        Assurance = Assurance.BoundToken,
        Mode = Catalog.Mode.Batch,
        Context = new CallPurpose(null, batch.Case, batch.Operative),
        Form = BatchRules.NameOf(batch.Form),
        At = clock.GetUtcNow(),
        Under = batch.Grant,
        Package = string.Create(CultureInfo.InvariantCulture, $"{batch.Number}/{package.Sequence}"),
    };

    private async Task<(IReadOnlyList<PackagePart> Parts, Version? Since, long SliceRows)> Write(Batch batch, Package package, Call call, CancellationToken ct)
    {
        var key = files.Key(package.Id, (await db.One($"select wrapped from gateway_package where batch = {package.Batch} and seq = {package.Sequence}", r => r.Bytes(0), ct))!);
        var columns = call.Plan!.Columns;
        TextColumn Text(PlanColumn column) => new(column.Field, column.Shown, call.IsMasked(column));
        var before = await SinceOf(batch, package, call, ct);
        call.Mark = releases.Prepare(call, isWhole: before is null);
        await using var rows = new PartWriter(files, key, home, bulk, batch.Form, [.. columns.Select(Text)], PartKind.Rows, settings.PackagePartRows, call.Mark, PartFile.About(call));
        if (before is not { } since)
        {
            long all = 0;
            await foreach (var page in calls.Pages(call, pageRows, ct))
            {
                all += page.Rows;
                await rows.Add(page, ct);
            }

            return call.IsCutOff ? ([], null, 0) : (await rows.Complete(ct), null, all);
        }

        int[] places = [.. call.Version!.Key.Select(name => columns.ToList().FindIndex(column => column.Field.Name == name))];
        await using var removed = new PartWriter(files, key, home, bulk, batch.Form, [.. places.Select(place => Text(columns[place]))], PartKind.Removed, settings.PackagePartRows);
        long taken = 0;
        using var difference = new SliceDifference(columns, places, Changed, Gone);
        async ValueTask Changed(ServedPage page)
        {
            taken += page.Rows;
            if (call.Held?.Cover(taken) == false) call.CutOff ??= calls.NoRowsLeft(call);
            if (call.IsCutOff) return;
            await calls.Disclose(call, page, ct);
            await rows.Add(page, ct);
        }

        async ValueTask Gone(ServedPage page)
        {
            await calls.Disclose(call, page, ct);
            await removed.Add(page, ct);
        }

        var slice = await difference.Run(calls.Slice(call, since, pageRows, ct), calls.Slice(call, call.Version, pageRows, ct), ct);
        return call.IsCutOff ? ([], null, 0) : ([.. await rows.Complete(ct), .. await removed.Complete(ct)], since, slice);
    }

    // Changes can only be told where both versions know the same columns and the same key, and the consumer gets the key.
    private async Task<Version?> SinceOf(Batch batch, Package package, Call call, CancellationToken ct)
    {
        if (package.SinceNumber is not { } number || await sources.Numbered(batch.Entry, number, ct) is not { State: not VersionState.Destroyed } since) return null;
        if (!since.Key.SequenceEqual(call.Version!.Key) || !BatchRules.HasKey(since.Key, call.Plan!, call.IsMasked)) return null;
        if (!call.Plan!.Columns.All(column => since.Columns.Any(old => old.Name == column.Field.Name && old.Type == column.Field.Type && old.Scale == column.Field.Scale))) return null;
        // Whom the changed rows are about must be known to the journal: without their column among the granted ones the package is whole.
        if (call.Plan.Subject is { } subject && !call.Plan.Columns.Any(column => column.Field.Name == subject.Name && !call.IsMasked(column))) return null;
        await sources.Serve(since, ct);
        return since;
    }

    private async Task Name(Batch batch, Package package, Call call, IReadOnlyList<PackagePart> parts, Version? since, long sliceRows, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var sent = parts.Where(part => part.Kind == PartKind.Rows).Sum(part => part.Rows);
        var named = await db.Commit(async tx =>
        {
            var changed = await tx.Run(
                $"""
                update gateway_package set state = {PackageState.Ready}, parts = {BatchRows.Json(parts)}, since_number = {since?.Number}, since_digest = {since?.Digest}, slice_rows = {sliceRows},
                  code = null, args = null, made_at = {now}, expires_at = {now.AddDays(settings.PackageDays)}
                where batch = {batch.Id} and seq = {package.Sequence} and state in ('Making', 'Waiting')
                """);
            // Another copy of the node was faster: its files stand, ours go.
            if (changed == 0) return false;
            var facts = Facts(batch, package.Sequence);
            facts["version"] = package.VersionNumber.ToString(CultureInfo.InvariantCulture);
            facts["digest"] = package.VersionDigest;
            if (since is not null) facts["since"] = since.Number.ToString(CultureInfo.InvariantCulture);
            facts["columns"] = string.Join(',', call.Plan!.Columns.Select(column => column.Field.Name));
            facts["rows"] = sent.ToString(CultureInfo.InvariantCulture);
            facts["bytes"] = parts.Sum(part => part.Bytes).ToString(CultureInfo.InvariantCulture);
            facts["parts"] = string.Join(',', parts.Select(part => part.Sha256));
            facts["release"] = call.Mark!.Release.Id.ToString();
            await releases.Save(tx, call.Mark.Release);
            var id = await evidence.Append(tx, Happening(batch, "gateway.package-made", "system", now, facts));
            await tx.Run($"update gateway_package set evidence_id = {id} where batch = {batch.Id} and seq = {package.Sequence}");
            return true;
        }, ct);
        if (named) call.Held?.Settle(sent);
        else foreach (var part in parts) files.Delete(part.File);
    }

    private async Task Postpone(Package package, Refusal refusal, CancellationToken ct)
    {
        var at = clock.GetUtcNow() + (refusal.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : again);
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                update gateway_package set state = {PackageState.Waiting}, code = {refusal.Code}, args = {BatchRows.Json(refusal.Args.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture) ?? ""))}, attempt_at = {at}
                where batch = {package.Batch} and seq = {package.Sequence} and state in ('Making', 'Waiting')
                """);
            // A right that is over does not come back: another one needs another batch.
            if (refusal.Code == "gateway.grant-ended") await tx.Run($"update gateway_batch set is_enabled = 0, code = {refusal.Code} where id = {package.Batch}");
        }, ct);
    }

    private async Task Remove(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var over = await db.List(
            BatchRows.Packages.Then($" where p.removed_at is null and (p.expires_at <= {now} or p.acknowledged_at <= {now.AddDays(-settings.PackageDaysAfterAcknowledged)}) order by p.id limit 100"), BatchRows.Package, ct);
        foreach (var package in over)
        {
            var batch = (await db.One(BatchRows.Batches.Then($" where b.id = {package.Batch}"), BatchRows.Batch, ct))!;
            await db.Commit(async tx =>
            {
                // With its key the package is gone, whatever becomes of the file.
                if (await tx.Run($"update gateway_package set state = {PackageState.Removed}, wrapped = null, removed_at = {now} where batch = {package.Batch} and seq = {package.Sequence} and removed_at is null") == 0) return;
                var facts = Facts(batch, package.Sequence);
                facts["acknowledged"] = package.AcknowledgedAt is null ? "no" : "yes";
                facts["bytes"] = package.Bytes.ToString(CultureInfo.InvariantCulture);
                await evidence.Append(tx, Happening(batch, "gateway.package-removed", "system", now, facts));
            }, ct);
            foreach (var part in package.Parts) files.Delete(part.File);
        }
    }

    internal static Dictionary<string, string> Facts(Batch batch, long sequence) => new(StringComparer.Ordinal)
    {
        ["package"] = string.Create(CultureInfo.InvariantCulture, $"{batch.Number}/{sequence}"),
        ["grant"] = batch.GrantNumber,
        ["resource"] = batch.Slug,
    };

    internal static Happening Happening(Batch batch, string kind, string actor, DateTimeOffset at, Dictionary<string, string> facts) =>
        new(kind, actor, batch.ConsumerKind is null ? null : batch.Consumer, $"grant:{batch.Grant}", at, facts) { Parties = [batch.Provider.ToString()] };

    private sealed record Since(long Number, string Digest);

    [LoggerMessage(1840, LogLevel.Error, "Package {Sequence} of batch {Batch} could not be made; it is tried again.")]
    private static partial void NotMade(ILogger log, string batch, long sequence, Exception e);
}
