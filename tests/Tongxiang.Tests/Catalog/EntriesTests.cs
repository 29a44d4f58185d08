using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class EntriesTests
{
    [Theory, EveryStore]
    public async Task An_entry_goes_from_draft_to_published_by_the_hands_the_law_names(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var draft = (await lab.Entries.Draft(lab.Steward, Samples.Open(), default)).Value;
        Assert.Equal(("306001/000001", "bus-stops", EntryState.Draft, 1L), (draft.Code, draft.Slug, draft.State, draft.Revision));
        Assert.Equal("catalog.not-assessed", (await lab.Entries.Submit(lab.Steward, draft.Id, 1, default)).Refusal!.Code);

        await lab.Entries.Assess(lab.Steward, draft.Id, AssessmentKind.SecrecyRisk, "不涉密", default);
        var half = (await lab.Entries.Submit(lab.Steward, draft.Id, 1, default)).Refusal!;
        Assert.Equal(["catalog.no-assessment.PersonalInformationImpact"], half.Fields.Select(f => f.Key));
        await lab.Entries.Assess(lab.Steward, draft.Id, AssessmentKind.PersonalInformationImpact, "不含个人信息", default);

        Assert.Equal(EntryState.AwaitingHead, (await lab.Entries.Submit(lab.Steward, draft.Id, 1, default)).Value.State);
        Assert.Equal([draft.Id], (await lab.Entries.HeadQueue(lab.Head, default)).Value.Select(e => e.Id));
        Assert.Equal("catalog.not-your-step", (await lab.Entries.Approve(lab.Steward, draft.Id, 1, default)).Refusal!.Code);
        var approved = (await lab.Entries.Approve(lab.Head, draft.Id, 1, default)).Value;
        // Received on Friday 2026-09-18; the 20th is a working Sunday.
        Assert.Equal((EntryState.AwaitingReview, "DL-02", new DateOnly(2026, 9, 21)), (approved.State, approved.DueRule, WorkCalendar.Day(approved.DueAt!.Value)));
        Assert.Equal([draft.Id], (await lab.Entries.ReviewQueue(lab.Reviewer, default)).Value.Select(e => e.Id));
        Assert.Null(lab.Catalogue.Find(draft.Id));

        Assert.Equal("catalog.not-your-step", (await lab.Entries.Publish(lab.Head, draft.Id, 1, default)).Refusal!.Code);
        var published = (await lab.Entries.Publish(lab.Reviewer, draft.Id, 1, default)).Value;
        Assert.Equal((EntryState.Published, lab.Store.Clock.GetUtcNow(), null), (published.State, published.PublishedAt, published.DueAt));
        Assert.Equal(published.Slug, lab.Catalogue.ByCode(draft.Code)?.Slug);
        Assert.Equal(draft.Id, lab.Catalogue.BySlug("bus-stops")?.Id);
        foreach (var kind in new[] { "catalog.drafted", "catalog.assessed", "catalog.submitted", "catalog.approved", "catalog.published" })
            Assert.Contains(await lab.Evidenced(), record => record.Contains(kind));
    }

    [Theory, EveryStore]
    public async Task A_new_revision_stands_beside_the_published_one_until_it_is_published(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        var edited = (await lab.Entries.Edit(lab.Steward, entry.Id, 1, entry.Content with { Abstract = "全市公交站点与停靠线路，每月更新。", Fields = [.. entry.Content.Fields, Samples.Field("lines")] }, default, "增加线路")).Value;
        Assert.Equal((EntryState.Published, 1L, 2L, EntryState.Draft), (edited.State, edited.Revision, edited.DraftRevision, edited.DraftState));
        Assert.Equal(Samples.Open().Abstract, lab.Catalogue.Find(entry.Id)!.Content.Abstract);
        Assert.Null((await lab.Entries.Find(lab.Stranger, entry.Id, default)).Value.Draft);
        Assert.Equal("catalog.not-assessed", (await lab.Entries.Submit(lab.Steward, entry.Id, 2, default)).Refusal!.Code);

        foreach (var kind in Enum.GetValues<AssessmentKind>()) await lab.Entries.Assess(lab.Steward, entry.Id, kind, "评估结论：可以编目", default);
        await lab.Entries.Submit(lab.Steward, entry.Id, 2, default);
        Assert.Equal("catalog.not-a-draft", (await lab.Entries.Edit(lab.Steward, entry.Id, 2, edited.Draft!, default)).Refusal!.Code);
        await lab.Entries.Approve(lab.Head, entry.Id, 2, default);
        await lab.Entries.Publish(lab.Reviewer, entry.Id, 2, default);
        Assert.Equal(5, lab.Catalogue.Find(entry.Id)!.Content.Fields.Count);

        var changes = (await lab.Entries.Difference(lab.Stranger, entry.Id, 1, 2, default)).Value;
        Assert.Equal(["abstract", "fields.lines"], changes.Select(c => c.Path).Order());
        var history = (await lab.Entries.History(lab.Steward, entry.Id, default)).Value;
        Assert.Equal([1, 2], history.Revisions.Select(r => r.Number));
        Assert.Equal(4, history.Assessments.Count);
        Assert.Equal("增加线路", history.Revisions[1].Note);
        Assert.Equal([Step.Submitted, Step.Approved, Step.Published], history.Steps.Where(s => s.Revision == 2).Select(s => s.Step));
        Assert.Empty((await lab.Entries.History(lab.Stranger, entry.Id, default)).Value.Assessments);
    }

    [Theory, EveryStore]
    public async Task An_edit_of_what_the_assessments_judged_voids_them_and_another_does_not(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Assessed(Samples.Open());
        await lab.Entries.Edit(lab.Steward, entry.Id, 1, entry.Content with { ContactPhone = "0290-1234 5678" }, default);
        Assert.False((await lab.Entries.Submit(lab.Steward, entry.Id, 2, default)).IsRefused);
        await lab.Entries.Recall(lab.Steward, entry.Id, 2, default);
        await lab.Entries.Edit(lab.Steward, entry.Id, 2, entry.Content with { Grade = Grade.General2 }, default);
        Assert.Equal("catalog.not-assessed", (await lab.Entries.Submit(lab.Steward, entry.Id, 3, default)).Refusal!.Code);
    }

    [Theory, EveryStore]
    public async Task Of_two_edits_of_one_revision_the_second_is_told(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = (await lab.Entries.Draft(lab.Steward, Samples.Open(), default)).Value;
        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => lab.Entries.Edit(lab.Steward, entry.Id, 1, entry.Content with { Name = $"公交站点{i}" }, default)));
        Assert.Equal(1, both.Count(o => !o.IsRefused));
        Assert.All(both.Where(o => o.IsRefused), o => Assert.Equal((409, "catalog.edited-meanwhile"), (o.Refusal!.Status, o.Refusal.Code)));
        Assert.Equal("catalog.edited-meanwhile", (await lab.Entries.Submit(lab.Steward, entry.Id, 1, default)).Refusal!.Code);
    }

    [Theory, EveryStore]
    public async Task A_return_needs_a_reason_and_sends_it_back(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Assessed(Samples.Open());
        await lab.Entries.Submit(lab.Steward, entry.Id, 1, default);
        await lab.Entries.Approve(lab.Head, entry.Id, 1, default);
        Assert.Equal("reason", (await lab.Entries.Return(lab.Reviewer, entry.Id, 1, " ", default)).Refusal!.Fields.Single().Field);
        Assert.Equal("catalog.not-your-step", (await lab.Entries.Return(lab.Head, entry.Id, 1, "重写摘要", default)).Refusal!.Code);
        await lab.Entries.Return(lab.Reviewer, entry.Id, 1, "重写摘要", default);
        Assert.Equal(EntryState.Draft, (await lab.Entries.Find(lab.Steward, entry.Id, default)).Value.State);
        // The bureau has handed it back: until it comes again the draft is none of its business.
        Assert.Equal(404, (await lab.Entries.Find(lab.Reviewer, entry.Id, default)).Refusal!.Status);
        Assert.Equal("catalog.wrong-state", (await lab.Entries.Recall(lab.Steward, entry.Id, 1, default)).Refusal!.Code);
    }

    [Theory, EveryStore]
    public async Task A_draft_that_was_given_up_stays_unknown_to_other_departments(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var draft = (await lab.Entries.Draft(lab.Steward, Samples.Withheld(), default)).Value;
        await lab.Entries.Retire(lab.Steward, draft.Id, 1, "不再编目", default);
        Assert.Equal(404, (await lab.Entries.Find(lab.Stranger, draft.Id, default)).Refusal!.Status);
        Assert.Equal(404, (await lab.Entries.History(lab.Stranger, draft.Id, default)).Refusal!.Status);
        Assert.Equal(EntryState.Retired, (await lab.Entries.Find(lab.Steward, draft.Id, default)).Value.State);
    }

    [Theory, EveryStore]
    public async Task The_public_learns_what_took_the_place_of_what_it_knew_and_nothing_of_the_rest(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var (old, next, closed) = (await lab.Publish(Samples.Open()), await lab.Publish(Samples.Open("站点二", "Stops two")), await lab.Publish(Samples.Withheld()));
        Assert.Null(await lab.Entries.Tombstone(old.Slug, default));
        foreach (var wrong in (string[])["306001/999999", old.Code, "' or 1=1 --", new string('x', 9000)])
            Assert.Equal("successor", (await lab.Entries.Retire(lab.Head, old.Id, 1, "并入", default, wrong)).Refusal!.Fields.Single().Field);
        Assert.Equal(next.Code, (await lab.Entries.Retire(lab.Head, old.Id, 1, "并入", default, $" {next.Code} ")).Value.Successor);
        var stone = (await lab.Entries.Tombstone(old.Slug, default))!;
        Assert.Equal((old.Code, old.Content.Name, next.Id), (stone.Code, stone.Name, stone.Successor!.Id));

        // The closed one was never the public's to know; a successor that goes too is no longer pointed to.
        await lab.Entries.Retire(lab.Head, closed.Id, 1, "停止采集", default);
        Assert.Null(await lab.Entries.Tombstone(closed.Slug, default));
        await lab.Entries.Retire(lab.Head, next.Id, 1, "停止采集", default, "");
        Assert.Null((await lab.Entries.Tombstone(old.Slug, default))!.Successor);
        var draft = (await lab.Entries.Draft(lab.Steward, Samples.Open("草稿", "Draft"), default)).Value;
        await lab.Entries.Retire(lab.Steward, draft.Id, 1, "不再编目", default);
        Assert.Null(await lab.Entries.Tombstone(draft.Slug, default));
    }

    [Theory, EveryStore]
    public async Task A_retired_entry_leaves_a_tombstone_and_neither_code_nor_name_comes_again(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        Assert.Equal("catalog.not-your-step", (await lab.Entries.Retire(lab.Steward, entry.Id, 1, "停止采集", default)).Refusal!.Code);
        Assert.Equal(EntryState.Retired, (await lab.Entries.Retire(lab.Head, entry.Id, 1, "停止采集", default)).Value.State);
        Assert.Null(lab.Catalogue.BySlug("bus-stops"));
        Assert.Equal(EntryState.Retired, (await lab.Entries.BySlug(lab.Stranger, "bus-stops", default)).Value.State);
        Assert.Equal(404, (await lab.Entries.ByCode(Caller.Anonymous, entry.Code, default)).Refusal!.Status);
        var again = await lab.Publish(Samples.Open());
        Assert.Equal(("306001/000002", "bus-stops-2"), (again.Code, again.Slug));
        Assert.Equal("catalog.slug-taken", (await lab.Entries.Draft(lab.Steward, Samples.Open(), default, "bus-stops")).Refusal!.Code);
        Assert.Equal("slug", (await lab.Entries.Draft(lab.Steward, Samples.Open(), default, "../bus")).Refusal!.Fields.Single().Field);
        Assert.Equal("catalog.not-a-draft", (await lab.Entries.Edit(lab.Steward, entry.Id, 1, entry.Content, default)).Refusal!.Code);
    }

    [Theory, EveryStore]
    public async Task Another_agencys_entry_is_not_found_and_closed_ones_are_known_to_departments_only(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var draft = (await lab.Entries.Draft(lab.Steward, Samples.Open(), default)).Value;
        foreach (var caller in new[] { lab.Stranger, lab.Reviewer, lab.Company, Caller.Anonymous })
        {
            Assert.Equal(404, (await lab.Entries.Find(caller, draft.Id, default)).Refusal!.Status);
            Assert.Equal(404, (await lab.Entries.Edit(caller, draft.Id, 1, draft.Content, default)).Refusal!.Status);
            Assert.Equal(404, (await lab.Entries.Assess(caller, draft.Id, AssessmentKind.SecrecyRisk, "不涉密", default)).Refusal!.Status);
            Assert.Equal(404, (await lab.Entries.Submit(caller, draft.Id, 1, default)).Refusal!.Status);
            Assert.Equal(404, (await lab.Entries.History(caller, draft.Id, default)).Refusal!.Status);
        }
        var closed = await lab.Publish(Samples.Personal());
        Assert.False((await lab.Entries.Find(lab.Stranger, closed.Id, default)).IsRefused);
        Assert.Equal(404, (await lab.Entries.Find(lab.Company, closed.Id, default)).Refusal!.Status);
        Assert.Equal(404, (await lab.Entries.Find(Caller.Anonymous, closed.Id, default)).Refusal!.Status);
        Assert.Equal(403, (await lab.Entries.Draft(lab.Company, Samples.Open(), default)).Refusal!.Status);
    }

    [Theory, EveryStore]
    public async Task An_attempt_to_catalogue_a_secret_is_refused_and_on_record(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        Assert.Contains((await lab.Entries.Draft(lab.Steward, Samples.Open() with { Secrecy = Secrecy.WorkSecret }, default)).Refusal!.Fields, f => f.Key == "catalog.secret");
        Assert.Contains(await lab.Evidenced(), r => r.Contains("catalog.refused") && r.Contains("WorkSecret") && !r.Contains("公交"));
        Assert.Equal(0, await lab.Store.Db.One($"select count(*) from catalog_entry", r => r.GetInt64(0), default));
    }

    [Theory, EveryStore]
    public async Task Nobody_reviews_what_they_wrote(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var all = lab.Person(lab.Bureau, Role.Steward, Role.AgencyHead, Role.BureauHead);
        var refused = await lab.Entries.Enrol([new Enrolment(Samples.Open(), null, all, all, all, "不涉密", "无个人信息")], default);
        Assert.Equal("catalog.own-review", refused.Refusal!.Code);
        Assert.Equal(0, await lab.Store.Db.One($"select count(*) from catalog_entry", r => r.GetInt64(0), default));
        Assert.Empty((await lab.Entries.Own(all, null, null, 10, default)).Value.Items);
    }

    [Theory, EveryStore]
    public async Task The_store_itself_refuses_what_the_law_forbids(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Withheld());
        string[] breaches =
        [
            "basis_title = ''", "basis_article = '  '", "share_reason = ''", "basis_kind = 'ProvincialOrdinance'", "basis_kind = ''", "share_class = 'Secret'", "share_class = 'Conditional'",
            "secrecy = 'WorkSecret'", "grade = 'Core'", "open_class = 'Ajar'", "open_class = 'Open', personal = 1", "open_class = 'Open', grade = 'Important'",
        ];
        foreach (var breach in breaches)
        {
            var sql = new Sql();
            sql.AppendLiteral($"update catalog_revision set {breach} where entry = '{entry.Id}'");
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => lab.Store.Db.Run(sql, default));
        }
    }

    [Theory, EveryStore]
    public async Task Another_copy_of_the_node_follows_the_feed(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        using var other = new Catalogue(lab.Store.Db);
        var entry = await lab.Publish(Samples.Open());
        Assert.Null(other.Find(entry.Id));
        await other.Follow(default);
        Assert.Equal(entry.Slug, other.Find(entry.Id)!.Slug);
        await lab.Entries.Retire(lab.Head, entry.Id, 1, "停止采集", default);
        await other.Follow(default);
        Assert.Empty(other.All);
        Assert.Equal(2, other.Now.Seen);
    }

    [Theory, EveryStore]
    public async Task Forty_entries_are_enrolled_in_one_commit_and_listed_page_by_page(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var started = TimeProvider.System.GetTimestamp();
        Assert.False((await lab.Entries.Enrol([.. Enumerable.Range(0, 45).Select(i => lab.Enrolment(Samples.Open($"资源{i}", $"Resource {i}")))], default)).IsRefused);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
        Assert.Equal(45, lab.Catalogue.All.Count);
        var seen = new List<Id<Entry>>();
        for (string? after = null; ;)
        {
            var page = (await lab.Entries.Own(lab.Steward, EntryState.Published, after, 20, default)).Value;
            seen.AddRange(page.Items.Select(e => e.Id));
            if ((after = page.Next) is null) break;
        }
        Assert.Equal(45, seen.Distinct().Count());
        Assert.Equal("kernel.bad-cursor", (await lab.Entries.Own(lab.Steward, null, "x", 20, default)).Refusal!.Code);
    }

    [Theory, EveryStore]
    public async Task A_class_that_changes_before_publication_gives_a_new_code_and_never_after(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var draft = (await lab.Entries.Draft(lab.Steward, Samples.Open(), default)).Value;
        Assert.Equal("10200101/000001", (await lab.Entries.Edit(lab.Steward, draft.Id, 1, draft.Content with { ClassPath = "10200101" }, default)).Value.Code);
        Assert.Equal("306001/000002", (await lab.Entries.Draft(lab.Steward, Samples.Open(), default)).Value.Code);
        var published = await lab.Publish(Samples.Open());
        Assert.Equal("catalog.class-fixed", (await lab.Entries.Edit(lab.Steward, published.Id, 1, published.Content with { ClassPath = "10200101" }, default)).Refusal!.Fields.Single().Key);
    }
}
