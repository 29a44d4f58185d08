using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Products;

/// <summary>How a contract stands.</summary>
public enum ContractState { Active, Ended }

/// <summary>What an operating body offers.</summary>
public enum ProductKind { Product, Service }

/// <summary>A contract of authorised operation to be made.</summary>
/// <param name="Implementing">The implementing body (实施机构).</param>
/// <param name="Operating">The operating body (运营机构).</param>
/// <param name="FeeCeilingFen">Most that the operating body may take in a year, in fen.</param>
public sealed record NewContract(string Title, Id<Agency> Implementing, Id<Agency> Operating, DateOnly From, DateOnly Until, string Scenario, long FeeCeilingFen, IReadOnlyList<Id<Entry>> Resources);

/// <summary>A resource under authorised operation.</summary>
/// <param name="Delivered">When it was first delivered to the operating body; the clock of its registration runs from there.</param>
/// <param name="Code">Registration code; without one it is never complete.</param>
public sealed record ContractResource(Id<Entry> Entry, DateTimeOffset? Delivered, DateTimeOffset? DueAt, bool DueIsProvisional, string? Code, DateTimeOffset? CompletedAt);

/// <summary>What the operating body made, with its fees by year in fen.</summary>
public sealed record Product(Id<Product> Id, string Name, ProductKind Kind, IReadOnlyDictionary<int, long> FeesFen);

/// <summary>A contract of authorised operation (公共数据资源授权运营, 发改数据规〔2025〕27号).</summary>
public sealed record OperationContract(
    Id<OperationContract> Id, string Number, string Title, Id<Agency> Implementing, Id<Agency> Operating, DateOnly From, DateOnly Until, string Scenario, long FeeCeilingFen, ContractState State,
    string EndReason, long Revision, DateTimeOffset MadeAt)
{
    public IReadOnlyList<ContractResource> Resources { get; init; } = [];

    public IReadOnlyList<Product> Products { get; init; } = [];

    /// <summary>Fees of a year over all products, in fen.</summary>
    public long FeesOf(int year) => Products.Sum(p => p.FeesFen.GetValueOrDefault(year));
}

/// <summary>The yearly disclosure (信息披露) of a bureau's contracts.</summary>
/// <param name="Year">The year it tells of.</param>
/// <param name="Edition">1, 2, …: a correction is another edition, the earlier ones stay.</param>
/// <param name="Body">Canonical JSON.</param>
public sealed record Disclosure(Id<Agency> Bureau, int Year, long Edition, string Body, string Digest, DateTimeOffset MadeAt, string EvidenceId);
