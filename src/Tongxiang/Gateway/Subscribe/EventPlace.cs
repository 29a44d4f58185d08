using System.Globalization;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>Where a follower of a resource stands: after a whole change of the feed (<c>42</c>), or within it after so many keys (<c>42:500</c>). It is the id of the event that led there.</summary>
public readonly record struct EventPlace(long Seq, int Skip)
{
    /// <summary>Reads an id back; null when it is none.</summary>
    public static EventPlace? Read(string? text)
    {
        if (text is not { Length: > 0 and <= 30 }) return null;
        var parts = text.Split(':');
        if (parts.Length > 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seq)) return null;
        if (parts.Length == 1) return new EventPlace(seq, 0);
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var skip) && skip > 0 ? new EventPlace(seq, skip) : null;
    }

    public override string ToString() => Skip == 0 ? Seq.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Seq}:{Skip}");
}
