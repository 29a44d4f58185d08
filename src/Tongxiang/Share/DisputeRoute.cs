using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Who coordinates a dispute, and the division whose people's government decides it (Order 809 art. 28).</summary>
[Enforces(22)]
public sealed record DisputeRoute(Id<Agency> Bureau, string Division)
{
    private const string Nation = "000000";

    /// <summary>
    /// Two departments of one bureau go to it; across levels and regions to the bureau of the lowest division above both, and where that has none here to the next above it.
    /// A bureau is no judge in its own matter.
    /// </summary>
    public static DisputeRoute? Of(Agency one, Agency other, IReadOnlyList<Agency> all)
    {
        var bureaus = all.Where(a => a.Kind == AgencyKind.Bureau && a.Id != one.Id && a.Id != other.Id).ToList();
        if (one.Bureau is { } same && one.Bureau == other.Bureau && bureaus.FirstOrDefault(b => b.Id == same) is { } own) return new DisputeRoute(own.Id, own.Division);
        for (var division = Common(one.Division, other.Division); ; division = Above(division))
        {
            if (bureaus.Where(b => b.Division == division).MinBy(b => b.Slug, StringComparer.Ordinal) is { } bureau) return new DisputeRoute(bureau.Id, division);
            if (division == Nation) return null;
        }
    }

    /// <summary>The lowest division that both lie in: 290100 and 290203 lie in 290000, 290000 and 330000 in the nation.</summary>
    public static string Common(string one, string other)
    {
        for (var digits = 6; digits > 0; digits -= 2)
            if (one.Length >= digits && other.Length >= digits && one.AsSpan(0, digits).SequenceEqual(other.AsSpan(0, digits))) return one[..digits].PadRight(6, '0');
        return Nation;
    }

    private static string Above(string division) => DivisionTable.ParentOf(division) ?? Nation;
}
