using System.CommandLine;

namespace Tongxiang.Server.Verbs;

/// <summary>Runs the node until it is told to stop.</summary>
internal static class Serve
{
    public static Command Verb()
    {
        var urls = new Option<string?>("--urls") { Description = "Addresses of all faces, e.g. http://127.0.0.1:8080 / 监听地址" };
        var data = new Option<string?>("--data") { Description = "Folder of all data of the node / 数据目录" };
        var people = new Option<int>("--people") { Description = "People in the demonstration region / 演示人口数", DefaultValueFactory = _ => 200_000 };
        var demonstration = new Option<bool>("--demonstration") { Description = "Fill an empty node with the demonstration region / 载入演示区域" };
        var settings = new Option<string?>("--settings") { Description = "A JSON file with settings / 配置文件" };
        var command = new Command("serve", "Run the node / 运行节点") { urls, data, people, demonstration, settings };
        command.SetAction((parsed, ct) => Run(
            new NodeOptions(parsed.GetValue(urls), parsed.GetValue(data), parsed.GetValue(settings), parsed.GetValue(demonstration) ? parsed.GetValue(people) : null), ct));
        return command;
    }

    private static async Task<int> Run(NodeOptions options, CancellationToken ct)
    {
        if (options.People is < 100 or > 100_000_000)
        {
            await Console.Error.WriteLineAsync($"--people {options.People}: give a number from 100 to 100000000. / 演示人口数应在 100 到 1 亿之间。");
            return 2;
        }
        if (!Node.TryBuild(options, out var app, out var complaint))
        {
            await Console.Error.WriteLineAsync(complaint);
            return 2;
        }
        await using (app)
        {
            await Node.Start(app, options, ct);
            // What starting left behind, some 70 MB, would stay until the first busy hour.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            await app.WaitForShutdownAsync(ct);
        }
        return 0;
    }
}
