using System.Runtime.CompilerServices;
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
        for (var plan = call.Plan! with { Limit = rows, Offset = 0, Count = PlanCount.None, IsFile = true }; ;)
        {
            using var page = (await copies.Read(call.Version!, plan, ct)).Value;
            // How many rows a filter leaves is known only now: the file breaks off where the day's rows end.
            taken += page.Rows;
            // A file can take minutes: whoever was revoked meanwhile gets no further page.
            if (call.IsStillGood?.Invoke() == false)
            {
                call.IsCutOff = call.IsRevoked = true;
                yield break;
            }

            if (call.Held?.Cover(taken) == false)
            {
                call.IsCutOff = true;
                yield break;
            }

            Masks.Apply(page, call.Scope!);
            yield return page;
            if (page.Next is null) yield break;
            plan = plan with { After = page.Next };
        }
    }

    /// <summary>Puts on record what left.</summary>
    internal async ValueTask Close(Call call, long rows, long bytes, bool isWhole)
    {
        resources.Add(call.Entry!.Id, rows);
        if (call.Grant is { } grant)
        {
            call.Held?.Settle(rows);
            if (isWhole) await sources.Delivered(grant.Id, call.Mode, CancellationToken.None);
        }

        await witnessing.Closed(call, rows, bytes, isWhole, CancellationToken.None);
    }
}
