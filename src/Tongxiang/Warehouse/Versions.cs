using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using DuckDB.NET.Data;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>Asked before a version becomes current: whether readers may have it. Filled in by whoever owns the release gate; null lets it pass.</summary>
public delegate Task<Refusal?> PromotionGate(Version version, string actor, string? agency, CancellationToken ct);

/// <summary>The front door to immutable versions: land, promote, find. What is current is read from a snapshot, never from the database.</summary>
public sealed class Versions(Db db, Home home, NodeSettings settings, VersionFiles files, EvidenceLog evidence, TimeProvider clock, PromotionGate? gate = null) : IDisposable
{
    private readonly ServeBuild serving = new(home, settings);
    private readonly SemaphoreSlim building = new(1, 1);
    private readonly SemaphoreSlim following = new(1, 1);
    private ImmutableDictionary<Id<Entry>, Version> current = ImmutableDictionary<Id<Entry>, Version>.Empty;
    private long seen;

    /// <summary>The version readers get; null while none is promoted.</summary>
    public Version? Current(Id<Entry> entry) => Volatile.Read(ref current).GetValueOrDefault(entry);

    /// <summary>All versions of an entry, newest first.</summary>
    public async Task<IReadOnlyList<Version>> Of(Id<Entry> entry, CancellationToken ct) =>
        await db.List(VersionRows.Select.Then($" where v.entry = {entry} order by v.number desc"), VersionRows.Read, ct);

    public async Task<Version?> Find(Id<Version> version, CancellationToken ct) =>
        await db.One(VersionRows.Select.Then($" where v.id = {version}"), VersionRows.Read, ct);

    public async Task<Version?> Find(Id<Entry> entry, long number, CancellationToken ct) =>
        Current(entry) is { } now && now.Number == number ? now : await db.One(VersionRows.Select.Then($" where v.entry = {entry} and v.number = {number}"), VersionRows.Read, ct);

