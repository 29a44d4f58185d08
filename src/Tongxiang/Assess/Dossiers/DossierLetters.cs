using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Watch;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>Writes the letters of each kind of dossier from what the front doors of the parts show the asker.</summary>
public sealed class DossierLetters(Directory directory, FactsOf facts, FindingBook findings, Applications applications, Grants grants, UseLedger ledger, UseNotes notes, SupervisionReports reports)
{
    private const int MostFindings = 1000;

    internal async Task Department(LetterPress press, Caller caller, Agency agency, DossierAsk ask, CancellationToken ct)
    {
        var found = await facts.Current(ct);
        var mine = TimedDuties.All(found).Where(d => d.Agency == agency.Id && Within(ask, d.StartedAt)).OrderBy(d => d.StartedAt).ToList();
        press.Add("duties", new TextKey("assess.letter.duties"), letter => letter.Table(
            ["assess.col.kind", "assess.col.number", "assess.col.article", "assess.col.started", "assess.col.due", "assess.col.done", "assess.col.late"],
            mine.Select(d => (IReadOnlyList<string>)[LetterHtml.Said("assess.timed." + d.Kind), d.Name, d.Rule, Minute(d.StartedAt), Minute(d.DueAt), Minute(d.DoneAt), d.IsLate(found.Now) ? LetterHtml.Said("assess.late") : ""])));
        press.Add("rights", new TextKey("assess.letter.rights"), letter => letter.Table(
            ["assess.col.number", "assess.col.provider", "assess.col.consumer", "assess.col.state", "assess.col.started", "assess.col.due", "assess.col.delivered"],
            found.Grants.Where(g => g.Provider == agency.Id || g.Consumer == agency.Id)
                .Select(g => (IReadOnlyList<string>)[g.Number, Name(g.Provider), Name(g.Consumer), LetterHtml.Said("assess.grant." + g.State), Minute(g.From), Minute(g.Until), Minute(g.DeliveredAt)])));
        await FindingsOf(press, caller, agency.Id, ask, ct);
    }

    internal async Task Right(LetterPress press, Caller caller, Grant grant, DossierAsk ask, CancellationToken ct)
    {
        press.Add("right", new TextKey("assess.letter.right"), letter => letter
            .Facts(
                ("assess.col.number", grant.Number), ("assess.col.provider", Name(grant.Provider)), ("assess.col.consumer", grant.ConsumerAgency is { } consumer ? Name(consumer) : "–"), ("assess.col.purpose", grant.Purpose),
                ("assess.col.matter", grant.Matter), ("assess.col.fields", string.Join(", ", grant.Fields.Select(f => f.Name))), ("assess.col.modes", string.Join(", ", grant.Modes)), ("assess.col.started", Minute(grant.From)),
                ("assess.col.due", Minute(grant.Until)), ("assess.col.state", LetterHtml.Said("assess.grant." + grant.State)), ("assess.col.responsible-provider", grant.ProviderResponsible), ("assess.col.responsible-consumer", grant.ConsumerResponsible))
            .Heading("assess.letter.signed").Pre(grant.Record).Facts(("assess.col.signature", grant.Signature), ("assess.col.key", Convert.ToBase64String(grants.PublicKey.Span)), ("assess.col.genuine", grants.IsGenuine(grant) ? "✓" : "✗")));
        if (grant.Application is { } id && await applications.Find(caller, id, ct) is { } application)
        {
            var steps = await applications.Steps(caller, application, ct);
            press.Add("application", new TextKey("assess.letter.application"), letter => letter
                .Facts(("assess.col.number", application.Number), ("assess.col.basis", application.Wish.Basis), ("assess.col.scenario", application.Wish.Scenario), ("assess.col.purpose", application.Wish.Purpose))
                .Table(["assess.col.at", "assess.col.step", "assess.col.who", "assess.col.article", "assess.col.reason", "assess.col.evidence"],
                    steps.Select(s => (IReadOnlyList<string>)[Minute(s.At), LetterHtml.Said(Say.Step(s.Step).Key), s.ActorName, s.Article ?? "", s.Reason ?? "", s.Evidence])));
        }
        var sheet = await ledger.Sheet(caller, grant.Id, ask.Begin, ask.End, notes, ct);
        if (sheet.IsRefused) return;
        var use = sheet.Value;
        press.Add("ledger", new TextKey("assess.letter.ledger"), letter =>
        {
            letter.Facts(("assess.ledger.answered", Count(use.Process.Answered)), ("assess.ledger.files", Count(use.Process.Files)), ("assess.ledger.refused", Count(use.Process.Refused)), ("assess.ledger.rows", Count(use.Process.Rows)),
                ("assess.ledger.operators", Count(use.Process.Operators)), ("assess.col.started", Minute(use.Process.First)), ("assess.ledger.last", Minute(use.Process.Last)));
            foreach (var (key, part) in new[] { ("assess.ledger.effect", use.Effect), ("assess.ledger.storage", use.Storage), ("assess.ledger.destruction", use.Destruction) })
                letter.Heading(key).Table(["assess.col.at", "assess.col.words"], part.Select(n => (IReadOnlyList<string>)[Minute(n.NotedAt), n.Body]));
        });
    }

