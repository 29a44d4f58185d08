using System.Security.Cryptography;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>The sealed Parquet files of versions: written once, named when they are whole and on disk.</summary>
public sealed class VersionFiles(Home home, VersionKeys keys)
{
    private const string Unfinished = ".part";

    public string PathOf(Id<Version> version) => Path.Combine(home.Versions, $"{version.Value:N}.parquet.sealed");

    /// <summary>Seals a clear file and returns its SHA-256 (of the clear bytes) and size.</summary>
    internal (string Digest, long Bytes) Seal(string clearPath, Id<Version> version, SealKey key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var path = PathOf(version);
        long length = 0;
        using (var to = new FileStream(path + Unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1))
        using (var from = new FileStream(clearPath, FileMode.Open, FileAccess.Read, FileShare.Read, 1))
        using (var sealing = SealedFile.Write(to, key, leaveOpen: true))
        {
            var buffer = new byte[1 << 20];
            for (int read; (read = from.Read(buffer)) > 0; length += read)
            {
                hash.AppendData(buffer, 0, read);
                sealing.Write(buffer, 0, read);
            }
            sealing.Complete();
            Durable.Flush(to);
        }
        File.Move(path + Unfinished, path, overwrite: true);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
    }

    /// <summary>The clear Parquet file in the scratch folder, for as long as it is held. Its digest is checked on the way.</summary>
    /// <exception cref="InvalidDataException">The sealed file was changed.</exception>
    public async Task<ScratchFile> Open(Version version, CancellationToken ct)
    {
        var key = await keys.Open(version.Id, ct);
        var clear = ScratchFile.New(home, "parquet");
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using (var from = SealedFile.Read(new FileStream(PathOf(version.Id), FileMode.Open, FileAccess.Read, FileShare.Read, 1), _ => key))
            await using (var to = clear.Create())
            {
                var buffer = new byte[1 << 20];
                for (int read; (read = await from.ReadAsync(buffer, ct)) > 0;)
                {
                    hash.AppendData(buffer, 0, read);
                    await to.WriteAsync(buffer.AsMemory(0, read), ct);
                }
            }
            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != version.Digest) throw new InvalidDataException($"Version {version.Id} is not the file whose digest stands in evidence.");
            return clear;
        }
        catch
        {
            clear.Dispose();
            throw;
        }
    }

    /// <summary>Removes what a crash left half made; only at start, when nobody works.</summary>
    internal void Clean(IReadOnlySet<string> known)
    {
        foreach (var file in Directory.EnumerateFiles(home.Versions))
            if (file.EndsWith(Unfinished, StringComparison.Ordinal) || !known.Contains(Path.GetFileName(file).Split('.')[0])) File.Delete(file);
        foreach (var file in Directory.EnumerateFiles(home.Serving))
            if (file.Contains(".building", StringComparison.Ordinal) || !known.Contains(Path.GetFileName(file).Split('.')[0])) File.Delete(file);
    }
}
