using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class SigningListsTests
{
    [Theory, EveryStore]
    public async Task One_pair_of_assessments_and_one_signature_cover_a_list_and_each_entry_keeps_its_own_evidence(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var (a, b, c) = (await Draft(lab, "甲"), await Draft(lab, "乙"), await Draft(lab, "丙"));
        var broken = (await lab.Entries.Draft(lab.Steward, Samples.Open("丁站点", "No fields") with { Fields = [], Key = [], LongitudeField = null, LatitudeField = null }, default)).Value;
        var list = (await lab.Lists.Make(lab.Steward, Wish(a, b, c, broken), default)).Value;
        Assert.Equal("QP20260918-0001", list.Number);
        Assert.Equal([("甲站点", SigningItemState.Listed), ("乙站点", SigningItemState.Listed), ("丙站点", SigningItemState.Listed), ("丁站点", SigningItemState.Failed)], list.Items.OrderBy(i => i.Code).Select(i => (i.Name, i.State)));
        Assert.Equal("kernel.required", list.Items.Single(i => i.Entry == broken.Id).Reason);
        // What failed was left as it was: no half of the assessments, still a draft.
        Assert.Equal(EntryState.Draft, (await lab.Entries.Find(broken.Id, default))!.State);
        Assert.Empty(await lab.Entries.Assessments(broken.Id, default));

        Assert.Equal("catalog.not-head", (await lab.Lists.Sign(lab.Steward, list.Id, 1, default)).Refusal!.Code);
        list = (await lab.Lists.TakeOut(lab.Head, list.Id, b.Id, 1, "单独审批", default)).Value;
        Assert.Equal("catalog.list-changed", (await lab.Lists.Sign(lab.Head, list.Id, 1, default)).Refusal!.Code);
        var signed = (await lab.Lists.Sign(lab.Head, list.Id, 2, default, "同意报送")).Value;
        Assert.Equal((SigningState.Signed, 3L), (signed.State, signed.Revision));
        Assert.Equal([a.Id, c.Id], signed.Items.Where(i => i.State == SigningItemState.Signed).Select(i => i.Entry));
        var proofs = signed.Items.Where(i => i.State == SigningItemState.Signed).Select(i => i.EvidenceId).ToList();
        Assert.Equal(2, proofs.Distinct().Count());
        foreach (var entry in new[] { a, c })
        {
            Assert.Equal(EntryState.AwaitingReview, (await lab.Entries.Find(entry.Id, default))!.State);
            Assert.Equal(2, (await lab.Entries.Assessments(entry.Id, default)).Count);
            Assert.Contains((await lab.Entries.History(lab.Head, entry.Id, default)).Value.Steps, s => s.Step == Step.Approved && proofs.Contains(s.EvidenceId) && s.Note == "同意报送");
        }
        Assert.Equal(EntryState.AwaitingHead, (await lab.Entries.Find(b.Id, default))!.State);
        Assert.False((await lab.Entries.Approve(lab.Head, b.Id, 1, default)).IsRefused);
        Assert.Equal("catalog.list-changed", (await lab.Lists.Sign(lab.Head, list.Id, 3, default)).Refusal!.Code);
        foreach (var kind in new[] { "catalog.list-made", "catalog.taken-out", "catalog.list-signed" }) Assert.Contains(await lab.Evidenced(), e => e.Contains(kind, StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task An_entry_that_changed_since_fails_by_name_and_stops_nothing(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var (a, b) = (await Draft(lab, "甲"), await Draft(lab, "乙"));
        var list = (await lab.Lists.Make(lab.Steward, Wish(a, b), default)).Value;
        Assert.Equal("catalog.already-listed", (await lab.Lists.Make(lab.Steward, Wish(a), default)).Value.Items.Single().Reason);
        Assert.False((await lab.Entries.Recall(lab.Steward, a.Id, 1, default)).IsRefused);
        var signed = (await lab.Lists.Sign(lab.Head, list.Id, 1, default)).Value;
        Assert.Equal([(a.Id, SigningItemState.Failed, "catalog.wrong-state"), (b.Id, SigningItemState.Signed, "")], signed.Items.Select(i => (i.Entry, i.State, i.Reason)));
        var stale = (await lab.Lists.Make(lab.Steward, new NewSigningList("清单", "不涉密", "影响可控", [new ListedEntry(a.Id, 9)]), default)).Value;
        Assert.Equal("catalog.edited-meanwhile", stale.Items.Single().Reason);
        Assert.Empty((await lab.Entries.Assessments(a.Id, default)).Skip(2));
    }

    [Theory, EveryStore]
    public async Task Others_neither_see_a_list_nor_list_what_is_not_theirs(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var mine = await Draft(lab, "甲");
        var theirs = (await lab.Lists.Make(lab.Stranger, Wish(mine), default)).Value;
        Assert.Empty(theirs.Items);
        Assert.Equal(EntryState.Draft, (await lab.Entries.Find(mine.Id, default))!.State);
        var list = (await lab.Lists.Make(lab.Steward, Wish(mine), default)).Value;
        Assert.Null(await lab.Lists.Find(lab.Stranger, list.Id, default));
        Assert.Equal(404, (await lab.Lists.Sign(lab.Stranger, list.Id, 1, default)).Refusal!.Status);
        Assert.Equal(404, (await lab.Lists.TakeOut(lab.Stranger, list.Id, mine.Id, 1, "不行", default)).Refusal!.Status);
        Assert.Equal(404, (await lab.Lists.Withdraw(lab.Stranger, list.Id, 1, default)).Refusal!.Status);
        Assert.Equal(403, (await lab.Lists.Make(lab.Company, Wish(mine), default)).Refusal!.Status);
        Assert.Equal(["title", "secrecyRisk", "personalInformationImpact", "entries"], (await lab.Lists.Make(lab.Steward, new NewSigningList("", "", "", []), default)).Refusal!.Fields.Select(f => f.Field));
        Assert.Equal([list.Id], (await lab.Lists.Own(lab.Head, null, 10, default)).Value.Items.Select(l => l.Id));
        Assert.Equal(403, (await lab.Lists.Own(lab.Company, null, 10, default)).Refusal!.Status);
        Assert.Equal("kernel.bad-cursor", (await lab.Lists.Own(lab.Head, "x", 10, default)).Refusal!.Code);
        var second = (await lab.Lists.Make(lab.Steward, Wish(await Draft(lab, "乙")), default)).Value;
        var page = (await lab.Lists.Own(lab.Head, null, 1, default)).Value;
        Assert.Equal(new[] { second.Id, list.Id }.Order(), page.Items.Concat((await lab.Lists.Own(lab.Head, page.Next, 1, default)).Value.Items).Select(l => l.Id).Order());
        Assert.Equal(SigningState.Withdrawn, (await lab.Lists.Withdraw(lab.Steward, list.Id, 1, default)).Value.State);
        Assert.Equal("reason", (await lab.Lists.TakeOut(lab.Steward, second.Id, mine.Id, 1, " ", default)).Refusal!.Fields.Single().Field);
    }

    [Theory, EveryStore]
    public async Task A_deputy_signs_on_behalf_of_the_head_and_never_the_own_work(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var deputy = lab.Person(lab.Transport, Role.Steward);
        var head = lab.Head.Person!.Value;
        var (mine, single, listed, own) = (await lab.Assessed(Samples.Open("甲站点", "One")), await lab.Assessed(Samples.Open("乙站点", "Two")), await Draft(lab, "丙"), await Draft(lab, "丁", deputy));
        foreach (var entry in new[] { mine, single }) await lab.Entries.Submit(entry == mine ? deputy : lab.Steward, entry.Id, 1, default);
        Assert.Equal("catalog.not-your-step", (await lab.Entries.Approve(deputy, single.Id, 1, default)).Refusal!.Code);
        lab.DeputyOf = caller => caller.Person == deputy.Person ? head : null;

        Assert.False((await lab.Entries.Approve(deputy, single.Id, 1, default)).IsRefused);
        var step = (await lab.Entries.History(lab.Head, single.Id, default)).Value.Steps.Single(s => s.Step == Step.Approved);
        Assert.Equal((deputy.Actor, head), (step.Actor, step.OnBehalfOf));
        Assert.Equal("catalog.own-approval", (await lab.Entries.Approve(deputy, mine.Id, 1, default)).Refusal!.Code);
        Assert.False((await lab.Entries.Return(deputy, mine.Id, 1, "请补充摘要", default)).IsRefused);
        // What only a head may do otherwise stays the head's.
        Assert.Equal(403, (await lab.Entries.Retire(deputy, (await lab.Publish(Samples.Open("戊站点", "Five"))).Id, 1, "停用", default)).Refusal!.Status);

        var list = (await lab.Lists.Make(lab.Steward, Wish(listed, own), default)).Value;
        var signed = (await lab.Lists.Sign(deputy, list.Id, 1, default)).Value;
        Assert.Equal((head, "测试人员"), (signed.OnBehalfOf, signed.SignedByName));
        Assert.Equal([(listed.Id, SigningItemState.Signed, ""), (own.Id, SigningItemState.Failed, "catalog.own-approval")], signed.Items.Select(i => (i.Entry, i.State, i.Reason)));
        Assert.Contains(await lab.Evidenced(), e => e.Contains("onBehalfOf", StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task A_list_is_made_signed_and_read_over_HTTP_and_a_named_deputy_signs_in_a_dated_period(Store store)
    {
        await using var lab = await CatalogNode.Start(store);
        var (steward, stranger) = (await lab.SignIn("transport.steward"), await lab.SignIn("police.steward"));
        var office = await lab.Enrol("transport.office", "transport", Role.SharingOfficeHead);
        var other = await lab.Enrol("transport.other", "transport", Role.Operative);
        var directory = lab.Node.Get<Tongxiang.Agencies.Directory>();
        Caller As(string user) => Caller.Of(directory.People.Single(p => p.UserName == user), directory);
        var entries = lab.Node.Get<Entries>();
        var drafts = new List<Entry>();
        foreach (var name in new[] { "One", "Two" }) drafts.Add((await entries.Draft(As("transport.steward"), Samples.Open("站点" + name, name), default)).Value);
        var wish = new { title = "九月编目", secrecyRisk = "不涉密", personalInformationImpact = "不含个人信息", entries = drafts.Select(d => new { entry = d.Id.ToString(), revision = 1 }) };
        using var made = await steward.PostAsJsonAsync("/api/signing-lists", wish);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var list = await Json(made);
        var path = "/api/signing-lists/" + list.GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await office.GetAsync("/api/signing-lists")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await office.PostAsJsonAsync(path + "/take-out", new { entry = drafts[1].Id.ToString(), revision = 1, reason = "单独审批" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.PostAsJsonAsync(path + "/sign", new { revision = 2 })).StatusCode);

        var now = lab.Clock.GetUtcNow();
        var deputies = lab.Node.Get<Tongxiang.Share.Deputies>();
        Assert.False((await deputies.Appoint(As("transport.office"), As("transport.other").Person!.Value, now, now.AddDays(7), default)).IsRefused);
        using var signed = await other.PostAsJsonAsync(path + "/sign", new { revision = 2, note = "同意" });
        Assert.Equal(HttpStatusCode.OK, signed.StatusCode);
        Assert.Equal(As("transport.office").Person.ToString(), (await Json(signed)).GetProperty("onBehalfOf").GetString());
        Assert.Equal(EntryState.AwaitingReview, (await entries.Find(drafts[0].Id, default))!.State);
        lab.Clock.Advance(TimeSpan.FromDays(8));
        steward = await lab.SignIn("transport.steward");
        Assert.False((await entries.Standing(As("transport.other"), default)).Has(Role.SharingOfficeHead));
        using var again = await steward.PostAsJsonAsync("/api/signing-lists", new { title = "再来", secrecyRisk = "不涉密", personalInformationImpact = "影响可控", entries = new[] { new { entry = drafts[1].Id.ToString(), revision = 1 } } });
        var second = await Json(again);
        Assert.Equal("Failed", second.GetProperty("items")[0].GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.OK, (await steward.PostAsJsonAsync("/api/signing-lists/" + second.GetProperty("id").GetString() + "/withdraw", new { revision = 1 })).StatusCode);
    }

    private static NewSigningList Wish(params Entry[] entries) => new("九月份编目清单", "逐条核对，均不涉及国家秘密和工作秘密", "均不含个人信息，影响可控", [.. entries.Select(e => new ListedEntry(e.Id, 1))]);

    private static async Task<Entry> Draft(CatalogLab lab, string name, Caller? by = null) => (await lab.Entries.Draft(by ?? lab.Steward, Samples.Open(name + "站点", "Stops"), default)).Value;

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
