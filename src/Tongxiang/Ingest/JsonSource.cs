using System.Text;
using System.Text.Json;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Ingest;

/// <summary>JSON arrays of objects and NDJSON as a table: a column for each property, numbers digit by digit as written.</summary>
internal static class JsonSource
{
    private static readonly JsonSerializerOptions Options = new() { MaxDepth = 64, DefaultBufferSize = 64 << 10 };

    public static Outcome<Source> Open(Home home, ScratchFile raw, bool isArray, CancellationToken ct)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var refusal = Walk(raw, isArray, (_, item) =>
        {
            foreach (var property in item.EnumerateObject()) columns.TryAdd(property.Name, columns.Count);
            return columns.Count > TableLimits.Default.Columns;
        }, ct);
        if (refusal is not null) return refusal;
        if (columns.Count == 0) return Source.Fault(new TableFault(TableFault.Empty));
        if (columns.Count > TableLimits.Default.Columns) return Source.Fault(new TableFault(TableFault.TooManyColumns, 1, TableLimits.Default.Columns.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var clear = ScratchFile.New(home, "csv");
        using var writer = new CsvWriter(clear.Create());
        foreach (var name in columns.Keys) writer.Cell(Encoding.UTF8.GetBytes(name));
        writer.EndRow();
        var cells = new string[columns.Count];
        Walk(raw, isArray, (_, item) =>
        {
            Array.Fill(cells, "");
            foreach (var property in item.EnumerateObject()) cells[columns[property.Name]] = Text(property.Value);
            foreach (var cell in cells) writer.Cell(Encoding.UTF8.GetBytes(cell));
            writer.EndRow();
            return false;
        }, ct);
        return Source.Table(isArray ? "json" : "ndjson", clear, hasOwnHeader: true);
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };

    // Stops when the visitor says so. One object may have at most the bytes of one row.
    private static Refusal? Walk(ScratchFile raw, bool isArray, Func<long, JsonElement, bool> visit, CancellationToken ct)
    {
        using var metered = new Metered(raw.Open(), TableLimits.Default.RowBytes);
        var row = 0L;
        var items = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(metered, topLevelValues: !isArray, Options, ct).ToBlockingEnumerable(ct);
        foreach (var item in items)
        {
            row++;
            metered.Renew();
            if (item.ValueKind != JsonValueKind.Object) return new Refusal(422, "ingest.not-an-object", row);
            if (visit(row, item)) break;
        }
        return null;
    }

    private sealed class Metered(Stream from, long most) : Stream
    {
        private long left = most + (1 << 20);

        public void Renew() => left = most + (1 << 20);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await from.ReadAsync(buffer, cancellationToken);
            left -= read;
            return left >= 0 ? read : throw new InvalidDataException("One object is longer than a row may be.");
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) from.Dispose();
            base.Dispose(disposing);
        }
    }
}
