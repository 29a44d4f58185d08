using System.Globalization;
using System.IO.Pipelines;
using Tongxiang.Core.Crypto;
using Tongxiang.Gateway.Forms;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Batching;

/// <summary>Writes pages into the parts of a package: counted, digested and sealed as they come, a new part when one is full.</summary>
internal sealed class PartWriter(PackageFiles files, SealKey key, Home home, Bulk bulk, BulkFormat form, IReadOnlyList<TextColumn> columns, PartKind kind, int mostRows, Tracing.FileMark? mark = null, IReadOnlyDictionary<string, string>? about = null) : IAsyncDisposable
{
    private readonly List<PackagePart> done = [];
    private Open? open;

    public async ValueTask Add(ServedPage page, CancellationToken ct)
    {
        open ??= Begin();
        mark?.Arrange(page);
        if (form == BulkFormat.Ndjson) await new JsonForm(page, false, mark).Lines(open.Pipe, ct);
        else await CsvForm.Rows(open.Pipe, page, ct, form == BulkFormat.Csv ? mark : null);
        await open.Pipe.FlushAsync(ct);
        open.Rows += page.Rows;
        if (open.Rows >= mostRows) await End(ct);
    }

    /// <summary>The parts; a package without rows still has one, so that nothing and nothing sent are told apart.</summary>
    public async Task<IReadOnlyList<PackagePart>> Complete(CancellationToken ct)
    {
        if (open is null && done.Count == 0 && kind == PartKind.Rows) open = Begin();
        await End(ct);
        return done;
    }

    public async ValueTask DisposeAsync()
    {
        if (open is null) return;
        await open.Pipe.CompleteAsync();
        open.Dispose();
        open = null;
    }

    private Open Begin()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{(kind == PartKind.Rows ? "rows" : "removed")}-{done.Count + 1:0000}.{BatchRules.NameOf(form)}");
        // Parquet is made of text laid aside: its reader wants the foot of the file first.
        var begun = form == BulkFormat.Parquet ? new Open(name, null, ScratchFile.New(home, "csv")) : new Open(name, files.Begin(FileOf(name), key), null);
        if (form == BulkFormat.Csv) CsvForm.Head(begun.Pipe, [.. columns.Select(c => new PlanColumn(c.Field, c.Shown))], hasMark: true);
        return begun;
    }

    private async Task End(CancellationToken ct)
    {
        if (open is not { } part) return;
        await part.Pipe.CompleteAsync();
        using (part)
        {
            var sealing = part.Sealing ?? await Convert(part, ct);
            using (sealing)
            {
                var (digests, bytes) = sealing.Finish();
                done.Add(new PackagePart(part.Name, kind, part.Rows, bytes, digests.Sha256, digests.Sm3, sealing.Name));
            }
        }

        open = null;
    }

    private async Task<SealedPart> Convert(Open part, CancellationToken ct)
    {
        part.Lay();
        using var made = await bulk.FromText(part.Text!, columns, form, ct, about);
        var sealing = files.Begin(FileOf(part.Name), key);
        await using var from = made.Open();
        await from.CopyToAsync(sealing.Clear, ct);
        return sealing;
    }

    private static string FileOf(string name) => $"{Guid.CreateVersion7():N}.{name}.sealed";

    private sealed class Open : IDisposable
    {
        private readonly FileStream? laid;

        public Open(string name, SealedPart? sealing, ScratchFile? text)
        {
            (Name, Sealing, Text) = (name, sealing, text);
            laid = text?.Create();
            Pipe = PipeWriter.Create(sealing is null ? laid! : sealing.Clear, new StreamPipeWriterOptions(leaveOpen: true));
        }

        public string Name { get; }

        public SealedPart? Sealing { get; }

        public ScratchFile? Text { get; }

        public PipeWriter Pipe { get; }

        public long Rows { get; set; }

        public void Lay() => laid?.Dispose();

        public void Dispose()
        {
            laid?.Dispose();
            Text?.Dispose();
            Sealing?.Dispose();
        }
    }
}
