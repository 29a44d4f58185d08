using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Builder;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Forms;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>A whole version as a file: witnessed as permitted before the first byte and as closed after the last.</summary>
public sealed class DataFile(Calls calls, GatewaySources sources, Bulk bulk, PartFile parts, Tracing.Releases releases, TimeProvider clock)
{
    private const int pageRows = 5_000;

    internal void Map(IEndpointRouteBuilder app) => app.MapMethods("/data/{resource}/download.{format}", ["GET"], Send).WithName("gateway.file");

    private async Task Send(HttpContext http, string resource, string format)
    {
        var ct = http.RequestAborted;
        var call = Reception.Receive(http, sources, resource, Mode.File, clock.GetUtcNow(), format, false, null);
        if (!Enum.TryParse<BulkFormat>(format, ignoreCase: true, out var form) || format != Extension(form))
        {
            await DataProblem.Write(http, new Stop(new Refusal(404, "gateway.no-file-form", Query.QueryFault.Clip(format)), null));
            return;
        }

        if (await calls.Permit(call, form, ct) is { } stop)
        {
            await DataProblem.Write(http, stop);
            return;
        }

        Describe(http, call, form);
        var body = new CountedWriter(http.Response.BodyWriter, () => calls.HasTripped(call) is not null);
        long rows = 0;
        var isWhole = false;
        Refusal? late = null;
        try
        {
            call.Mark = await releases.Begin(call, ct);
            if (form is BulkFormat.Parquet or BulkFormat.Xlsx && (!call.IsWhole || call.Mark is not null))
            {
                var part = await parts.Make(call, form, ct);
                late = part.Refusal;
                if (late is null)
                {
                    using var made = part.Value;
                    rows = made.Rows;
                    await using var from = made.File.Open();
                    await from.CopyToAsync(body.AsStream(leaveOpen: true), ct);
                }
            }
            else if (form is BulkFormat.Parquet or BulkFormat.Xlsx)
            {
                rows = call.Version!.Rows;
                await bulk.Write(call.Version!, [.. call.Plan!.Columns.Select(column => column.Field)], form, body.AsStream(leaveOpen: true), hasMark: false, ct);
            }
            else
            {
                if (form == BulkFormat.Csv) CsvForm.Head(body, call.Plan!.Columns, AnswerForm.Of(http.Request) is not { Kind: FormKind.Csv, HasMark: false });
                await foreach (var page in calls.Pages(call, pageRows, ct))
                {
                    call.Mark?.Arrange(page);
                    if (form == BulkFormat.Csv) await CsvForm.Rows(body, page, ct, call.Mark);
                    else await new JsonForm(page, false, call.Mark).Lines(body, ct);
                    rows += page.Rows;
                    await body.FlushAsync(ct);
                }
            }

            isWhole = !call.IsCutOff && late is null;
        }
        finally
        {
            // Also when the reader went away or the disk failed: what left, left. Of a file that broke off nobody knows how many rows it held.
            await calls.Close(call, body.Bytes == 0 ? 0 : rows, body.Bytes, isWhole);
            if (!isWhole && late is null) http.Abort();
        }

        if (late is null) return;
        http.Response.Clear();
        await DataProblem.Write(http, new Stop(late, null));
    }

    private static void Describe(HttpContext http, Call call, BulkFormat form)
    {
        var response = http.Response;
        response.ContentType = Bulk.ContentType(form);
        var format = Extension(form);
        // The open mark: whoever holds the file sees for which right it was made.
        var ending = $"-v{call.Version!.Number}{(call.Grant is { } grant ? "-" + grant.Number : "")}.{format}";
        response.Headers.ContentDisposition = $"attachment; filename=\"{call.Entry!.Slug}{ending}\"; filename*=UTF-8''{Uri.EscapeDataString(call.Entry.Content.Name + ending)}";
        response.Headers.CacheControl = call.IsOpenRead ? "public, max-age=60" : "private, no-store";
        // No two marked files are alike, so none may be continued with the bytes of another.
        response.Headers.ETag = call.Receipt is { } own && call.Grant is not null ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"{call.Version.Digest}-{own.Index}\"") : $"\"{call.Version.Digest}\"";
        if (call.Entry.IsOpen) response.Headers.AccessControlAllowOrigin = "*";
        // The rows are still on their way: what they may hold is known from the version's profile.
        if (form == BulkFormat.Csv && call.Version.FormulaColumns() is { Count: > 0 } formulas && call.Plan!.Columns.Where(c => formulas.Contains(c.Field.Name)).Select(c => Uri.EscapeDataString(c.Shown)).ToList() is { Count: > 0 } shown)
            response.Headers["Csv-Formula-Columns"] = string.Join(", ", shown);
        if (call.Receipt is { } receipt) response.Headers[Receipt.Header] = receipt.ToString();
    }

    private static string Extension(BulkFormat form) => form.ToString().ToLowerInvariant();
}
