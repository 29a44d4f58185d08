using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Behaviour;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Watch;

/// <summary>A decided call as the gateway tells it: ids, keyed digests and counts, never data.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Operator">Pseudonym of the person behind it, as evidence names it.</param>
/// <param name="Network">The caller's /24, or a digest of its /48.</param>
/// <param name="Key">Keyed digest of the key or query asked for.</param>
/// <param name="Subject">Keyed digest of the one person read; 0 when it is none.</param>
/// <param name="Case">Keyed digest of the case number; 0 without one.</param>
/// <param name="Ordinal">The key as a number without its check digit; -1 when it is none.</param>
/// <param name="IsBound">Whether only the owner of the identity can have made it: a signed assertion, a bound token or a session.</param>
public readonly record struct SeenCall(
    long At, string Actor, Id<Agency>? Agency, AgencyKind? Kind, bool IsSystem, string? Operator, Id<Entry> Entry, Id<Agency> Provider, Id<Grant>? Grant, uint Network, ulong Key, ulong Subject,
    ulong Case, long Ordinal, int Rows, ulong Columns, CallMarks Marks, bool IsBound, bool IsSensitive)
{
    /// <summary>Callers that are expected to behave alike: systems and people of one kind of organisation.</summary>
    public int Group => ((int?)Kind ?? 7) * 2 + (IsSystem ? 0 : 1);
}
