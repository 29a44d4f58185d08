using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;

namespace Tongxiang.Assess;

/// <summary>What supervision does by itself: looks through the records, and makes the report of a month that has ended.</summary>
public sealed partial class Supervision(FindingBook findings, SupervisionReports reports, Agencies.Directory directory, ILogger<Supervision> log)
{
    /// <summary>One round; safe to repeat. An empty node, and one without a bureau, has nothing to supervise.</summary>
    public async Task Run(CancellationToken ct)
    {
        if (!directory.Agencies.Any(a => a.Kind == AgencyKind.Bureau)) return;
        var found = await findings.Run(ct);
        if (found > 0) Found(log, found);
        await reports.MakeDue(ct);
    }

    [LoggerMessage(3200, LogLevel.Information, "Supervision kept {Count} new findings.")]
    private static partial void Found(ILogger log, int count);
}
