namespace Tongxiang.Tests.Laws;

/// <summary>The source tree the laws are read from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Files below a folder, without what was built.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Contains("/artifacts/", StringComparison.Ordinal) && !f.Contains("/node_modules/", StringComparison.Ordinal) && !f.Contains("/obj/", StringComparison.Ordinal));

    public static string Short(string file) => Path.GetRelativePath(Root, file);

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tongxiang.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The laws need the source tree: run the tests inside a checkout.");
        return folder;
    }
}
