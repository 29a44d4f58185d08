using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Applications and reviews of entries in the calendar of what is due: own work as the inbox has it, or every running clock a bureau oversees.</summary>
internal static class ApplicationDues
{
    private const int Most = 2_000;

    public static async Task<IReadOnlyList<DueItem>> Of(Applications applications, Inbox inbox, EntrySource entries, Caller caller, DueScope scope, CancellationToken ct) =>
        scope == DueScope.Own ? await Own(applications, inbox, caller, ct) : await Overseen(applications, entries, caller, ct);

    private static async Task<IReadOnlyList<DueItem>> Own(Applications applications, Inbox inbox, Caller caller, CancellationToken ct)
    {
        var view = await inbox.Of(caller, ct);
        var items = new List<DueItem>();
        foreach (var i in view.Items.Where(i => i.DueAt is not null || i.State == ApplicationState.Ended))
            if (await applications.Load(i.Application, ct) is { } now) items.Add(Item(now, i.Resource, i.ResourceEn, Waiting(i.Side, now)));
        items.AddRange(view.Entries.Where(e => e.State == EntryState.AwaitingReview && e.DueAt is not null).Select(e =>
            new DueItem($"entry:{e.Entry}:review", new TextKey("due.todo.review-entry"), e.Code, e.Name, e.NameEn, caller.Agency, new TextKey("due.began.submitted"), e.Since, e.DueAt, e.DueIsProvisional, "DL-02", $"/desk/entries/{e.Entry}")));
        return items;
    }

    private static async Task<IReadOnlyList<DueItem>> Overseen(Applications applications, EntrySource entries, Caller caller, CancellationToken ct)
    {
        var items = new List<DueItem>();
        string? after = null;
        do
        {
            var page = await applications.Overseen(caller, overdueOnly: false, after, 200, ct);
            foreach (var now in page.Items.Where(a => a.DueAt is not null || a.State == ApplicationState.Ended))
            {
                var entry = await entries(now.Entry, ct);
                // What waits for the applicant's supplement is still the provider's clock.
                var agency = now.State == ApplicationState.Ended ? now.ApplicantAgency : now is { State: ApplicationState.AwaitingExtension, Lane: Lane.Sharing } ? applications.BureauOf(now) : now.Provider;
                items.Add(Item(now.State == ApplicationState.SupplementAsked ? now with { State = ApplicationState.Submitted } : now, entry?.Content.Name ?? now.Number, entry?.Content.NameEn, agency));
            }
            after = page.Next;
        } while (after is not null && items.Count < Most);
        return items;
    }

    private static Id<Agency>? Waiting(Side side, Application now) => side is Side.Applicant or Side.ApplicantHead ? now.ApplicantAgency : now.Provider;

    private static DueItem Item(Application now, string name, string? nameEn, Id<Agency>? agency)
    {
        var (todo, anchor) = now.State switch
        {
            ApplicationState.SupplementAsked => ("due.todo.supplement", "#form"),
            ApplicationState.AwaitingExtension => ("due.todo.decide-extension", "#form"),
            ApplicationState.AwaitingProviderHead => ("due.todo.sign-reply", "#form"),
            ApplicationState.Delivering or ApplicationState.Suspended => ("due.todo.deliver", ""),
            ApplicationState.Ended => ("due.todo.dispose", "#form"),
            _ => ("due.todo.reply", "/reply"),
        };
        var began = now.State == ApplicationState.Ended ? "due.began.ended" : now.DueRule is Law.Delivery or Law.OpeningDelivery ? "due.began.consented" : "due.began.received";
        var from = now.Clock?.From ?? now.ChangedAt;
        return new DueItem($"application:{now.Id}:{todo["due.todo.".Length..]}", new TextKey(todo), now.Number, name, nameEn, agency, new TextKey(began), from, now.DueAt, now.DueIsProvisional,
            now.DueRule, $"/desk/applications/{now.Id}{anchor}")
        {
            // Order 809 art. 27 names no number of days for the disposal.
            Article = now is { State: ApplicationState.Ended, Lane: Lane.Sharing } ? Law.Order809(27) : null,
        };
    }
}
