using System.ComponentModel.DataAnnotations;
using Tongxiang.Kernel;

namespace Tongxiang.Server;

/// <summary>Settings from file, environment (TONGXIANG_…) and command line, in this order, validated before anything starts.</summary>
internal static class NodeConfiguration
{
    /// <exception cref="ValidationException">A setting is wrong; the message names it, its value and what would be right.</exception>
    public static (NodeSettings Settings, Listeners Listeners, IConfigurationRoot Root) Read(NodeOptions options)
    {
        var builder = new ConfigurationBuilder();
        // The passwords of a demonstration are printed: a second factor would only be in the way of whoever looks around. A setting of one's own wins.
        if (options.People is not null) builder.AddInMemoryCollection(new Dictionary<string, string?> { ["Identity:SecondFactor"] = "Offered" });
        if (options.SettingsFile is not null) builder.AddJsonFile(Path.GetFullPath(options.SettingsFile), optional: false);
        builder.AddEnvironmentVariables("TONGXIANG_");
        builder.AddInMemoryCollection(FromCommandLine(options));
        var root = builder.Build();
        var settings = Bind<NodeSettings>(root, "Node");
        var listeners = Bind<Listeners>(root, "Listeners");
        if (settings.Store == Store.PostgreSql && string.IsNullOrWhiteSpace(settings.Database))
            throw new ValidationException("Node:Database: missing; Node:Store is PostgreSql, so give its connection string. / 使用 PostgreSQL 时必须给出连接串。");
        return (settings, listeners, root);
    }

    private static T Bind<T>(IConfigurationRoot root, string section) where T : class, new()
    {
        T settings;
        try
        {
            settings = root.GetSection(section).Get<T>() ?? new T();
        }
        catch (InvalidOperationException e)
        {
            throw new ValidationException($"{section}: {e.Message}", e);
        }
        var results = new List<ValidationResult>();
        if (Validator.TryValidateObject(settings, new ValidationContext(settings), results, validateAllProperties: true)) return settings;
        throw new ValidationException(string.Join(Environment.NewLine, results.Select(r =>
            $"{section}:{string.Join(",", r.MemberNames)} = '{root[$"{section}:{r.MemberNames.FirstOrDefault()}"]}': {r.ErrorMessage}")));
    }

    private static Dictionary<string, string?> FromCommandLine(NodeOptions options)
    {
        var values = new Dictionary<string, string?>();
        if (options.Data is not null) values["Node:Data"] = options.Data;
        if (options.Urls is not null) values["Listeners:All"] = options.Urls;
        if (options.People is not null)
        {
            values["Portal:BannerZh"] = "演示站点：人员、企业、机构和数据均由程序生成，不对应任何真实的人或单位。";
            values["Portal:BannerEn"] = "Demonstration: people, companies, bodies and data are generated and stand for nothing real.";
        }
        return values;
    }
}
