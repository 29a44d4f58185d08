using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Evidence;

namespace Tongxiang.Watch;

/// <summary>Which entries of the evidence are calls of a cut scope, and how many rows left in them: one rule for the node and for whoever checks without it.</summary>
public static class CutRule
{
    /// <summary>How long every copy of a node has to take a trip in.</summary>
    public static readonly TimeSpan Effect = TimeSpan.FromSeconds(1);

    private const string Calls = "gateway.";

    /// <param name="scope">What the fuse reaches.</param>
    /// <param name="subject">Key within the scope, as <see cref="FuseScope"/> says.</param>
    /// <param name="slug">Name of the resource whose entry the subject is.</param>
    /// <param name="happening">An entry of the evidence.</param>
    public static bool IsOf(FuseScope scope, string subject, string? slug, Happening happening)
    {
        if (!happening.Kind.StartsWith(Calls, StringComparison.Ordinal) || happening.Kind == Calls + "explained") return false;
        return scope switch
        {
            FuseScope.Caller => happening.Actor == subject,
            FuseScope.Operator => happening.Facts.TryGetValue("operator", out var pseudonym) && $"{happening.Agency ?? happening.Actor}/{pseudonym}" == subject,
            FuseScope.Grant => happening.Subject == "grant:" + subject,
            FuseScope.Resource => happening.Subject == "entry:" + subject || slug is not null && happening.Facts.GetValueOrDefault("resource") == slug,
            FuseScope.Department => happening.Agency == subject,
            _ => happening.Actor != Caller.Anonymous.Actor,
        };
    }

    public static long Rows(Happening happening) => long.TryParse(happening.Facts.GetValueOrDefault("rows"), NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? rows : 0;

    public static bool IsRefusal(Happening happening) => happening.Kind == Calls + "refused";
}
