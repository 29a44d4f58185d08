using System.Diagnostics;
using System.Reflection;
using Tongxiang.Tests.Core.Ledger;

namespace Tongxiang.Tests.Lab;

/// <summary>The way into this program: as the test runner, or as a child process that a test starts to kill it or to give it a faulty disk.</summary>
internal static class Child
{
    private const string Role = "TONGXIANG_TEST_CHILD";

    public static int Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable(Role) is { Length: > 0 } role) return Play(role, args);
        return args.Any(a => a is "--server" or "--internal-msbuild-node")
            ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult()
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
    }

    /// <summary>Starts this program as a child in a role.</summary>
    public static Process Start(string role, IReadOnlyDictionary<string, string>? environment, params string[] args)
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet") start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        foreach (var arg in args) start.ArgumentList.Add(arg);
        start.Environment[Role] = role;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static int Play(string role, string[] args) => role switch
    {
        "pack" => Gateway.Batching.PackageKillTests.Pack(args[0]),
        "append" => GroupLogCrashTests.AppendForever(args[0]),
        _ => 2,
    };
}
