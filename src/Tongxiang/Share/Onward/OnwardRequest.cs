using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What a consumer asks for beyond its grant (Order 809 art. 25 ¶1).</summary>
public enum OnwardKind
{
    /// <summary>To hand the data to a named third party (提供给第三方).</summary>
    ThirdParty,

    /// <summary>To use them for a further matter (扩大使用范围).</summary>
    WiderUse,
}

/// <summary>Where such a request is.</summary>
public enum OnwardState { Asked, Agreed, Refused, Withdrawn }

/// <summary>What is asked for.</summary>
/// <param name="Third">ThirdParty: the agency, where it is one of this node.</param>
/// <param name="ThirdName">ThirdParty: its name.</param>
/// <param name="Matter">The matter it is for; for a wider use the gateway lets calls for it pass.</param>
public sealed record NewOnward(OnwardKind Kind, Id<Agency>? Third, string ThirdName, string Matter, string Purpose, DateOnly Until);

/// <summary>A request to pass data on or to use them more widely, and the provider's decision.</summary>
/// <param name="Number">Readable, e.g. <c>ZX20260212-0001</c>.</param>
/// <param name="Proof">Evidence of the head's agreement.</param>
public sealed record OnwardRequest(
    Id<OnwardRequest> Id, string Number, Id<Grant> Grant, Id<Agency> Provider, Id<Agency> Consumer, OnwardKind Kind, Id<Agency>? Third, string ThirdName, string Matter, string Purpose, DateTimeOffset Until,
    OnwardState State, long Revision, string? Reason, string AskedBy, DateTimeOffset AskedAt, DateTimeOffset? DecidedAt, string? Proof);

/// <summary>What was agreed to, as it stands in the terms of the grant.</summary>
/// <param name="Third">The named third party; empty for a wider use.</param>
/// <param name="SignOff">Evidence of the head's agreement.</param>
public sealed record OnwardRight(string Number, OnwardKind Kind, string Third, string Matter, DateTimeOffset Until, string SignOff);
