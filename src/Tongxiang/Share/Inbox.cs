using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Something that waits for the reader.</summary>
/// <param name="Resource">Name of the resource it is about.</param>
/// <param name="Side">As what the reader must act.</param>
/// <param name="DaysLeft">Working days left; negative when overdue, null without a clock.</param>
/// <param name="IsMine">Held by the reader, not by the whole office.</param>
public sealed record InboxItem(
    Id<Application> Application, string Number, Lane Lane, ApplicationState State, Side Side, string Resource, string ResourceEn, Id<Agency> Provider, Id<Agency>? Applicant,
    DateTimeOffset? DueAt, bool DueIsProvisional, string? DueRule, int? DaysLeft, Urgency Urgency, bool IsMine, DateTimeOffset Since);

/// <summary>A catalogue entry that waits for the reader's approval or review.</summary>
public sealed record InboxEntry(Id<Entry> Entry, string Code, string Name, string NameEn, EntryState State, DateTimeOffset? DueAt, bool DueIsProvisional, int? DaysLeft, DateTimeOffset Since);

/// <summary>What waits for a person, most urgent first, and how much of each kind.</summary>
public sealed record InboxView(IReadOnlyList<InboxItem> Items, IReadOnlyList<InboxEntry> Entries, IReadOnlyDictionary<string, int> Counts, int Overdue)
{
    public static InboxView Empty { get; } = new([], [], new Dictionary<string, int>(), 0);

    public int Total => Items.Count + Entries.Count;
}

/// <summary>The catalogue entries on which this caller has the next step.</summary>
public delegate Task<IReadOnlyList<Entry>> CatalogueQueue(Caller caller, CancellationToken ct);

/// <summary>The inbox (待办): by person, role and agency, with the time left in working days.</summary>
public sealed class Inbox(Db db, TimeProvider clock, Agencies.Calendar calendar, Agencies.Directory directory, Applications applications, Deputies deputies, EntrySource entries, CatalogueQueue queue)
{
    private const int Most = 500;

    public async Task<InboxView> Of(Caller caller, CancellationToken ct)
    {
        if (caller.Person is not { } person) return InboxView.Empty;
        var standsInFor = await deputies.Of(caller, ct);
        var items = new List<InboxItem>();
        var names = new Dictionary<Id<Entry>, Entry?>();
        foreach (var application in await Candidates(caller, person, ct))
        {
            if (Workflow.WaitsFor(application.Lane, application.State) is not { } side) continue;
            if (application.Holder is { } holder && holder != person) continue;
            if (!Sides.Of(caller, application, applications.BureauOf(application), standsInFor).Contains(side)) continue;
            if (!names.TryGetValue(application.Entry, out var entry)) names[application.Entry] = entry = await entries(application.Entry, ct);
            items.Add(Item(application, entry, side, person));
        }
        // Overdue and nearly due first; what has no clock comes last, oldest first.
        var sorted = items.OrderBy(i => i.DueAt ?? DateTimeOffset.MaxValue).ThenBy(i => i.Since).ToList();
        var waiting = (await queue(caller, ct)).Select(Item).OrderBy(e => e.DueAt ?? DateTimeOffset.MaxValue).ToList();
        var counts = sorted.CountBy(i => i.State.ToString()).Concat(waiting.CountBy(e => "Entry" + e.State)).ToDictionary();
        return new(sorted, waiting, counts, sorted.Count(i => i.Urgency == Urgency.Overdue) + waiting.Count(e => e.DaysLeft < 0));
    }

    private InboxEntry Item(Entry entry)
    {
        var content = entry.Draft ?? entry.Content;
        int? left = entry.DueAt is { } due ? calendar.Current.Left(WorkCalendar.Day(clock.GetUtcNow()), WorkCalendar.Day(due)) : null;
        return new InboxEntry(entry.Id, entry.Code, content.Name, content.NameEn ?? content.Name, entry.LatestState, entry.DueAt, entry.DueIsProvisional, left, entry.ChangedAt);
    }

    private InboxItem Item(Application a, Entry? entry, Side side, Id<Person> reader)
    {
        var now = clock.GetUtcNow();
        int? left = a.DueAt is { } due ? calendar.Current.Left(WorkCalendar.Day(now), WorkCalendar.Day(due)) : null;
        var name = entry?.Content.Name ?? a.Entry.ToString();
        return new InboxItem(
            a.Id, a.Number, a.Lane, a.State, side, name, entry?.Content.NameEn ?? name, a.Provider, a.ApplicantAgency, a.DueAt, a.DueIsProvisional, a.DueRule, left,
            Timing.Urgency(a.Clock, now, calendar.Current), a.Holder == reader, a.ChangedAt);
    }

    private async Task<IReadOnlyList<Application>> Candidates(Caller caller, Id<Person> person, CancellationToken ct)
    {
        ApplicationState[] open =
        [
            ApplicationState.Draft, ApplicationState.AwaitingOwnHead, ApplicationState.Submitted, ApplicationState.SupplementAsked, ApplicationState.AwaitingExtension,
            ApplicationState.AwaitingProviderHead, ApplicationState.Delivering, ApplicationState.Ended,
        ];
        var overseen = caller.IsBureau ? directory.Agencies.Where(a => a.Bureau == caller.Agency || a.Id == caller.Agency).Select(a => a.Id).ToList() : [];
        return await db.List(
            $"""
            select {ApplicationRows.Columns} from share_application
            where state in {open}
              and (applicant = {person} or applicant_agency = {caller.Agency} or provider = {caller.Agency}
                or (state = {ApplicationState.AwaitingExtension} and provider in {overseen}))
            order by due_at, changed_at limit {Most}
            """, ApplicationRows.Read, ct);
    }
}
