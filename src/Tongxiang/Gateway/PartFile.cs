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
                call.Mark?.Arrange(page);
                await CsvForm.Rows(to, page, ct);
                await to.FlushAsync(ct);
            }

            await to.CompleteAsync();
        }

        if (call.CutOff?.Refusal is { } cut) return cut;
        var columns = call.Plan!.Columns.Select(column => new TextColumn(column.Field, column.Shown, call.IsMasked(column)));
        return new MadeFile(await bulk.FromText(text, [.. columns], form, ct, About(call)), rows);
    }

    /// <summary>The open mark: for which right, and the receipt of the permission.</summary>
    internal static IReadOnlyDictionary<string, string>? About(Call call) => call.Grant is not { } grant ? null : new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["grant"] = grant.Number,
        ["receipt"] = call.Receipt?.ToString() ?? call.Package ?? "",
    };
}

/// <summary>A file of the scratch folder with the number of its rows.</summary>
internal sealed record MadeFile(ScratchFile File, long Rows) : IDisposable
{
    public void Dispose() => File.Dispose();
}
