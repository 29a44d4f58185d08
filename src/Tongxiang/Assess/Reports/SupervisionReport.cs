using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Assess;

/// <summary>The four heads that Order 809 art. 38 ¶2 has the bureau watch.</summary>
public enum ReportHead { Timeliness, Quality, Use, Security }

/// <summary>One figure of a department: so many of so many, and the records behind it.</summary>
/// <param name="Key">Such as <c>timeliness.reply</c>; its formula is <see cref="SupervisionReport.Formulas"/>.</param>
/// <param name="Part">What counts; null where nothing was to be counted: not evaluable is not full marks.</param>
public sealed record Figure(ReportHead Head, string Key, long? Part, long Whole, IReadOnlyList<string> Records)
{
    /// <summary>Share in hundredths of a percent, rounded half up; null where there is none.</summary>
    public long? Rate => Part is { } part && Whole > 0 ? (part * 20_000 + Whole) / (2 * Whole) : null;

    public string Percent => Rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate / 100}.{rate % 100:00}%") : "–";
}

/// <summary>All figures of one department, or of all together.</summary>
public sealed record FigureRow(ReportAgency Agency, IReadOnlyList<Figure> Figures)
{
    public Figure this[string key] => Figures.First(f => f.Key == key);
}

/// <summary>The monthly supervision report: a pure function of its inputs; the same inputs give the same bytes.</summary>
public static class SupervisionReport
{
    /// <summary>How each figure is computed, as it stands in the report.</summary>
    public static IReadOnlyList<(string Key, ReportHead Head, string Formula)> Formulas { get; } =
    [
        ("timeliness.reply", ReportHead.Timeliness, "duties[kind=Reply, doneAt<=dueAt] / duties[kind=Reply]"),
        ("timeliness.delivery", ReportHead.Timeliness, "duties[kind=Delivery, doneAt<=dueAt] / duties[kind=Delivery]"),
        ("timeliness.update", ReportHead.Timeliness, "duties[kind=Update, doneAt<=dueAt] / duties[kind=Update]"),
        ("timeliness.resubmission", ReportHead.Timeliness, "duties[kind=Resubmission, doneAt<=dueAt] / duties[kind=Resubmission]"),
        ("timeliness.review", ReportHead.Timeliness, "duties[kind=Review, doneAt<=dueAt] / duties[kind=Review]"),
        ("timeliness.correction", ReportHead.Timeliness, "duties[kind=Correction, doneAt<=dueAt] / duties[kind=Correction]"),
        ("timeliness.return", ReportHead.Timeliness, "duties[kind=Return, doneAt<=dueAt] / duties[kind=Return]"),
        ("timeliness.naming", ReportHead.Timeliness, "duties[kind=Naming, doneAt<=dueAt] / duties[kind=Naming]"),
        ("timeliness.coordination", ReportHead.Timeliness, "duties[kind=Coordination, doneAt<=dueAt] / duties[kind=Coordination]"),
        ("quality.accepted", ReportHead.Quality, "sum(landings.rows) / (sum(landings.rows) + sum(landings.quarantined))"),
        ("use.used", ReportHead.Use, "grants[calls>0] / grants"),
        ("use.calls", ReportHead.Use, "sum(grants.calls); count"),
        ("security.record", ReportHead.Security, "duties[kind=Record, doneAt<=dueAt] / duties[kind=Record]"),
        ("security.disposal", ReportHead.Security, "duties[kind=Disposal, doneAt<=dueAt] / duties[kind=Disposal]"),
        ("security.outside", ReportHead.Security, "outside; count"),
        ("security.incidents", ReportHead.Security, "incidents; count"),
    ];

    /// <summary>What art. 38 asks for and no record answers yet; said in the report instead of counted as good.</summary>
    public static IReadOnlyList<string> NotEvaluable { get; } = ["quality.completeness", "quality.accuracy", "quality.timeliness"];

    /// <summary>Figures that count and have no share.</summary>
    public static bool IsCount(string key) => key is "use.calls" or "security.outside" or "security.incidents";

    /// <summary>The whole first, then the departments in the order of the inputs.</summary>
    public static IReadOnlyList<FigureRow> Rows(ReportInputs inputs) =>
        [new FigureRow(inputs.Bureau with { Id = "" }, Figures(inputs, null)), .. inputs.Agencies.Select(a => new FigureRow(a, Figures(inputs, a.Id)))];

