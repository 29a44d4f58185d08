using System.Globalization;
using System.Text;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class PurposeHeaderTests
{
    private const string Granted = "助学金核验";

    // What is sent, and the case number that stands in the evidence then; null: none, and a grant that needs one gives nothing.
    private static readonly (string[] Headers, string? Case)[] Cases =
    [
        (["Data-Case: BJ-1"], "BJ-1"),
        (["Data-Case: %E5%8A%9E%E4%BB%B6-1"], "办件-1"),
        (["Data-Case: 办件-1"], "办件-1"),
        (["data-CASE: BJ-1", "Data-Case: BJ-1"], "BJ-1"),
        (["Data-Case: BJ-1", "Data-Case: BJ-2"], null),
        (["Data-Case: BJ-1", "Data-Case:"], null),
        (["Data-Case: BJ-1", "Data-Case: %42J-1"], null),
        (["Data-Case:"], null),
        ([], null),
        (["Data-Case: %20%09%20"], null),
        (["Data-Case: -/-"], null),
        (["Data-Case: BJ-1%0D%0AData-Operator:%20li"], null),
        (["Data-Case: BJ-1%0Agateway.answered rows=0"], null),
        (["Data-Case: BJ-1%00"], null),
        (["Data-Case: BJ-1%1B[2K"], null),
        (["Data-Case: BJ-1\u001b[2K"], null),
        (["Data-Case: BJ-1\u007f"], null),
        (["Data-Case: BJ-1%C2%85x"], null),
        (["Data-Case: BJ-1%E2%80%A8x"], null),
        (["Data-Case: BJ-1\u2028x"], null),
        (["Data-Case: BJ-1%E2%80%A9x"], null),
        (["Data-Case: BJ\u202e1-"], null),
        (["Data-Case: BJ%E2%80%AE1-"], null),
        (["Data-Case: \u200fBJ-1"], null),
        (["Data-Case: \u2067BJ-1\u2069"], null),
        (["Data-Case: BJ\u200b-1"], null),
        (["Data-Case: %E2%80%8B%EF%BB%BF"], null),
        (["Data-Case: BJ\ufffd1"], null),
        // Twice encoded stays what it is: text, and a clean one.
        (["Data-Case: BJ-1%250D%250Ax"], "BJ-1%0D%0Ax"),
        (["Data-Case: BJ-1%ED%A0%80"], "BJ-1%ED%A0%80"),
        (["Data-Case: BJ-1%ZZ"], "BJ-1%ZZ"),
        // Look-alikes are not what they look like, and are kept as they came.
        (["Data-Case: ВJ-1"], "ВJ-1"),
        (["Data-Case: ＢＪ－１"], "ＢＪ－１"),
        (["Data-Case: " + new string('1', 200)], new string('1', 200)),
        (["Data-Case: " + new string('1', 201)], null),
        (["Data-Case: " + new string('1', 10_000)], null),
    ];

    [Theory, EveryStore]
    public async Task A_case_number_that_could_forge_a_line_is_none(Store store)
    {
        await using var lab = await Open(store);
        foreach (var (headers, expected) in Cases)
        {
            var (status, text) = await Ask(lab, [.. headers, "Data-Operator: 李"]);
            var what = string.Join(" | ", headers);
            Assert.True(status == (expected is null ? 403 : 200), $"{what}: {text}");
            if (expected is null) Assert.Contains("gateway.needs-case", text, StringComparison.Ordinal);
            Assert.Equal(expected is null ? "gateway.refused" : "gateway.answered", lab.Witnessed[^1].Kind);
            Assert.True(lab.Witnessed[^1].Facts.GetValueOrDefault("case") == expected, what);
        }

        AssertClean(lab);
        await AssertKept(lab);
    }

    [Theory, EveryStore]
    public async Task An_operator_that_is_not_clear_is_none_and_a_clear_one_is_kept_as_a_digest(Store store)
    {
        await using var lab = await Open(store);
        foreach (var headers in (string[][])[["Data-Operator: li", "Data-Operator: wang"], ["Data-Operator: li%0D%0A"], ["Data-Operator: \u202eil"], ["Data-Operator: " + new string('l', 10_000)], ["Data-Operator: %20"]])
            Assert.Equal(403, (await Ask(lab, ["Data-Case: BJ-1", .. headers])).Status);
        Assert.All(lab.Witnessed, h => Assert.False(h.Facts.ContainsKey("operator")));
        Assert.Equal(200, (await Ask(lab, "Data-Case: BJ-1", "Data-Operator: li")).Status);
        Assert.Matches("^[0-9a-f]{32}$", lab.Witnessed[^1].Facts["operator"]);
        AssertClean(lab);
        await AssertKept(lab);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(200, "Data-Matter: " + Granted)]
    [InlineData(200, "Data-Matter: " + Granted, "Data-Matter: " + Granted)]
    [InlineData(403, "Data-Matter: 房产过户")]
    [InlineData(403, "Data-Matter: " + Granted, "Data-Matter: 房产过户")]
    [InlineData(403, "Data-Matter: 房产过户", "Data-Matter: " + Granted)]
    [InlineData(403, "Data-Matter: " + Granted + "\u200b")]
    [InlineData(403, "Data-Matter: " + Granted + "%0D%0A")]
    public async Task A_matter_that_is_not_clear_is_not_the_one_that_was_granted(int status, params string[] headers)
    {
        await using var lab = await Open(Store.Sqlite);
        var answer = await Ask(lab, ["Data-Case: BJ-1", "Data-Operator: li", .. headers]);
        Assert.True(answer.Status == status, answer.Text);
        if (status == 403) Assert.Contains("gateway.other-matter", answer.Text, StringComparison.Ordinal);
        else Assert.Equal(Granted, lab.Witnessed[^1].Facts["matter"]);
        AssertClean(lab);
    }

    [Theory, EveryStore]
    public async Task A_name_of_a_resource_forges_no_line_either(Store store)
    {
        await using var lab = await Open(store);
        var names = (string[])["a%0D%0Agateway.answered", "a%00b", "%E2%80%AEelpoep", "a%E2%80%A8b", "a%C2%85b", "%F3%A0%80%81", new string('a', 79) + "%F0%A0%AE%B7%F0%A0%AE%B7", new string('a', 4000)];
        foreach (var name in names)
        {
            var (status, text) = await RawCall.Get(lab.Http.BaseAddress!, "/data/" + name, $"Test-Agency: {GatewayLab.Other}");
            Assert.True(status is 404 or 400, $"{name}: {text}");
        }

        Assert.InRange(lab.Witnessed.Count, names.Length - 1, names.Length);
        Assert.Contains(lab.Witnessed, h => h.Facts["resource"] == new string('a', 79) + "𠮷");
        AssertClean(lab);
        await AssertKept(lab);
    }

    private static async Task<GatewayLab> Open(Store store)
    {
        var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["division"], change: g => g with { NeedsCase = true, Matter = Granted });
        return lab;
    }

    private static Task<(int Status, string Text)> Ask(GatewayLab lab, params string[] headers) =>
        RawCall.Get(lab.Http.BaseAddress!, "/data/people", [$"Test-Agency: {GatewayLab.Consumer}", .. headers]);

    private static void AssertClean(GatewayLab lab)
    {
        Assert.NotEmpty(lab.Witnessed);
        foreach (var text in lab.Witnessed.SelectMany(h => h.Facts.Values.Append(h.Subject)))
            Assert.All(text.EnumerateRunes(), rune => Assert.False(
                rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator, text));
    }

    // What the store gives back is what was witnessed, entry by entry.
    private static async Task AssertKept(GatewayLab lab)
    {
        await new Sequencer(lab.Store.Db, lab.Get<EvidenceLog>(), lab.Store.Clock).Run(default);
        var kept = new List<Opening>();
        for (string? after = null; ;)
        {
            var page = await new Openings(lab.Store.Db, lab.Get<EvidenceLog>()).List(new OpeningReader(null, true), new OpeningQuery { After = after }, default);
            kept.AddRange(page.Items);
            if ((after = page.Next) is null) break;
        }

        kept.Reverse();
        Assert.Equal(lab.Witnessed.Select(h => (h.Kind, Facts(h.Facts))), kept.Select(o => (o.Happening.Kind, Facts(o.Happening.Facts))));
    }

    private static string Facts(IReadOnlyDictionary<string, string> facts) => string.Join('\n', facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Key + "=" + f.Value));
}