    internal static Task Incident(LetterPress press, IncidentView view)
    {
        var incident = view.Incident;
        press.Add("incident", new TextKey("assess.letter.incident"), letter => letter.Facts(
            ("assess.col.number", incident.Number), ("assess.col.title", incident.Title), ("assess.col.state", LetterHtml.Said(IncidentFlow.Say(incident.Stage).Key)), ("assess.col.level", LetterHtml.Said(IncidentFlow.Say(incident.Level).Key)),
            ("assess.col.detected", Minute(incident.DetectedAt)), ("assess.col.aware", Minute(incident.AwareAt)), ("assess.col.contained", Minute(incident.ContainedAt)), ("assess.col.handled", Minute(incident.HandledAt)),
            ("assess.ledger.rows", incident.Figures is { } figures ? Count(figures.Rows) : null), ("assess.col.causes", incident.Review?.Causes), ("assess.col.lessons", incident.Review?.Lessons)));
        press.Add("clocks", new TextKey("assess.letter.clocks"), letter => letter.Table(
            ["assess.col.article", "assess.col.started", "assess.col.due", "assess.col.done", "assess.col.state"],
            view.Clocks.Select(c => (IReadOnlyList<string>)[c.Rule, Minute(c.FromAt), Minute(c.DueAt), Minute(c.EndedAt), c.State.ToString()])));
        press.Add("events", new TextKey("assess.letter.events"), letter => letter.Table(
            ["assess.col.at", "assess.col.step", "assess.col.who", "assess.col.reason", "assess.col.evidence"],
            view.Events.Select(e => (IReadOnlyList<string>)[Minute(e.At), Texts.Parts.Get(Texts.Chinese, "watch.event." + e.Kind, [.. e.Args]), e.ActorName, e.Note, e.EvidenceId])));
        return Task.CompletedTask;
    }

    internal async Task Period(LetterPress press, Caller caller, DossierAsk ask, CancellationToken ct)
    {
        if (SupervisionReports.Reads(caller))
        {
            for (var month = new DateOnly(ask.From!.Value.Year, ask.From.Value.Month, 1); month <= ask.Until; month = month.AddMonths(1))
            {
                if (await reports.Newest(caller.Agency!.Value, month.ToString("yyyy-MM", CultureInfo.InvariantCulture), ct) is not { } report) continue;
                press.Add("report", new TextKey("assess.letter.report"), letter => letter
                    .Facts(("assess.col.number", report.Number), ("assess.col.month", report.Month), ("assess.col.digest", report.Digest))
                    .Table(["assess.col.agency", .. SupervisionReport.Formulas.Select(f => "assess.figure." + f.Key)],
                        SupervisionReport.Rows(report.Inputs).Select(r => (IReadOnlyList<string>)[r.Agency.Id.Length == 0 ? LetterHtml.Said("assess.total") : r.Agency.Name, .. r.Figures.Select(Shown)])));
            }
        }
        await FindingsOf(press, caller, null, ask, ct);
    }

    private async Task FindingsOf(LetterPress press, Caller caller, Id<Agency>? agency, DossierAsk ask, CancellationToken ct)
    {
        var all = new List<Finding>();
        string? after = null;
        do
        {
            var page = await findings.List(caller, null, agency, after, 200, ct);
            all.AddRange(page.Items.Where(f => Within(ask, f.FoundAt)));
            after = page.Next;
        }
        while (after is not null && all.Count < MostFindings);
        press.Add("findings", new TextKey("assess.letter.findings"), letter => letter.Table(
            ["assess.col.number", "assess.col.agency", "assess.col.article", "assess.col.words", "assess.col.state", "assess.col.found", "assess.col.due", "assess.col.outcome"],
            all.Select(f => (IReadOnlyList<string>)[f.Number, Name(f.Agency), FindingFlow.ArticleOf(f), FindingWords.Of(f, Texts.Chinese), LetterHtml.Said(FindingFlow.Say(f.State).Key), Minute(f.FoundAt), Minute(f.DueAt), f.Outcome])));
    }

    private static string Shown(Figure figure) => SupervisionReport.IsCount(figure.Key) ? Count(figure.Part ?? 0) : figure.Part is null ? LetterHtml.Said("assess.not-evaluable") : $"{figure.Percent} ({figure.Part}/{figure.Whole})";

    private static bool Within(DossierAsk ask, DateTimeOffset at) => (ask.Begin is not { } begin || at >= begin) && (ask.End is not { } end || at < end);

    private string Name(Id<Agency> agency) => directory.Find(agency)?.Name ?? agency.ToString();

    private static string Count(long n) => n.ToString(CultureInfo.InvariantCulture);

    internal static string Minute(DateTimeOffset? at) => at?.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "–";
}

/// <summary>A finding in words.</summary>
public static class FindingWords
{
    /// <summary>What the detector saw, or what a person wrote.</summary>
    public static string Of(Finding finding, string language) =>
        finding.Detector == Finding.ByHand ? $"{finding.Args[0]}: {finding.Statement}" : Texts.Parts.Get(language, "assess.hit." + finding.Detector, [.. finding.Args]);
}
