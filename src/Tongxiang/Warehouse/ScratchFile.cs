using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>A clear file in the scratch folder, deleted when it is let go; what a crash leaves is deleted at the next start.</summary>
public sealed class ScratchFile : IDisposable
{
    private bool isMoved;

    private ScratchFile(string path) => Path = path;

    public string Path { get; }

    public long Length => new FileInfo(Path).Length;

    public static ScratchFile New(Home home, string extension) => new(System.IO.Path.Combine(home.Scratch, $"{Guid.CreateVersion7():N}.{extension}"));

    public FileStream Create() => new(Path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16);

    public FileStream Open() => new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);

    /// <summary>Hands the file to another holder; letting this one go no longer deletes it.</summary>
    public ScratchFile Move()
    {
        isMoved = true;
        return new ScratchFile(Path);
    }

    public void Dispose()
    {
        if (isMoved) return;
        if (File.Exists(Path)) File.Delete(Path);
    }
}
