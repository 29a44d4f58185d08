using System.Collections.Immutable;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;
using static Tongxiang.Share.DisputeState;

namespace Tongxiang.Share;

/// <summary>The steps of a dispute as a table: who may take which when.</summary>
[Enforces(22)]
public static class DisputeRules
{
    private sealed record Move(DisputeStep Step, DisputeState From, DisputeState? To, ImmutableArray<DisputeSide> Sides);

    private static readonly ImmutableArray<DisputeSide> Parties = [DisputeSide.Complainant, DisputeSide.Respondent];

    private static readonly ImmutableArray<Move> Moves =
    [
        new(DisputeStep.Say, Negotiating, null, Parties),
        new(DisputeStep.Say, Coordinating, null, [.. Parties, DisputeSide.Bureau]),
        new(DisputeStep.Say, Deciding, null, [.. Parties, DisputeSide.Bureau]),
        new(DisputeStep.Offer, Negotiating, null, Parties),
        new(DisputeStep.Offer, Coordinating, null, Parties),
        new(DisputeStep.Accept, Negotiating, DisputeState.Settled, Parties),
        new(DisputeStep.Accept, Coordinating, DisputeState.Settled, Parties),
        new(DisputeStep.Escalate, Negotiating, Coordinating, Parties),
        new(DisputeStep.Coordinate, Coordinating, DisputeState.Settled, [DisputeSide.Bureau]),
        new(DisputeStep.Refer, Coordinating, Deciding, [DisputeSide.Bureau]),
        new(DisputeStep.Decide, Deciding, Decided, [DisputeSide.Bureau]),
        .. new[] { Negotiating, Coordinating, Deciding }.Select(from => new Move(DisputeStep.Withdraw, from, Withdrawn, [DisputeSide.Complainant])),
    ];

    /// <summary>Order 809 art. 28.</summary>
    public static string Article => Law.Order809(28);

    /// <summary>As what the caller stands in it; null: it does not exist for the caller. The bureau learns of it when it is referred to it.</summary>
    public static DisputeSide? SideOf(Caller caller, Dispute now)
    {
        if (caller is not { Person: not null, Client: null, Agency: { } agency } || !Sides.IsOffice(caller)) return null;
        if (agency == now.Complainant) return DisputeSide.Complainant;
        if (agency == now.Respondent) return DisputeSide.Respondent;
        return caller.IsBureau && agency == now.Bureau ? DisputeSide.Bureau : null;
    }

    /// <summary>Where the step leads, or why it cannot be taken.</summary>
    /// <param name="isHead">Head of the sharing office, or the head's deputy.</param>
    public static Outcome<DisputeState> Next(Caller caller, Dispute now, DisputeSide side, DisputeStep step, bool isHead)
    {
        if (Moves.FirstOrDefault(m => m.Step == step && m.From == now.State) is not { } move) return Refusal.Conflict("share.dispute-state", now.Number, Say(now.State)) with { Article = Article };
        if (!move.Sides.Contains(side) || !MayTake(caller, side, step, isHead)) return Refusal.Forbidden("share.dispute-not-yours", now.Number) with { Article = Article };
        if (step == DisputeStep.Accept && (now.OfferBy is null || now.OfferBy == caller.Agency)) return Refusal.Conflict("share.dispute-no-offer", now.Number);
        return move.To ?? now.State;
    }

    public static IReadOnlyList<DisputeStep> Possible(Caller caller, Dispute now, DisputeSide side, bool isHead) =>
        [.. Moves.Where(m => m.From == now.State).Select(m => m.Step).Distinct().Where(s => !Next(caller, now, side, s, isHead).IsRefused)];

    public static IReadOnlyList<FieldError> Check(NewDispute said)
    {
        List<FieldError?> found = [WordRules.Check("title", said.Title, 4, 100), WordRules.Check("words", said.Words, 10, 4000), WordRules.Check("reference", said.Reference, 0, 60)];
        if (!Enum.IsDefined(said.About)) found.Add(new FieldError("about", "share.dispute-field.about"));
        return [.. found.OfType<FieldError>()];
    }

    /// <summary>Every step has its reasons; a decision its document and day too.</summary>
    public static IReadOnlyList<FieldError> Check(DisputeStep step, string words, string? document, DateOnly? on, DateOnly today)
    {
        List<FieldError?> found = [WordRules.Check("words", words, step is DisputeStep.Accept ? 2 : 5, 4000)];
        if (step != DisputeStep.Decide) return [.. found.OfType<FieldError>()];
        found.Add(WordRules.Check("document", document, 4, 80));
        if (on is not { } day || day > today) found.Add(new FieldError("on", "share.dispute-field.day"));
        return [.. found.OfType<FieldError>()];
    }

    public static TextKey Say(DisputeState state) => new($"share.dispute-state.{state.ToString().ToLowerInvariant()}");

    // Order 809 art. 20 lets the head of the sharing office speak for a department; a steward gives views. The bureau's head alone records what a government decided.
    private static bool MayTake(Caller caller, DisputeSide side, DisputeStep step, bool isHead) => (side, step) switch
    {
        (DisputeSide.Bureau, DisputeStep.Decide) => caller.Has(Role.BureauHead),
        (DisputeSide.Bureau, _) => caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead),
        (_, DisputeStep.Say) => isHead || caller.Has(Role.Steward),
        _ => isHead,
    };
}
