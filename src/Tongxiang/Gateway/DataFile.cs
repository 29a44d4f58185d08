using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Builder;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Forms;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>A whole version as a file: witnessed as permitted before the first byte and as closed after the last.</summary>
public sealed class DataFile(Calls calls, GatewaySources sources, TimeProvider clock)
{
    private const int pageRows = 5_000;

    internal void Map(IEndpointRouteBuilder app) => app.MapMethods("/data/{resource}/download.{format}", ["GET"], Send).WithName("gateway.file");

    private async Task Send(HttpContext http, string resource, string format)
    {
        var ct = http.RequestAborted;
        if (format is not ("csv" or "ndjson"))
        {
            await DataProblem.Write(http, new Stop(new Refusal(404, "gateway.no-file-form", QueryName(format)), null));
            return;
        }

        var call = Reception.Receive(http, sources, resource, Mode.File, clock.GetUtcNow(), format, false, null);
        if (await calls.Permit(call, ct) is { } stop)
        {
            await DataProblem.Write(http, stop);
            return;
        }

        Describe(http, call, format);
        var body = new CountedWriter(http.Response.BodyWriter);
        long rows = 0;
        var isWhole = false;
        try
        {
            if (format == "csv") CsvForm.Head(body, call.Plan!.Columns, AnswerForm.Of(http.Request) is not { Kind: FormKind.Csv, HasMark: false });
            await foreach (var page in calls.Pages(call, pageRows, ct))
            {
                if (format == "csv") await CsvForm.Rows(body, page, ct);
                else await new JsonForm(page, false).Lines(body, ct);
                rows += page.Rows;
                await body.FlushAsync(ct);
            }

            isWhole = true;
        }
        finally
        {
            // Also when the reader went away or the disk failed: what left, left.
            await calls.Close(call, rows, body.Bytes, isWhole);
            if (!isWhole) http.Abort();
        }
    }

    private static void Describe(HttpContext http, Call call, string format)
    {
        var response = http.Response;
        response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
        var name = $"{call.Entry!.Content.Name}-v{call.Version!.Number}.{format}";
        response.Headers.ContentDisposition = $"attachment; filename=\"{call.Entry.Slug}-v{call.Version.Number}.{format}\"; filename*=UTF-8''{Uri.EscapeDataString(name)}";
        response.Headers.CacheControl = call.IsOpenRead ? "public, max-age=60" : "private, no-store";
        response.Headers.ETag = $"\"{call.Version.Digest}\"";
        if (call.Entry.IsOpen) response.Headers.AccessControlAllowOrigin = "*";
        if (call.Receipt is { } receipt) response.Headers[Receipt.Header] = receipt.ToString();
    }

    private static string QueryName(string format) => Query.QueryFault.Clip(format);
}
