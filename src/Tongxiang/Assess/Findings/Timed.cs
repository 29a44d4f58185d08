using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using CaseStep = Tongxiang.Share.Step;
using EntryStep = Tongxiang.Catalog.Step;

namespace Tongxiang.Assess;

/// <summary>Which duty with a clock.</summary>
public enum TimedKind { Reply, Delivery, Update, Resubmission, Review, Disposal, Record, Correction, Return, Naming, Coordination }

/// <summary>A duty that had a time, and whether it was met in it.</summary>
/// <param name="Agency">Whose duty it is.</param>
/// <param name="Subject">What it is about, such as <c>application:0192…</c>.</param>
/// <param name="Name">Number people know it by.</param>
/// <param name="Records">Evidence ids of the steps that started and met it.</param>
public sealed record Timed(
    TimedKind Kind, Id<Agency> Agency, string Subject, string Name, string Rule, DateTimeOffset StartedAt, DateTimeOffset DueAt, DateTimeOffset? DoneAt, IReadOnlyList<string> Records)
{
    public bool IsLate(DateTimeOffset now) => (DoneAt ?? now) > DueAt;
}

/// <summary>Reads the duties with clocks out of the records; pure.</summary>
public static class TimedDuties
{
    public const string Resubmission = "FIND-RETURNED";
    public const string Disposal = "FIND-DISPOSAL";
    public const string Record = "FIND-RECORD";
    public const string Naming = "FIND-SOURCE";
    public const string Coordination = "FIND-DISPUTE";

    public static IEnumerable<Timed> All(SupervisionFacts facts) =>
        [.. Replies(facts), .. Deliveries(facts), .. Updates(facts), .. Reviews(facts), .. Resubmissions(facts), .. Disposals(facts), .. Records(facts), .. Corrections(facts), .. Returns(facts), .. Namings(facts), .. Coordinations(facts)];

    /// <summary>Order 809 art. 21: from the day the application was sent to the signed reply.</summary>
    public static IEnumerable<Timed> Replies(SupervisionFacts facts)
    {
        foreach (var c in facts.Cases)
        {
            if (c.Steps.FirstOrDefault(s => s.Step == CaseStep.Agree) is not { Rule: { } rule } sent) continue;
            var extension = c.Steps.Any(s => s.Step == CaseStep.AgreeExtension) ? c.ExtensionDays ?? 0 : 0;
            var (asked, answered) = (After(c, CaseStep.AskSupplement, sent.At), After(c, CaseStep.Supplement, sent.At));
            if (facts.Paused is { } paused && asked is not null) extension += paused(asked.At, answered?.At ?? facts.Now);
            if (facts.Due(rule, sent.At, extension) is not { } due) continue;
            var done = c.Steps.FirstOrDefault(s => s.Step is CaseStep.Consent or CaseStep.Refuse or CaseStep.Withdraw);
            yield return new Timed(TimedKind.Reply, c.Provider, "application:" + c.Id, c.Number, rule, sent.At, due, done?.At, Proofs(sent, done));
        }
    }

    /// <summary>Order 809 art. 22: from the consent to the first real delivery; what was ended or suspended before waits for nobody.</summary>
    public static IEnumerable<Timed> Deliveries(SupervisionFacts facts)
    {
        foreach (var c in facts.Cases)
        {
            if (c.Steps.FirstOrDefault(s => s.Step == CaseStep.Consent) is not { } consent || facts.Due(Law.Delivery, consent.At, 0) is not { } due) continue;
            var done = c.Steps.FirstOrDefault(s => s.Step is CaseStep.Deliver or CaseStep.End or CaseStep.Suspend);
            yield return new Timed(TimedKind.Delivery, c.Provider, "application:" + c.Id, c.Number, Law.Delivery, consent.At, due, done?.At, Proofs(consent, done));
        }
    }

    /// <summary>Order 809 art. 17: the due day on record has its extension in it.</summary>
    public static IEnumerable<Timed> Updates(SupervisionFacts facts) =>
        facts.Duties.Select(d => new Timed(TimedKind.Update, d.Agency, "duty:" + d.Duty, "entry:" + d.Entry, "DL-01", d.OccurredAt, d.DueAt, d.MetAt, ["entry:" + d.Entry]));

    /// <summary>Order 809 art. 17: the bureau's two working days; the duty is the bureau's.</summary>
    public static IEnumerable<Timed> Reviews(SupervisionFacts facts)
    {
        foreach (var (received, next) in Pairs(facts, s => s.Step == EntryStep.Approved, s => s.Step is EntryStep.Published or EntryStep.Returned or EntryStep.Recalled or EntryStep.Retired))
            if (facts.BureauOf(received.Agency) is { } bureau && facts.Due("DL-02", received.At, 0) is { } due)
                yield return new Timed(TimedKind.Review, bureau, $"entry:{received.Entry}/{received.Evidence}", received.Code, "DL-02", received.At, due, next?.At, Proofs(received, next));
    }

    /// <summary>An entry that the bureau returned and the provider never submitted again is not compiled (art. 39 item 1).</summary>
    public static IEnumerable<Timed> Resubmissions(SupervisionFacts facts)
    {
        foreach (var (returned, next) in Pairs(facts, s => s.Step == EntryStep.Returned && s.By is { } by && by == facts.BureauOf(s.Agency), s => s.Step is EntryStep.Submitted or EntryStep.Retired))
            if (facts.Due(Resubmission, returned.At, 0) is { } due)
                yield return new Timed(TimedKind.Resubmission, returned.Agency, $"entry:{returned.Entry}/{returned.Evidence}", returned.Code, Resubmission, returned.At, due, next?.At, Proofs(returned, next));
    }

