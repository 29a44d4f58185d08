using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>The steps of entries that stand on a signing list: the same rules and the same evidence as one by one.</summary>
public sealed partial class Entries
{
    /// <summary>The head for whom the caller may sign now.</summary>
    internal async ValueTask<Id<Person>?> PrincipalOf(Caller caller, CancellationToken ct) => deputies is null ? null : await deputies(caller, ct);

    internal Task Told(CancellationToken ct) => catalogue.Follow(ct);

    /// <summary>Attaches the list's two assessments and hands the entry in, all or nothing.</summary>
    internal async Task<Refusal?> HandIn(Caller caller, ListedEntry listed, SigningList list, Func<Tx, Task> also, CancellationToken ct)
    {
        try
        {
            await db.Commit(async tx =>
            {
                if (await tx.One($"select s.number from catalog_signing_item i join catalog_signing s on s.id = i.signing where i.entry = {listed.Entry} and i.state = {SigningItemState.Listed}", r => r.GetString(0)) is { } other)
                    throw new Refused(Refusal.Conflict("catalog.already-listed", other));
                var before = Must(await Assess(tx, caller, listed.Entry, AssessmentKind.SecrecyRisk, list.SecrecyRisk, list.Number));
                if (before.LatestRevision != listed.Revision) throw new Refused(Refusal.Conflict("catalog.edited-meanwhile", listed.Revision, before.LatestRevision));
                Must(await Assess(tx, caller, listed.Entry, AssessmentKind.PersonalInformationImpact, list.PersonalInformationImpact, list.Number));
                Must(await Take(tx, Step.Submitted, caller, listed.Entry, listed.Revision, "", signing: list.Number));
                await also(tx);
            }, ct);
            return null;
        }
        catch (Refused e)
        {
            return e.Refusal;
        }
    }

    /// <summary>The approval of one listed entry, with whatever marks it on the list, in one commit.</summary>
    internal async Task<Refusal?> SignListed(Caller caller, SigningItem item, string number, string note, Func<Tx, string, Task<int>> mark, CancellationToken ct)
    {
        try
        {
            await db.Commit(async tx =>
            {
                Must(await Take(tx, Step.Approved, caller, item.Entry, item.Revision, note, signing: number));
                var proof = await tx.One($"select evidence from catalog_step where entry = {item.Entry} and revision = {item.Revision} and kind = {Step.Approved} order by taken_at desc, id desc", r => r.GetString(0));
                // Somebody else signed or took it out in between: then this commit is not wanted.
                if (await mark(tx, proof!) == 0) throw new Refused(Refusal.Conflict("catalog.list-changed", number));
            }, ct);
            return null;
        }
        catch (Refused e)
        {
            return e.Refusal;
        }
    }
}