    /// <summary>Turns checked rows into an immutable, sealed version with digest, profile and evidence.</summary>
    /// <exception cref="RowsDifferException">DuckDB does not read the file as the scanner did.</exception>
    public async Task<Outcome<Version>> Land(Landed landed, CancellationToken ct)
    {
        using var parquet = ScratchFile.New(home, "parquet");
        var repeated = await Task.Run(() => WriteParquet(landed, parquet.Path), ct);
        if (repeated > 0) return new Refusal(422, "warehouse.repeated-keys", repeated, string.Join(", ", landed.KeyNames));
        var (digest, bytes) = await Task.Run(() => files.Seal(parquet.Path, landed.Version, landed.Key), ct);
        var landedAt = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            var number = await tx.Next($"warehouse.version.{landed.Entry}");
            var facts = new Dictionary<string, string>(landed.Facts)
            {
                ["entry"] = landed.Entry.ToString(),
                ["number"] = number.ToString(CultureInfo.InvariantCulture),
                ["digest"] = digest,
                ["rows"] = landed.Rows.ToString(CultureInfo.InvariantCulture),
                ["quarantined"] = landed.QuarantinedRows.ToString(CultureInfo.InvariantCulture),
            };
            var evidenceId = await evidence.Append(tx, new Happening("warehouse.landed", landed.Actor, landed.Agency, $"version:{landed.Version}", landedAt, facts));
            await tx.Run(
                $"""
                insert into warehouse_version (id, entry, number, columns, key_names, row_count, quarantined_rows, digest, bytes, profile, note, evidence_id, landed_at)
                values ({landed.Version}, {landed.Entry}, {number}, {Json(landed.Columns)}, {Json(landed.KeyNames)}, {landed.Rows}, {landed.QuarantinedRows},
                  {digest}, {bytes}, {landed.ProfileJson}, {landed.Note}, {evidenceId}, {landedAt})
                """);
            await Changed(tx, landed.Entry, landed.Version, "landed");
        }, ct);
        return (await Find(landed.Version, ct))!;
    }

    /// <summary>Makes a version current: its serving copy is built, then one pointer is swapped. Readers see the old or the new one.</summary>
    public async Task<Outcome<Version>> Promote(string actor, string? agency, Id<Version> id, CancellationToken ct)
    {
        if (await Find(id, ct) is not { } version) return Refusal.NotFound("version");
        if (version.State == VersionState.Destroyed) return Refusal.Conflict("warehouse.destroyed", version.Number);
        if (version.State == VersionState.Current) return version;
        if (gate is not null && await gate(version, actor, agency, ct) is { } held) return held;
        await Serve(version, ct);
        var now = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run($"update warehouse_version set promoted_at = {now} where id = {id}");
            await tx.Run(
                $"""
                insert into warehouse_current (entry, version, since_at) values ({version.Entry}, {id}, {now})
                on conflict (entry) do update set version = excluded.version, since_at = excluded.since_at
                """);
            var facts = new Dictionary<string, string> { ["entry"] = version.Entry.ToString(), ["number"] = version.Number.ToString(CultureInfo.InvariantCulture), ["digest"] = version.Digest };
            await evidence.Append(tx, new Happening("warehouse.promoted", actor, agency, $"version:{id}", now, facts));
            await Changed(tx, version.Entry, id, "promoted");
        }, ct);
        await Follow(ct);
        return (await Find(id, ct))!;
    }

    /// <summary>Makes sure that callers can read the version, also an old one whose copy is gone.</summary>
    public async Task Serve(Version version, CancellationToken ct)
    {
        if (await serving.Stands(version, ct)) return;
        await building.WaitAsync(ct);
        try
        {
            if (await serving.Stands(version, ct)) return;
            using var parquet = await files.Open(version, ct);
            await serving.Make(version, parquet.Path, ct);
        }
        finally
        {
            building.Release();
        }
    }

    /// <summary>Before the first request: throws away what a crash left and loads what is current.</summary>
    public async Task Start(CancellationToken ct)
    {
        var known = await db.List($"select id from warehouse_version where destroyed_at is null", row => row.Id<Version>(0).Value.ToString("N"), ct);
        // On a cluster another copy may be sealing right now; there the orphans wait for a maintenance window.
        if (settings.Store == Store.Sqlite) files.Clean(known.ToHashSet(StringComparer.Ordinal));
        await Follow(ct);
        foreach (var version in Volatile.Read(ref current).Values) await Serve(version, ct);
    }

    /// <summary>Takes over what was promoted since the last look, here or on another copy of the node.</summary>
    public async Task Follow(CancellationToken ct)
    {
        // One after the other: a slower look must not put an older picture over a newer one.
        await following.WaitAsync(ct);
        try
        {
            var newest = await db.One($"select coalesce(max(seq), 0) from warehouse_change", row => row.GetInt64(0), ct);
            if (newest == Volatile.Read(ref seen)) return;
            var all = await db.List(VersionRows.Select.Then($" where c.version = v.id"), VersionRows.Read, ct);
            Volatile.Write(ref current, all.ToImmutableDictionary(v => v.Entry));
            Volatile.Write(ref seen, newest);
        }
        finally
        {
            following.Release();
        }
    }

    public void Dispose()
    {
        building.Dispose();
        following.Dispose();
    }

    private async Task Changed(Tx tx, Id<Entry> entry, Id<Version> version, string kind) =>
        await tx.Run($"insert into warehouse_change (seq, entry, version, kind, changed_at) values ({await tx.Next("warehouse.change")}, {entry}, {version}, {kind}, {clock.GetUtcNow()})");

    private long WriteParquet(Landed landed, string parquet)
    {
        using var duck = new Duck(home);
        try
        {
            var written = duck.Run($"copy ({LandedSql.Select(landed)}) to {Duck.Text(parquet)} ({LandedSql.Parquet})");
            if (written != landed.Rows) throw new RowsDifferException($"The scanner counted {landed.Rows} rows, DuckDB {written}.");
        }
        catch (DuckDBException e)
        {
            throw new RowsDifferException(e.Message, e);
        }
        return landed.ChecksKeys ? duck.Number(LandedSql.RepeatedKeys(landed, parquet)) : 0;
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);
}
