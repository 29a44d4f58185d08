using System.Diagnostics;
using System.Text.RegularExpressions;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Laws;

namespace Tongxiang.Tests.Docs;

public sealed partial class GuideTests
{
    [Fact]
    public async Task Every_block_of_the_API_guide_runs_as_it_stands()
    {
        Assert.SkipUnless(File.Exists("/bin/bash") && File.Exists("/usr/bin/curl"), "Needs bash and curl.");
        var mutual = $"https://127.0.0.1:{Tongxiang.Tests.Agencies.MutualTests.FreePort()}";
        await using var node = await NodeLab.Start(Store.Sqlite, people: 500, settings: new Dictionary<string, string> { ["Listeners:Mutual"] = mutual });
        var folder = StoreLab.Folder();
        var command = Path.Combine(folder, "tongxiang");
        await File.WriteAllTextAsync(command, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "Tongxiang.Server.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/api-guide.md"));
        var script = string.Join('\n', Block().Matches(guide).Select(m => m.Groups["text"].Value).Prepend("set -e"));

        var start = new ProcessStartInfo("/bin/bash", "-s") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["BASE"] = node.Http.BaseAddress!.ToString().TrimEnd('/');
        start.Environment["MUTUAL"] = mutual;
        start.Environment["DATA"] = node.Get<Home>().Root;
        using var bash = Process.Start(start)!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        var said = bash.StandardOutput.ReadToEndAsync();
        var complained = bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, $"{await said}\n{await complained}");
        Assert.Contains("OK", await said, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex("^```sh\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
