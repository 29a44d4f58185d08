using System.Collections.Immutable;
using Tongxiang.Kernel;
using static Tongxiang.Share.ApplicationState;

namespace Tongxiang.Share;

/// <summary>One row of the workflow: a step that leads from a state to another when one of these sides takes it.</summary>
/// <param name="Article">Article of Order 809 it rests on; the opening lane has none.</param>
public sealed record Move(Step Step, ApplicationState From, ApplicationState To, bool NeedsReason, string? Article, ImmutableArray<Side> Sides);

/// <summary>The two workflows as tables; everything that may happen to an application stands here.</summary>
public static class Workflow
{
    private static readonly ImmutableArray<Move> SharingMoves =
    [
        new(Step.Edit, Draft, Draft, false, null, [Side.Applicant]),
        new(Step.Propose, Draft, AwaitingOwnHead, false, Article(20), [Side.Applicant]),
        new(Step.SendBack, AwaitingOwnHead, Draft, true, Article(20), [Side.ApplicantHead]),
        new(Step.Agree, AwaitingOwnHead, Submitted, false, Article(20), [Side.ApplicantHead]),
        .. Examination(Article(21), Side.Bureau),
        // By a standing consent: the head signed before, the platform only applies it.
        new(Step.Consent, Submitted, Delivering, false, Article(21), [Side.Platform]),
        new(Step.Withdraw, AwaitingOwnHead, Withdrawn, false, null, [Side.Applicant]),
        .. Use(Article(22), Article(27)),
    ];

    private static readonly ImmutableArray<Move> OpeningMoves =
    [
        new(Step.Edit, Draft, Draft, false, null, [Side.Applicant]),
        new(Step.Submit, Draft, Submitted, false, null, [Side.Applicant]),
        .. Examination(null, Side.ProviderHead),
        .. Use(null, null),
    ];

    public static ImmutableArray<Move> Moves(Lane lane) => lane == Lane.Sharing ? SharingMoves : OpeningMoves;

    /// <summary>The row for this step, or why it cannot be taken: first the state, then the side.</summary>
    public static Outcome<Move> Find(Application now, Step step, IReadOnlySet<Side> sides)
    {
        var move = Moves(now.Lane).FirstOrDefault(m => m.Step == step && m.From == now.State);
        if (move is null) return Refusal.Conflict("share.wrong-state", now.Number, Say.Step(step), Say.State(now.State));
        if (!move.Sides.Any(sides.Contains)) return Refusal.Forbidden("share.not-yours", Say.Step(step), Say.Side(move.Sides[0])) with { Article = move.Article };
        if (step == Step.Resume && now.SuspendedBy == Side.Bureau && !sides.Contains(Side.Bureau))
            return Refusal.Forbidden("share.bureau-suspended", now.Number) with { Article = move.Article };
        return move;
    }

    /// <summary>Where a move leads: an unanswered supplement stays visible, and what was never delivered is not in use.</summary>
    public static ApplicationState Next(Move move, bool supplementOpen, bool delivered) => move.To switch
    {
        Submitted when supplementOpen => SupplementAsked,
        InUse when !delivered => Delivering,
        var to => to,
    };

    /// <summary>The steps that these sides can take now, for buttons.</summary>
    public static IReadOnlyList<Step> Possible(Application now, IReadOnlySet<Side> sides) =>
        [.. Moves(now.Lane).Where(m => m.From == now.State).Select(m => m.Step).Distinct().Where(s => s != Step.Deliver && !Find(now, s, sides).IsRefused && IsOpen(now, s))];

    /// <summary>Who must act in a state; null when nobody must.</summary>
    public static Side? WaitsFor(Lane lane, ApplicationState state) => state switch
    {
        Draft or SupplementAsked or Ended => Side.Applicant,
        AwaitingOwnHead => Side.ApplicantHead,
        Submitted or Delivering => Side.Provider,
        AwaitingExtension => lane == Lane.Sharing ? Side.Bureau : Side.ProviderHead,
        AwaitingProviderHead => Side.ProviderHead,
        _ => null,
    };

    /// <summary>Whether nothing more can happen.</summary>
    public static bool IsFinal(ApplicationState state) => state is Refused or Withdrawn or Disposed;

    private static bool IsOpen(Application now, Step step) => step switch
    {
        // Order 809 art. 21: told once, completely.
        Step.AskSupplement => !now.SupplementUsed,
        Step.AskExtension => !now.ExtensionUsed,
        _ => true,
    };

    private static ImmutableArray<Move> Examination(string? article, Side extends) =>
    [
        new(Step.AskSupplement, Submitted, SupplementAsked, false, article, [Side.Provider]),
        new(Step.Supplement, SupplementAsked, Submitted, false, article, [Side.Applicant]),
        new(Step.Supplement, AwaitingExtension, AwaitingExtension, false, article, [Side.Applicant]),
        new(Step.AskExtension, Submitted, AwaitingExtension, true, article, [Side.Provider]),
        new(Step.AskExtension, SupplementAsked, AwaitingExtension, true, article, [Side.Provider]),
        new(Step.AgreeExtension, AwaitingExtension, Submitted, false, article, [extends]),
        new(Step.DenyExtension, AwaitingExtension, Submitted, true, article, [extends]),
        new(Step.ProposeReply, Submitted, AwaitingProviderHead, false, article, [Side.Provider]),
        new(Step.ProposeReply, SupplementAsked, AwaitingProviderHead, false, article, [Side.Provider]),
        new(Step.ProposeReply, AwaitingExtension, AwaitingProviderHead, false, article, [Side.Provider]),
        new(Step.ReturnReply, AwaitingProviderHead, Submitted, true, article, [Side.ProviderHead]),
        new(Step.Consent, AwaitingProviderHead, Delivering, false, article, [Side.ProviderHead]),
        new(Step.Refuse, AwaitingProviderHead, Refused, false, article, [Side.ProviderHead]),
        .. new[] { Draft, Submitted, SupplementAsked, AwaitingExtension, AwaitingProviderHead }
            .Select(from => new Move(Step.Withdraw, from, Withdrawn, false, null, [Side.Applicant])),
    ];

    private static ImmutableArray<Move> Use(string? delivery, string? control) =>
    [
        new(Step.Deliver, Delivering, InUse, false, delivery, [Side.Platform]),
        new(Step.Suspend, Delivering, Suspended, true, control, [Side.Provider, Side.ProviderHead, Side.Bureau]),
        new(Step.Suspend, InUse, Suspended, true, control, [Side.Provider, Side.ProviderHead, Side.Bureau]),
        new(Step.Resume, Suspended, InUse, true, control, [Side.Provider, Side.ProviderHead, Side.Bureau]),
        .. new[] { Delivering, InUse, Suspended }.Select(from =>
            new Move(Step.End, from, Ended, true, control, [Side.Provider, Side.ProviderHead, Side.Bureau, Side.Applicant, Side.Platform])),
        new(Step.Dispose, Ended, Disposed, true, control, [Side.Applicant]),
    ];

    private static string Article(int number) => Law.Order809(number);
}
