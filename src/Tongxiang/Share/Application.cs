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
    DateTimeOffset CreatedAt, DateTimeOffset? SubmittedAt, DateTimeOffset ChangedAt, string? Reason, Id<Grant>? Grant)
{
    /// <summary>Counts changes: whoever decides on an older one is told what happened meanwhile.</summary>
    public long Revision { get; init; } = 1;

    /// <summary>What the one supplement notice lists; empty when none was sent.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>A supplement notice is out and not answered.</summary>
    public bool SupplementOpen { get; init; }

    /// <summary>What the applicant answered to the supplement notice.</summary>
    public string? SupplementText { get; init; }

    /// <summary>Extension asked for, in working days; null when none was.</summary>
    public int? ExtensionDays { get; init; }

    /// <summary>Who proposed the reply: another person must sign it.</summary>
    public Id<Person>? Proposer { get; init; }

    /// <summary>The reply on the table, or given.</summary>
    public Reply? Reply { get; init; }

    /// <summary>Start of the running clock and what was added to it.</summary>
    public Clock? Clock { get; init; }

    /// <summary>Which side suspended it.</summary>
    public Side? SuspendedBy { get; init; }

    /// <summary>The first real delivery (art. 22); null while none took place.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>Version of the open-use agreement that was accepted (opening lane).</summary>
    public string? Agreement { get; init; }

    /// <summary>Which notices of the running clock went out: 0 none, 1 half time, 2 four fifths, 3 overdue.</summary>
    public int Noticed { get; init; }

    /// <summary>When the next of them is due.</summary>
    public DateTimeOffset? NextNoticeAt { get; init; }
}
