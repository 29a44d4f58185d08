using System.IO.Pipelines;
using Tongxiang.Gateway.Forms;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>Parquet and XLSX of what a right or a request leaves of a version: the pages of the plan, masked and renamed, are laid aside as text and turned into the file.</summary>
public sealed class PartFile(Calls calls, Home home, Bulk bulk)
{
    private const int pageRows = 5_000;

    /// <summary>The file, or why there is none: nothing has left by then.</summary>
    internal async Task<Outcome<MadeFile>> Make(Call call, BulkFormat form, CancellationToken ct)
    {
        using var text = ScratchFile.New(home, "csv");
        long rows = 0;
        await using (var stream = text.Create())
        {
            var to = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
            await foreach (var page in calls.Pages(call, pageRows, ct))
            {
                rows += page.Rows;
                if (form == BulkFormat.Xlsx && rows > Bulk.ExcelRows) return new Refusal(422, "warehouse.too-many-for-excel", rows, Bulk.ExcelRows);
                await CsvForm.Rows(to, page, ct);
                await to.FlushAsync(ct);
            }

            await to.CompleteAsync();
        }

        if (call.IsCutOff) return call.IsRevoked ? new Refusal(401, "gateway.revoked") : calls.NoRowsLeft(call);
        var columns = call.Plan!.Columns.Select(column => new TextColumn(column.Field, column.Shown, call.IsMasked(column)));
        return new MadeFile(await bulk.FromText(text, [.. columns], form, ct), rows);
    }
}

/// <summary>A file of the scratch folder with the number of its rows.</summary>
internal sealed record MadeFile(ScratchFile File, long Rows) : IDisposable
{
    public void Dispose() => File.Dispose();
}
