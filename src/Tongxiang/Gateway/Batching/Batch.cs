using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Batching;

/// <summary>When a package is made.</summary>
public enum Rhythm
{
    Daily,
    Weekly,
    Monthly,

    /// <summary>Whenever the resource has a new version.</summary>
    Version,
}

/// <summary>A standing order of a consumer: a slice of a resource, made into packages again and again under one grant (批量交换).</summary>
/// <param name="Number">Readable number, e.g. <c>PL20261129-0001</c>; part of the address of its packages.</param>
/// <param name="Consumer">Id of the department or company, or of the citizen.</param>
/// <param name="ConsumerKind">Null for a citizen.</param>
/// <param name="OnDay">1 (Monday) to 7 for weekly, 1 to 28 for monthly.</param>
/// <param name="AtHour">Hour of the day in Asia/Shanghai.</param>
/// <param name="Form">CSV, NDJSON or Parquet.</param>
/// <param name="Query">Columns and filter in the query language of <c>/data</c>, within the grant.</param>
/// <param name="IsIncremental">Whether a package holds only what changed since the last one that was acknowledged.</param>
/// <param name="Case">Standing case number (办件编号) where the grant asks for one.</param>
/// <param name="Operative">Who answers for the calls at the consumer (经办人) where the grant asks for one.</param>
/// <param name="Code">Why nothing is made although it is due; null while all is well.</param>
public sealed record Batch(
    Id<Batch> Id, string Number, Id<Grant> Grant, string GrantNumber, Id<Entry> Entry, string Slug, string Consumer, AgencyKind? ConsumerKind, Id<Agency> Provider,
    Rhythm Every, int OnDay, int AtHour, BulkFormat Form, string Query, bool IsIncremental, string? Case, string? Operative,
    bool IsEnabled, string? Code, DateTimeOffset? NextAt, string MadeBy, DateTimeOffset CreatedAt)
{
    /// <summary>Whether somebody of the consumer's side asks.</summary>
    public bool IsOf(Caller caller) => Consumer == (ConsumerKind is null ? caller.Person?.ToString() : caller.Agency?.ToString());

    /// <summary>Whether somebody of either side asks.</summary>
    public bool Concerns(Caller caller) => IsOf(caller) || caller.Agency == Provider;

    /// <summary>The consumer, as whom packages are made: whoever set the batch up acts for it.</summary>
    internal Caller AsCaller()
    {
        var id = Guid.Parse(MadeBy[(MadeBy.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        var isClient = MadeBy.StartsWith("client:", StringComparison.Ordinal);
        return Caller.Anonymous with
        {
            Actor = id.ToString("D"),
            Client = isClient ? new Id<Client>(id) : null,
            Person = isClient && ConsumerKind is not null ? null : ConsumerKind is null ? Id<Person>.Parse(Consumer, null) : new Id<Person>(id),
            Agency = ConsumerKind is null ? null : Id<Agency>.Parse(Consumer, null),
            AgencyKind = ConsumerKind,
        };
    }
}

/// <summary>What a consumer asks for.</summary>
/// <param name="Grant">Id or number of the right of use; null: the first one that allows it.</param>
/// <param name="Hour">0 to 23, within the hours of the grant.</param>
/// <param name="Day">Day of the week (1 to 7) or of the month (1 to 28).</param>
/// <param name="Form">csv, ndjson or parquet.</param>
public sealed record BatchWish(string Resource, Rhythm Every, string Form, string? Grant = null, int? Hour = null, int? Day = null, string? Query = null, bool Incremental = false, string? Case = null, string? Operator = null);
