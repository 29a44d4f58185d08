using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What the provider wants to do to a running service.</summary>
public enum ChangeKind
{
    /// <summary>Stop it (终止服务).</summary>
    Stop,

    /// <summary>Drop or change fields that are granted (变更服务).</summary>
    Change,
}

/// <summary>Where a service change is.</summary>
public enum ChangeState
{
    /// <summary>The users are being asked (协商).</summary>
    Consulting,

    /// <summary>Filed with the bureau under a number (已备案).</summary>
    Filed,
    Rejected,
    Withdrawn,
}

/// <summary>What a user said when asked.</summary>
public enum ChangeAnswer { Agreed, Objected }

/// <summary>What a provider proposes.</summary>
/// <param name="Fields">Change: the granted fields that go or change; Stop: none.</param>
/// <param name="Effective">First day on which it may be done.</param>
public sealed record NewServiceChange(ChangeKind Kind, IReadOnlyList<string> Fields, string Reason, DateOnly Effective);

/// <summary>A service change (服务变更): proposed by the provider, put to every user, filed by the bureau (Order 809 art. 27 ¶3).</summary>
/// <param name="Number">Readable, e.g. <c>BG20260212-0001</c>.</param>
/// <param name="Filing">Filing number with the bureau; null until filed.</param>
/// <param name="Decision">The bureau's words.</param>
public sealed record ServiceChange(
    Id<ServiceChange> Id, string Number, Id<Entry> Entry, Id<Agency> Provider, ChangeKind Kind, IReadOnlyList<string> Fields, string Reason, DateTimeOffset EffectiveAt, ChangeState State, long Revision,
    string? Filing, string? Decision, string ProposedBy, DateTimeOffset ProposedAt, DateTimeOffset? DecidedAt)
{
    /// <summary>Everyone who is asked, with the answer.</summary>
    public IReadOnlyList<ChangeUser> Users { get; init; } = [];

    /// <summary>Whether every user has answered.</summary>
    public bool IsConsulted => Users.All(u => u.Answer is not null);
}

/// <summary>A user of the service, the grants that it holds, and what it said.</summary>
public sealed record ChangeUser(Id<Agency> Consumer, IReadOnlyList<string> Grants, ChangeAnswer? Answer, string? Note, DateTimeOffset? AnsweredAt);
