using System.Reflection;

namespace Tongxiang.Kernel;

/// <summary>Brings a store to the newest schema: numbered scripts, forward only, each in a transaction of its own.</summary>
public static class Schema
{
    /// <summary>The parts in the order in which their scripts run.</summary>
    private static readonly string[] Order =
    [
        "Kernel", "Evidence", "Agencies", "Catalog", "Warehouse", "Protect", "Share", "Watch", "Gateway",
        "Quality", "Ingest", "Products", "Joint", "Federation", "Lifecycle", "Feedback", "Assess",
    ];

    /// <summary>The names of the scripts that have not run yet on this store.</summary>
    public static IReadOnlyList<string> Pending(Store store, string connectionString) =>
        [.. Engine(store, connectionString).GetScriptsToExecute().Select(s => s.Name)];

    /// <summary>Runs what is pending.</summary>
    /// <exception cref="InvalidOperationException">A script failed; the store stands as before that script.</exception>
    public static void Upgrade(Store store, string connectionString)
    {
        var result = Engine(store, connectionString).PerformUpgrade();
        if (!result.Successful) throw new InvalidOperationException($"Schema script {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }

    private static DbUp.Engine.UpgradeEngine Engine(Store store, string connectionString) =>
        Dialect.Schema(store, connectionString)
            .WithScripts(Scripts(store))
            .WithTransactionPerScript()
            .LogToNowhere()
            .Build();

    private static IEnumerable<DbUp.Engine.SqlScript> Scripts(Store store)
    {
        var assembly = typeof(Schema).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            // Tongxiang.<Part>.schema.<number>_<what>.sql
            var parts = name.Split('.');
            var order = Array.IndexOf(Order, parts[1]);
            if (order < 0) throw new InvalidOperationException($"{name}: '{parts[1]}' is no part.");
            yield return Dialect.Script(store, $"{parts[1]}/{parts[3]}", Text(assembly, name), order);
        }
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
