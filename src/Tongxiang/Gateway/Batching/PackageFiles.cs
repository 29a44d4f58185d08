using System.Security.Cryptography;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Batching;

/// <summary>The sealed files of packages, one key each: written under a name of their own, named for good when they are whole and on disk, unreadable once the key is erased.</summary>
public sealed class PackageFiles(Home home, NodeKey nodeKey, NodeSettings settings)
{
    private const string unfinished = ".part";
    private readonly SealAlgorithm algorithm = settings.NationalProfile ? SealAlgorithm.Sm4Gcm : SealAlgorithm.Aes256Gcm;

    /// <summary>A new key, wrapped by the node's.</summary>
    public byte[] NewKey(Id<Package> package) => [(byte)algorithm, .. nodeKey.Wrap(RandomNumberGenerator.GetBytes(Aead.KeySize(algorithm)), Context(package))];

    internal SealKey Key(Id<Package> package, byte[] wrapped) => new(Context(package), (SealAlgorithm)wrapped[0], nodeKey.Unwrap(wrapped.AsSpan(1), Context(package)));

    internal SealedPart Begin(string file, SealKey key) => new(PathOf(file) + unfinished, PathOf(file), key);

    /// <summary>The clear bytes of a part, anywhere in it.</summary>
    /// <exception cref="InvalidDataException">The file was changed.</exception>
    internal Stream Open(string file, SealKey key) => SealedFile.Read(new FileStream(PathOf(file), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1), _ => key);

    internal void Delete(string file) => File.Delete(PathOf(file));

    /// <summary>Removes what belongs to no package: a crash left it, or another copy of the node was faster. Young files may still be under way.</summary>
    internal void Clean(IReadOnlySet<string> known, DateTimeOffset olderThan)
    {
        foreach (var path in Directory.EnumerateFiles(home.Packages))
            if (!known.Contains(Path.GetFileName(path)) && File.GetLastWriteTimeUtc(path) < olderThan.UtcDateTime) File.Delete(path);
    }

    private string PathOf(string file) => Path.Combine(home.Packages, file);

    private static string Context(Id<Package> package) => $"package:{package}";
}

/// <summary>A part under way; it has its name only once it is whole and on disk.</summary>
internal sealed class SealedPart : IDisposable
{
    private readonly string path;
    private readonly string name;
    private readonly FileStream disk;
    private readonly SealedStream sealing;

    public SealedPart(string path, string name, SealKey key)
    {
        (this.path, this.name) = (path, name);
        Name = Path.GetFileName(name);
        disk = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        sealing = SealedFile.Write(disk, key, leaveOpen: true);
        Clear = new DigestStream(sealing);
    }

    /// <summary>The file's name for good.</summary>
    public string Name { get; }

    /// <summary>Takes the clear bytes.</summary>
    public DigestStream Clear { get; }

    public (Digests Digests, long Bytes) Finish()
    {
        sealing.Complete();
        Durable.Flush(disk);
        disk.Dispose();
        File.Move(path, name);
        return (Clear.Finish(), Clear.Length);
    }

    public void Dispose()
    {
        Clear.Dispose();
        sealing.Dispose();
        disk.Dispose();
        File.Delete(path);
    }
}
