using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Kernel;
using static Tongxiang.Share.DemandSide;
using static Tongxiang.Share.DemandState;

namespace Tongxiang.Share;

/// <summary>One row of the way of a demand: a step that leads from a state to another when one of these sides takes it.</summary>
public sealed record DemandMove(DemandStep Step, DemandState From, DemandState To, bool NeedsReason, ImmutableArray<DemandSide> Sides);

/// <summary>What a demand must be like, who takes which step, and who sees what: pure.</summary>
public static class DemandRules
{
    public const int WhatMost = 200;
    public const int MatterMost = 1_000;
    public const int ContactMost = 120;
    public const int ReasonMost = 1_000;
    public const int BasisMost = 300;
    private const int WhatLeast = 2;
    private const int ReasonLeast = 4;
    private const int YearsAhead = 3;

    /// <summary>After so many departments declined it the bureau decides whose it is.</summary>
    public const int DeclinesUntilDecision = 2;

    /// <summary>Everything that may happen to a demand once it is registered.</summary>
    public static ImmutableArray<DemandMove> Moves { get; } =
    [
        new(DemandStep.Accept, Filed, Accepted, false, [Bureau]),
        new(DemandStep.Assign, Accepted, Accepted, false, [Bureau]),
        new(DemandStep.Claim, Accepted, Claimed, false, [Owner]),
        new(DemandStep.Decline, Accepted, Accepted, true, [Owner]),
        new(DemandStep.Catalogue, Claimed, Catalogued, false, [Owner]),
        new(DemandStep.Attach, Catalogued, Attached, false, [Owner, Platform]),
        new(DemandStep.Satisfy, Attached, Satisfied, false, [Demander, Platform]),
        new(DemandStep.Reopen, Attached, Claimed, true, [Demander]),
        .. new[] { Filed, Accepted, Claimed }.Select(from => new DemandMove(DemandStep.Refuse, from, Refused, true, [Bureau])),
        .. new[] { Filed, Accepted }.Select(from => new DemandMove(DemandStep.Merge, from, Merged, false, [Bureau])),
    ];

    /// <summary>The row for this step, or why it cannot be taken: first the state, then the side.</summary>
    public static Outcome<DemandMove> Find(Demand now, DemandStep step, IReadOnlySet<DemandSide> sides)
    {
        if (Moves.FirstOrDefault(m => m.Step == step && m.From == now.State) is not { } move) return Refusal.Conflict("share.demand-state", now.Number, Say(step), Say(now.State));
        return move.Sides.Any(sides.Contains) ? move : Refusal.Forbidden("share.demand-side", Say(step), Say(move.Sides[0]));
    }

    /// <summary>The steps these sides can take now, for buttons.</summary>
    public static IReadOnlyList<DemandStep> Possible(Demand now, IReadOnlySet<DemandSide> sides) =>
        [.. Moves.Where(m => m.From == now.State && m.Sides.Any(s => s != Platform && sides.Contains(s)) && !(m.Step == DemandStep.Reopen && now.IsReopened)).Select(m => m.Step)];

    /// <summary>As what the caller may act: people who sign in, for their own office; a client's token takes no step.</summary>
    public static IReadOnlySet<DemandSide> Sides(Caller caller, Demand now)
    {
        var sides = new HashSet<DemandSide>();
        if (caller == Caller.Platform) sides.Add(Platform);
        if (caller is not { Person: { } person, Client: null }) return sides;
        if (IsReviewer(caller) && caller.Agency == now.Bureau) sides.Add(Bureau);
        if (now.Owner is { } owner && caller.Agency == owner && IsOffice(caller)) sides.Add(Owner);
        if (person == now.Demander || (now.DemanderAgency is { } agency && caller.Agency == agency && (IsOffice(caller) || caller.Has(Role.CompanyUser)))) sides.Add(Demander);
        return sides;
    }

