using System.CommandLine;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Verbs;

/// <summary>Brings the store to the newest schema, or only tells what would run.</summary>
internal static class Migrate
{
    public static Command Verb()
    {
        var plan = new Option<bool>("--plan") { Description = "Only print what would run / 只列出待执行脚本" };
        var data = new Option<string?>("--data") { Description = "Folder of all data of the node / 数据目录" };
        var settings = new Option<string?>("--settings") { Description = "A JSON file with settings / 配置文件" };
        var command = new Command("migrate", "Bring the store to the newest schema / 升级数据库结构") { plan, data, settings };
        command.SetAction(parsed => Run(new NodeOptions(null, parsed.GetValue(data), parsed.GetValue(settings), null), parsed.GetValue(plan)));
        return command;
    }

    private static int Run(NodeOptions options, bool onlyPlan)
    {
        var node = NodeConfiguration.Read(options).Settings;
        var connectionString = node.ConnectionString(new Home(node.Data));
        foreach (var script in Schema.Pending(node.Store, connectionString)) Console.WriteLine(script);
        if (!onlyPlan) Schema.Upgrade(node.Store, connectionString);
        return 0;
    }
}
