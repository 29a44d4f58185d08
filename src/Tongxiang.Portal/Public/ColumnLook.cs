using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Public;

/// <summary>What the profile of a version says about one column.</summary>
/// <param name="Filled">Share of rows with a value.</param>
/// <param name="Noted">Cells that were rewritten to the normal form or kept with a doubt.</param>
/// <param name="Common">The most frequent values; empty where they say nothing or would show persons.</param>
public sealed record ColumnLook(Catalog.Field Field, double Filled, long Noted, string Distinct, string? Least, string? Greatest, IReadOnlyList<Point> Common);
