using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Duties to update the catalogue, and the decisions on more time for them, in the calendar of what is due.</summary>
internal static class DutyDues
{
    public static async Task<IReadOnlyList<DueItem>> Of(UpdateDuties duties, Entries entries, Caller caller, DueScope scope, CancellationToken ct)
    {
        if (caller is not { IsGovernment: true, Agency: { } agency }) return [];
        var items = new List<DueItem>();
        foreach (var duty in await duties.Open(ct))
        {
            if (await entries.Find(duty.Entry, ct) is not { } entry) continue;
            var bureau = entries.BureauOf(entry.Agency);
            var isMine = entry.Agency == agency && (caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead));
            var isBureaus = bureau == agency && (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead));
            if (scope == DueScope.Own ? isMine : isBureaus) items.Add(Item(duty, entry, "update", "due.todo.update-entry", entry.Agency, $"/desk/entries/{entry.Id}"));
            if (isBureaus && duty.Extension == ExtensionState.Asked) items.Add(Item(duty, entry, "extension", "due.todo.decide-update-extension", bureau, "/bureau/clocks"));
        }
        return items;
    }

    private static DueItem Item(UpdateDuty duty, Entry entry, string step, string todo, Id<Agency>? agency, string link) => new(
        $"duty:{duty.Id}:{step}", new TextKey(todo), entry.Code, entry.Content.Name, entry.Content.NameEn, agency, new TextKey("due.began.change"), duty.OccurredAt, duty.DueAt, duty.DueIsProvisional, "DL-01", link);
}
