using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class ServiceChangeTests
{
    private static readonly DateOnly Soon = new(2026, 3, 2);

    private static NewServiceChange Stop(string reason = "系统下线") => new(ChangeKind.Stop, [], reason, Soon);

    private static async Task<Application> Running(ShareLab lab)
    {
        var consented = await lab.Consented();
        await lab.Applications.Delivered(consented.Grant!.Value, Mode.Api, default);
        return consented;
    }

    public static TheoryData<string, Func<EntryContent, EntryContent>, string> Contents { get; } = new()
    {
        { "nothing", c => c, "" },
        { "a new field", c => c with { Fields = [.. c.Fields, Facts.Field("added")] }, "" },
        { "another title", c => c with { Fields = [.. c.Fields.Select(f => f with { Title = f.Title + "2" })] }, "" },
        { "a field nobody uses", c => c with { Fields = [.. c.Fields.Where(f => f.Name != "division")] }, "" },
        { "a granted field gone", c => c with { Fields = [.. c.Fields.Where(f => f.Name != "name")] }, "name" },
        { "a granted field renamed", c => c with { Fields = [.. c.Fields.Select(f => f.Name == "name" ? f with { Name = "full_name" } : f)] }, "name" },
        { "another type", c => c with { Fields = [.. c.Fields.Select(f => f.Name == "name" ? f with { Type = FieldType.Integer } : f)] }, "name" },
        { "withheld", c => c with { Fields = [.. c.Fields.Select(f => f.Name == "name" ? f with { ShareClass = ShareClass.Withheld } : f)] }, "name" },
        { "all withheld", c => c with { Sharing = c.Sharing with { Class = ShareClass.Withheld } }, "id_number,name" },
    };

    [Theory, MemberData(nameof(Contents))]
    public void A_content_breaks_what_is_granted_and_nothing_else(string what, Func<EntryContent, EntryContent> change, string broken) =>
        Assert.Equal((what, broken), (what, string.Join(',', ServiceChangeRules.Broken(Facts.Entry(), change(Facts.Entry().Content), new HashSet<string> { "id_number", "name" }))));

    [Theory, EveryStore]
    public async Task Every_user_is_asked_and_the_bureau_gives_the_number(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        await Running(lab);
        Refuses("share.change-only-head", await lab.Changes.Propose(Facts.PoliceSteward, lab.Entry.Id, Stop(), default));
        Refuses("kernel.not-found", await lab.Changes.Propose(Facts.CivilHead, lab.Entry.Id, Stop(), default));
        Assert.Equal(["reason", "effective"], (await lab.Changes.Propose(Facts.PoliceHead, lab.Entry.Id, new(ChangeKind.Stop, [], " ", Facts.Today), default)).Refusal!.Fields.Select(f => f.Field));
        var change = Good(await lab.Changes.Propose(Facts.PoliceHead, lab.Entry.Id, Stop(), default));
        Refuses("share.change-open", await lab.Changes.Propose(Facts.PoliceHead, lab.Entry.Id, Stop(), default));
        Assert.Equal(Facts.Civil.Id, Assert.Single(change.Users).Consumer);
        Assert.Contains((NoticeKind.ChangeProposed, "civil-affairs Steward"), await lab.Told());
        Assert.Null(await lab.Changes.Find(Facts.HealthSteward, change.Id, default));
        Refuses("share.change-only-bureau", await lab.Changes.File(Facts.PoliceHead, change.Id, 1, "x", default));
        Refuses("share.change-unanswered", await lab.Changes.File(Facts.Reviewer, change.Id, 1, "", default));
        Assert.Equal("note", (await lab.Changes.Answer(Facts.CivilSteward, change.Id, ChangeAnswer.Objected, "", default)).Refusal!.Fields[0].Field);
        var answered = Good(await lab.Changes.Answer(Facts.CivilSteward, change.Id, ChangeAnswer.Objected, "业务尚未迁移", default));
        Refuses("share.change-changed", await lab.Changes.Answer(Facts.CivilHead, change.Id, ChangeAnswer.Agreed, "", default));
        Refuses("share.change-changed", await lab.Changes.File(Facts.Reviewer, change.Id, 1, "", default));
        Assert.Contains((NoticeKind.ChangeToFile, "bureau BureauReviewer"), await lab.Told());
        var filed = Good(await lab.Changes.File(Facts.Reviewer, change.Id, answered.Revision, "给予过渡期", default));
        Assert.Equal((ChangeState.Filed, true), (filed.State, filed.Filing!.StartsWith("BA20260212-", StringComparison.Ordinal)));
        Assert.Single(await lab.Changes.List(Facts.CivilSteward, default));
        Assert.Single(await lab.Changes.List(Facts.Reviewer, default));
        Assert.Empty(await lab.Changes.List(Facts.HealthSteward, default));
    }

    [Theory, EveryStore]
    public async Task One_user_learns_nothing_of_the_other_neither_by_its_answer_nor_by_the_evidence(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        await Running(lab);
        var change = Good(await lab.Changes.Propose(Facts.PoliceHead, lab.Entry.Id, Stop(), default));
        var second = Facts.Health.Id;
        await lab.Db.Run($"insert into share_service_answer (change, consumer, grants) values ({change.Id}, {second}, {"[\"SQ-9\"]"})", default);
        var answered = Good(await lab.Changes.Answer(Facts.CivilSteward, change.Id, ChangeAnswer.Objected, "业务尚未迁移", default));
        Assert.Equal([Facts.Civil.Id], answered.Users.Select(u => u.Consumer));
        Assert.Equal([second], (await lab.Changes.Find(Facts.HealthSteward, change.Id, default))!.Users.Select(u => u.Consumer));
        Assert.Equal(2, (await lab.Changes.Find(Facts.PoliceHead, change.Id, default))!.Users.Count);
        var record = Assert.Single(await lab.Db.List($"select record from evidence_outbox order by id", r => r.GetString(0), default), r => r.Contains("share.change-answered", StringComparison.Ordinal));
        Assert.DoesNotContain(second.ToString(), record, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task A_change_that_is_not_filed_permits_nothing(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var running = await Running(lab);
        var change = Good(await lab.Changes.Propose(Facts.PoliceHead, lab.Entry.Id, new(ChangeKind.Change, ["name"], "不再采集姓名", Soon), default));
        var without = lab.Entry.Content with { Fields = [.. lab.Entry.Content.Fields.Where(f => f.Name != "name")] };
        Assert.Equal("share.change-unfiled", (await lab.Changes.Refuses(lab.Entry, without, default))?.Code);
        Good(await lab.Changes.Reject(Facts.Reviewer, change.Id, 1, "理由不充分", default));
        Assert.Equal("share.change-unfiled", (await lab.Changes.Refuses(lab.Entry, without, default))?.Code);
        var again = Good(await lab.Changes.Propose(Facts.PoliceHead, lab.Entry.Id, new(ChangeKind.Change, ["name"], "不再采集姓名", Soon), default));
        Good(await lab.Changes.Withdraw(Facts.PoliceHead, again.Id, 1, default));
        var third = Good(await lab.Changes.Propose(Facts.PoliceHead, lab.Entry.Id, new(ChangeKind.Change, ["name"], "不再采集姓名", Soon), default));
        Good(await lab.Changes.File(Facts.Reviewer, third.Id, 1, "使用方逾期未答复", default));
        Assert.Equal("share.change-unfiled", (await lab.Changes.Refuses(lab.Entry, without, default))?.Code);
        lab.SetDay("2026-03-02");
        Assert.Null(await lab.Changes.Refuses(lab.Entry, without, default));
        // It was filed for the name alone, and as a change: neither the rest nor the whole may go.
        Assert.Equal("share.change-unfiled", (await lab.Changes.Refuses(lab.Entry, without with { Fields = [] }, default))?.Code);
        Assert.Equal("share.stop-unfiled", (await lab.Changes.Refuses(lab.Entry, null, default))?.Code);
        Refuses("share.filing-unknown", await lab.Applications.End(Facts.PoliceHead, running.Id, null, EndGround.ServiceStopped, "下线", (await lab.Changes.Find(Facts.Reviewer, third.Id, default))!.Filing, default));
    }

    [Theory, EveryStore]
    public async Task Of_two_reviewers_the_second_is_told_what_stands(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        await Running(lab);
        var change = Good(await lab.Changes.Propose(Facts.PoliceHead, lab.Entry.Id, Stop(), default));
        var decided = await Task.WhenAll(lab.Changes.File(Facts.Reviewer, change.Id, 1, "一", default), lab.Changes.Reject(Facts.Reviewer, change.Id, 1, "二", default));
        Assert.Equal("share.change-changed", Assert.Single(decided, d => d.IsRefused).Refusal!.Code);
    }
}
