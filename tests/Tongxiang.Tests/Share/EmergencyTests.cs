using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class EmergencyTests
{
    private static readonly Caller Chief = Facts.Reviewer with { Roles = new HashSet<Role> { Role.BureauHead } };

    private static NewPrepared Wish(EmergencyKind kind = EmergencyKind.NaturalDisaster, string area = "290000") => new(Facts.Entry().Id, kind, area, Facts.Wish() with { Until = default }, "division");

    private static NewEmergency Flood(string until = "2026-02-20", string area = "290100", string document = "云应急〔2026〕1号") => new(document, EmergencyKind.NaturalDisaster, area, DateOnly.ParseExact(until, "yyyy-MM-dd", null), "特大暴雨");

    private static async Task<ShareLab> Open(Store store)
    {
        var lab = await ShareLab.Open(store);
        var opened = new DateOnly(2020, 1, 1);
        await new Roster(lab.Db, lab.Clock, lab.Evidence, lab.Directory).LoadDivisions(
            [
                new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration"),
                new Division("290200", "东山市", "Dongshan", "290000", 2, opened, null, "demonstration"),
            ], default);
        await lab.Directory.Refresh(default);
        return lab;
    }

    private static async Task<PreparedGrant> Ready(ShareLab lab, NewPrepared? wish = null)
    {
        var draft = Good(await lab.Prepared.Draft(Facts.CivilSteward, wish ?? Wish(), default));
        var signed = Good(await lab.Prepared.SignAsConsumer(Facts.CivilHead, draft.Id, draft.Revision, default));
        var proposed = Good(await lab.Prepared.Propose(Facts.PoliceSteward, draft.Id, signed.Revision, Facts.Consent(), default));
        return Good(await lab.Prepared.SignAsProvider(Facts.PoliceHead, draft.Id, proposed.Revision, default));
    }

    public static TheoryData<EmergencyKind, string, string, bool, string> Areas { get; } = new()
    {
        { EmergencyKind.NaturalDisaster, "290000", "290100", true, "division=like.2901*" },
        { EmergencyKind.NaturalDisaster, "290100", "290000", true, "division=like.2901*" },
        { EmergencyKind.NaturalDisaster, "290000", "290000", true, "division=like.29*" },
        { EmergencyKind.NaturalDisaster, "290200", "290100", false, "" },
        { EmergencyKind.PublicHealth, "290000", "290100", false, "" },
    };

    [Theory, MemberData(nameof(Areas))]
    public void An_emergency_switches_on_what_is_of_its_kind_and_area_and_narrows_the_rows(EmergencyKind kind, string prepared, string declared, bool fits, string rows)
    {
        var one = new PreparedGrant(
            default, "", default, default, default, kind, prepared, PreparedState.Ready, 1, Facts.Wish(), Facts.Consent(), "division", default, default, null, null, null, null, null, null);
        Assert.Equal(fits, EmergencyRules.Fits(one, EmergencyKind.NaturalDisaster, declared));
        Assert.False(EmergencyRules.Fits(one with { State = PreparedState.ConsumerSigned }, kind, declared));
        if (fits) Assert.Equal(rows, EmergencyRules.Rows(one, declared));
    }

    [Theory, EveryStore]
    public async Task What_is_prepared_sleeps_until_an_emergency_is_declared_and_ends_with_it(Store store)
    {
        await using var lab = await Open(store);
        var prepared = await Ready(lab);
        Assert.Empty(await lab.Grants.Held(Facts.CivilSteward, default));
        var emergency = Good(await lab.Emergencies.Declare(Chief, Flood(), default));
        var grant = Assert.Single(lab.Grants.Active.Of(lab.Entry.Id, Facts.CivilSteward));
        Assert.Equal((emergency.Number, "division=like.2901*", new DateTimeOffset(2026, 2, 21, 0, 0, 0, TimeSpan.FromHours(8))), (grant.Emergency, grant.Rows, grant.Until));
        Assert.True(lab.Grants.IsGenuine(grant));
        var record = JsonNode.Parse(grant.Record)!;
        Assert.Equal((prepared.ConsumerProof, prepared.ProviderProof, emergency.Number), ((string)record["signOffs"]!["applicant"]!, (string)record["signOffs"]!["provider"]!, (string)record["terms"]!["emergency"]!));
        Assert.Contains((NoticeKind.EmergencyDeclared, "civil-affairs SharingOfficeHead"), await lab.Told());
        await lab.Applications.Delivered(grant.Id, Mode.Api, default);

        lab.SetDay("2026-02-21");
        Assert.False(grant.IsUsable(lab.Clock.GetUtcNow()));
        await lab.Emergencies.Run(default);
        await lab.Emergencies.Run(default);
        Assert.Equal(GrantState.Ended, lab.Grants.Active.Find(grant.Id)!.State);
        var over = (await lab.Emergencies.Find(Chief, emergency.Id, default))!;
        Assert.Equal(emergency.Until, over.EndedAt);
        Assert.Equal(ApplicationState.Ended, Assert.Single((await lab.Inbox.Of(Facts.CivilSteward, default)).Items).State);
        Assert.Equal(1, (await lab.Emergencies.Report(Chief, emergency.Id, default))!.Open);
        Good(await lab.Applications.Dispose(Facts.CivilSteward, grant.Application!.Value, null, "已销毁，销毁单 2026-9", default));
        var report = (await lab.Emergencies.Report(Chief, emergency.Id, default))!;
        Assert.Equal((0, "已销毁，销毁单 2026-9", ApplicationState.Disposed), (report.Open, report.Lines[0].Disposal, report.Lines[0].Stage));
        Assert.NotNull(report.Lines[0].DisposalEvidence);
        Assert.Null(await lab.Emergencies.Report(Facts.HealthSteward, emergency.Id, default));
        Assert.Single((await lab.Emergencies.Report(Facts.CivilHead, emergency.Id, default))!.Lines);
    }

    [Theory, EveryStore]
    public async Task Only_the_bureaus_head_declares_with_document_area_and_day(Store store)
    {
        await using var lab = await Open(store);
        Refuses("share.emergency-only-head", await lab.Emergencies.Declare(Facts.Reviewer, Flood(), default));
        Refuses("share.emergency-only-head", await lab.Emergencies.Declare(Facts.PoliceHead, Flood(), default));
        Assert.Equal(["document", "area", "until"], (await lab.Emergencies.Declare(Chief, Flood("2026-02-11", "330000", " "), default)).Refusal!.Fields.Select(f => f.Field));
        Assert.Equal(["until"], (await lab.Emergencies.Declare(Chief, Flood("2027-02-11"), default)).Refusal!.Fields.Select(f => f.Field));
        var declared = Good(await lab.Emergencies.Declare(Chief, Flood(), default));
        Refuses("share.emergency-document", await lab.Emergencies.Declare(Chief, Flood(), default));
        Assert.Empty((await lab.Emergencies.Report(Chief, declared.Id, default))!.Lines);
        Refuses("share.emergency-only-head", await lab.Emergencies.Lift(Facts.Reviewer, declared.Id, 1, "雨停", default));
        Assert.NotNull(Good(await lab.Emergencies.Lift(Chief, declared.Id, 1, "雨停", default)).EndedAt);
        Refuses("share.emergency-over", await lab.Emergencies.Lift(Chief, declared.Id, 2, "雨停", default));
    }

    [Theory, EveryStore]
    public async Task Lifting_it_early_ends_its_grants_at_once_and_only_its_own(Store store)
    {
        await using var lab = await Open(store);
        await Ready(lab);
        var usual = await lab.Consented();
        var emergency = Good(await lab.Emergencies.Declare(Chief, Flood(), default));
        Good(await lab.Emergencies.Lift(Chief, emergency.Id, 1, "雨停", default));
        var all = lab.Grants.Active.Of(lab.Entry.Id, Facts.CivilSteward);
        Assert.Equal([GrantState.Active, GrantState.Ended], all.Select(g => g.State));
        Assert.Equal(usual.Grant, all[0].Id);
    }

    [Theory, EveryStore]
    public async Task What_no_longer_may_be_shared_stays_off_and_the_report_says_why(Store store)
    {
        await using var lab = await Open(store);
        await Ready(lab);
        lab.Entry = lab.Entry with { Content = lab.Entry.Content with { Fields = [.. lab.Entry.Content.Fields.Select(f => f.Name == "name" ? f with { ShareClass = ShareClass.Withheld } : f)] } };
        var emergency = Good(await lab.Emergencies.Declare(Chief, Flood(), default));
        var line = Assert.Single((await lab.Emergencies.Report(Chief, emergency.Id, default))!.Lines);
        Assert.Equal(("kernel.invalid-input", null), (line.Of.Refused, line.Of.Application));
        Assert.Empty(lab.Grants.Active.Of(lab.Entry.Id, Facts.CivilSteward));
    }

    [Theory, EveryStore]
    public async Task Each_side_signs_by_two_people_and_either_takes_it_back(Store store)
    {
        await using var lab = await Open(store);
        var draft = Good(await lab.Prepared.Draft(Facts.CivilSteward, Wish(), default));
        Assert.Null(await lab.Prepared.Find(Facts.PoliceSteward, draft.Id, default));
        Refuses("share.prepared-only-head", await lab.Prepared.SignAsConsumer(Facts.CivilSteward, draft.Id, 1, default));
        Refuses("kernel.not-found", await lab.Prepared.SignAsConsumer(Facts.PoliceHead, draft.Id, 1, default));
        var signed = Good(await lab.Prepared.SignAsConsumer(Facts.CivilHead, draft.Id, 1, default));
        Refuses("share.prepared-no-reply", await lab.Prepared.SignAsProvider(Facts.PoliceHead, draft.Id, signed.Revision, default));
        Refuses("kernel.not-found", await lab.Prepared.Propose(Facts.CivilSteward, draft.Id, signed.Revision, Facts.Consent(), default));
        Assert.Equal("reply", (await lab.Prepared.Propose(Facts.PoliceSteward, draft.Id, signed.Revision, Facts.Refused(), default)).Refusal!.Fields[0].Field);
        var proposed = Good(await lab.Prepared.Propose(Facts.PoliceOther, draft.Id, signed.Revision, Facts.Consent(), default));
        Refuses("share.prepared-own-draft", await lab.Prepared.SignAsProvider(Facts.PoliceOther, draft.Id, proposed.Revision, default));
        Refuses("share.prepared-changed", await lab.Prepared.SignAsProvider(Facts.PoliceHead, draft.Id, signed.Revision, default));
        var ready = Good(await lab.Prepared.SignAsProvider(Facts.PoliceHead, draft.Id, proposed.Revision, default));
        Assert.Equal("reason", (await lab.Prepared.Revoke(Facts.CivilHead, draft.Id, ready.Revision, " ", default)).Refusal!.Fields[0].Field);
        Assert.Equal(PreparedState.Revoked, Good(await lab.Prepared.Revoke(Facts.CivilHead, draft.Id, ready.Revision, "职责调整", default)).State);
        var emergency = Good(await lab.Emergencies.Declare(Chief, Flood(), default));
        Assert.Empty((await lab.Emergencies.Report(Chief, emergency.Id, default))!.Lines);
        Assert.Single(await lab.Prepared.List(Facts.Reviewer, default));
        Assert.Empty(await lab.Prepared.List(Facts.HealthSteward, default));
    }
}
