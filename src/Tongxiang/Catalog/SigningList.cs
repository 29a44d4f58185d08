using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Where a signing list stands: waiting for the head, signed, or given up.</summary>
public enum SigningState { Open, Signed, Withdrawn }

/// <summary>Where one entry of a signing list stands.</summary>
public enum SigningItemState { Listed, TakenOut, Signed, Failed }

/// <summary>An entry as the steward saw it when listing it.</summary>
public sealed record ListedEntry(Id<Entry> Entry, long Revision);

/// <summary>A list of entries with one pair of assessments for all of them.</summary>
public sealed record NewSigningList(string Title, string SecrecyRisk, string PersonalInformationImpact, IReadOnlyList<ListedEntry> Entries);

/// <summary>One entry of a signing list.</summary>
/// <param name="Reason">Why it was taken out, or the code of the refusal it failed with.</param>
/// <param name="EvidenceId">Evidence of its own approval.</param>
public sealed record SigningItem(Id<Entry> Entry, long Revision, string Code, string Name, SigningItemState State, string Reason, string? EvidenceId);

/// <summary>A signing list (签批清单): one secrecy-risk and one personal-information assessment and one signature cover the entries on it; each keeps its own evidence.</summary>
/// <param name="Revision">Counts changes; a signature names the revision the head saw.</param>
/// <param name="OnBehalfOf">The head for whom a deputy signed.</param>
public sealed record SigningList(
    Id<SigningList> Id, string Number, Id<Agency> Agency, string Title, string SecrecyRisk, string PersonalInformationImpact, SigningState State, long Revision, string MadeBy, string MadeByName,
    DateTimeOffset MadeAt, string? SignedByName, Id<Person>? OnBehalfOf, DateTimeOffset? SignedAt)
{
    public IReadOnlyList<SigningItem> Items { get; init; } = [];
}