    /// <summary>The report's bytes: RFC 8785 JSON, whole numbers only.</summary>
    public static byte[] Bytes(ReportInputs inputs) => Canonical.Json(new JsonObject
    {
        ["format"] = inputs.Format,
        ["month"] = inputs.Month,
        ["until"] = inputs.Until,
        ["whole"] = inputs.IsWhole,
        ["basis"] = "政务数据共享条例（国务院令第809号）第三十八条第二款",
        ["rules"] = inputs.Rules,
        ["bureau"] = Party(inputs.Bureau),
        ["formulas"] = new JsonObject(Formulas.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Formula))),
        ["notEvaluable"] = new JsonArray([.. NotEvaluable.Select(n => (JsonNode?)n)]),
        ["total"] = Said(Figures(inputs, null)),
        ["agencies"] = new JsonArray([.. inputs.Agencies.Select(a => (JsonNode?)new JsonObject { ["agency"] = Party(a), ["figures"] = Said(Figures(inputs, a.Id)) })]),
        ["inputs"] = PaperKey.Digest(Encoding.UTF8.GetBytes(FindingRows.Json(inputs))),
    });

    private static IReadOnlyList<Figure> Figures(ReportInputs inputs, string? agency)
    {
        bool Own(string whose) => agency is null || whose == agency;
        var duties = inputs.Duties.Where(d => Own(d.Agency)).ToList();
        var landings = inputs.Landings.Where(l => Own(l.Agency)).ToList();
        var grants = inputs.Grants.Where(g => Own(g.Consumer)).ToList();
        var (outside, incidents) = (inputs.Outside.Where(o => Own(o.Agency)).ToList(), inputs.Incidents.Where(i => Own(i.Agency)).ToList());
        Figure OnTime(ReportHead head, string key, TimedKind kind)
        {
            var all = duties.Where(d => d.Kind == kind).ToList();
            return new Figure(head, key, all.Count == 0 ? null : all.Count(d => d.DoneAt <= d.DueAt), all.Count, [.. all.Select(d => d.Subject)]);
        }
        var (rows, quarantined) = (landings.Sum(l => l.Rows), landings.Sum(l => l.Quarantined));
        return
        [
            OnTime(ReportHead.Timeliness, "timeliness.reply", TimedKind.Reply),
            OnTime(ReportHead.Timeliness, "timeliness.delivery", TimedKind.Delivery),
            OnTime(ReportHead.Timeliness, "timeliness.update", TimedKind.Update),
            OnTime(ReportHead.Timeliness, "timeliness.resubmission", TimedKind.Resubmission),
            OnTime(ReportHead.Timeliness, "timeliness.review", TimedKind.Review),
            OnTime(ReportHead.Timeliness, "timeliness.correction", TimedKind.Correction),
            OnTime(ReportHead.Timeliness, "timeliness.return", TimedKind.Return),
            OnTime(ReportHead.Timeliness, "timeliness.naming", TimedKind.Naming),
            OnTime(ReportHead.Timeliness, "timeliness.coordination", TimedKind.Coordination),
            new Figure(ReportHead.Quality, "quality.accepted", landings.Count == 0 ? null : rows, rows + quarantined, [.. landings.Select(l => l.Subject)]),
            new Figure(ReportHead.Use, "use.used", grants.Count == 0 ? null : grants.Count(g => g.Calls > 0), grants.Count, [.. grants.Select(g => g.Subject)]),
            new Figure(ReportHead.Use, "use.calls", grants.Sum(g => g.Calls), 0, [.. grants.Where(g => g.Calls > 0).Select(g => g.Subject)]),
            OnTime(ReportHead.Security, "security.record", TimedKind.Record),
            OnTime(ReportHead.Security, "security.disposal", TimedKind.Disposal),
            new Figure(ReportHead.Security, "security.outside", outside.Count, 0, [.. outside.Select(o => "#" + o.Index.ToString(CultureInfo.InvariantCulture))]),
            new Figure(ReportHead.Security, "security.incidents", incidents.Count, 0, [.. incidents.Select(i => i.Subject)]),
        ];
    }

    private static JsonObject Said(IReadOnlyList<Figure> figures) => new(figures.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)new JsonObject
    {
        ["part"] = f.Part,
        ["whole"] = IsCount(f.Key) ? null : f.Whole,
        ["rate"] = f.Rate,
        ["records"] = new JsonArray([.. f.Records.Select(r => (JsonNode?)r)]),
    })));

    private static JsonObject Party(ReportAgency agency) => new() { ["name"] = agency.Name, ["creditCode"] = agency.CreditCode };
}
