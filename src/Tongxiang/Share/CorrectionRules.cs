using System.Collections.Immutable;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using static Tongxiang.Share.CorrectionState;

namespace Tongxiang.Share;

/// <summary>Who may ask for a correction of what, and what follows.</summary>
[Enforces(15)]
public static class CorrectionRules
{
    /// <summary>Ten working days to verify, correct and answer.</summary>
    public const string Rule = "DL-06";

    /// <summary>Open requests of one department about one resource: beyond these one about the field says more.</summary>
    public const int MostOpen = 50;

    /// <summary>Requests of one department a day.</summary>
    public const int MostADay = 200;

    private static readonly ImmutableDictionary<CorrectionStep, (ImmutableArray<CorrectionState> From, CorrectionState To)> Moves = new Dictionary<CorrectionStep, (ImmutableArray<CorrectionState>, CorrectionState)>
    {
        [CorrectionStep.TakeUp] = ([Open], Taken),
        [CorrectionStep.Correct] = ([Open, Taken], Corrected),
        [CorrectionStep.FindCorrect] = ([Open, Taken], FoundCorrect),
        [CorrectionStep.Withdraw] = ([Open, Taken], Withdrawn),
    }.ToImmutableDictionary();

    /// <summary>Order 809 art. 26.</summary>
    public static string Article => Law.Order809(26);

    /// <summary>The law gives this clock no extension.</summary>
    public static Refusal NoExtension(Correction now) => Refusal.Conflict("share.correction-no-extension", now.Number) with { Article = Article };

    public static IReadOnlyList<FieldError> Check(NewCorrection said, Entry entry, Grant grant)
    {
        var given = grant.Fields.Where(f => f.Form != FieldForm.Suppressed).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return Check(said.Key, said.Fields, given.Contains, entry, [("wrong", said.Wrong, 5, 2000), ("proposed", said.Proposed, 0, 1000), ("proof", said.Proof, 0, 2000)]);
    }

    public static IReadOnlyList<FieldError> Check(NewOwnCorrection said, Entry entry)
    {
        var own = entry.Content.Fields.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return Check(said.Key, said.Fields, own.Contains, entry, [("wrong", said.Wrong, 5, 2000), ("proposed", said.Proposed, 0, 1000)]);
    }

    /// <summary>As what the caller may read it; null: it does not exist for this caller.</summary>
    /// <param name="isTold">The result was pushed to the caller's agency.</param>
    public static CorrectionSide? SideOf(Caller caller, Correction now, Id<Agency>? bureau, bool isTold)
    {
        if (caller is not { Person: { } person, Client: null, Agency: { } agency }) return null;
        // Administrators and contractors read no content, also where their own agency is a side.
        var reads = !RoleRules.ReadsNoContent(caller.Roles);
        if (reads && agency == now.Provider && Sides.IsOffice(caller)) return CorrectionSide.Provider;
        if (reads && agency == now.Consumer && (person == now.Reporter || Sides.IsOffice(caller))) return CorrectionSide.Reporter;
        if (caller.IsBureau && agency == bureau && Sides.IsOffice(caller)) return CorrectionSide.Bureau;
        return isTold && !now.IsOpen && Sides.IsOffice(caller) ? CorrectionSide.Told : null;
    }

    /// <summary>Where the step leads, or why it cannot be taken.</summary>
    public static Outcome<CorrectionState> Next(Caller caller, Correction now, CorrectionSide side, CorrectionStep step)
    {
        if (!IsTheirs(caller, now, side, step)) return Refusal.Forbidden("share.correction-not-yours", now.Number) with { Article = Article };
        return Moves[step].From.Contains(now.State) ? Moves[step].To : Refusal.Conflict("share.correction-closed", now.Number, Say(now.State));
    }

    public static IReadOnlyList<CorrectionStep> Possible(Caller caller, Correction now, CorrectionSide side) => [.. Moves.Keys.Order().Where(s => !Next(caller, now, side, s).IsRefused)];

    /// <summary>Words a step needs: what was done, or why nothing had to be.</summary>
    public static FieldError? CheckWords(CorrectionStep step, string words) => WordRules.Check("words", words, step is CorrectionStep.TakeUp ? 0 : 5, 2000);

    public static TextKey Say(CorrectionState state) => new($"share.correction-state.{state.ToString().ToLowerInvariant()}");

    public static TextKey Say(CorrectionStep step) => new($"share.correction-step.{step.ToString().ToLowerInvariant()}");

    private static bool IsTheirs(Caller caller, Correction now, CorrectionSide side, CorrectionStep step) => step switch
    {
        CorrectionStep.Withdraw => now.Consumer == caller.Agency && (caller.Person == now.Reporter || (side == CorrectionSide.Reporter && (caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead)))),
        CorrectionStep.TakeUp or CorrectionStep.Correct or CorrectionStep.FindCorrect => side == CorrectionSide.Provider && (caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead)),
        _ => false,
    };

    private static List<FieldError> Check(IReadOnlyDictionary<string, string> key, IReadOnlyList<string> fields, Func<string, bool> isGiven, Entry entry, (string Name, string Text, int Least, int Most)[] words)
    {
        var found = new List<FieldError>();
        foreach (var (name, text, least, most) in words)
            if (WordRules.Check(name, text, least, most) is { } wrong) found.Add(wrong);
        if (key.Count == 0 && fields.Count == 0) found.Add(new FieldError("fields", "share.correction-field.none"));
        if (fields.Count > 50) found.Add(new FieldError("fields", "share.field.too-many", 50, fields.Count));
        foreach (var field in fields.Take(50).Where(f => !isGiven(f))) found.Add(new FieldError("fields", "share.correction-field.not-given", Short(field)));
        if (key.Count > 0) found.AddRange(Key(key, entry));
        return found;
    }

    private static IEnumerable<FieldError> Key(IReadOnlyDictionary<string, string> key, Entry entry)
    {
        var wanted = entry.Content.Key;
        if (wanted.Count == 0) yield return new FieldError("key", "share.correction-field.no-key");
        else if (key.Count != wanted.Count || !wanted.All(key.ContainsKey)) yield return new FieldError("key", "share.correction-field.key", string.Join(", ", wanted));
        foreach (var name in wanted.Where(key.ContainsKey))
            if (WordRules.Check("key." + name, key[name], 1, 200) is { } wrong) yield return wrong;
    }

    private static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
