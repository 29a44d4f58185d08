using System.Collections.Frozen;
using System.Globalization;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Assess;

/// <summary>The letters that every dossier begins with, and how to check it.</summary>
internal static class DossierCover
{
    // The article of a step of sharing stands in the workflow; two steps of one name rest on the same.
    private static readonly FrozenDictionary<string, string> Articles = Workflow.Moves(Lane.Sharing).Where(m => m.Article is not null).DistinctBy(m => m.Step)
        .ToFrozenDictionary(m => "share." + Say.Step(m.Step).Key["share.step.".Length..], m => m.Article!, StringComparer.Ordinal);

    public static void Cover(LetterPress press, DossierPlan plan, string number, DateTimeOffset at, int entries, int unsigned, string? next, string node) => press.Add("cover", new TextKey("assess.letter.cover"), letter =>
    {
        letter.Facts(
            ("assess.col.number", number), ("assess.col.kind", LetterHtml.Said("assess.dossier." + plan.Ask.Kind)), ("assess.col.title", plan.Title),
            ("assess.col.period", plan.Ask.From is null && plan.Ask.Until is null ? null : $"{plan.Ask.From:yyyy-MM-dd} – {plan.Ask.Until:yyyy-MM-dd}"), ("assess.col.who", plan.Caller.Name), ("assess.col.at", DossierLetters.Minute(at)),
            ("assess.col.node", node), ("assess.col.entries", entries.ToString(CultureInfo.InvariantCulture)), ("assess.col.unsigned", unsigned.ToString(CultureInfo.InvariantCulture)), ("assess.col.next", next));
        letter.Heading("assess.letter.check").Text(Texts.Parts.Get(Texts.Chinese, "assess.dossier.check")).Text(Texts.Parts.Get(Texts.English, "assess.dossier.check")).Pre(Commands);
    });

    public static void Timeline(LetterPress press, IEnumerable<Opening> entries) => press.Add("timeline", new TextKey("assess.letter.timeline"), letter => letter.Table(
        ["assess.col.at", "assess.col.index", "assess.col.step", "assess.col.article", "assess.col.subject", "assess.col.facts"],
        entries.OrderBy(e => e.Happening.At).ThenBy(e => e.Index).Select(e => (IReadOnlyList<string>)
        [
            DossierLetters.Minute(e.Happening.At), e.Index.ToString(CultureInfo.InvariantCulture), Named(e.Happening.Kind), ArticleOf(e.Happening), e.Happening.Subject,
            string.Join("; ", e.Happening.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}")),
        ])));

    public static string ReadMe(string number) =>
        $"""
        {number}

        {Texts.Parts.Get(Texts.Chinese, "assess.dossier.check")}

        {Texts.Parts.Get(Texts.English, "assess.dossier.check")}

        {Commands}

        """;

    private const string Commands =
        """
        tongxiang verify DOSSIER.zip --key keys/papers.vkey --key keys/log.vkey
        tongxiang verify evidence/NNN.tlog-proof --key keys/log.vkey --opening evidence/NNN.json
        tail -n +4 manifest.note | grep -E '^[0-9a-f]{64}  ' | sha256sum -c
        """;

    private static string ArticleOf(Happening happening)
    {
        if (happening.Facts.GetValueOrDefault("article") is { } item && Liability.Find(item) is { } found) return found.Cited(Texts.Chinese);
        if (happening.Facts.GetValueOrDefault("lane") == nameof(Lane.Sharing) && Articles.TryGetValue(happening.Kind, out var article)) return article;
        return happening.Kind.Split('.')[0] switch
        {
            "catalog" => Law.Order809(happening.Kind is "catalog.published" ? 16 : happening.Kind.Contains("duty", StringComparison.Ordinal) || happening.Kind.Contains("extension", StringComparison.Ordinal) ? 17 : 13),
            "gateway" => Law.Order809(29),
            "watch" => Law.Order809(35),
            "assess" => Law.Order809(38),
            _ => "",
        };
    }

    private static string Named(string kind) =>
        kind.StartsWith("share.", StringComparison.Ordinal) && Texts.Parts.Has("share.step." + kind[6..]) ? LetterHtml.Said("share.step." + kind[6..]) : Texts.Parts.Has("assess.event." + kind) ? LetterHtml.Said("assess.event." + kind) : kind;
}
