using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Agencies;

/// <summary>Order 809 art. 11: a department without a sharing office and a steward submits and approves nothing.</summary>
public sealed class OfficeDutyTests
{
    [Theory, EveryStore]
    public async Task Without_an_appointed_head_an_entry_is_neither_submitted_nor_approved(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Assessed(Samples.Open());
        await Lose(lab.Store.Db, lab.Directory, lab.Transport.Id, head: true, steward: false);
        var submitted = await lab.Entries.Submit(lab.Steward, entry.Id, entry.LatestRevision, default);
        Assert.Equal(("agencies.no-office-head", "Order 809 art. 11", 409), (submitted.Refusal?.Code, submitted.Refusal?.Article, submitted.Refusal?.Status));
        await Offices.Fill(lab.Store.Db, lab.Directory, lab.Store.Clock);
        Assert.Null((await lab.Entries.Submit(lab.Steward, entry.Id, entry.LatestRevision, default)).Refusal);
        await Lose(lab.Store.Db, lab.Directory, lab.Transport.Id, head: true, steward: true);
        Assert.Equal("agencies.no-office", (await lab.Entries.Approve(lab.Head, entry.Id, entry.LatestRevision, default)).Refusal?.Code);
        Assert.Equal(EntryState.AwaitingHead, (await lab.Entries.Find(entry.Id, default))!.LatestState);
    }

    [Theory, EveryStore]
    public async Task Without_them_an_application_is_neither_sent_nor_answered(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var draft = ShareLab.Good(await lab.Applications.Draft(Facts.CivilSteward, Tongxiang.Share.Lane.Sharing, lab.Entry.Id, Facts.Wish(), default));
        await Lose(lab.Db, lab.Directory, Facts.Civil.Id, head: false, steward: true);
        ShareLab.Refuses("agencies.no-steward", await lab.Applications.Propose(Facts.CivilSteward, draft.Id, null, default));
        await Offices.Fill(lab.Db, lab.Directory, lab.Clock);
        ShareLab.Good(await lab.Applications.Propose(Facts.CivilSteward, draft.Id, null, default));
        await Lose(lab.Db, lab.Directory, Facts.Civil.Id, head: true, steward: false);
        ShareLab.Refuses("agencies.no-office-head", await lab.Applications.Agree(Facts.CivilHead, draft.Id, null, default));
        await Offices.Fill(lab.Db, lab.Directory, lab.Clock);
        ShareLab.Good(await lab.Applications.Agree(Facts.CivilHead, draft.Id, null, default));
        await Lose(lab.Db, lab.Directory, Facts.Police.Id, head: true, steward: false);
        ShareLab.Refuses("agencies.no-office-head", await lab.Applications.ProposeReply(Facts.PoliceSteward, draft.Id, null, Facts.Consent(), default));
        await Offices.Fill(lab.Db, lab.Directory, lab.Clock);
        ShareLab.Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, draft.Id, null, Facts.Consent(), default));
        await Lose(lab.Db, lab.Directory, Facts.Police.Id, head: true, steward: false);
        var signed = await lab.Applications.Sign(Facts.PoliceHead, draft.Id, null, default);
        Assert.Equal(("agencies.no-office-head", "Order 809 art. 11"), (signed.Refusal?.Code, signed.Refusal?.Article));
        Assert.Empty(await lab.Grants.Given(Facts.PoliceHead, default));
    }

    private static async Task Lose(Db db, Tongxiang.Agencies.Directory directory, Id<Agency> agency, bool head, bool steward)
    {
        if (head) await db.Run($"update agencies_appointment set until_at = {1L} where agency = {agency} and until_at is null", default);
        if (steward) await db.Run($"delete from agencies_role where role = {Role.Steward} and person in (select id from agencies_person where agency = {agency})", default);
        await directory.Refresh(default);
    }
}
