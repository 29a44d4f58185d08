using Tongxiang.Core.Ledger;

namespace Tongxiang.Evidence;

/// <summary>Something that must be provable later: who did what to which thing. It never carries personal data, only ids, digests and counts.</summary>
/// <param name="Kind">Dotted, prefixed by the part: <c>catalog.published</c>, <c>share.granted</c>, <c>gateway.answered</c>.</param>
/// <param name="Actor">Id of the person or client that acted, or <c>system</c>.</param>
/// <param name="Agency">Id of the agency acted for; null for citizens and the system.</param>
/// <param name="Subject">What it was about, as <c>part:id</c>, e.g. <c>entry:0192…</c>, <c>grant:0192…</c>.</param>
/// <param name="At">When it happened.</param>
/// <param name="Facts">Flat facts (text, whole numbers as text); keys in camel case.</param>
public sealed record Happening(string Kind, string Actor, string? Agency, string Subject, DateTimeOffset At, IReadOnlyDictionary<string, string> Facts)
{
    /// <summary>Agencies that may read the opening besides the actor's own and the auditors (provider and consumer of a grant, for instance).</summary>
    public IReadOnlyList<string> Parties { get; init; } = [];

    /// <summary>The persons whose data left or were asked for; they go sealed into the disclosure journal and never into the entry.</summary>
    public Disclosed? Disclosed { get; init; }
}

/// <summary>The persons of one call, and the resource (id of its entry) they were found in.</summary>
/// <param name="Subjects">Read before <see cref="EvidenceLog.Witness"/> completes; the caller lets it go afterwards.</param>
public sealed record Disclosed(string Scope, SubjectList Subjects);
