using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Proxying;

/// <summary>How the node proves itself to the provider's system.</summary>
public enum ProviderAuth { None, Header, Basic, Bearer }

/// <summary>Where a connection stands.</summary>
public enum ProviderApiState
{
    /// <summary>Waits for the bureau.</summary>
    Proposed,

    /// <summary>In use, until a later one is approved.</summary>
    Approved,

    /// <summary>Out of use.</summary>
    Stopped,
}

/// <summary>An equality filter that the provider's system takes.</summary>
/// <param name="Column">Column of the resource.</param>
/// <param name="Name">Its name there: <c>{name}</c> in the address, or else a parameter of the query.</param>
/// <param name="IsRequired">Whether nothing is asked without it.</param>
public sealed record ProviderParameter(string Column, string Name, bool IsRequired);

/// <summary>A connection to a provider's own system whose rows stay there: asked for each call, checked against the entry's fields before anything leaves.</summary>
/// <param name="Address">Address with <c>{name}</c> for parameters; set by the provider's steward, approved by the bureau.</param>
/// <param name="Items">Where the list of rows stands in the answer, as <c>data.items</c>; empty: the answer is the list.</param>
/// <param name="Fields">Field of the resource → property of a row there; a field that is not named has its own name.</param>
/// <param name="MostBytes">Largest answer that is read.</param>
/// <param name="MostRows">Most rows one answer may hold.</param>
/// <param name="TellsContext">Whether matter, case number and number of the right travel along (<c>Data-Matter</c>, <c>Data-Case</c>, <c>Data-Grant</c>); nothing else of the caller ever does.</param>
public sealed record ProviderApi(
    Id<Entry> Entry, long Revision, string Slug, Id<Agency> Agency, ProviderApiState State, string Address, IReadOnlyList<ProviderParameter> Parameters, string Items, IReadOnlyDictionary<string, string> Fields,
    ProviderAuth Auth, string? AuthName, int TimeoutMs, long MostBytes, int MostRows, bool TellsContext, string ProposedBy, DateTimeOffset ProposedAt, string? DecidedBy, DateTimeOffset? DecidedAt)
{
    /// <summary>Property of a row that holds a field.</summary>
    public string PropertyOf(string field) => Fields.GetValueOrDefault(field, field);
}

/// <summary>What a provider's steward declares.</summary>
/// <param name="Secret">Header value, token, or name:password; kept wrapped and never shown again. Empty on a change of the same way of proof at the same host: the known one is kept.</param>
public sealed record ProviderApiWish(
    string Resource, string Address, IReadOnlyList<ProviderParameter>? Parameters = null, string? Items = null, IReadOnlyDictionary<string, string>? Fields = null, ProviderAuth Auth = ProviderAuth.None,
    string? AuthName = null, string? Secret = null, int TimeoutMs = 5_000, long MostBytes = 4 << 20, int MostRows = 1_000, bool TellsContext = false);

/// <summary>What went wrong with a provider's system, for its steward.</summary>
public sealed record ProviderAlarm(string Slug, string Code, string Detail, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Times);

/// <summary>What a connection in use does now, on this copy of the node.</summary>
/// <param name="Breaker">Whether calls go through (<c>Closed</c>), are kept back after failures (<c>Open</c>), or one of them tries (<c>HalfOpen</c>).</param>
public sealed record ProviderHealth(string Slug, long Revision, string Breaker);

/// <summary>Values to ask a connection with, to see whether it answers as declared.</summary>
/// <param name="Values">Column → value of each parameter that is sent.</param>
public sealed record ProviderTrialWish(IReadOnlyDictionary<string, string>? Values = null);

/// <summary>How a connection answered when it was tried: counts and a reason, never a row.</summary>
/// <param name="Code">Null when the answer is as declared.</param>
/// <param name="Detail">What does not fit, for the provider's steward.</param>
public sealed record ProviderTrial(string Slug, long Revision, string? Code, string? Detail, long Rows, long Bytes, long TookMs)
{
    public bool Answers => Code is null;
}

/// <summary>A list of connections.</summary>
public sealed record ProviderApiList(IReadOnlyList<ProviderApi> Items, IReadOnlyList<ProviderAlarm> Alarms, string? Next)
{
    public IReadOnlyList<ProviderHealth> Health { get; init; } = [];
}
