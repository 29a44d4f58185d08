using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Warehouse;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>The demonstration's citizen is the first resident of the register, confirmed at the counter: whoever makes the printed call finds it on that citizen's page.</summary>
internal sealed class SeedIdentity(Identities identities, Directory directory, Catalogue catalogue, Versions versions, ServingCopies copies, Cast cast)
{
    public async Task Run(CancellationToken ct)
    {
        var citizen = directory.People.First(p => p.UserName == "citizen").Id;
        if (await identities.Of(citizen, ct) is not null) return;
        if (catalogue.BySlug("population") is not { } entry || versions.Current(entry.Id) is not { } version || Subjects.Of(version) is not { } subject) return;
        var plan = new Plan([], null, [], 1, 0, null, PlanCount.None) { Subject = subject };
        using var page = (await copies.Read(version, plan, ct)).Value;
        foreach (var number in Numbers(page))
        {
            var verified = await identities.Verify(cast.Reviewer, citizen, number, "居民身份证（演示）", ct);
            if (verified.Refusal is { } refusal) throw new RefusedException("identity of the citizen", refusal);
        }
    }

    private static List<string> Numbers(ServedPage page)
    {
        var all = new List<string>();
        foreach (var one in page.Subjects!) all.Add(Encoding.UTF8.GetString(one.Utf8));
        return all;
    }
}
