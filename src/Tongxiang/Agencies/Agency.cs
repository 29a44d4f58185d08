using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>What an agency is in law (Order 809 art. 2, 43).</summary>
public enum AgencyKind
{
    /// <summary>A government department (政府部门).</summary>
    Department,

    /// <summary>The data authority of a division (政务数据共享主管部门).</summary>
    Bureau,

    /// <summary>Authorised by law to administer public affairs (法律法规授权的组织).</summary>
    PublicBody,

    /// <summary>Another state organ that follows the regulation by reference (参照执行).</summary>
    ByReference,

    /// <summary>A company or other organisation outside government.</summary>
    Company,
}

/// <summary>A department, bureau or company (部门 / 单位).</summary>
/// <param name="Slug">URL-safe and stable, e.g. <c>police</c>.</param>
/// <param name="CreditCode">Unified social credit code, 18 characters.</param>
/// <param name="Division">Division code.</param>
/// <param name="Bureau">The data authority in charge; null for a bureau itself and for companies.</param>
public sealed record Agency(
    Id<Agency> Id, string Slug, string CreditCode, string Name, string NameEn, AgencyKind Kind, string Division, Id<Agency>? Bureau, string? Phone, string? Email)
{
    /// <summary>Whether it may hold and ask for shared government data at all.</summary>
    public bool IsGovernment => Kind is not AgencyKind.Company;
}
