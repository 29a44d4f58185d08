using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Turns the binding of rows to a consumer into the row filter that is signed with the grant.</summary>
public static class RowBindings
{
    public static IEnumerable<FieldError> Check(Application now, Entry entry, RowBinding? bound)
    {
        if (bound?.RegionField is { Length: > 0 } region)
        {
            if (TextField(entry, region) is null) yield return new FieldError("bound.regionField", "share.bound.field");
            // A citizen has no division of its own to be bound to.
            else if (now.ApplicantAgency is null) yield return new FieldError("bound.regionField", "share.bound.no-division");
        }

        if (bound?.MatterField is not { Length: > 0 } matter) yield break;
        if (TextField(entry, matter) is null) yield return new FieldError("bound.matterField", "share.bound.field");
        else if (string.IsNullOrWhiteSpace(now.Wish.Matter)) yield return new FieldError("bound.matterField", "share.bound.no-matter");
    }

    /// <summary>The filter in the query language of <c>/data</c>; empty when nothing is bound.</summary>
    /// <param name="division">Division code of the consumer.</param>
    public static string Filter(RowBinding? bound, string division, string matter)
    {
        var region = bound?.RegionField is { Length: > 0 } field && Prefix(division) is { Length: > 0 } prefix ? $"{field}=like.{prefix}*" : "";
        var purpose = bound?.MatterField is { Length: > 0 } column ? $"{column}=eq.{Uri.EscapeDataString(matter)}" : "";
        return RowFilter.Both(region, purpose);
    }

    /// <summary>The part of a division code that all codes below it share: 290100 → 2901; the nation's is empty, everything lies below it.</summary>
    public static string Prefix(string division)
    {
        var prefix = division;
        // Town and village have three digits each, province, city and county two.
        while (prefix.Length > 6 && prefix.EndsWith("000", StringComparison.Ordinal)) prefix = prefix[..^3];
        while (prefix.Length is > 0 and <= 6 && prefix.EndsWith("00", StringComparison.Ordinal)) prefix = prefix[..^2];
        return prefix;
    }

    private static Field? TextField(Entry entry, string name) => entry.Content.Fields.FirstOrDefault(f => f.Name == name && f.Type == FieldType.Text);
}
