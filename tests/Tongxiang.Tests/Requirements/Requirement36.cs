using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Compiling guide of 2017 (reference §3.1): codes of the catalogue.</summary>
public sealed class Requirement36
{
    /// <summary>Guide of 2017: class path (类/项/目/细目) and sequence by the node's own template; unique, and never used again after withdrawal.</summary>
    [Theory, EveryStore]
    public async Task Requirement_36_Codes_come_from_the_nodes_template_are_unique_and_never_used_again(Store store)
    {
        await Codes(store, null, "306001/000001", "306001/000002", "306001/000003", "10200101/000001");
        await Codes(store, "{class}-{number}", "306001-1", "306001-2", "306001-3", "10200101-1");
        await Codes(store, "YL{class}/{number:0000}", "YL306001/0001", "YL306001/0002", "YL306001/0003", "YL10200101/0001");

        // Side by side, no two get the same.
        await using var lab = await CatalogLab.Open(store);
        var many = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => lab.Entries.Draft(lab.Steward, Samples.Open($"站点{i}", $"Stops {i}"), default)));
        Assert.Equal(20, many.Select(m => m.Value.Code).Distinct().Count());
        foreach (var wrong in new[] { "406001", "3060", "306001/1", "", "306001x" })
            Assert.Equal("classPath", (await lab.Entries.Draft(lab.Steward, Samples.Open() with { ClassPath = wrong }, default)).Refusal!.Fields.Single().Field);
    }

    private static async Task Codes(Store store, string? template, string first, string second, string third, string other)
    {
        await using var lab = await CatalogNode.Start(store, settings: template is null ? null : new Dictionary<string, string> { ["Node:CodeTemplate"] = template });
        var entries = lab.Node.Get<Entries>();
        var directory = lab.Node.Get<Tongxiang.Agencies.Directory>();
        var steward = Caller.Of(directory.People.Single(p => p.UserName == "transport.steward"), directory);
        var one = (await entries.Draft(steward, Samples.Open(), default)).Value;
        Assert.Equal(first, one.Code);
        // Withdrawn as a draft: the code is gone for good.
        Assert.False((await entries.Retire(steward, one.Id, 1, "不再编目", default)).IsRefused);
        Assert.Equal(second, (await entries.Draft(steward, Samples.Open(), default)).Value.Code);
        var moved = (await entries.Draft(steward, Samples.Open("线路", "Lines"), default)).Value;
        Assert.Equal(third, moved.Code);
        // Classified anew it gets a code of that class, and the old one stays its own.
        Assert.Equal(other, (await entries.Edit(steward, moved.Id, 1, moved.Content with { ClassPath = "10200101" }, default)).Value.Code);
        Assert.DoesNotContain((await entries.Draft(steward, Samples.Open("站台", "Platforms"), default)).Value.Code, new[] { first, second, third, other });
    }
}
