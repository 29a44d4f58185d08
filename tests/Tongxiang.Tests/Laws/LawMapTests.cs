using System.Reflection;

namespace Tongxiang.Tests.Laws;

public sealed class LawMapTests
{
    [Fact]
    public void The_map_says_what_the_code_says()
    {
        var place = Path.Combine(Repository.Root, LawMap.Place);
        if (Environment.GetEnvironmentVariable("TONGXIANG_WRITE_DOCS") == "1") File.WriteAllText(place, LawMap.Write());
        Assert.Equal(LawMap.Write(), File.ReadAllText(place));
    }

    [Fact]
    public void Each_of_the_forty_requirements_is_enforced_and_tested_or_named_as_open()
    {
        Assert.Equal(Enumerable.Range(1, 40), LawMap.Requirements.Select(r => r.Number));
        Law.IsKept(LawMap.Requirements.Where(r => r.IsOpen != !LawMap.Tests[r.Number].Any()).Select(r => $"requirement {r.Number}: {(r.IsOpen ? "open, and yet tested" : "no test")}"));
        Law.IsKept(LawMap.Requirements.Where(r => r.IsOpen != !LawMap.Enforcers[r.Number].Any()).Select(r => $"requirement {r.Number}: {(r.IsOpen ? "open, and yet enforced" : "nothing says that it enforces it")}"));
    }

    [Fact]
    public void No_test_of_a_requirement_is_skipped()
    {
        var all = LawMap.Requirements.SelectMany(r => LawMap.Tests[r.Number]);
        Law.IsKept(all.Where(t => t.GetCustomAttributes<FactAttribute>().Any(f => f.Skip is not null || f.SkipWhen is not null || f.SkipUnless is not null)).Select(t => t.Name));
    }
}
