using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>The part of an element's records that a source department answers for.</summary>
/// <param name="Field">The field that tells the parts apart; empty: all records. <see cref="Division"/> goes down the tree of divisions.</param>
/// <param name="Value">A value of that field, or <c>*</c> for all.</param>
public sealed record SourceSegment(string Field, string Value)
{
    public const string Division = "division";

    public static SourceSegment All { get; } = new("", "*");

    public bool IsAll => Field.Length == 0;

    /// <summary>Whether a record could belong to both; two different fields cannot be told apart, so they do.</summary>
    public bool Overlaps(SourceSegment other)
    {
        if (IsAll || other.IsAll || Field != other.Field) return true;
        return Field == Division ? Covers(Value, other.Value) || Covers(other.Value, Value) : Value == other.Value;
    }

    /// <summary>Whether a division is another or lies below it: 290000 covers 290102, and 000000 everything.</summary>
    public static bool Covers(string division, string other)
    {
        var prefix = division.AsSpan();
        while (prefix.Length > 0 && prefix.EndsWith("00", StringComparison.Ordinal)) prefix = prefix[..^2];
        return other.AsSpan().StartsWith(prefix, StringComparison.Ordinal);
    }

    public override string ToString() => IsAll ? "*" : $"{Field}={Value}";
}

/// <summary>The source department (数源部门) of an element, for a segment and a period; named by the bureau alone (Order 809 art. 19).</summary>
/// <param name="Element">Key of a standard element, or the name of a field that is bound to none.</param>
/// <param name="From">First day.</param>
/// <param name="To">Last day; <see cref="DateOnly.MaxValue"/> while no end is set.</param>
/// <param name="Ground">Document or reason of the naming.</param>
public sealed record SourceOfRecord(
    Id<SourceOfRecord> Id, string Element, SourceSegment Segment, Id<Agency> Department, Id<Agency> Bureau, string Ground, DateOnly From, DateOnly To, long Revision,
    string AppointedBy, DateTimeOffset AppointedAt, string? EndReason)
{
    public bool IsOpenEnded => To == DateOnly.MaxValue;

    public bool HoldsOn(DateOnly day) => From <= day && day <= To;

    public bool Overlaps(NewSource other) => Segment.Overlaps(other.Segment) && From <= (other.To ?? DateOnly.MaxValue) && other.From <= To;
}

/// <summary>What the bureau wants to name.</summary>
/// <param name="To">Last day; null: until further notice.</param>
/// <param name="Assists">Other holders (协同), with the duty to help update.</param>
public sealed record NewSource(string Element, SourceSegment Segment, Id<Agency> Department, string Ground, DateOnly From, DateOnly? To, IReadOnlyList<NewAssist> Assists);

/// <summary>A holder who is not the source, and what it must do to help (Order 809 art. 19, 39).</summary>
public sealed record NewAssist(Id<Agency> Agency, string Duty);

/// <summary>The same as it stands.</summary>
public sealed record SourceAssist(Id<SourceOfRecord> Source, Id<Agency> Agency, string Duty, DateTimeOffset NamedAt);

/// <summary>How a field of an entry stands to the source departments of its element.</summary>
/// <param name="Sources">One for all records, or one a segment.</param>
/// <param name="IsSource">The entry's own department is one of them.</param>
/// <param name="Assists">The entry's department holds the element and is not the source: it helps to update.</param>
public sealed record SourceMark(Field Field, string Element, IReadOnlyList<SourceOfRecord> Sources, bool IsSource, bool Assists);
