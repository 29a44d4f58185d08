using Tongxiang.Agencies;
using Tongxiang.Assess;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using CaseStep = Tongxiang.Share.Step;
using EntryStep = Tongxiang.Catalog.Step;
using Known = Tongxiang.Tests.Share.Facts;

namespace Tongxiang.Tests.Assess;

public sealed class DetectorsTests
{
    private static readonly Id<Entry> Entry = Known.Entry().Id;
    private static readonly Id<Application> Case = new(Guid.Parse("00000000-0000-7000-8000-0000000000a1"));
    private static readonly Id<Grant> Right = new(Guid.Parse("00000000-0000-7000-8000-0000000000b1"));

    // Terms of ten days each, so that only the rule of the detector is looked at.
    private static SupervisionFacts Facts(string now) => new(Known.At(now), (_, start, extension) => start.AddDays(10 + extension), agency => agency == Known.Bureau.Id ? agency : Known.Bureau.Id) { OutsideAtLeast = 2 };

    private static CaseOnRecord Made(int? extension, params (CaseStep Step, string Day)[] steps) => new(
        Case, "GX-1", Entry, Known.Police.Id, Known.Civil.Id, ApplicationState.Submitted, extension, Right, [.. steps.Select(s => new CaseStepOnRecord(s.Step, Known.At(s.Day), "DL-04", "e-" + s.Step))]);

    private static GrantOnRecord Given(string? delivered = "2026-03-01") => new(
        Right, "SQ-1", Entry, Known.Police.Id, Known.Civil.Id, GrantState.Active, Known.At("2026-02-20"), Known.At("2026-12-31"), delivered is null ? null : Known.At(delivered), Case);

    private static EntryStepOnRecord Took(EntryStep step, string day, Agency? by = null) => new(Entry, Known.Police.Id, "306001/1", step, Known.At(day), (by ?? Known.Police).Id, $"e-{step}-{day}");

    private static IReadOnlyList<(string Detector, Id<Agency> Agency, bool Stands)> Run(SupervisionFacts facts) => [.. Detectors.Run(facts).Select(h => (h.Detector, h.Agency, h.Until is null))];

    [Theory]
    [InlineData("2026-03-01", null, null, null)]
    [InlineData("2026-03-12", null, null, true)]
    [InlineData("2026-03-12", null, "2026-03-10", null)]
    [InlineData("2026-03-20", null, "2026-03-14", false)]
    [InlineData("2026-03-12", 10, null, null)]
    [InlineData("2026-03-22", 10, null, true)]
    public void A_reply_is_late_after_its_term_and_its_granted_extension(string now, int? extension, string? replied, bool? stands)
    {
        (CaseStep, string)[] steps = [(CaseStep.Agree, "2026-03-01"), .. extension is null ? [] : new[] { (CaseStep.AgreeExtension, "2026-03-05") }, .. replied is null ? [] : new[] { (CaseStep.Refuse, replied) }];
        var found = Run(Facts(now) with { Cases = [Made(extension, steps)] });
        Assert.Equal(stands is null ? [] : [("reply-late", Known.Police.Id, stands.Value)], found);
    }

    [Fact]
    public void An_extension_that_was_only_asked_for_adds_nothing()
    {
        var facts = Facts("2026-03-12") with { Cases = [Made(10, (CaseStep.Agree, "2026-03-01"), (CaseStep.AskExtension, "2026-03-05"))] };
        Assert.Equal("reply-late", Assert.Single(Detectors.Run(facts)).Detector);
    }

    [Theory]
    [InlineData(null, "delivery-late")]
    [InlineData("2026-03-10", null)]
    [InlineData("2026-03-14", "delivery-late")]
    public void Delivery_counts_by_the_first_real_one(string? delivered, string? detector)
    {
        (CaseStep, string)[] steps = [(CaseStep.Agree, "2026-03-01"), (CaseStep.Consent, "2026-03-02"), .. delivered is null ? [] : new[] { (CaseStep.Deliver, delivered) }];
        Assert.Equal(detector, Detectors.Run(Facts("2026-03-20") with { Cases = [Made(null, steps)] }).SingleOrDefault()?.Detector);
    }

