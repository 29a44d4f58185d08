using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>How incidents were handled; drills and real ones are never mixed, false alarms are only counted.</summary>
/// <param name="MeanContainMinutes">From detection to containment.</param>
/// <param name="MeanHandleMinutes">From detection to the end of the handling.</param>
/// <param name="WithinTarget">Handled within the target.</param>
public sealed record IncidentStatistics(
    bool IsDrill, long Opened, long FalseAlarms, long Contained, long Handled, double? MeanContainMinutes, double? MedianHandleMinutes, double? MeanHandleMinutes, long WithinTarget, int TargetMinutes);

/// <summary>Incidents in figures.</summary>
public sealed partial class Incidents
{
    /// <summary>Minutes that handling shall take at most: a target of the house, no law.</summary>
    public int TargetMinutes => rules.TryFind(IncidentClocks.Target, WorkCalendar.Day(clock.GetUtcNow()))?.Value ?? 120;

    /// <summary>Figures over everything the caller may know of.</summary>
    public async Task<IncidentStatistics> Statistics(Caller caller, bool drills, CancellationToken ct)
    {
        var all = new List<Incident>();
        string? after = null;
        do
        {
            var page = await List(caller, drills, null, after, 200, ct);
            all.AddRange(page.Items);
            after = page.Next;
        } while (after is not null);
        return Sum(all, drills, TargetMinutes);
    }

    internal static IncidentStatistics Sum(IReadOnlyList<Incident> all, bool drills, int target)
    {
        var real = all.Where(i => !i.IsFalseAlarm).ToList();
        var contain = real.Where(i => i.ContainedAt is not null).Select(i => Math.Max(0, (i.ContainedAt!.Value - i.DetectedAt).TotalMinutes)).ToList();
        var handle = real.Where(i => i.HandledAt is not null).Select(i => (i.HandledAt!.Value - i.DetectedAt).TotalMinutes).Order().ToList();
        return new IncidentStatistics(
            drills, all.Count, all.Count - real.Count, contain.Count, handle.Count, Mean(contain), handle.Count == 0 ? null : handle[handle.Count / 2], Mean(handle), handle.Count(m => m <= target), target);
    }

    private static double? Mean(List<double> minutes) => minutes.Count == 0 ? null : minutes.Average();
}
