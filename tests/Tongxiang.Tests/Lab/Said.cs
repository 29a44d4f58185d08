using System.ComponentModel;
using System.Diagnostics;

namespace Tongxiang.Tests.Lab;

/// <summary>What a program of the machine said.</summary>
internal sealed record Said(int Code, string Output, string Errors)
{
    /// <summary>Runs a program to its end; null where there is no such program.</summary>
    public static async Task<Said?> By(string program, string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return new Said(process.ExitCode, output, await errors);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
