using System.Globalization;
using DuckDB.NET.Data;
using Tongxiang.Core.Crypto;
using Tongxiang.Gateway.Batching;

namespace Tongxiang.Server.Verbs;

/// <summary>Counts a part as it lies on the receiver's own disk: rows from the content, not from the manifest.</summary>
internal static class ReceivedPart
{
    public static async Task<CountedPart> Count(string file, ManifestPart part, string form, CancellationToken ct)
    {
        await using var digests = new DigestStream();
        var rows = new LineCount();
        await using (var from = File.OpenRead(file))
        {
            var buffer = new byte[1 << 20];
            for (int read; (read = await from.ReadAsync(buffer, ct)) > 0;)
            {
                digests.Write(buffer.AsSpan(0, read));
                rows.Take(buffer.AsSpan(0, read), isCsv: form == "csv");
            }
        }

        var bytes = digests.Length;
        var (sha256, sm3) = digests.Finish();
        return new CountedPart(part.Name, form == "parquet" ? Parquet(file) : form == "csv" ? Math.Max(0, rows.Lines - 1) : rows.Lines, bytes, sha256, sm3);
    }

    // A broken file has no rows that could be counted.
    private static long Parquet(string file)
    {
        try
        {
            using var connection = new DuckDBConnection("DataSource=:memory:");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"select num_rows from parquet_file_metadata('{file.Replace("'", "''", StringComparison.Ordinal)}')";
            return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        }
        catch (DuckDBException)
        {
            return -1;
        }
    }

    /// <summary>Line ends outside of quotes.</summary>
    private sealed class LineCount
    {
        private bool isQuoted;

        public long Lines { get; private set; }

        public void Take(ReadOnlySpan<byte> bytes, bool isCsv)
        {
            foreach (var b in bytes)
            {
                if (isCsv && b == (byte)'"') isQuoted = !isQuoted;
                else if (b == (byte)'\n' && !isQuoted) Lines++;
            }
        }
    }
}
