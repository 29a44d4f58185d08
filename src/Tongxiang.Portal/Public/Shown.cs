using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Public;

/// <summary>A dataset as pages show it: the entry, who provides it, the version in force and how much it was used.</summary>
/// <param name="Version">The current version; null when nothing has been landed yet.</param>
public sealed record Shown(Entry Entry, Agency Provider, Warehouse.Version? Version, ResourceTotal Use)
{
    public EntryContent Content => Entry.Content;

    public string Slug => Entry.Slug;

    public string Href => "/datasets/" + Slug;

    public bool IsSpatial => Content is { LongitudeField: not null, LatitudeField: not null };

    /// <summary>Whether the update promise is kept, judged as the catalogue judges it.</summary>
    public Punctuality Freshness(DateTimeOffset now) => Punctuality.Of(Content.UpdatePromise, Version?.LandedAt, now);
}

/// <summary>How the last landing stands to the promise (更新承诺).</summary>
/// <param name="DaysLate">Whole days beyond the promised period, at least one when late.</param>
/// <param name="IsPromised">False for data that are updated only when needed, or that never came.</param>
public readonly record struct Punctuality(bool IsPromised, int DaysLate)
{
    public static Punctuality Of(UpdatePromise promise, DateTimeOffset? landed, DateTimeOffset now)
    {
        if (promise == UpdatePromise.AsNeeded || landed is not { } at)
            return default;
        if (Catalog.Freshness.Of(promise, at, now) != FreshnessKind.Late)
            return new(true, 0);
        var period = promise switch
        {
            UpdatePromise.RealTime or UpdatePromise.Daily => 1,
            UpdatePromise.Weekly => 7,
            UpdatePromise.Monthly => 31,
            UpdatePromise.Quarterly => 92,
            _ => 366,
        };
        return new(true, Math.Max(1, (int)(now - at).TotalDays - period));
    }

    public bool IsLate => DaysLate > 0;

    public Tone Tone => !IsPromised ? Tone.Plain : IsLate ? Tone.Bad : Tone.Ok;
}