    /// <summary>Order 809 art. 27: what a consumer still holds after the end is disposed of.</summary>
    public static IEnumerable<Timed> Disposals(SupervisionFacts facts)
    {
        foreach (var c in facts.Cases)
        {
            if (c.Consumer is not { } consumer || c.Steps.LastOrDefault(s => s.Step == CaseStep.End) is not { } end || facts.Due(Disposal, end.At, 0) is not { } due) continue;
            var done = After(c, CaseStep.Dispose, end.At);
            yield return new Timed(TimedKind.Disposal, consumer, "application:" + c.Id, c.Number, Disposal, end.At, due, done?.At, Proofs(end, done));
        }
    }

    /// <summary>Order 809 art. 29: scene and process are recorded by the platform; effect and storage only the consumer can record.</summary>
    public static IEnumerable<Timed> Records(SupervisionFacts facts)
    {
        var notes = facts.Notes.ToLookup(n => n.Grant);
        foreach (var grant in facts.Grants)
        {
            if (grant.DeliveredAt is not { } delivered || facts.Due(Record, delivered, 0) is not { } due) continue;
            var (effect, storage) = (First(notes[grant.Id], NotePart.Effect), First(notes[grant.Id], NotePart.Storage));
            yield return new Timed(TimedKind.Record, grant.Consumer, "grant:" + grant.Id, grant.Number, Record, delivered, due, effect > storage ? effect : storage is null ? null : effect is null ? null : storage, ["grant:" + grant.Id]);
        }
    }

    /// <summary>Order 809 art. 26: the due instant on record is the one both sides were told.</summary>
    public static IEnumerable<Timed> Corrections(SupervisionFacts facts) =>
        facts.Corrections.Select(c => new Timed(TimedKind.Correction, c.Provider, "correction:" + c.Id, c.Number, CorrectionRules.Rule, c.ReportedAt, c.DueAt, c.ClosedAt, c.Evidence));

    /// <summary>Order 809 art. 24: a signed return flow is opened or lawfully refused, and what did not arrive whole is sent again.</summary>
    public static IEnumerable<Timed> Returns(SupervisionFacts facts)
    {
        foreach (var flow in facts.Returns)
        {
            if (facts.Due(ReturnRules.Opening, flow.SignedAt, 0) is { } due) yield return new Timed(TimedKind.Return, flow.Provider, "return-flow:" + flow.Id, flow.Number, ReturnRules.Opening, flow.SignedAt, due, flow.AnsweredAt, [flow.Evidence]);
            foreach (var gap in flow.Gaps)
                if (facts.Due(ReturnRules.Opening, gap.From, 0) is { } whole)
                    yield return new Timed(TimedKind.Return, flow.Provider, $"return-flow:{flow.Id}/{gap.Shown}", flow.Number, ReturnRules.Opening, gap.From, whole, gap.Until, ["return-flow:" + flow.Id]);
        }
    }

    /// <summary>Order 809 art. 19: once a second department holds an element, the bureau in charge names its source; departments of two bureaus are for both to agree on.</summary>
    public static IEnumerable<Timed> Namings(SupervisionFacts facts)
    {
        foreach (var shared in facts.SharedElements)
            foreach (var bureau in shared.Holders.Select(h => facts.BureauOf(h.Agency)).OfType<Id<Agency>>().Distinct())
            {
                // The second of the bureau's own departments starts the duty.
                var own = shared.Holders.Where(h => facts.BureauOf(h.Agency) == bureau).OrderBy(h => h.Since).ToList();
                if (own.Count < 2 || facts.Due(Naming, own[1].Since, 0) is not { } due) continue;
                yield return new Timed(TimedKind.Naming, bureau, "element:" + shared.Element, shared.Element, Naming, own[1].Since, due, shared.NamedAt, [.. own.Select(h => "entry:" + h.Entry)]);
            }
    }

    /// <summary>Order 809 art. 28: a dispute that was referred is coordinated or referred on.</summary>
    public static IEnumerable<Timed> Coordinations(SupervisionFacts facts)
    {
        foreach (var dispute in facts.Disputes)
            if (facts.Due(Coordination, dispute.ReferredAt, 0) is { } due)
                yield return new Timed(TimedKind.Coordination, dispute.Bureau, "dispute:" + dispute.Id, dispute.Number, Coordination, dispute.ReferredAt, due, dispute.EndedAt, dispute.Evidence);
    }

    private static DateTimeOffset? First(IEnumerable<NoteOnRecord> notes, NotePart part) => notes.Where(n => n.Part == part).Select(n => (DateTimeOffset?)n.At).Min();

    private static CaseStepOnRecord? After(CaseOnRecord c, CaseStep step, DateTimeOffset at) => c.Steps.FirstOrDefault(s => s.Step == step && s.At >= at);

    private static string[] Proofs(CaseStepOnRecord from, CaseStepOnRecord? to) => to is null ? [from.Evidence] : [from.Evidence, to.Evidence];

    private static string[] Proofs(EntryStepOnRecord from, EntryStepOnRecord? to) => to is null ? [from.Evidence] : [from.Evidence, to.Evidence];

    private static IEnumerable<(EntryStepOnRecord From, EntryStepOnRecord? To)> Pairs(SupervisionFacts facts, Func<EntryStepOnRecord, bool> starts, Func<EntryStepOnRecord, bool> ends)
    {
        foreach (var entry in facts.EntrySteps.GroupBy(s => s.Entry))
        {
            EntryStepOnRecord? open = null;
            foreach (var step in entry)
            {
                if (open is not null && ends(step))
                {
                    yield return (open, step);
                    open = null;
                }
                if (starts(step)) open = step;
            }
            if (open is not null) yield return (open, null);
        }
    }
}
