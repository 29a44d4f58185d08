using System.Net;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Query;
using Tongxiang.Gateway.Verify;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway;

/// <summary>One call on its way through the steps: what was received, and what each step found.</summary>
public sealed class Call
{
    /// <summary>Name of the resource as asked for.</summary>
    public required string Resource { get; init; }

    /// <summary>The version asked for; null: the current one.</summary>
    public long? Number { get; init; }

    public required QueryText Query { get; init; }

    public required Caller Caller { get; init; }

    public Assurance Assurance { get; init; }

    /// <summary>Known by a key sent as it is: good for little.</summary>
    public bool IsHeaderKey { get; init; }

    /// <summary>Whether who calls was not revoked since; asked between the pages of a long answer. Null: nothing to ask.</summary>
    public Func<bool>? IsStillGood { get; init; }

    /// <summary>What grades demand of callers, and whether calls say how surely their operator is known.</summary>
    internal AssuranceSettings Floors { get; set; } = AssuranceSettings.Default;

    internal bool NeedsOperatorAssurance { get; set; }

    public IPAddress? Address { get; init; }

    /// <summary>The call, or a whole version as a file.</summary>
    public Mode Mode { get; init; } = Mode.Api;

    /// <summary>Matter, case number and operator as the caller named them.</summary>
    public CallPurpose Context { get; init; } = new(null, null, null);

    /// <summary>Form of the answer, for the evidence.</summary>
    public string Form { get; init; } = "json";

    /// <summary>Form of rows that the portal shows on a page of its own.</summary>
    public const string PageForm = "page";

    /// <summary>Whether exactly one row is expected.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Columns the form needs besides those selected.</summary>
    public Func<QueryScope, Plan, Outcome<Plan>>? Adjust { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>What a verification asks; null for every other call.</summary>
    internal Claims? Claims { get; init; }

    /// <summary>What it takes of the rows of the day: each question of a verification counts, answered yes or no.</summary>
    internal int Weight => Claims?.Items.Count ?? Page!.Rows;

    /// <summary>The right it is made under, when only one may be used, such as that of a batch; null: any of the caller's that fits.</summary>
    public Id<Grant>? Under { get; init; }

    /// <summary>The package and part it is about, for the evidence.</summary>
    public string? Package { get; init; }

    /// <summary>Whether its rows were counted before: those of a package count when it is made.</summary>
    public bool IsCounted { get; init; }

    public Entry? Entry { get; internal set; }

    public Version? Version { get; internal set; }

    /// <summary>Null for a read of open data.</summary>
    public Grant? Grant { get; internal set; }

    public bool IsOpenRead { get; internal set; }

    /// <summary>Why a file ends before its last row: a fuse, a revoked token, or the rows of the day.</summary>
    public Stop? CutOff { get; internal set; }

    public bool IsCutOff => CutOff is not null;

    /// <summary>Its place among those that work at once, until it is over.</summary>
    internal Turn? Turn { get; set; }

    /// <summary>What it holds of the grant's day until it is over.</summary>
    internal HeldUse? Held { get; set; }

    /// <summary>The marks of the file it makes; null for open data and for answers.</summary>
    internal Tracing.FileMark? Mark { get; set; }

    /// <summary>The open corrections as they stood when it came.</summary>
    internal OpenCorrections Corrections { get; set; } = OpenCorrections.None;

    /// <summary>The connection by which its rows come; null when they stand here.</summary>
    internal Proxying.ProviderApis.Connected? Proxy { get; set; }

    internal QueryScope? Scope { get; set; }

    /// <summary>The fuses that stood when it was asked last.</summary>
    internal Watch.FuseSnapshot? Fuses { get; set; }

    /// <summary>The strongest fuse that reaches it, whether or not it stops it.</summary>
    internal Watch.Trip? ReachedBy { get; set; }

    /// <summary>The fuse that leaves it few calls a minute.</summary>
    internal Watch.Trip? SlowedBy { get; set; }

    /// <summary>Pseudonym of the operator behind it, once it was made.</summary>
    internal string? OperatorPseudonym { get; set; }

    public Plan? Plan { get; internal set; }

    /// <summary>Whether a file of it is the version itself in some of its columns: no row left out, none in another order, nothing masked or renamed.</summary>
    internal bool IsWhole => Plan is { Where: null, Granted: null, Order.Count: 0, After: null } plan && plan.Columns.All(column => !IsMasked(column) && column.Shown == column.Field.Name);

    internal bool IsMasked(PlanColumn column) => Scope!.Find(column.Field.Name)!.IsMasked;

    public ServedPage? Page { get; internal set; }

    /// <summary>All rows that fit, when they were counted; stays when the call is stopped.</summary>
    public long? Total { get; internal set; }

    public Receipt? Receipt { get; internal set; }

    /// <summary>What is left of the caller's rate, for the headers.</summary>
    public RateLeft? Rate { get; internal set; }
}

/// <summary>Matter (事项), case number (办件编号) and operator (经办人) of a call.</summary>
public sealed record CallPurpose(string? Matter, string? Case, string? Operative)
{
    /// <summary>How surely the calling system knows the operator, as it said.</summary>
    public string? OperatorAssurance { get; init; }

    /// <summary>Whether the operator signed in at this node; otherwise the calling system vouches for a pseudonym.</summary>
    public bool IsOwnOperator { get; init; }
}

/// <summary>Why a call was stopped: a refusal of ours, or a query that does not hold.</summary>
public sealed record Stop(Refusal? Refusal, QueryFault? Fault)
{
    public int Status => Refusal?.Status ?? Fault!.Status;

    public string Code => Refusal?.Code ?? Fault!.Code;

    public static implicit operator Stop?(Refusal? refusal) => refusal is null ? null : new Stop(refusal, null);

    public static implicit operator Stop?(QueryFault? fault) => fault is null ? null : new Stop(null, fault);
}
