using Tongxiang.Kernel;

namespace Tongxiang.Tests.Laws;

public sealed class EdgeLaws
{
    /// <summary>Who may call whom; absence means forbidden. A new edge needs a decision page first (docs/architecture.md §3).</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Kernel"] = [],
        ["Evidence"] = [],
        ["Agencies"] = ["Evidence"],
        ["Catalog"] = [],
        ["Warehouse"] = ["Catalog"],
        ["Protect"] = ["Catalog", "Warehouse"],
        ["Share"] = ["Catalog", "Warehouse", "Protect"],
        ["Watch"] = ["Catalog", "Share"],
        ["Gateway"] = ["Catalog", "Warehouse", "Protect", "Share", "Watch"],
        ["Quality"] = ["Catalog", "Warehouse", "Share", "Gateway"],
        ["Ingest"] = ["Catalog", "Warehouse", "Quality"],
        ["Products"] = ["Catalog", "Warehouse", "Protect", "Share", "Gateway", "Ingest", "Quality"],
        ["Joint"] = ["Catalog", "Warehouse", "Protect", "Share"],
        ["Federation"] = ["Catalog", "Share", "Gateway", "Watch"],
        ["Lifecycle"] = ["Catalog", "Warehouse", "Ingest", "Share", "Gateway"],
        ["Feedback"] = ["Catalog", "Share"],
        ["Assess"] = ["Catalog", "Warehouse", "Protect", "Share", "Watch", "Gateway", "Quality", "Ingest", "Products", "Joint", "Federation", "Lifecycle", "Feedback"],
    };

    private static readonly string[] ForEveryone = ["Agencies", "Evidence", "Kernel"];

    private static readonly IReadOnlyList<(Type From, Type To)> Seen = [.. References.Of(typeof(Db).Assembly)];

    [Fact]
    public void Every_part_is_known()
    {
        var unknown = typeof(Db).Assembly.GetTypes().Select(Part).OfType<string>().Distinct().Where(p => !Allowed.ContainsKey(p));
        Law.IsKept(unknown);
    }

    [Fact]
    public void No_part_calls_another_outside_the_table()
    {
        var forbidden = Between().Where(e => !IsAllowed(e.FromPart, e.ToPart)).Select(e => $"{e.FromPart} → {e.ToPart}: {e.From.FullName} mentions {e.To.FullName}");
        Law.IsKept(forbidden);
    }

    [Fact]
    public void Across_parts_only_the_front_door_is_named()
    {
        var inner = Between().Where(e => e.ToPart != "Kernel" && Outermost(e.To).Namespace != $"Tongxiang.{e.ToPart}").Select(e => $"{e.From.FullName} mentions {e.To.FullName}");
        Law.IsKept(inner);
    }

    [Fact]
    public void The_table_itself_has_no_cycle()
    {
        var order = new List<string>();
        void Visit(string part, HashSet<string> path)
        {
            Assert.True(path.Add(part), $"cycle through {part}");
            foreach (var next in Allowed[part]) Visit(next, [.. path]);
            order.Add(part);
        }
        foreach (var part in Allowed.Keys) Visit(part, []);
        Assert.NotEmpty(order);
    }

    private static bool IsAllowed(string from, string to) =>
        Allowed.TryGetValue(from, out var targets) && (targets.Contains(to) || (to == "Kernel" && from != "Kernel") || (ForEveryone.Contains(to) && from is not ("Evidence" or "Agencies" or "Kernel")));

    private static IEnumerable<(string FromPart, string ToPart, Type From, Type To)> Between() =>
        from edge in Seen
        let fromPart = Part(edge.From)
        let toPart = Part(edge.To)
        where fromPart is not null && toPart is not null && fromPart != toPart
        select (fromPart, toPart, edge.From, edge.To);

    private static string? Part(Type type) =>
        Outermost(type).Namespace is { } name && name.StartsWith("Tongxiang.", StringComparison.Ordinal) ? name.Split('.')[1] : null;

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
