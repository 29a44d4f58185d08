using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Ingest;

/// <summary>The front door of landing: receive a file, propose its layout, take the confirmation, check and seal it as a version.</summary>
public sealed partial class Landings(Db db, Home home, VersionKeys keys, Versions versions, Proposals proposals, UploadRoom room, Around around, NodeKey nodeKey, IngestSettings settings,
    TimeProvider clock, ILogger<Landings> log) : IDisposable
{
    private readonly RunRows rows = new(nodeKey);
    private readonly ConcurrentDictionary<Id<Run>, Progress> progress = new();
    private readonly ConcurrentDictionary<Id<Run>, Source> ready = new();

    /// <summary>Receives a whole file and proposes what it is; with <see cref="LandingWish.ConfirmsItself"/> and no doubt it goes on by itself.</summary>
    /// <param name="announced">How long the sender says it is; null: it does not say.</param>
    public async Task<Outcome<Run>> Receive(Caller caller, Entry entry, string fileName, Stream upload, LandingWish wish, CancellationToken ct, long? announced = null)
    {
        if (LandingRules.MayLand(caller, entry) is { } refusal) return refusal;
        fileName = Path.GetFileName(fileName.Replace('\\', '/'));
        if (fileName.Length is 0 or > 200 || fileName.Contains('\0', StringComparison.Ordinal)) return Refusal.Invalid(new FieldError("name", "ingest.file-name"));
        var entered = await room.ToLand(caller, announced, ct);
        if (entered.Refusal is { } noRoom) return noRoom;
        using var berth = entered.Value;
        var (version, key) = await keys.Make(entry.Id, ct);
        var id = Id<Run>.New(clock);
        var now = clock.GetUtcNow();
        await db.Run(
            $"""
            insert into ingest_run (id, entry, version, file_name, state, bytes, wish, fields, key_names, rows_read, rows_bad, actor, agency, created_at, changed_at)
            values ({id}, {entry.Id}, {version}, {fileName}, {RunState.Receiving}, {0}, {RunRows.Text(wish)}, {RunRows.Text(entry.Content.Fields)}, {RunRows.Text(entry.Content.Key)},
              {0}, {0}, {caller.Actor}, {caller.Agency?.ToString()}, {now}, {now})
            """, ct);
        using var clear = ScratchFile.New(home, "raw");
        try
        {
            var received = await RawFile.Receive(home, id, key, upload, clear, berth, bytes => progress[id] = new Progress(RunState.Receiving, 0, bytes, 0, 0), ct);
            if (received.Refusal is { } tooMuch) return await Refuse(id, tooMuch, CancellationToken.None);
            var raw = received.Value;
            await db.Run($"update ingest_run set bytes = {raw.Bytes}, raw_digest = {raw.Digest}, changed_at = {clock.GetUtcNow()} where id = {id}", ct);
            return await Propose(id, clear.Move(), wish.Sheet, ct);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            await Refuse(id, new Refusal(400, "ingest.broken-off"), CancellationToken.None);
            throw;
        }
    }

    /// <summary>Takes the proposal as a person confirmed or corrected it; the check starts.</summary>
    public async Task<Outcome<Run>> Confirm(Caller caller, Entry entry, Id<Run> id, Confirmation confirmed, CancellationToken ct)
    {
        if (LandingRules.MayLand(caller, entry) is { } refusal) return refusal;
        if (await Find(id, ct) is not { } run || run.Entry != entry.Id) return Refusal.NotFound("landing");
        if (run.State != RunState.Proposed) return Refusal.Conflict("ingest.not-waiting", run.State.ToString());
        if (LandingRules.Check(confirmed, run) is { } wrong) return wrong;
        var taken = await db.Run($"update ingest_run set state = {RunState.Queued}, confirmation = {RunRows.Text(confirmed)}, changed_at = {clock.GetUtcNow()} where id = {id} and state = {RunState.Proposed}", ct);
        return taken == 1 ? (await Find(id, ct))! : Refusal.Conflict("ingest.not-waiting", "Queued");
    }

    /// <summary>Looks at another sheet of the same workbook.</summary>
    public async Task<Outcome<Run>> Repropose(Caller caller, Entry entry, Id<Run> id, string sheet, CancellationToken ct)
    {
        if (LandingRules.MayLand(caller, entry) is { } refusal) return refusal;
        if (await Find(id, ct) is not { } run || run.Entry != entry.Id) return Refusal.NotFound("landing");
        if (run.State != RunState.Proposed) return Refusal.Conflict("ingest.not-waiting", run.State.ToString());
        return await Propose(id, await RawFile.Open(home, id, await keys.Open(run.Version, ct), ct), sheet, ct);
    }

    /// <summary>Lets a file go that waits for a person.</summary>
    public async Task<Outcome<Run>> Discard(Caller caller, Entry entry, Id<Run> id, CancellationToken ct)
    {
        if (LandingRules.MayLand(caller, entry) is { } refusal) return refusal;
        if (await Find(id, ct) is not { } run || run.Entry != entry.Id) return Refusal.NotFound("landing");
        if (run.State != RunState.Proposed) return Refusal.Conflict("ingest.not-waiting", run.State.ToString());
        return await LetGo(id, new Refusal(410, "ingest.discarded"), ct) ? (await Find(id, ct))! : Refusal.Conflict("ingest.not-waiting", "Queued");
    }

    /// <summary>Lets go what nobody confirmed in time.</summary>
    public async Task Expire(IngestSettings settings, CancellationToken ct)
    {
        var before = clock.GetUtcNow() - TimeSpan.FromDays(settings.DaysToConfirm);
        foreach (var id in await db.List($"select id from ingest_run where state = {RunState.Proposed} and changed_at < {before}", r => r.Id<Run>(0), ct))
            await LetGo(id, new Refusal(410, "ingest.unconfirmed", settings.DaysToConfirm), ct);
    }

    public Task<Run?> Find(Id<Run> id, CancellationToken ct) => db.One(RunRows.Select.Then($" where id = {id}"), rows.Read, ct);

    /// <summary>The landings of an entry, newest first.</summary>
    public Task<IReadOnlyList<Run>> Of(Id<Entry> entry, CancellationToken ct) => db.List(RunRows.Select.Then($" where entry = {entry} order by id desc limit 100"), rows.Read, ct);

    /// <summary>How far a landing is; from memory while it runs here.</summary>
    public Progress ProgressOf(Run run) => !run.IsOver && progress.TryGetValue(run.Id, out var now) ? now with { State = run.State, Bytes = run.Bytes } : new Progress(run.State, run.Bytes, run.Bytes, run.RowsRead, run.RowsBad);

    /// <summary>Why rows were not taken, in the order of the file; values are masked.</summary>
    public async Task<IReadOnlyList<BadCell>> Quarantine(Run run, int skip, int take, CancellationToken ct)
    {
        if (run.RowsBad == 0) return [];
        var key = await keys.Open(run.Version, ct);
        return await Task.Run(() => QuarantineFile.Read(home, run.Id, key).Skip(skip).Take(take).ToList(), ct);
    }

    /// <summary>Waits until a confirmed landing is over.</summary>
    public async Task<Run> Finish(Id<Run> id, CancellationToken ct)
    {
        while (true)
        {
            var run = await Find(id, ct) ?? throw new InvalidOperationException($"There is no landing {id}.");
            if (run.IsOver || run.State == RunState.Proposed) return run;
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, ct);
        }
    }

    /// <summary>After a start: uploads that broke off are refused; whatever was confirmed goes on by itself.</summary>
    public async Task Recover(CancellationToken ct)
    {
        // On a cluster another copy may be receiving; an upload of six hours is dead everywhere.
        var before = db.Store == Store.Sqlite ? clock.GetUtcNow() + TimeSpan.FromMinutes(1) : clock.GetUtcNow() - TimeSpan.FromHours(6);
        foreach (var id in await db.List($"select id from ingest_run where state = {RunState.Receiving} and changed_at < {before}", r => r.Id<Run>(0), ct))
        {
            await Refuse(id, new Refusal(400, "ingest.broken-off"), ct);
        }
    }

    public void Dispose()
    {
        foreach (var source in ready.Values) source.Dispose();
        working.Dispose();
    }

    private async Task<Outcome<Run>> Propose(Id<Run> id, ScratchFile raw, string? sheet, CancellationToken ct)
    {
        var run = (await Find(id, ct))!;
        var opened = await Task.Run(() => Source.Open(home, raw, run.FileName, sheet, null, ct), ct);
        if (opened.Refusal is { } refused) return await Refuse(id, refused, ct);
        var source = opened.Value;
        var goesOn = false;
        try
        {
            var outcome = await Task.Run(() => proposals.Of(source, run.Fields, run.Key, guesses: false), ct);
            if (outcome.Refusal is { } refusal) return await Refuse(id, refusal, ct);
            var proposal = outcome.Value;
            if (proposal.PlaceOfField.Values.All(p => p < 0))
                return await Refuse(id, new Refusal(422, "ingest.wrong-columns", string.Join("、", run.Fields.Select(f => f.Title).Take(20)), string.Join("、", proposal.Layout.Names.Take(20))), ct);
            goesOn = run.Wish.ConfirmsItself && proposal.Doubts.Count == 0;
            var confirmed = goesOn ? new Confirmation(sheet, proposal.Layout.FirstRow, [.. proposal.Layout.LeaveOut.Select(l => l.Row)], proposal.PlaceOfField) : null;
            if (goesOn) ready[id] = source;
            await db.Run(
                $"update ingest_run set state = {(goesOn ? RunState.Queued : RunState.Proposed)}, proposal = {rows.Seal(id, proposal)}, confirmation = {RunRows.Text(confirmed)}, changed_at = {clock.GetUtcNow()} where id = {id}", ct);
            return (await Find(id, ct))!;
        }
        finally
        {
            if (!goesOn) source.Dispose();
        }
    }

    // A confirmation may come in the same moment: whoever is first in the row has it.
    private async Task<bool> LetGo(Id<Run> id, Refusal why, CancellationToken ct)
    {
        var gone = await db.Run(
            $"update ingest_run set state = {RunState.Refused}, proposal = null, refusal = {rows.Seal(id, RunRefusal.Of(why))}, changed_at = {clock.GetUtcNow()} where id = {id} and state = {RunState.Proposed}", ct);
        if (gone == 1) File.Delete(RawFile.PathOf(home, id));
        return gone == 1;
    }

    private async Task<Refusal> Refuse(Id<Run> id, Refusal refusal, CancellationToken ct)
    {
        // Nothing of it was taken: its room is free for the next file.
        File.Delete(RawFile.PathOf(home, id));
        await db.Run($"update ingest_run set state = {RunState.Refused}, proposal = null, refusal = {rows.Seal(id, RunRefusal.Of(refusal))}, changed_at = {clock.GetUtcNow()} where id = {id}", ct);
        return refusal;
    }
}
