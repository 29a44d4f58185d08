using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Where a standing consent is.</summary>
public enum StandingState { Drafted, Signed, Revoked }

/// <summary>What the reviewer of a sampled answer found.</summary>
public enum SampleVerdict { Fits, Misfits }

/// <summary>The rule of a standing consent: what an application must wholly lie within to be answered with its signature.</summary>
/// <param name="Agencies">These departments; empty: every department of <paramref name="Kind"/> and <paramref name="Division"/>.</param>
/// <param name="Kind">Kind of department, where none is named.</param>
/// <param name="Division">Division code the department belongs to or lies below, where none is named; empty: any.</param>
/// <param name="Matters">Names of the matters, exactly.</param>
/// <param name="Fields">The fields with the form each is given in; a wish for any other lies outside.</param>
/// <param name="Rows">Conditions that the wish itself must hold to, in the query language of <c>/data</c>.</param>
/// <param name="Bound">Binding to the applicant's own rows, as conditions that the wish must hold to.</param>
/// <param name="Highest">The highest grade that a wished field may have on the day.</param>
/// <param name="LongestDays">Longest term asked for, in days.</param>
/// <param name="Until">Last day on which it answers.</param>
/// <param name="OneIn">One of how many answers is laid before the provider afterwards.</param>
public sealed record StandingRule(
    IReadOnlyList<Id<Agency>> Agencies, AgencyKind? Kind, string Division, IReadOnlyList<string> Matters, IReadOnlyList<FieldDecision> Fields, string Rows, RowBinding? Bound, IReadOnlyList<Mode> Modes,
    Grade Highest, int LongestDays, DateOnly Until, GrantLimits Limits, bool NeedsCase, Assurance LowestAssurance, string ProviderResponsible, int OneIn);

/// <summary>A standing consent (长期同意): drafted by a steward, signed once by the head, answering what lies wholly within it until it ends or is revoked.</summary>
/// <param name="Number">Readable, e.g. <c>CQ20260212-0001</c>.</param>
/// <param name="Proof">Evidence of the signature; null while unsigned.</param>
/// <param name="Answers">How many applications it answered.</param>
public sealed record StandingConsent(
    Id<StandingConsent> Id, string Number, Id<Entry> Entry, Id<Agency> Provider, StandingState State, long Revision, StandingRule Rule, Id<Person> DraftedBy, DateTimeOffset DraftedAt,
    Id<Person>? SignedBy, string? SignerName, Id<Person>? OnBehalf, DateTimeOffset? SignedAt, string? Proof, DateTimeOffset? RevokedAt, string? Reason, long Answers)
{
    /// <summary>Whether it answers now.</summary>
    public bool IsInForce(DateTimeOffset at) => State == StandingState.Signed && at < WorkCalendar.Begin(Rule.Until.AddDays(1));
}

/// <summary>Which standing consent gave a reply, and the evidence of its signature.</summary>
public sealed record StandingReference(string Number, string Evidence);

/// <summary>One way in which an application lies outside a rule; the text under <paramref name="Key"/> says what was asked and what the rule covers.</summary>
public sealed record Difference(string Field, string Key, IReadOnlyList<string> Args);

/// <summary>What the look through the standing consents said of an application.</summary>
/// <param name="Number">The consent that came nearest; null when there is none for the resource.</param>
/// <param name="Differences">Why it did not answer; empty when it answered, or when there is none.</param>
public sealed record StandingLook(Id<StandingConsent>? Standing, string? Number, IReadOnlyList<Difference> Differences, DateTimeOffset At);

/// <summary>An answer given by a standing consent.</summary>
public sealed record StandingUse(
    Id<Application> Application, string Number, Id<StandingConsent> Standing, DateTimeOffset At, bool IsSampled, SampleVerdict? Verdict, string? Note, Id<Agency>? Applicant, ApplicationState State, Id<Grant>? Grant);
