using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Feedback;

/// <summary>What was made of the data.</summary>
public enum ShowcaseKind { App, Website, Report, Research, Service }

/// <summary>Where a use stands: waits for the bureau, shown to everybody, not taken up, taken down.</summary>
public enum ShowcaseState { Proposed, Shown, Declined, Withdrawn }

/// <summary>What somebody tells about a use of the data.</summary>
/// <param name="Address">Where it is found; linked, never fetched.</param>
/// <param name="Datasets">The data it uses.</param>
/// <param name="Contact">E-mail for questions; may be empty. Only the bureau sees it.</param>
public sealed record NewShowcase(string Title, ShowcaseKind? Kind, string Summary, string Address, IReadOnlyList<Id<Entry>> Datasets, string Contact);

/// <summary>A use of the data (利用成果), as its proposer and the bureau see it.</summary>
/// <param name="Agency">For whom the proposer acts; null for a citizen.</param>
/// <param name="Reason">Why it was declined or taken down; empty otherwise.</param>
public sealed record Showcase(
    Id<Showcase> Id, string Title, ShowcaseKind Kind, string Summary, string Address, IReadOnlyList<Id<Entry>> Datasets, string Contact, Id<Person> Proposer, Id<Agency>? Agency,
    ShowcaseState State, string Reason, long Revision, DateTimeOffset CreatedAt, DateTimeOffset? DecidedAt);

/// <summary>The same as everybody sees it: neither the person nor the contact.</summary>
public sealed record PublicShowcase(
    Id<Showcase> Id, string Title, ShowcaseKind Kind, string Summary, string Address, IReadOnlyList<Id<Entry>> Datasets, Id<Agency>? Agency, DateTimeOffset ShownAt);