    public static bool IsReviewer(Caller caller) => caller is { Person: not null, Client: null, IsBureau: true } && (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead));

    public static bool IsOffice(Caller caller) => caller is { IsGovernment: true, Client: null } && (caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead));

    /// <summary>Whether the caller may read the words: everybody once they are shown, departments and the demander before.</summary>
    public static bool SeesWords(Caller caller, Demand now) => now.IsShown || caller is { IsGovernment: true, Person: not null } || IsDemanders(caller, now);

    /// <summary>Only the offices that work on it, and the demander, know how to reach him.</summary>
    public static bool SeesContact(Caller caller, Demand now) => Sides(caller, now).Overlaps([Bureau, Owner]) || IsDemanders(caller, now);

    public static DemandOrigin OriginOf(Caller caller) => caller switch
    {
        { IsAnonymous: true } => DemandOrigin.Public,
        { IsGovernment: true } => DemandOrigin.Department,
        { Agency: not null } => DemandOrigin.Company,
        _ => DemandOrigin.Person,
    };

    /// <summary>Whose voice it is: one for an agency, one for a person.</summary>
    public static string? VoterOf(Caller caller) => caller.Agency is { } agency ? $"agency:{agency}" : caller.Person is { } person ? $"person:{person}" : null;

    public static IReadOnlyList<FieldError> Check(NewDemand said, DateOnly today)
    {
        var found = new List<FieldError>();
        Line("what", said.What, WhatLeast, WhatMost, found);
        Words("matter", said.Matter, 0, MatterMost, found);
        if (said.Contact.Length > 0 && !IsAddress(said.Contact)) found.Add(new FieldError("contact", "share.field.demand-contact", ContactMost));
        if (said.WantedBy is { } day && (day < today || day > today.AddYears(YearsAhead))) found.Add(new FieldError("wantedBy", "share.field.demand-wanted-by", YearsAhead));
        return found;
    }

    public static IReadOnlyList<FieldError> CheckReason(string reason)
    {
        var found = new List<FieldError>();
        Words("reason", reason, ReasonLeast, ReasonMost, found);
        return found;
    }

    /// <summary>A refusal names its ground; what the law forbids names the law and its article (Order 809 art. 14–15).</summary>
    public static IReadOnlyList<FieldError> CheckRefusal(DemandGround? ground, string basis)
    {
        var found = new List<FieldError>();
        if (ground is not { } one || !Enum.IsDefined(one)) found.Add(new FieldError("ground", "share.field.demand-ground"));
        if (ground == DemandGround.NotShareable && basis.Length == 0) found.Add(new FieldError("basis", "share.field.demand-basis"));
        else if (basis.Length > 0) Line("basis", basis, ReasonLeast, BasisMost, found);
        return found;
    }

    /// <summary>Whether the entry answers the demand: published, of the owner, and visible to whoever asked.</summary>
    /// <param name="isForPublic">Somebody outside government asks for it too, in a demand that was merged into this one.</param>
    public static FieldError? CheckEntry(Demand now, Entry? entry, bool isForPublic = false)
    {
        if (entry is not { IsPublished: true }) return new FieldError("entry", "share.field.demand-entry");
        if (now.Owner is { } owner && entry.Agency != owner) return new FieldError("entry", "share.field.demand-entry-owner", entry.Code);
        return (isForPublic || now.Origin != DemandOrigin.Department) && !entry.IsPublic ? new FieldError("entry", "share.field.demand-entry-closed", entry.Code) : null;
    }

    public static TextKey Say(DemandStep step) => new("share.demand-step." + step);

    public static TextKey Say(DemandState state) => new("share.demand-state." + state);

    public static TextKey Say(DemandSide side) => new("share.demand-side." + side);

    private static bool IsDemanders(Caller caller, Demand now) => caller.Person is not null && (caller.Person == now.Demander || (now.DemanderAgency is { } agency && caller.Agency == agency));

    private static void Line(string field, string text, int fewest, int most, List<FieldError> found)
    {
        if (text.AsSpan().IndexOfAny('\n', '\t') >= 0) found.Add(new FieldError(field, "share.field.demand-control", Name(field)));
        else Words(field, text, fewest, most, found);
    }

    private static void Words(string field, string text, int fewest, int most, List<FieldError> found)
    {
        if (text.Trim().Length < fewest) found.Add(new FieldError(field, "share.field.demand-short", Name(field), fewest));
        else if (text.Length > most) found.Add(new FieldError(field, "share.field.demand-long", Name(field), most, text.Length));
        else if (!IsPlain(text) || (fewest > 0 && !text.EnumerateRunes().Any(Rune.IsLetterOrDigit) && !text.EnumerateRunes().Any(IsRare))) found.Add(new FieldError(field, "share.field.demand-control", Name(field)));
        else if (CitizenIds.AreIn(text)) found.Add(new FieldError(field, "share.field.demand-citizen-id", Name(field)));
    }

    // Format characters too: some of them turn the order of what is read around. Rare characters of older systems stand in the private area and stay.
    private static bool IsPlain(string text) => text.EnumerateRunes().All(r => r.Value is '\n' or '\t' || (r != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(r) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)));

    private static bool IsRare(Rune rune) => Core.Search.Tokens.Han(rune.Value);

    private static bool IsAddress(string text) =>
        text.Length <= ContactMost && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at == text.LastIndexOf('@') && at < text.Length - 1
        && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or '"' or ',' or ';');

    private static TextKey Name(string field) => new("share.demand-field." + field);
}
