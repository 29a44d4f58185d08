using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Feedback;

/// <summary>What a reader says is wrong.</summary>
public enum ReportKind { WrongValue, Missing, Outdated, Duplicate, Format, Privacy, Description, Other }

/// <summary>Where a report stands: nobody looked yet, the provider is at it, answered for good.</summary>
public enum ReportState { Open, Accepted, Closed }

/// <summary>How a report ended: data corrected, nothing wrong, another body's matter, or no report at all.</summary>
public enum ReportOutcome { Corrected, NotWrong, Elsewhere, Unusable }

/// <summary>What a reader writes; nobody needs an account or a name for it.</summary>
/// <param name="Place">Rows or field it is about; may be empty.</param>
/// <param name="Contact">E-mail for the answer; empty when none is wanted. Only the provider sees it.</param>
public sealed record NewReport(ReportKind? Kind, string Place, string Body, string Contact);

/// <summary>An error report (数据纠错) about a dataset, as its provider sees it.</summary>
/// <param name="Version">The version that was current when it was written.</param>
public sealed record Report(
    Id<Report> Id, string Number, Id<Entry> Entry, Id<Agency> Provider, long? Version, ReportKind Kind, string Place, string Body, string Contact, ReportState State, ReportOutcome? Outcome,
    string Answer, long Revision, DateTimeOffset CreatedAt, DateTimeOffset DueAt, bool DueIsProvisional, DateTimeOffset? AnsweredAt);

/// <summary>The same as everybody sees it: the reader's own words stay with the provider, for they may name people.</summary>
public sealed record PublicReport(string Number, ReportKind Kind, ReportState State, ReportOutcome? Outcome, string Answer, DateTimeOffset CreatedAt, DateTimeOffset DueAt, DateTimeOffset? AnsweredAt);
