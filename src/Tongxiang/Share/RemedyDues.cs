using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Corrections, objections, disputes and return flows in the calendar of what is due.</summary>
internal static class RemedyDues
{
    /// <summary>Order 809 art. 26: ten working days that nothing extends.</summary>
    public static async Task<IReadOnlyList<DueItem>> OfCorrections(Corrections corrections, EntrySource entries, Caller caller, DueScope scope, CancellationToken ct)
    {
        var items = new List<DueItem>();
        foreach (var c in await corrections.Due(caller, scope, ct))
        {
            var entry = await entries(c.Entry, ct);
            items.Add(new DueItem(
                $"correction:{c.Id}", new TextKey("due.todo.correct"), c.Number, entry?.Content.Name ?? "", entry?.Content.NameEn, c.Provider, new TextKey("due.began.correction"), c.ReportedAt, c.DueAt, c.DueIsProvisional,
                CorrectionRules.Rule, $"/desk/corrections/{c.Id}#form"));
        }
        return items;
    }

    /// <summary>Objections of people and companies by their own local clocks.</summary>
    public static async Task<IReadOnlyList<DueItem>> OfObjections(Objections objections, EntrySource entries, Caller caller, DueScope scope, CancellationToken ct)
    {
        var items = new List<DueItem>();
        foreach (var o in await objections.Due(caller, scope, ct))
        {
            var entry = o.Entry is { } about ? await entries(about, ct) : null;
            items.Add(new DueItem(
                $"objection:{o.Id}", new TextKey("due.todo.answer-objection"), o.Number, entry?.Content.Name ?? "", entry?.Content.NameEn, o.Provider, new TextKey("due.began.objected"), o.FiledAt, o.DueAt, o.DueIsProvisional,
                o.Rule, $"/desk/objections/{o.Id}#form"));
        }
        return items;
    }

    /// <summary>Disputes: Order 809 art. 28 names no number of days, so they are due without a day.</summary>
    public static async Task<IReadOnlyList<DueItem>> OfDisputes(Disputes disputes, Caller caller, DueScope scope, CancellationToken ct) =>
    [
        .. (await disputes.Due(caller, scope, ct)).Select(d => new DueItem(
            $"dispute:{d.Id}:{d.State}", new TextKey(d.State switch
            {
                DisputeState.Negotiating => "due.todo.negotiate",
                DisputeState.Coordinating => "due.todo.coordinate",
                _ => "due.todo.record-decision",
            }), d.Number, d.Title, null, d.State == DisputeState.Negotiating ? caller.Agency : d.Bureau, new TextKey(d.State == DisputeState.Negotiating ? "due.began.disputed" : "due.began.referred"),
            d.State == DisputeState.Negotiating ? d.OpenedAt : d.ChangedAt, null, false, "DL-08", $"/desk/disputes/{d.Id}#form")),
    ];

    /// <summary>Return flows: the lower head's signature, then the superior's opening, which knows no conditions (Order 809 art. 24).</summary>
    public static async Task<IReadOnlyList<DueItem>> OfReturns(ReturnFlows flows, EntrySource entries, Deadlines deadlines, RulePack rules, Caller caller, DueScope scope, CancellationToken ct)
    {
        var items = new List<DueItem>();
        foreach (var flow in await flows.Due(caller, scope, ct))
        {
            var entry = await entries(flow.Entry, ct);
            var isAsked = flow.State == ReturnState.Asked;
            var from = isAsked ? flow.AskedAt : flow.AgreedAt!.Value;
            Deadline? due = !isAsked && rules.TryFind(ReturnRules.Opening, WorkCalendar.Day(from)) is { Value: not null } ? deadlines.Due(ReturnRules.Opening, from) : null;
            items.Add(new DueItem(
                $"return:{flow.Id}:{flow.State}", new TextKey(isAsked ? "due.todo.sign-return" : "due.todo.open-return"), flow.Number, entry?.Content.Name ?? "", entry?.Content.NameEn, isAsked ? flow.Receiver : flow.Provider,
                new TextKey(isAsked ? "due.began.return-asked" : "due.began.return-signed"), from, due?.DueAt, due?.IsProvisional ?? false, isAsked ? null : ReturnRules.Opening, $"/desk/returns/{flow.Id}")
            {
                Article = isAsked ? Law.Order809(24) : null,
            });
        }
        return items;
    }
}
