using System.Globalization;
using System.Text.Json;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Ingest;

public sealed partial class Landings
{
    // 1 raw file to scratch  2 one pass: checks, profile, quarantine, clean copy  3 DuckDB: Parquet, sealed  4 promote when wished.
    private async Task<Refusal?> Land(Run run, CancellationToken ct)
    {
        // The version was sealed before a crash took the last step.
        if (await versions.Find(run.Version, ct) is { } standing) return await Close(run, standing, run.RowsRead, run.RowsBad, ct);
        var key = await keys.Open(run.Version, ct);
        // What was just received still lies open; after a restart, or when a person thought it over, it is opened again.
        var opened = ready.TryRemove(run.Id, out var kept) ? kept : await Reopen(run, key, ct);
        if (opened.Refusal is { } refusal) return refusal;
        using var source = opened.Value;
        var copies = NeedsCopy(source, run.Confirmation!);
        try
        {
            return await CheckAndSeal(run, key, source, copies, ct);
        }
        catch (RowsDifferException) when (!copies)
        {
            // Another reader of CSV sees this file differently; our own writing of it leaves no room for that.
            return await CheckAndSeal(run, key, source, copies: true, ct);
        }
    }

    private async Task<Outcome<Source>> Reopen(Run run, SealKey key, CancellationToken ct)
    {
        var raw = await RawFile.Open(home, run.Id, key, ct);
        return await Task.Run(() => Source.Open(home, raw, run.FileName, run.Confirmation!.Sheet, null, ct), ct);
    }

    private async Task<Refusal?> CheckAndSeal(Run run, SealKey key, Source source, bool copies, CancellationToken ct)
    {
        var confirmed = run.Confirmation!;
        await Step(run.Id, RunState.Checking, 0, 0, ct);
        var rules = RowRules.Of(run.Fields, run.Key, confirmed.PlaceOfField, run.Proposal!.Layout.Names.Count);
        using var copy = new CleanCopy(home, source, copies);
        Checked found;
        using (var quarantine = new QuarantineFile(home, run.Id, key))
        {
            using var checker = new Checker(source, rules, confirmed, around(), copy, quarantine, run.Key.Count > 0 ? run.Proposal.Rows : 0,
                (at, read, bad) => progress[run.Id] = new Progress(RunState.Checking, run.Bytes, Math.Min(at, run.Bytes), read, bad));
            found = await Task.Run(() => checker.Run(run.Wish.MostBadRows, ct), ct);
            quarantine.Complete();
        }
        await Step(run.Id, RunState.Sealing, found.Read, found.Bad, ct);
        if (found.Fault is { } fault) return Source.Fault(fault);
        if (found.TooManyBad) return new Refusal(422, "ingest.too-many-bad", found.Bad, found.Read);
        if (found.Good == 0) return new Refusal(422, "ingest.no-rows", found.Read);
        var (path, isSource) = copy.Result;
        var landed = new Landed(
            run.Version, key, run.Entry, run.Fields, run.Key, path, source.Delimiter, isSource ? 1 : 0, rules.Width, rules.Places, found.Good, found.Bad, found.KeysUnchecked,
            JsonSerializer.Serialize(found.Profile, Wire.Json), run.Wish.Note, run.Actor, run.Agency)
        {
            Facts = new Dictionary<string, string> { ["run"] = run.Id.ToString(), ["rawDigest"] = run.RawDigest!, ["rawBytes"] = run.Bytes.ToString(CultureInfo.InvariantCulture), ["read"] = found.Read.ToString(CultureInfo.InvariantCulture) },
        };
        var sealing = await versions.Land(landed, ct);
        if (sealing.Refusal is { } refusal) return refusal;
        return await Close(run, sealing.Value, found.Read, found.Bad, ct);
    }

    private async Task<Refusal?> Close(Run run, Warehouse.Version version, long read, long bad, CancellationToken ct)
    {
        if (run.Wish.Promotes && await versions.Promote(run.Actor, run.Agency, version.Id, ct) is { Refusal: { } refusal }) return refusal;
        await db.Run(
            $"update ingest_run set state = {RunState.Done}, proposal = null, rows_read = {read}, rows_bad = {bad}, version_number = {version.Number}, changed_at = {clock.GetUtcNow()} where id = {run.Id}", ct);
        return null;
    }

    private Task<int> Step(Id<Run> id, RunState state, long read, long bad, CancellationToken ct) =>
        db.Run($"update ingest_run set state = {state}, rows_read = {read}, rows_bad = {bad}, changed_at = {clock.GetUtcNow()} where id = {id}", ct);

    // The file itself can be loaded when one plain header line stands before its rows.
    private static bool NeedsCopy(Source source, Confirmation confirmed)
    {
        if (confirmed.FirstRow != 2 || confirmed.LeaveOut.Count > 0) return true;
        using var scanner = new CsvScanner(source.Clear.Open(), source.Delimiter);
        return !scanner.Read() || scanner.Row.Contains((byte)'"') || scanner.Row.Contains((byte)'\r');
    }
}
