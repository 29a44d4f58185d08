using System.Collections.Immutable;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Watch;
using CaseStep = Tongxiang.Share.Step;
using EntryStep = Tongxiang.Catalog.Step;

namespace Tongxiang.Assess;

/// <summary>Something a detector found in the records.</summary>
/// <param name="Subject">What it is about; a part after a slash tells apart occasions of one thing.</param>
/// <param name="Agency">Who is answerable.</param>
/// <param name="Until">The last moment at which it stood; null while it stands.</param>
/// <param name="Args">For the text <c>assess.hit.{detector}</c>.</param>
/// <param name="Records">Evidence ids, places in the log (<c>#123</c>) and subjects it rests on.</param>
public sealed record Hit(string Detector, string Item, string Subject, Id<Agency> Agency, DateTimeOffset Since, DateTimeOffset? Until, IReadOnlyList<string> Args, IReadOnlyList<string> Records)
{
    /// <summary>The same for the same records.</summary>
    public string Key => $"{Detector}|{Agency}|{Subject}";

    /// <summary>The thing without its occasion.</summary>
    public string Thing => Subject.Split('/')[0];
}

/// <summary>A rule of arts. 39–42 as a pure function over records.</summary>
/// <param name="Id">Stable; part of every finding's key.</param>
/// <param name="Item">Item of <see cref="Liability"/>.</param>
public sealed record Detector(string Id, string Item, Func<SupervisionFacts, IEnumerable<Hit>> Detect);

/// <summary>An item that no detector looks for, and why not.</summary>
public sealed record Undetected(string Item, TextKey Why);

/// <summary>All detectors, and all items that have none: every item of arts. 39–42 stands in one of the two lists.</summary>
public static class Detectors
{
    private static readonly string[] outside = ["gateway.other-matter", "gateway.grant-fields", "gateway.grant-rows", "gateway.grant-mode", "gateway.grant-ended", "gateway.outside-hours", "gateway.outside-network"];

    /// <summary>Codes with which the gateway refuses what goes beyond a right of use.</summary>
    public static IReadOnlyList<string> OutsideCodes => outside;

    public static ImmutableArray<Detector> All { get; } =
    [
        new("update-late", "39-1", f => Late("update-late", "39-1", f, TimedDuties.Updates(f))),
        new("never-resubmitted", "39-1", f => Late("never-resubmitted", "39-1", f, TimedDuties.Resubmissions(f))),
        new("reply-late", "39-4", f => Late("reply-late", "39-4", f, TimedDuties.Replies(f))),
        new("delivery-late", "39-4", f => Late("delivery-late", "39-4", f, TimedDuties.Deliveries(f))),
        new("return-late", "39-5", f => Late("return-late", "39-5", f, TimedDuties.Returns(f))),
        new("correction-late", "39-6", f => Late("correction-late", "39-6", f, TimedDuties.Corrections(f))),
        new("service-stopped", "39-7", Stopped),
        new("outside-right", "40-2", Outside),
        new("not-disposed", "40-4", f => Late("not-disposed", "40-4", f, TimedDuties.Disposals(f))),
        new("no-record", "40-5", f => Late("no-record", "40-5", f, TimedDuties.Records(f))),
        new("source-unnamed", "41-1", f => Late("source-unnamed", "41-1", f, TimedDuties.Namings(f))),
        new("dispute-left", "41-2", f => Late("dispute-left", "41-2", f, TimedDuties.Coordinations(f))),
        new("review-late", "41-3", f => Late("review-late", "41-3", f, TimedDuties.Reviews(f))),
        new("leak", "42", Leaks),
    ];

    /// <summary>Items whose records no part keeps yet, or that only people can judge; for these a finding is opened by hand.</summary>
    public static ImmutableArray<Undetected> Missing { get; } =
        [.. Liability.All.Where(i => All.All(d => d.Item != i.Id)).Select(i => new Undetected(i.Id, new TextKey("assess.undetected." + i.Id)))];

    public static Detector? Find(string id) => All.FirstOrDefault(d => d.Id == id);

    /// <summary>What all detectors find, in a fixed order.</summary>
    public static IReadOnlyList<Hit> Run(SupervisionFacts facts) =>
        [.. All.SelectMany(d => d.Detect(facts)).DistinctBy(h => h.Key).OrderBy(h => h.Since).ThenBy(h => h.Key, StringComparer.Ordinal)];