    [Fact]
    public void What_ended_is_disposed_of_and_what_is_used_is_recorded()
    {
        var ended = Made(null, (CaseStep.Agree, "2026-02-01"), (CaseStep.Consent, "2026-02-02"), (CaseStep.Deliver, "2026-02-03"), (CaseStep.End, "2026-03-01"));
        Assert.Equal([("not-disposed", Known.Civil.Id, true)], Run(Facts("2026-03-20") with { Cases = [ended] }));
        var facts = Facts("2026-03-20") with { Grants = [Given()] };
        Assert.Equal([("no-record", Known.Civil.Id, true)], Run(facts));
        Assert.Equal([("no-record", Known.Civil.Id, true)], Run(facts with { Notes = [new NoteOnRecord(Right, NotePart.Effect, Known.At("2026-03-02"))] }));
        Assert.Empty(Run(facts with { Notes = [new NoteOnRecord(Right, NotePart.Effect, Known.At("2026-03-02")), new NoteOnRecord(Right, NotePart.Storage, Known.At("2026-03-03"))] }));
        Assert.Equal([("no-record", Known.Civil.Id, false)], Run(facts with { Notes = [new NoteOnRecord(Right, NotePart.Effect, Known.At("2026-03-02")), new NoteOnRecord(Right, NotePart.Storage, Known.At("2026-03-15"))] }));
        Assert.Empty(Run(facts with { Grants = [Given(null)] }));
    }

    [Fact]
    public void Updates_reviews_and_returned_entries_have_their_clocks()
    {
        var duty = new DutyOnRecord(new Id<UpdateDuty>(Guid.Empty), Entry, Known.Police.Id, Known.At("2026-03-01"), Known.At("2026-03-10"), null);
        Assert.Equal([("update-late", Known.Police.Id, true)], Run(Facts("2026-03-11") with { Duties = [duty] }));
        Assert.Empty(Run(Facts("2026-03-11") with { Duties = [duty with { MetAt = Known.At("2026-03-09") }] }));
        Assert.Equal([("review-late", Known.Bureau.Id, true)], Run(Facts("2026-03-20") with { EntrySteps = [Took(EntryStep.Submitted, "2026-03-01"), Took(EntryStep.Approved, "2026-03-02")] }));
        Assert.Empty(Run(Facts("2026-03-20") with { EntrySteps = [Took(EntryStep.Approved, "2026-03-02"), Took(EntryStep.Published, "2026-03-03", Known.Bureau)] }));
        Assert.Equal([("never-resubmitted", Known.Police.Id, true)], Run(Facts("2026-03-20") with { EntrySteps = [Took(EntryStep.Approved, "2026-03-02"), Took(EntryStep.Returned, "2026-03-03", Known.Bureau)] }));
        // The own head's return is the department's own affair.
        Assert.Empty(Run(Facts("2026-03-20") with { EntrySteps = [Took(EntryStep.Submitted, "2026-03-02"), Took(EntryStep.Returned, "2026-03-03")] }));
        Assert.Empty(Run(Facts("2026-03-20") with { EntrySteps = [Took(EntryStep.Approved, "2026-03-02"), Took(EntryStep.Returned, "2026-03-03", Known.Bureau), Took(EntryStep.Submitted, "2026-03-09")] }));
    }

    [Fact]
    public void A_service_that_ends_by_retiring_its_entry_was_stopped_without_talks()
    {
        var facts = Facts("2026-03-08") with { Grants = [Given()], EntrySteps = [Took(EntryStep.Retired, "2026-03-05")] };
        Assert.Equal([("service-stopped", Known.Police.Id, true)], Run(facts));
        var deal = Made(null, (CaseStep.End, "2026-03-04"));
        Assert.DoesNotContain(Detectors.Run(facts with { Cases = [deal] }), h => h.Detector == "service-stopped");
        Assert.Contains(Detectors.Run(facts with { Cases = [Made(null, (CaseStep.End, "2026-03-07"))] }), h => h is { Detector: "service-stopped", Until: not null });
        Assert.Empty(Run(facts with { Grants = [Given("2026-03-06")] }));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("2026-03-10", null)]
    [InlineData("2026-03-15", false)]
    public void Corrections_disputes_and_return_flows_have_their_clocks(string? done, bool? stands)
    {
        DateTimeOffset? at = done is null ? null : Known.At(done);
        var correction = new CorrectionOnRecord(new(Guid.Empty), "JH-1", Known.Police.Id, Known.At("2026-03-01"), Known.At("2026-03-11"), at, ["e-1"]);
        var dispute = new DisputeOnRecord(new(Guid.Empty), "ZY-1", Known.Bureau.Id, Known.At("2026-03-01"), at, ["e-2"]);
        var flow = new ReturnOnRecord(new(Guid.Empty), "HL-1", Known.Police.Id, Known.At("2026-03-01"), at, "e-3", []);
        (string, Id<Agency>, bool)[] Late(string detector, Agency agency) => stands is { } open ? [(detector, agency.Id, open)] : [];
        Assert.Equal(Late("correction-late", Known.Police), Run(Facts("2026-03-20") with { Corrections = [correction] }));
        Assert.Equal(Late("dispute-left", Known.Bureau), Run(Facts("2026-03-20") with { Disputes = [dispute] }));
        Assert.Equal(Late("return-late", Known.Police), Run(Facts("2026-03-20") with { Returns = [flow] }));
        Assert.Empty(Run(Facts("2026-03-10") with { Corrections = [correction with { ClosedAt = null }], Disputes = [dispute with { EndedAt = null }], Returns = [flow with { AnsweredAt = null }] }));
    }

