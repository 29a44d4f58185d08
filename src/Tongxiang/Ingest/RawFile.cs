using System.Security.Cryptography;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Ingest;

/// <summary>The delivered file as it came, sealed with the key of the version it is to become.</summary>
internal static class RawFile
{
    public static string PathOf(Home home, Id<Run> run) => Path.Combine(home.Uploads, $"{run.Value:N}.sealed");

    /// <summary>Seals the upload while it streams in and leaves it open in <paramref name="clear"/>; refused when there is no room for it.</summary>
    public static async Task<Outcome<RawUpload>> Receive(Home home, Id<Run> run, SealKey key, Stream upload, ScratchFile clear, UploadRoom.Berth berth, Action<long> report, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        await using (var open = clear.Create())
        await using (var file = new FileStream(PathOf(home, run), FileMode.Create, FileAccess.Write, FileShare.None, 1))
        await using (var sealing = SealedFile.Write(file, key, leaveOpen: true))
        {
            var buffer = new byte[1 << 18];
            for (int read; (read = await upload.ReadAsync(buffer, ct)) > 0;)
            {
                bytes += read;
                if (berth.Take(read) is { } refusal) return refusal;
                hash.AppendData(buffer, 0, read);
                await sealing.WriteAsync(buffer.AsMemory(0, read), ct);
                await open.WriteAsync(buffer.AsMemory(0, read), ct);
                report(bytes);
            }
            sealing.Complete();
            Durable.Flush(file);
        }
        return new RawUpload(Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);
    }

    /// <summary>The clear file in the scratch folder.</summary>
    public static async Task<ScratchFile> Open(Home home, Id<Run> run, SealKey key, CancellationToken ct)
    {
        var clear = ScratchFile.New(home, "raw");
        try
        {
            await using var from = SealedFile.Read(new FileStream(PathOf(home, run), FileMode.Open, FileAccess.Read, FileShare.Read, 1), _ => key);
            await using var to = clear.Create();
            await from.CopyToAsync(to, 1 << 20, ct);
            return clear;
        }
        catch
        {
            clear.Dispose();
            throw;
        }
    }
}

/// <summary>A file that arrived whole.</summary>
internal readonly record struct RawUpload(string Digest, long Bytes);
