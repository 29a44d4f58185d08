using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Which of the two workflows an application runs through; they share the engine and nothing of the law.</summary>
public enum Lane
{
    /// <summary>Between departments, Order 809 art. 20–22.</summary>
    Sharing,

    /// <summary>Conditional opening to companies and people: local rules, never Order 809.</summary>
    Opening,
}

/// <summary>State of an application (law-and-standards §1.5).</summary>
public enum ApplicationState
{
    Draft,
    AwaitingOwnHead,
    Submitted,
    SupplementAsked,
    AwaitingExtension,
    AwaitingProviderHead,
    Delivering,
    InUse,
    Suspended,
    Refused,
    Withdrawn,
    Ended,
    Disposed,
}

/// <summary>What is asked for, and why (art. 20: basis, scenario, scope, mode, term).</summary>
/// <param name="Basis">Basis of use: law, regulation or duty document, with its article.</param>
/// <param name="Safeguards">How the data will be protected (opening lane).</param>
public sealed record Wish(
    string Basis, string Scenario, string Matter, string Purpose, IReadOnlyList<string> Fields, string Rows, IReadOnlyList<Mode> Modes, DateOnly Until,
    GrantLimits Limits, string Safeguards, bool AgreementAccepted);

/// <summary>An application (申请) for the use of one resource.</summary>
/// <param name="Number">Readable, e.g. <c>GX20261123-0007</c>; anyone involved can quote it.</param>
/// <param name="Holder">The person it waits for; null when it waits for a role.</param>
/// <param name="DueAt">End of the running clock; null when none runs.</param>
/// <param name="DueRule">Rule id of that clock, e.g. <c>DL-04</c>.</param>
public sealed record Application(
    Id<Application> Id, string Number, Lane Lane, Id<Entry> Entry, Id<Agency> Provider, Id<Agency>? ApplicantAgency, Id<Person> Applicant, ApplicationState State, Wish Wish,
    bool SupplementUsed, bool ExtensionUsed, Id<Person>? Holder, DateTimeOffset? DueAt, string? DueRule, bool DueIsProvisional,
    DateTimeOffset CreatedAt, DateTimeOffset? SubmittedAt, DateTimeOffset ChangedAt, string? Reason, Id<Grant>? Grant);
