using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 20: legal basis, scenario, scope, mode and term, and the consent of the own sharing office's head.</summary>
public sealed class Requirement14
{
    public static TheoryData<string, Func<Wish, Wish>> Lacking { get; } = new()
    {
        { "basis", w => w with { Basis = " " } },
        { "scenario", w => w with { Scenario = "" } },
        { "fields", w => w with { Fields = [] } },
        { "modes", w => w with { Modes = [] } },
        { "until", w => w with { Until = default } },
    };

    [Theory, MemberData(nameof(Lacking))]
    public async Task Requirement_14_an_application_that_lacks_one_of_the_five_is_not_sent(string field, Func<Wish, Wish> without)
    {
        foreach (var store in Tongxiang.Tests.Lab.Cluster.Address is null ? [Store.Sqlite] : Enum.GetValues<Store>())
        {
            await using var lab = await ShareLab.Open(store);
            var draft = Good(await lab.Applications.Draft(Facts.CivilSteward, Lane.Sharing, lab.Entry.Id, without(Facts.Wish()), default));
            var refusal = (await lab.Applications.Propose(Facts.CivilSteward, draft.Id, null, default)).Refusal!;
            Assert.Equal((field, Law.Order809(20)), (Assert.Single(refusal.Fields).Field, refusal.Article));
            Assert.Equal(ApplicationState.Draft, (await lab.Applications.Find(Facts.CivilSteward, draft.Id, default))!.State);
        }
    }

    [Theory, EveryStore]
    public async Task Requirement_14_nothing_is_sent_without_the_consent_of_another_the_head(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var draft = Good(await lab.Applications.Draft(Facts.CivilSteward, Lane.Sharing, lab.Entry.Id, Facts.Wish(), default));
        Refuses("share.wrong-state", await lab.Applications.Agree(Facts.CivilHead, draft.Id, null, default));
        var proposed = Good(await lab.Applications.Propose(Facts.CivilSteward, draft.Id, null, default));
        Refuses("share.not-yours", await lab.Applications.Agree(Facts.CivilSteward, draft.Id, null, default));
        // The applicant himself, even where he is a head.
        Refuses("share.not-yours", await lab.Applications.Agree(Facts.CivilSteward with { Roles = Facts.CivilHead.Roles.Union(Facts.CivilSteward.Roles).ToHashSet() }, draft.Id, null, default));
        Refuses("kernel.not-found", await lab.Applications.Agree(Facts.PoliceHead, draft.Id, null, default));
        Assert.Null(await lab.Applications.Find(Facts.PoliceSteward, draft.Id, default));
        var decided = await Task.WhenAll(lab.Applications.Agree(Facts.CivilHead, draft.Id, proposed.Revision, default), lab.Applications.SendBack(Facts.CivilHead, draft.Id, proposed.Revision, "改一处", default));
        Assert.Equal("share.already-decided", Assert.Single(decided, d => d.IsRefused).Refusal!.Code);
    }
}
