using Microsoft.Win32.SafeHandles;

namespace Tongxiang.Core.Ledger;

/// <summary>An append-only file whose bytes are on the disk when <see cref="Flush()"/> returns. After the first error nothing more is written: what the kernel dropped cannot be flushed again.</summary>
public sealed class Durable : IDisposable
{
    private readonly SafeFileHandle file;
    private IOException? broken;

    private Durable(string path, SafeFileHandle file, long length) => (Path, this.file, Length) = (path, file, length);

    public string Path { get; }

    /// <summary>Where the next append goes; the file itself may be longer by its reserve of zeros.</summary>
    public long Length { get; private set; }

    public static Durable Create(string path, long reserve = 0)
    {
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            Disk.Reserve(file, reserve);
            Disk.Flush(file);
            Disk.FlushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
        return new(path, file, 0);
    }

    /// <summary>Opens a file to append at the given place, or at its end.</summary>
    public static Durable Open(string path, long? length = null)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        return new(path, file, length ?? RandomAccess.GetLength(file));
    }

    public void Append(ReadOnlySpan<byte> bytes) => Guarded(bytes, static (durable, bytes) =>
    {
        Disk.Write(durable.file, durable.Length, bytes);
        durable.Length += bytes.Length;
    });

    public void Flush() => Guarded([], static (durable, _) => Disk.Flush(durable.file));

    /// <summary>Cuts off everything after the last append, durably, and reserves zeros up to the given length anew.</summary>
    public void Trim(long reserve = 0) => Guarded([], (durable, _) =>
    {
        RandomAccess.SetLength(durable.file, durable.Length);
        Disk.Reserve(durable.file, reserve);
        Disk.Flush(durable.file);
    });

    public int Read(long at, Span<byte> to) => RandomAccess.Read(file, to[..(int)Math.Clamp(Length - at, 0, to.Length)], at);

    public void Dispose() => file.Dispose();

    /// <summary>Replaces a small file as a whole: after a power cut the old or the new bytes stand there, never a mixture.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead)
    {
        var fresh = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using (var stream = new FileStream(fresh, options))
        {
            stream.Write(bytes);
            Disk.Flush(stream.SafeFileHandle);
        }
        File.Move(fresh, path, overwrite: true);
        Disk.FlushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
    }

    /// <summary>Makes a file that others wrote durable, and its name with it.</summary>
    public static void Flush(FileStream stream)
    {
        stream.Flush();
        Disk.Flush(stream.SafeFileHandle);
        Disk.FlushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(stream.Name))!);
    }

    private delegate void Act(Durable durable, ReadOnlySpan<byte> bytes);

    private void Guarded(ReadOnlySpan<byte> bytes, Act act)
    {
        if (broken is not null)
            throw new IOException($"{Path} takes nothing more since: {broken.Message}", broken);
        try
        {
            act(this, bytes);
        }
        catch (IOException e)
        {
            broken = e;
            throw;
        }
    }
}
