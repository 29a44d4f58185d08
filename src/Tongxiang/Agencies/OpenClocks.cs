using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A running clock whose end moved, or would move, because a number or the calendar changed.</summary>
/// <param name="Kind">Whose clock: <c>application</c>, <c>review</c>, <c>duty</c>, <c>report</c> and what further parts add.</param>
/// <param name="Subject">As in evidence, e.g. <c>application:0192…</c>.</param>
/// <param name="Number">The number or code people know it by.</param>
/// <param name="Agency">Whose matter it is, besides the bureau in charge.</param>
/// <param name="IsProvisional">The new end still lies in a year without published holidays.</param>
public sealed record ClockMove(
    string Kind, string Subject, string Number, string Name, Id<Agency> Agency, string Rule, DateTimeOffset Before, DateTimeOffset After, bool IsProvisional);

/// <summary>A move with what writes it: true when the clock still stood as it was read.</summary>
public sealed record Shift(ClockMove Move, Func<Tx, Task<bool>> Write);

/// <summary>The running clocks of one kind, looked after by the part that owns them; every part registers its own.</summary>
/// <param name="Shifts">All clocks whose stored end differs from what the given numbers and calendar say.</param>
public sealed record OpenClocks(string Kind, Func<Reckoning, CancellationToken, Task<IReadOnlyList<Shift>>> Shifts);

/// <summary>A move that happened.</summary>
/// <param name="Cause">The rule id or the calendar year that was changed, or the edition of the shipped numbers that came with a newer program.</param>
public sealed record MovedClock(long Change, string Cause, ClockMove Move, DateTimeOffset MovedAt, string EvidenceId);
