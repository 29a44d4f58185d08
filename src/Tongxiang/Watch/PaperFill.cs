using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Watch;

/// <summary>Fills the items of a document with what the platform knows, in the reader's language; what it does not know stays empty and is never guessed.</summary>
/// <param name="rules">The rule of an id on the day the incident was known.</param>
public sealed class PaperFill(NodeSettings node, Directory directory, EntryNamed entries, Texts texts, Func<string, Rule?> rules, string language)
{
    public Paper Of(PaperKind kind, IncidentView view, IReadOnlyDictionary<string, string> said) =>
        new(kind, view.Incident, [.. IncidentPapers.Items(kind).Select(item => new PaperLine(item, Known(item.Key, view), said.GetValueOrDefault(item.Key) is { Length: > 0 } own ? own : null))]);

    private string? Known(string key, IncidentView view)
    {
        var now = view.Incident;
        return key switch
        {
            "unit" or "processor" => Unit(),
            "system" => Say("watch.fill.system", Name(), node.LogOrigin) + Resources(now),
            "number" => now.Number + (now.IsDrill ? " " + Say("watch.fill.drill") : ""),
            "found" => Minute(now.DetectedAt),
            "known" => Minute(now.AwareAt),
            "happened" => now.Figures is { FirstAt: { } first, LastAt: { } last } ? Say("watch.fill.happened", Minute(first), Minute(last)) : null,
            "place" => directory.DivisionName(node.Division, language),
            "kind" => now.Facts.PersonalData ? Say("watch.fill.kind-personal") : null,
            "level" => Level(now),
            "impact" => Impact(now),
            "measures" => Measures(view),
            "course" => Course(view),
            "cause" => now.Review?.Causes,
            "lessons" => now.Review?.Lessons,
            "rectification" => now.Review is { Measures.Count: > 0 } review ? string.Join("\n", review.Measures.Select(m => Say("watch.fill.measure", m.Text, m.Owner, m.Due.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))) : null,
            "data" => now.Figures is { } figures ? Columns(figures) : null,
            "persons" => now.Figures is { } counted ? Persons(counted) : null,
            "clues" => Clues(now),
            "scene" => now.Figures is { FirstIndex: { } first, LastIndex: { } last } ? Say("watch.fill.scene", first, last, node.LogOrigin) : null,
            _ => null,
        };
    }

    private string? Unit()
    {
        var bureaus = directory.Agencies.Where(a => a.Kind == AgencyKind.Bureau).ToList();
        var own = bureaus.FirstOrDefault(a => a.Division == node.Division) ?? bureaus.FirstOrDefault();
        return own is null ? null : language == Texts.English ? own.NameEn : own.Name;
    }

    private string Name() => language == Texts.English ? node.NameEn : node.Name;

    private string Resources(Incident now)
    {
        var names = now.Figures is { Resources.Count: > 0 } f ? f.Resources.Select(r => language == Texts.English ? r.NameEn : r.Name) : now.Scope.Resources.Select(r => entries(r)?.Content is { } c ? (language == Texts.English ? c.NameEn ?? c.Name : c.Name) : r);
        var list = string.Join(language == Texts.English ? ", " : "、", names);
        return list.Length == 0 ? "" : Say("watch.fill.resources", list);
    }

    private string? Level(Incident now) => now.Level == IncidentLevel.Unjudged ? null : texts.Get(language, IncidentFlow.Say(now.Level).Key);

    private string? Impact(Incident now)
    {
        if (now.Figures is not { } f) return null;
        var text = new StringBuilder(Say("watch.fill.impact", f.Calls, f.Rows, f.Resources.Count, Minute(f.From), Minute(f.Until)));
        text.Append(' ').Append(Persons(f));
        if (now.Facts.DownMinutes is { } down) text.Append(' ').Append(Say("watch.fill.down", down));
        if (now.Facts.LossYuan is { } loss) text.Append(' ').Append(Say("watch.fill.loss", loss));
        if (now.ContainedAt is { } cut) text.Append(' ').Append(Say("watch.fill.after-cut", Minute(cut), f.RowsAfterCut));
        if (!f.IsWhole) text.Append(' ').Append(Say("watch.fill.not-whole"));
        return text.ToString();
    }

    private string Persons(IncidentFigures f) => f.Persons is { } persons ? Say("watch.fill.persons", persons) : Say("watch.fill.persons-bound", f.PersonsAtMost);

    private string? Measures(IncidentView view)
    {
        var done = view.Events.Where(e => e.Kind is "contained" or "restored" && e.Note.Length > 0).Select(e => $"{Minute(e.At)} {e.Note}").ToList();
        if (view.Incident.ContainedAt is { } cut && done.Count == 0) done.Add(Say("watch.fill.cut", Minute(cut)));
        return done.Count == 0 ? null : string.Join("\n", done);
    }

    private string Course(IncidentView view) => string.Join("\n", view.Events.Where(e => !e.Kind.StartsWith("clock-", StringComparison.Ordinal) && e.Kind is not ("note" or "warned"))
        .Select(e => $"{Minute(e.At)} {IncidentSay.Event(e, texts, language, rules)}"));

    private string? Columns(IncidentFigures figures)
    {
        var names = figures.Resources.Where(r => r.Columns.Count > 0).Select(r => $"{(language == Texts.English ? r.NameEn : r.Name)}: {string.Join(", ", r.Columns.Keys)}").ToList();
        return names.Count == 0 ? null : string.Join("\n", names);
    }

    private string? Clues(Incident now)
    {
        var known = new List<string>();
        if (now.Scope.Client is { } client) known.Add(Say("watch.fill.client", client));
        if (now.Scope.Grant is { } grant) known.Add(Say("watch.fill.grant", grant));
        if (now.Scope.Operator is { } person) known.Add(Say("watch.fill.operator", person));
        if (now.Figures is { Consumers.Count: > 0 } f)
            known.Add(Say("watch.fill.consumers", string.Join(", ", f.Consumers.Select(c => Id<Agency>.TryParse(c, null, out var id) && directory.Find(id) is { } a ? (language == Texts.English ? a.NameEn : a.Name) : c))));
        return known.Count == 0 ? null : string.Join("\n", known);
    }

    private string Say(string key, params object?[] args) => texts.Get(language, key, args);

    private static string Minute(DateTimeOffset at) => at.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
