using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>What Order 809 art. 11 asks of a department before it submits or approves anything: an appointed head of its sharing office and a named steward.</summary>
public static class OfficeDuty
{
    public const string Article = "Order 809 art. 11";

    /// <summary>What the department lacks, with the remedy; null for one that has both, and for a company, which has no such office.</summary>
    public static Refusal? Lacking(Directory directory, Id<Agency> agency)
    {
        if (directory.Find(agency) is not { IsGovernment: true } department) return null;
        var head = directory.SharingOfficeHead(agency) is { } appointed && appointed.Roles.Contains(Role.SharingOfficeHead);
        var steward = directory.Holders(agency, Role.Steward).Count > 0;
        return (head, steward) switch
        {
            (true, true) => null,
            (false, true) => new Refusal(409, "agencies.no-office-head", department.Name) { Article = Article },
            (true, false) => new Refusal(409, "agencies.no-steward", department.Name) { Article = Article },
            _ => new Refusal(409, "agencies.no-office", department.Name) { Article = Article },
        };
    }
}