    [Fact]
    public void What_a_region_did_not_receive_whole_is_sent_again_in_the_term()
    {
        var flow = new ReturnOnRecord(new(Guid.Empty), "HL-1", Known.Police.Id, Known.At("2026-03-01"), Known.At("2026-03-02"), "e-3", [new ReturnGap(new(Guid.Empty), Known.At("2026-03-05"), null)]);
        Assert.Empty(Run(Facts("2026-03-14") with { Returns = [flow] }));
        Assert.Equal([("return-late", Known.Police.Id, true)], Run(Facts("2026-03-16") with { Returns = [flow] }));
        Assert.Empty(Run(Facts("2026-03-16") with { Returns = [flow with { Gaps = [flow.Gaps[0] with { Until = Known.At("2026-03-12") }] }] }));
    }

    [Fact]
    public void A_bureau_names_the_source_once_two_of_its_departments_hold_an_element()
    {
        ElementHolder Holds(Agency agency, string day) => new(agency.Id, Entry, Known.At(day));
        var shared = new SharedElement("citizen-id", [Holds(Known.Police, "2026-01-01"), Holds(Known.Civil, "2026-03-01")], null);
        Assert.Empty(Run(Facts("2026-03-10") with { SharedElements = [shared] }));
        Assert.Equal([("source-unnamed", Known.Bureau.Id, true)], Run(Facts("2026-03-12") with { SharedElements = [shared] }));
        Assert.Empty(Run(Facts("2026-03-12") with { SharedElements = [shared with { NamedAt = Known.At("2025-12-01") }] }));
        Assert.Equal([("source-unnamed", Known.Bureau.Id, false)], Run(Facts("2026-03-20") with { SharedElements = [shared with { NamedAt = Known.At("2026-03-15") }] }));
        // Departments of two bureaus: neither bureau can name one for both.
        Id<Agency>? Own(Id<Agency> agency) => agency == Known.Civil.Id ? Known.Health.Id : Known.Bureau.Id;
        Assert.Empty(Run(new SupervisionFacts(Known.At("2026-03-20"), (_, start, _) => start.AddDays(10), Own) { SharedElements = [shared] }));
    }

    [Fact]
    public void The_same_records_give_the_same_keys_in_the_same_order()
    {
        var calls = Enumerable.Range(1, 5).Select(i => new OutsideCall(i, Known.At("2026-03-0" + i), "gateway.other-matter", Known.Civil.Id, "population", "SQ-1")).ToList();
        var facts = Facts("2026-03-20") with { Outside = calls, Grants = [Given()], Cases = [Made(null, (CaseStep.Agree, "2026-03-01"))] };
        var keys = Detectors.Run(facts).Select(h => h.Key).ToList();
        calls.Reverse();
        Assert.Equal(keys, Detectors.Run(facts with { Outside = calls }).Select(h => h.Key));
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Contains("outside-right", string.Join(' ', keys), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_item_of_the_articles_has_a_detector_or_a_reason_why_not_and_its_texts()
    {
        Assert.Equal(20, Liability.All.Length);
        Assert.All(Detectors.All, d => Assert.NotNull(Liability.Find(d.Item)));
        foreach (var item in Liability.All)
        {
            Assert.NotEqual(Detectors.All.Any(d => d.Item == item.Id), Detectors.Missing.Any(m => m.Item == item.Id));
            Assert.True(Texts.Parts.Has(item.Says.Key), item.Id);
        }
        Assert.All(Detectors.Missing, m => Assert.True(Texts.Parts.Has(m.Why.Key), m.Item));
        Assert.All(Detectors.All, d => Assert.True(Texts.Parts.Has("assess.hit." + d.Id), d.Id));
        Assert.Equal("《政务数据共享条例》（国务院令第809号）第三十九条第（四）项", Liability.Find("39-4")!.Cited(Texts.Chinese));
        Assert.Equal("《政务数据共享条例》（国务院令第809号）第四十二条", Liability.Find("42")!.Cited(Texts.Chinese));
    }

    [Fact]
    public void Every_open_state_has_a_way_on_and_the_two_ends_have_none()
    {
        foreach (var state in Enum.GetValues<FindingState>()) Assert.Equal(state is FindingState.Closed or FindingState.Dismissed, FindingFlow.Moves.All(m => m.From != state));
        Assert.All(Enum.GetValues<FindingStep>(), s => Assert.True(Texts.Parts.Has(FindingFlow.Say(s).Key)));
        Assert.All(Enum.GetValues<FindingState>(), s => Assert.True(Texts.Parts.Has(FindingFlow.Say(s).Key)));
        Assert.All(Enum.GetValues<FindingSide>(), s => Assert.True(Texts.Parts.Has(FindingFlow.Say(s).Key)));
    }
}
