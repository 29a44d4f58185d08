using System.ComponentModel;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tongxiang.Core.Ledger;

/// <summary>The few calls that make bytes survive a power cut, with their errors; the framework's own flush hides them on Linux.</summary>
internal static partial class Disk
{
    private const int Interrupted = 4;
    private const int ReadOnlyFolder = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC

    static Disk() => NativeLibrary.SetDllImportResolver(typeof(Disk).Assembly, Resolve);

    public static void Write(SafeFileHandle file, long at, ReadOnlySpan<byte> bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.Write(file, bytes, at);
            return;
        }
        while (bytes.Length > 0)
        {
            var written = PWrite(file, bytes, bytes.Length, at);
            if (written < 0 && Marshal.GetLastPInvokeError() == Interrupted)
                continue;
            if (written <= 0)
                throw Error("write");
            at += written;
            bytes = bytes[(int)written..];
        }
    }

    public static void Flush(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
#pragma warning disable RS0030 // Only on Linux does the framework swallow the error.
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }
        while (FDataSync(file) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw Error("fdatasync");
        }
    }

    /// <summary>Reserves blocks, so that later flushes need not write file-system metadata. A file system that cannot is no error.</summary>
    public static void Reserve(SafeFileHandle file, long bytes)
    {
        const int noSpace = 28;
        if (OperatingSystem.IsLinux() && bytes > 0 && Allocate(file, 0, bytes) == noSpace)
            throw new IOException($"No space for {bytes} bytes.");
    }

    /// <summary>Makes created, renamed and deleted names of a folder durable.</summary>
    public static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return; // Windows journals names itself
        using var folder = new SafeFileHandle(Open(path, ReadOnlyFolder), ownsHandle: true);
        if (folder.IsInvalid)
            throw Error("open folder");
        if (FSync(folder) != 0)
            throw Error("fsync folder");
    }

    private static IOException Error(string what)
    {
        var code = Marshal.GetLastPInvokeError();
        return new IOException($"{what} failed: {new Win32Exception(code).Message} (errno {code})", code);
    }

    // Through the program's own symbol table and not a library handle: fault injection (LD_PRELOAD) then reaches these calls too.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "libc" && OperatingSystem.IsLinux() ? NativeLibrary.GetMainProgramHandle() : 0;

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint PWrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int Allocate(SafeFileHandle file, long offset, long count);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
