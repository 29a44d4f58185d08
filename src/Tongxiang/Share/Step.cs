using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What can be done with an application.</summary>
public enum Step
{
    Draft,
    Edit,

    /// <summary>The applicant hands it to the head of the own sharing office.</summary>
    Propose,
    SendBack,

    /// <summary>The own head agrees, and with that it is sent (art. 20).</summary>
    Agree,

    /// <summary>Sent without a head (opening lane).</summary>
    Submit,
    AskSupplement,
    Supplement,
    AskExtension,
    AgreeExtension,
    DenyExtension,
    ProposeReply,
    ReturnReply,
    Consent,
    Refuse,
    Deliver,
    Suspend,
    Resume,
    End,
    Dispose,
    Withdraw,
    Urge,
    Reassign,
}

/// <summary>On which side of an application somebody acts.</summary>
public enum Side
{
    Applicant,
    ApplicantHead,
    Provider,
    ProviderHead,
    Bureau,
    Platform,
}

/// <summary>A step that was taken: who, as what, when, why, by which rule, and its evidence.</summary>
/// <param name="Rule">Rule id of the clock it started or obeyed; null when none.</param>
/// <param name="Article">Article it rests on; always null in the opening lane.</param>
/// <param name="OnBehalf">The person a deputy acted for.</param>
public sealed record StepTaken(
    long Number, Step Step, ApplicationState From, ApplicationState To, string Actor, string ActorName, Id<Agency>? Agency, Side Side, Id<Person>? OnBehalf,
    DateTimeOffset At, string? Reason, string? Rule, string? Article, string Evidence);