    /// <summary>What of it still stands, or happened again after the rectification: the same detector over the same thing.</summary>
    public static IReadOnlyList<Hit> Recheck(string detector, Id<Agency> agency, string subject, DateTimeOffset rectifiedAt, SupervisionFacts facts)
    {
        var thing = subject.Split('/')[0];
        return Find(detector) is not { } rule ? [] : [.. rule.Detect(facts).Where(h => h.Agency == agency && h.Thing == thing && (h.Until is null || h.Until > rectifiedAt))];
    }

    private static IEnumerable<Hit> Late(string detector, string item, SupervisionFacts facts, IEnumerable<Timed> duties) =>
        from duty in duties
        where duty.IsLate(facts.Now)
        select new Hit(detector, item, duty.Subject, duty.Agency, duty.DueAt, duty.DoneAt, [duty.Name, duty.Rule, Day(duty.DueAt), duty.DoneAt is { } done ? Day(done) : "–"], duty.Records);

    // Art. 39 item 7 and art. 27: a service in use ends by talks and a filing, not by taking its resource out of the catalogue.
    private static IEnumerable<Hit> Stopped(SupervisionFacts facts)
    {
        var ends = facts.Cases.SelectMany(c => c.Steps.Where(s => s.Step == CaseStep.End).Select(s => (c.Id, Step: s))).ToLookup(e => e.Id, e => e.Step);
        var retired = facts.EntrySteps.Where(s => s.Step == EntryStep.Retired).ToLookup(s => s.Entry);
        foreach (var grant in facts.Grants.Where(g => g.DeliveredAt is not null))
            foreach (var stop in retired[grant.Entry])
            {
                var end = grant.Application is { } application ? ends[application].FirstOrDefault() : null;
                if (grant.DeliveredAt > stop.At || grant.Until <= stop.At || end?.At <= stop.At) continue;
                yield return new Hit("service-stopped", "39-7", "grant:" + grant.Id, grant.Provider, stop.At, end?.At, [grant.Number, stop.Code, Day(stop.At), end is null ? "–" : Day(end.At)], [stop.Evidence, .. end is null ? [] : new[] { end.Evidence }]);
            }
    }

    // One refused call is a slip; several in a month go beyond the right on purpose or by a wrong configuration.
    private static IEnumerable<Hit> Outside(SupervisionFacts facts) =>
        from call in facts.Outside
        let month = call.At.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM", CultureInfo.InvariantCulture)
        group call by (call.Agency, call.Resource, Month: month) into calls
        where calls.Count() >= facts.OutsideAtLeast
        let ordered = calls.OrderBy(c => c.Index).ToList()
        select new Hit(
            "outside-right", "40-2", $"resource:{calls.Key.Resource}/{calls.Key.Month}", calls.Key.Agency, ordered[0].At, ordered[^1].At,
            [calls.Key.Resource, calls.Key.Month, ordered.Count.ToString(CultureInfo.InvariantCulture), string.Join(", ", ordered.Select(c => c.Code).Distinct().Order(StringComparer.Ordinal))],
            [.. ordered.Take(200).Select(c => "#" + c.Index.ToString(CultureInfo.InvariantCulture))]);

    private static IEnumerable<Hit> Leaks(SupervisionFacts facts) =>
        from known in facts.Incidents
        let incident = known.Incident
        where incident.Level != IncidentLevel.Unjudged && incident.Facts.PersonalData && ((incident.Figures?.Rows ?? 0) > 0 || incident.Facts.Persons > 0 || incident.Facts.Records > 0)
        // Art. 34: who uses is responsible for what leaks at the user's side; else the one who manages.
        from agency in known.Others.Count > 0 ? known.Others : known.Providers
        select new Hit(
            "leak", "42", "incident:" + incident.Id, agency, incident.DetectedAt, incident.HandledAt,
            [incident.Number, Day(incident.DetectedAt), (incident.Facts.Persons ?? incident.Figures?.PersonsOrBound ?? 0).ToString(CultureInfo.InvariantCulture), incident.HandledAt is { } done ? Day(done) : "–"], ["incident:" + incident.Id]);

    internal static string Day(DateTimeOffset at) => at.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
