using Tongxiang.Catalog;

namespace Tongxiang.Share;

/// <summary>How one wished field is answered.</summary>
public enum FieldAnswer { Plain, Masked, NotGiven, Generalised, Pseudonym, Token, Encrypted, Suppressed }

/// <summary>The answer for one wished field; a field that is not given needs its reason.</summary>
public sealed record FieldDecision(string Name, FieldAnswer Answer, string? Reason)
{
    /// <summary>Parameter of the form: level, shape, <c>joinable</c>.</summary>
    public string? Detail { get; init; }

    /// <summary>Ground for a form plainer than the measure of the field's grade; it becomes the head's own by signing.</summary>
    public string? Exception { get; init; }

    /// <summary>In a consent signed for later: the grade of the field on the day of signing. The ground holds up to it; null: up to the grade of the day it is used.</summary>
    public Grade? UpTo { get; init; }
}

/// <summary>Rows that belong to the consumer alone: those of its division, those of its matter.</summary>
/// <param name="RegionField">Column with a division code; only codes below the consumer's own division leave.</param>
/// <param name="MatterField">Column with the matter; only rows of the granted matter leave.</param>
public sealed record RowBinding(string? RegionField, string? MatterField);

/// <summary>The only grounds a refusal can have: missing material is none of them, nobody can make up conditions.</summary>
public enum RefusalGround
{
    LawForbids,
    OutsideDuty,
    PurposeNotPermitted,
    ScopeExceedsPurpose,
    SafeguardsInsufficient,
    NotHeld,
}

/// <summary>Why a right of use ends.</summary>
public enum EndGround
{
    PurposeAchieved,
    PurposeImpossible,
    NoLongerNeeded,
    Misuse,

    /// <summary>The provider stops the service: in the sharing lane after talks with the user and filed with the bureau.</summary>
    ServiceStopped,
    Expired,
}

/// <summary>The provider's reply: consent field by field, or refusal with ground and reason.</summary>
/// <param name="Rows">A further row filter; it only ever narrows what was wished.</param>
/// <param name="Until">Last day; never later than wished.</param>
/// <param name="ProviderResponsible">Who answers for the source at the provider (art. 34).</param>
public sealed record Reply(
    bool IsConsent, RefusalGround? Ground, string Reason, IReadOnlyList<FieldDecision> Fields, string Rows, DateOnly? Until, GrantLimits? Limits,
    bool NeedsCase, Assurance LowestAssurance, string ProviderResponsible)
{
    /// <summary>Binds the rows to the consumer; null when they are not bound.</summary>
    public RowBinding? Bound { get; init; }

    /// <summary>The standing consent that gave this reply; null when a person did. The platform writes it, never a request.</summary>
    public StandingReference? Standing { get; init; }
}
