using System.Diagnostics;
using Tongxiang.Tests.Journeys;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Server;

/// <summary>The node's master key in an external device, played by SoftHSM behind its PKCS#11 library.</summary>
public sealed class KeyDeviceTests : IDisposable
{
    private const string Pin = "73219044";
    private readonly string folder = StoreLab.Folder();
    private readonly Dictionary<string, string> environment;
    private readonly string? module = new[] { "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so" }.FirstOrDefault(File.Exists);

    public KeyDeviceTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "tokens"));
        File.WriteAllText(Path.Combine(folder, "softhsm2.conf"), $"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n");
        File.WriteAllText(Path.Combine(folder, "pin"), Pin + "\n");
        environment = new() { ["SOFTHSM2_CONF"] = Path.Combine(folder, "softhsm2.conf") };
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_node_keeps_its_master_key_in_a_device_and_its_folder_opens_nothing()
    {
        Assert.SkipWhen(module is null || !File.Exists("/usr/bin/softhsm2-util"), "SoftHSM is absent: ./test installs it.");
        await MakeToken("tongxiang");
        var data = Path.Combine(folder, "data");

        // First without a device, so that a key that lay in clear is taken over.
        string key;
        using (var node = new ServerProcess(data, Settings(null, "tongxiang", Pin)))
        {
            key = await LogKey(node);
            await node.Kill();
        }
        var clear = await File.ReadAllBytesAsync(Path.Combine(data, "keys", "node.key"));
        for (var start = 0; start < 2; start++)
        {
            using var node = new ServerProcess(data, Settings(module, "tongxiang", Pin), environment);
            Assert.Equal(key, await LogKey(node));
            await node.Kill();
            Assert.False(File.Exists(Path.Combine(data, "keys", "node.key")));
        }
        foreach (var file in Directory.EnumerateFiles(Path.Combine(data, "keys"), "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.Equal(-1, bytes.AsSpan().IndexOf(clear));
            Assert.Equal(-1, bytes.AsSpan().IndexOf("PRIVATE+KEY"u8));
        }

        // Another token, another PIN, and no device at all: the node says why it does not start.
        await MakeToken("other");
        Assert.Contains("does not open", await Complaint(data, Settings(module, "other", Pin)), StringComparison.Ordinal);
        Assert.Contains("check the PIN", await Complaint(data, Settings(module, "tongxiang", "00000000")), StringComparison.Ordinal);
        Assert.Contains("other", await Complaint(data, Settings(module, "absent", Pin)), StringComparison.Ordinal);
        Assert.Contains("no library", await Complaint(data, Settings("/nowhere/module.so", "tongxiang", Pin)), StringComparison.Ordinal);
    }

    private async Task MakeToken(string label)
    {
        var start = new ProcessStartInfo("/usr/bin/softhsm2-util", ["--init-token", "--free", "--label", label, "--pin", Pin, "--so-pin", "99119911"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var made = Process.Start(start)!;
        var said = await made.StandardOutput.ReadToEndAsync() + await made.StandardError.ReadToEndAsync();
        await made.WaitForExitAsync();
        Assert.True(made.ExitCode == 0, said);
    }

    private string Settings(string? library, string token, string pin)
    {
        var pinFile = Path.Combine(folder, "pin-" + pin);
        File.WriteAllText(pinFile, pin);
        var path = Path.Combine(folder, Guid.CreateVersion7() + ".json");
        File.WriteAllText(path, library is null ? "{}" : $$"""{"Node":{"KeyModule":"{{library}}","KeyToken":"{{token}}","KeyPinFile":"{{pinFile}}"} }""");
        return path;
    }

    private static async Task<string> LogKey(ServerProcess node)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(await node.Address + "/log/key"));
    }

    private async Task<string> Complaint(string data, string settings)
    {
        using var node = new ServerProcess(data, settings, environment);
        return (await Assert.ThrowsAsync<InvalidOperationException>(() => node.Address)).Message;
    }
}
