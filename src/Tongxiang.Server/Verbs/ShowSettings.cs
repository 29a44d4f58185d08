using System.CommandLine;
using System.Text.Json;
using Npgsql;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Verbs;

/// <summary>Prints the settings in force, secrets masked.</summary>
internal static class ShowSettings
{
    private static readonly JsonSerializerOptions Indented = new(Wire.Json) { WriteIndented = true };

    public static Command Verb()
    {
        var data = new Option<string?>("--data") { Description = "Folder of all data of the node / 数据目录" };
        var settings = new Option<string?>("--settings") { Description = "A JSON file with settings / 配置文件" };
        var command = new Command("settings", "Print the settings in force, secrets masked / 显示生效配置（密钥已遮盖）") { data, settings };
        command.SetAction(parsed =>
        {
            var (node, listeners, _) = NodeConfiguration.Read(new NodeOptions(null, parsed.GetValue(data), parsed.GetValue(settings), null));
            Console.WriteLine(JsonSerializer.Serialize(new { Node = node with { Database = Masked(node.Database) }, Listeners = listeners }, Indented));
        });
        return command;
    }

    /// <summary>The connection string without its password.</summary>
    internal static string? Masked(string? connectionString)
    {
        if (connectionString is null) return null;
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        if (!string.IsNullOrEmpty(parts.Password)) parts.Password = "******";
        if (!string.IsNullOrEmpty(parts.SslPassword)) parts.SslPassword = "******";
        return parts.ToString();
    }
}
