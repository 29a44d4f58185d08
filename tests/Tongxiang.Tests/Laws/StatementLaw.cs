using System.Text.RegularExpressions;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

[assembly: AssemblyFixture(typeof(Tongxiang.Tests.Laws.StatementRecord))]

namespace Tongxiang.Tests.Laws;

/// <summary>Writes down, when the whole run is over, which statement ran on which store.</summary>
public sealed class StatementRecord : IDisposable
{
    /// <summary>The file; ./test names it and runs the law on it afterwards.</summary>
    internal static string? File { get; } = Environment.GetEnvironmentVariable("TONGXIANG_TEST_STATEMENTS") is { Length: > 0 } file ? file : null;

    public void Dispose()
    {
        if (File is not null) System.IO.File.AppendAllLines(File, StoreLab.Trace.All.Select(s => $"{s.Store}\t{Relative(s.File)}:{s.Line}"));
    }

    private static string Relative(string file) => file[(file.IndexOf("/src/", StringComparison.Ordinal) + 1)..];
}

public sealed partial class StatementLaw
{
    [Fact]
    public void Every_statement_ran_on_both_stores()
    {
        var record = Environment.GetEnvironmentVariable("TONGXIANG_TEST_STATEMENTS_OF");
        Assert.SkipWhen(string.IsNullOrEmpty(record), "Needs the record of a whole run: ./test makes it and runs this law last.");
        var ran = System.IO.File.ReadLines(record!).ToHashSet();
        var stores = Cluster.Address is null ? [Store.Sqlite] : Enum.GetValues<Store>();
        var missing =
            from file in Repository.Files("src/Tongxiang", "*.cs")
            let text = System.IO.File.ReadAllText(file)
            from match in Call().Matches(text)
            let line = 1 + text.AsSpan(0, match.Groups["open"].Index).Count('\n')
            from store in stores
            where !ran.Contains($"{store}\t{Repository.Short(file)}:{line}")
            select $"{Repository.Short(file)}:{line} never ran on {store}";
        Law.IsKept(missing);
    }

    // The compiler reports the line of the opening bracket as the caller's line. DuckDB's statements run over files, on neither store.
    [GeneratedRegex("""(?<!\bduck)\.(?:Run|One|List|Each)(?:<[^>(]*>)?(?<open>\()\s*\$""")]
    private static partial Regex Call();
}
