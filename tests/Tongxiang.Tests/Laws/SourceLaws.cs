using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Tongxiang.Kernel;

namespace Tongxiang.Tests.Laws;

public sealed partial class SourceLaws
{
    private static readonly Assembly[] Ours = [typeof(Tongxiang.Core.Mark).Assembly, typeof(Db).Assembly, typeof(Tongxiang.Server.Node).Assembly];

    [Fact]
    public void A_part_names_only_its_own_tables()
    {
        var wrong =
            from file in Repository.Files("src/Tongxiang", "*.*")
            where file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".sql", StringComparison.Ordinal)
            let part = Repository.Short(file).Split('/')[2]
            from match in Table().Matches(File.ReadAllText(file))
            let table = match.Groups["name"].Value
            where table.Contains('_') && !table.StartsWith(part.ToLowerInvariant() + "_", StringComparison.Ordinal)
            select $"{Repository.Short(file)}: {table}";
        Law.IsKept(wrong);
    }

    [Fact]
    public void No_type_is_called_after_its_plumbing()
    {
        var wrong = Ours.SelectMany(a => a.GetTypes()).Where(t => Plumbing().IsMatch(t.Name) && t.Namespace?.StartsWith("Tongxiang", StringComparison.Ordinal) == true).Select(t => t.FullName);
        Law.IsKept(wrong);
    }

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        var longer =
            from file in Repository.Files("src", "*.cs").Concat(Repository.Files("src", "*.razor")).Concat(Repository.Files("tests", "*.cs")).Concat(Repository.Files("bench", "*.cs"))
            let lines = File.ReadLines(file).Count()
            where lines > 400
            select $"{Repository.Short(file)}: {lines}";
        Law.IsKept(longer);
    }

    [Fact]
    public void An_event_id_stands_for_one_event()
    {
        var ids = Ours.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().Select(a => a.EventId).ToList();
        Assert.Empty(ids.GroupBy(i => i).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.DoesNotContain(ids, i => i <= 0);
    }

    [Fact]
    public void Every_refusal_and_field_error_has_its_text_in_both_languages()
    {
        var missing =
            from file in Repository.Files("src/Tongxiang", "*.cs").Concat(Repository.Files("src/Tongxiang.Server", "*.cs"))
            from match in Code().Matches(File.ReadAllText(file))
            let code = match.Groups["code"].Value
            where !Texts.Parts.Has(code)
            select $"{Repository.Short(file)}: {code}";
        Law.IsKept(missing);
    }

    [Fact]
    public void Sql_stays_in_lower_case_and_lists_its_columns()
    {
        var wrong =
            from file in Repository.Files("src/Tongxiang", "*.cs").Concat(Repository.Files("src/Tongxiang", "*.sql"))
            from line in File.ReadLines(file).Select((text, i) => (text, number: i + 1))
            where Shouted().IsMatch(line.text)
            select $"{Repository.Short(file)}:{line.number}: {line.text.Trim()}";
        Law.IsKept(wrong);
    }

    [Fact]
    public void Nothing_speaks_of_a_machine_or_a_registry()
    {
        var wrong =
            from file in Repository.Files(".", "*.*")
            where !file.Contains("/.git/", StringComparison.Ordinal) && Path.GetExtension(file) is ".cs" or ".razor" or ".json" or ".md" or ".sh" or ".mjs" or ".js" or ".css" or ".sql" or ".props" or ".csproj" or ".yml" or ""
            where new FileInfo(file).Length < 3_000_000
            let text = File.ReadAllText(file)
            where !file.EndsWith("SourceLaws.cs", StringComparison.Ordinal) && Machine().IsMatch(text)
            select $"{Repository.Short(file)}: {Machine().Match(text).Value}";
        Law.IsKept(wrong);
    }

    [GeneratedRegex(@"\b(?:from|join|into|update|references|create table|create (?:unique )?index [a-z_]+ on|alter table|delete from)\s+(?<name>[a-z]+_[a-z_]+)\b")]
    private static partial Regex Table();

    [GeneratedRegex("(Service|Manager|Helper|Util|Utils|Dto|Repository|Base|Impl)$")]
    private static partial Regex Plumbing();

    [GeneratedRegex("""(?:new Refusal\(\s*\d+,|Refusal\.(?:Forbidden|Conflict)\(|new FieldError\([^,()]+,)\s*"(?<code>[a-z0-9.-]+)"[,)]""")]
    private static partial Regex Code();

    [GeneratedRegex("""("|^\s*)(SELECT|INSERT|UPDATE|DELETE|CREATE TABLE)\b|\bselect \*""")]
    private static partial Regex Shouted();

    [GeneratedRegex(@"/work/|/root/|registry\.npmjs|api\.nuget\.org")]
    private static partial Regex Machine();
}
