namespace Tongxiang.Agencies;

/// <summary>An administrative division (区划) for as long as its code was valid (GB/T 2260: 2 + 2 + 2 digits).</summary>
/// <param name="List">Which list it stands in: <c>national</c> or <c>demonstration</c>.</param>
public sealed record Division(string Code, string Name, string? NameEn, string? Parent, int Level, DateOnly ValidFrom, DateOnly? ValidTo, string List);
