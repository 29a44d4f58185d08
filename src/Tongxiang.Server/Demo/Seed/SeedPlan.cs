using Tongxiang.Catalog;
using Tongxiang.Server.Demo.Resources;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>What some departments run and should catalogue, and the plan of the year: part done by what was really published, part open.</summary>
/// <remarks>What stands already is left alone, line by line: an interrupted start goes on where it stopped.</remarks>
internal sealed class SeedPlan(Inventory inventory, YearPlans plans, Catalogue catalogue, Cast cast, Scale scale)
{
    // Slug of a resource, its system, the legal duty, and a resource that is still missing.
    private static readonly (string Slug, string System, string RunBy, string Basis, string Missing)[] Known =
    [
        ("bus-stops", "公交运行调度系统", "交通运输信息中心", "《城市公共汽车和电车客运管理规定》第三十七条", "公交车辆实时位置"),
        ("marriages", "婚姻登记信息系统", "民政信息中心", "《婚姻登记条例》第十八条", "殡葬服务机构名录"),
        ("air-quality", "大气环境监测系统", "生态环境监测中心", "《中华人民共和国大气污染防治法》第二十三条", "排污许可证信息"),
    ];

    public async Task Run(CancellationToken ct)
    {
        var year = scale.Today.Year;
        var end = new DateOnly(year, 12, 31);
        foreach (var (slug, system, runBy, basis, missing) in Known)
        {
            var (steward, entry) = (cast.Steward(Shelf.Find(slug).Organisation), catalogue.BySlug(slug) ?? throw new InvalidOperationException($"'{slug}' is not published."));
            await Add(steward, new InventoryWish(InventoryKind.Duty, basis, "", basis, ""), ct);
            await Add(steward, new InventoryWish(InventoryKind.System, system, "业务办理和数据采集", basis, runBy), ct);
            var parent = (await inventory.List(steward, steward.Agency, InventoryKind.System, null, 200, ct)).Value.Items.First(s => s.Line.Name == system).Line.Id;
            await Add(steward, new InventoryWish(InventoryKind.Resource, entry.Content.Name, "", "", "", parent, Attaches: true, Opens: entry.IsPublic, Code: entry.Code), ct);
            await Add(steward, new InventoryWish(InventoryKind.Resource, missing, "", "", "", parent, Attaches: true, Opens: true), ct);
            await Plan(steward, new PlanWish(year, entry.IsPublic ? PlanKind.Open : PlanKind.Share, entry.Content.Name, end, entry.Code), ct);
            await Plan(steward, new PlanWish(year, PlanKind.Catalogue, missing, scale.Today.AddDays(-20) is var late && late.Year == year && slug == Known[0].Slug ? late : end), ct);
        }
        var published = await plans.Publish(cast.Of("bureau.head"), year, ct);
        if (published.Refusal is { Code: not "catalog.plan-published" } refusal) throw new RefusedException("plan", refusal);
        await plans.Follow(ct);
    }

    private async Task Add(Agencies.Caller steward, InventoryWish wish, CancellationToken ct)
    {
        if ((await inventory.Add(steward, wish, ct)).Refusal is { Code: not "catalog.inventory-twice" } refusal) throw new RefusedException("inventory line " + wish.Name, refusal);
    }

    private async Task Plan(Agencies.Caller steward, PlanWish wish, CancellationToken ct)
    {
        if ((await plans.Add(steward, wish, ct)).Refusal is { Code: not "catalog.plan-twice" } refusal) throw new RefusedException("plan item " + wish.Name, refusal);
    }
}
