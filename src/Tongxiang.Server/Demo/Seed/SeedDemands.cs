using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>A demand of the demonstration and how far it has come.</summary>
/// <param name="By">User name; null for the public.</param>
/// <param name="Owner">Slug of the department that answers it.</param>
internal sealed record Wanted(string What, string Matter, string? By, string Owner, DemandState Goal)
{
    /// <summary>The published entry that answers it.</summary>
    public string Entry { get; init; } = "";

    /// <summary>The demand it goes into, by its words.</summary>
    public string Into { get; init; } = "";
}

/// <summary>A few demands for data in various states, each step taken by the one whose step it is; an interrupted one goes on where it stands.</summary>
internal sealed class SeedDemands(Demands demands, Catalogue catalogue, Cast cast)
{
    private static readonly Wanted[] all =
    [
        new("充电桩实时空闲状态", "出行前查找可用的充电桩", null, "transport", DemandState.Filed),
        new("各小区老旧电梯维保记录", "社区排查老旧电梯安全隐患", "civil-affairs.steward", "housing", DemandState.Accepted),
        new("校车行驶路线和停靠点", "家长查询，社区协助上下学秩序", null, "education", DemandState.Claimed),
        new("全市公交站点位置和线路", "规划老年人出行路线", "qiming.user", "qingyu-transport", DemandState.Attached) { Entry = "bus-stops" },
        new("全省居民个人就诊明细", "研究疾病分布", "qiming.user", "health", DemandState.Refused),
        new("小区老旧电梯维保情况", "选房时参考", "citizen", "housing", DemandState.Merged) { Into = "各小区老旧电梯维保记录" },
    ];

    public async Task Run(CancellationToken ct)
    {
        foreach (var wanted in all) await Bring(wanted, ct);
    }

    private async Task Bring(Wanted wanted, CancellationToken ct)
    {
        var by = wanted.By is { } user ? cast.Of(user) : Caller.Anonymous;
        var now = await Known(wanted.What, ct) ?? Must(await demands.File(by, new NewDemand(wanted.What, wanted.Matter), ct), wanted.What).Demand;
        while (now.State != wanted.Goal && now.IsOpen && (wanted.Goal is DemandState.Refused or DemandState.Merged || now.State < wanted.Goal))
        {
            var before = now.State;
            var outcome = await Step(wanted, now, ct);
            // The platform attaches by itself what has data: it may have been faster.
            now = outcome.Refusal is { Status: 409 } ? (await demands.Find(now.Id, ct))! : Must(outcome, now.Number);
            if (now.State == before) throw new InvalidOperationException($"The demonstration's demand {now.Number} does not leave {before}.");
        }
    }

    private async Task<Outcome<Demand>> Step(Wanted wanted, Demand now, CancellationToken ct)
    {
        var (owner, seen) = (cast.Agency(wanted.Owner).Id, now.Revision);
        return (wanted.Goal, now.State) switch
        {
            (DemandState.Merged, _) => await demands.Merge(cast.Reviewer, now.Number, seen, (await Known(wanted.Into, ct))!.Number, ct),
            (DemandState.Refused, _) => await demands.Refuse(cast.Reviewer, now.Number, seen, DemandGround.NotShareable, "《中华人民共和国个人信息保护法》第二十八条、第二十九条",
                "就诊明细属于敏感个人信息，不能提供；汇总统计数据可在目录中查询。", null, ct),
            (_, DemandState.Filed) => await demands.Accept(cast.Reviewer, now.Number, seen, owner, ct),
            (_, DemandState.Accepted) => await demands.Claim(cast.Steward(wanted.Owner), now.Number, seen, ct),
            (_, DemandState.Claimed) => await demands.Catalogue(cast.Steward(wanted.Owner), now.Number, seen, catalogue.BySlug(wanted.Entry), ct),
            _ => await demands.Attach(cast.Steward(wanted.Owner), now.Number, seen, ct),
        };
    }

    private async Task<Demand?> Known(string what, CancellationToken ct)
    {
        string? after = null;
        do
        {
            var page = await demands.List(cast.Reviewer, new DemandFilter(), after, 200, ct);
            if (page.Items.FirstOrDefault(d => d.What == what) is { } found) return await demands.Find(found.Number, ct);
            after = page.Next;
        } while (after is not null);
        return null;
    }

    private static T Must<T>(Outcome<T> outcome, string what) => outcome.Refusal is { } refusal ? throw new RefusedException("demand " + what, refusal) : outcome.Value;
}
