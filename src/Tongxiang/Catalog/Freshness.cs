namespace Tongxiang.Catalog;

/// <summary>Whether the update promise is kept.</summary>
public enum FreshnessKind
{
    /// <summary>No data are attached yet.</summary>
    NoData,

    /// <summary>The newest version is as young as promised, or nothing is promised.</summary>
    OnTime,

    /// <summary>The promised update has not come.</summary>
    Late,
}

/// <summary>Compares the update promise with the last version.</summary>
public static class Freshness
{
    public static FreshnessKind Of(UpdatePromise promise, DateTimeOffset? last, DateTimeOffset now) => last is not { } at
        ? FreshnessKind.NoData
        : Term(promise) is { } term && now - at > term ? FreshnessKind.Late : FreshnessKind.OnTime;

    // A period and a little more: an update at the end of one period and the end of the next is on time, and months differ.
    private static TimeSpan? Term(UpdatePromise promise) => promise switch
    {
        UpdatePromise.RealTime => TimeSpan.FromHours(26),
        UpdatePromise.Daily => TimeSpan.FromDays(2),
        UpdatePromise.Weekly => TimeSpan.FromDays(9),
        UpdatePromise.Monthly => TimeSpan.FromDays(36),
        UpdatePromise.Quarterly => TimeSpan.FromDays(102),
        UpdatePromise.Yearly => TimeSpan.FromDays(385),
        _ => null,
    };
}
