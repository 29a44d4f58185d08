using System.Globalization;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What a reply may say: pure rules over application, entry and reply.</summary>
public static class ReplyRules
{
    private static readonly string[] Incomplete = ["材料不全", "材料不齐", "材料不完整", "材料缺失", "缺少材料", "资料不全", "资料不齐", "incomplete", "missing material", "missing document"];

    public static Refusal? May(Application now, Reply reply)
    {
        // Art. 21: missing material is asked for once; it is never a ground to refuse.
        if (!reply.IsConsent && now.SupplementOpen) return Refusal.Conflict("share.refusal-while-supplement", now.Number) with { Article = ArticleOf(now, 21) };
        return null;
    }

    /// <param name="floors">What grades demand of callers; the built-in table when null.</param>
    public static IReadOnlyList<FieldError> Check(Application now, Entry entry, Reply reply, AssuranceSettings? floors = null) =>
        reply.IsConsent ? [.. Consent(now, entry, reply), .. TooLow(entry, reply, floors ?? AssuranceSettings.Default)] : [.. RefusalErrors(reply)];

    private static IEnumerable<FieldError> TooLow(Entry entry, Reply reply, AssuranceSettings floors)
    {
        var floor = AssuranceRules.Floor(AssuranceRules.Of(Given(reply).Select(f => f.Name), entry.Content), floors);
        if (reply.LowestAssurance < floor) yield return new FieldError("lowestAssurance", "share.reply.assurance-low", Level(reply.LowestAssurance), Level(floor));
    }

    private static TextKey Level(Assurance level) => new("share.assurance." + level);

    /// <summary>What the supplement notice must be: everything at once, each thing named.</summary>
    public static IReadOnlyList<FieldError> Missing(IReadOnlyList<string> missing) =>
        missing.Count == 0 || missing.Any(string.IsNullOrWhiteSpace) ? [new FieldError("missing", "share.field.missing")]
        : missing.Count > 50 ? [new FieldError("missing", "share.field.too-many", 50, missing.Count)]
        : missing.FirstOrDefault(m => m.Length > 500) is { } longest ? [new FieldError("missing", "kernel.too-long", 500, longest.Length)]
        : [];

    /// <summary>The right that a consent gives: the given fields in their form, rows narrowed, limits the stricter of both.</summary>
    public static IReadOnlyList<GrantedField> Given(Reply reply) =>
        [.. reply.Fields.Where(f => f.Answer != FieldAnswer.NotGiven).Select(f => new GrantedField(f.Name, f.Answer == FieldAnswer.Plain ? FieldForm.Plain : FieldForm.Masked))];

    public static GrantLimits Stricter(GrantLimits wished, GrantLimits? given) => given is null ? wished : new GrantLimits(
        given.Hours ?? wished.Hours,
        given.Networks.Count > 0 ? given.Networks : wished.Networks,
        Least(wished.CallsPerDay, given.CallsPerDay),
        Least(wished.RowsPerDay, given.RowsPerDay),
        Math.Min(wished.CallsPerMinute, given.CallsPerMinute));

    private static IEnumerable<FieldError> Consent(Application now, Entry entry, Reply reply)
    {
        var answers = reply.Fields.ToLookup(f => f.Name, StringComparer.Ordinal);
        foreach (var name in now.Wish.Fields)
            if (answers[name].Count() != 1) yield return new FieldError("fields", "share.reply.undecided", name, answers[name].Count());
        foreach (var surplus in reply.Fields.Select(f => f.Name).Except(now.Wish.Fields, StringComparer.Ordinal))
            yield return new FieldError("fields", "share.reply.not-wished", surplus);
        foreach (var decision in reply.Fields)
            foreach (var error in Field(now, entry, decision)) yield return error;
        if (reply.Fields.All(f => f.Answer == FieldAnswer.NotGiven)) yield return new FieldError("fields", "share.reply.nothing-given");
        if (reply.Until is { } until && until > now.Wish.Until) yield return new FieldError("until", "share.reply.until-beyond", now.Wish.Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        if (string.IsNullOrWhiteSpace(reply.ProviderResponsible)) yield return new FieldError("providerResponsible", "share.reply.responsible");
        if (reply.ProviderResponsible.Length > 100) yield return new FieldError("providerResponsible", "kernel.too-long", 100, reply.ProviderResponsible.Length);
        foreach (var error in RowFilter.Check("rows", reply.Rows, n => entry.Content.Fields.Any(f => f.Name == n))) yield return error;
        if (reply.Limits is not { } limits) yield break;
        foreach (var error in WishRules.Limits(limits)) yield return error;
    }

    private static IEnumerable<FieldError> Field(Application now, Entry entry, FieldDecision decision)
    {
        if (decision.Answer == FieldAnswer.NotGiven)
        {
            var title = entry.Content.Fields.FirstOrDefault(f => f.Name == decision.Name)?.Title ?? decision.Name;
            if (string.IsNullOrWhiteSpace(decision.Reason)) yield return new FieldError($"fields.{decision.Name}", "share.reply.field-reason", title);
            yield break;
        }
        // The entry may have become stricter since the application was sent.
        var field = entry.Content.Fields.FirstOrDefault(f => f.Name == decision.Name);
        if (field is null) yield return new FieldError($"fields.{decision.Name}", "share.field.unknown", decision.Name);
        else if (!WishRules.IsGrantable(now.Lane, entry, field))
            yield return new FieldError($"fields.{decision.Name}", now.Lane == Lane.Sharing ? "share.field.withheld" : "share.field.closed", field.Title, field.Name);
    }

    private static IEnumerable<FieldError> RefusalErrors(Reply reply)
    {
        if (reply.Ground is null) yield return new FieldError("ground", "share.reply.ground");
        if (string.IsNullOrWhiteSpace(reply.Reason)) yield return new FieldError("reason", "share.reply.reason");
        else if (reply.Reason.Length > 4000) yield return new FieldError("reason", "kernel.too-long", 4000, reply.Reason.Length);
        else if (Incomplete.Any(w => reply.Reason.Contains(w, StringComparison.OrdinalIgnoreCase))) yield return new FieldError("reason", "share.reply.incomplete-is-no-reason");
    }

    private static long? Least(long? one, long? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);

    internal static string? ArticleOf(Application now, int article) => now.Lane == Lane.Sharing ? Law.Order809(article) : null;
}
