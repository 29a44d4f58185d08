using System.Runtime.CompilerServices;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

// What a whole version as a file needs besides the steps: a permission before the first byte, and the closing after the last.
public sealed partial class Calls
{
    /// <summary>Opens the way for a file: decided, planned, and on record before the first byte.</summary>
    internal async ValueTask<Stop?> Permit(Call call, BulkFormat form, CancellationToken ct)
    {
        if (await Decide(call, ct) is { } stop) return stop;
        if (call.Proxy is not null) return await Stopped(call, new Stop(new Refusal(409, "gateway.provider-file", call.Entry!.Content.Name), null), ct);
        if (await MakePlan(call, ct) is { } bad || (bad = Fits(call, form)) is not null)
        {
            return await Stopped(call, bad, ct);
        }

        if (Hold(call, call.Plan is { Where: null, Granted: null } ? call.Version!.Rows : 0) is { } full) return full;
        try
        {
            call.Receipt = await witnessing.Permitted(call, string.Join(',', call.Plan!.Columns.Select(c => c.Field.Name)), ct);
            return null;
        }
        catch
        {
            call.Held?.Release();
            throw;
        }
    }

    private static Stop? Fits(Call call, BulkFormat form)
    {
        if (form is not (BulkFormat.Parquet or BulkFormat.Xlsx)) return null;
        // How many rows a filter leaves, and whether a sheet holds them, shows only when they are read.
        var columns = call.Plan!.Columns;
        if (Bulk.Refuses(call.Version!, [.. columns.Select(column => column.Field)], call.IsWhole ? form : BulkFormat.Csv) is { } refusal) return refusal;
        var twice = columns.GroupBy(column => column.Shown, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1);
        return twice is null ? null : new Refusal(400, "gateway.file-names", form.ToString().ToLowerInvariant(), twice.Key);
    }

    /// <summary>All rows of a permitted file, page by page.</summary>
    internal async IAsyncEnumerable<ServedPage> Pages(Call call, int rows, [EnumeratorCancellation] CancellationToken ct)
    {
        long taken = 0;
        await foreach (var page in Slice(call, call.Version!, rows, ct))
        {
            // A transfer under way ends where the fuse trips.
            call.CutOff = HasTripped(call);
            // How many rows a filter leaves is known only now: the file breaks off where the day's rows end.
            taken += page.Rows;
            // A file can take minutes: whoever was revoked meanwhile gets no further page.
            if (call.IsStillGood?.Invoke() == false) call.CutOff ??= new Refusal(401, "gateway.revoked");
            if (call.CutOff is null && call.Held?.Cover(taken) == false) call.CutOff = NoRowsLeft(call);
            if (call.IsCutOff) yield break;
            await witnessing.Disclosed(call, page, ct);
            yield return page;
        }
    }

    /// <summary>The rows of a call's plan in a version, as they may leave, uncounted; a page is gone when the next is asked for.</summary>
    internal async IAsyncEnumerable<ServedPage> Slice(Call call, Warehouse.Version version, int rows, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var plan = call.Plan! with { Limit = rows, Offset = 0, Count = PlanCount.None, IsFile = true }; ;)
        {
            using var page = await ReadInTurn(call, version, plan, ct);
            // What a row is must be known before masks change it: marks outlast the masks' keys.
            if (call.Grant is not null) Tracing.FileMark.Note(page);
            call.Scope!.Protection!.Apply(page);
            yield return page;
            if (page.Next is null) yield break;
            plan = plan with { After = page.Next };
        }
    }

    // Each page of a file takes its turn like a call: a large file leaves the others their share, and is never turned away half-way.
    private async ValueTask<ServedPage> ReadInTurn(Call call, Warehouse.Version version, Plan plan, CancellationToken ct)
    {
        using var turn = await turns.Enter(Consumer(call), ct, isPatient: true);
        return (await copies.Read(version, plan, ct)).Value;
    }

    /// <summary>Names the persons of rows that were put together out of pages and leave now; their column leaves in clear.</summary>
    internal async ValueTask Disclose(Call call, ServedPage page, CancellationToken ct)
    {
        if (call.Plan!.Subject is not { } field) return;
        var place = page.Columns.TakeWhile(column => column.Field.Name != field.Name).Count();
        // Keys of rows that are gone name a person only where the person is part of the key.
        if (place == page.Columns.Count && place < call.Plan.Columns.Count) return;
        if (place == page.Columns.Count) throw new InvalidOperationException($"The persons of {call.Entry!.Slug} are not among the columns that leave.");
        page.Subjects ??= new SubjectList();
        for (var row = 0; row < page.Rows; row++) page.Subjects.Add(Subjects.KindOf(field), System.Text.Encoding.UTF8.GetBytes(page.Text(row, place) ?? ""));
        await witnessing.Disclosed(call, page, ct);
    }

    /// <summary>Puts on record what left.</summary>
    internal async ValueTask Close(Call call, long rows, long bytes, bool isWhole)
    {
        resources.Add(call.Entry!.Id, rows);
        Tell(call, null, rows);
        if (call.Grant is { } grant)
        {
            call.Held?.Settle(rows);
            if (isWhole) await sources.Delivered(grant.Id, call.Mode, CancellationToken.None);
        }

        await witnessing.Closed(call, rows, bytes, isWhole, CancellationToken.None);
    }
}
