using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using Samples = Tongxiang.Tests.Catalog.Samples;
using static Tongxiang.Tests.Requirements.LawNode;

namespace Tongxiang.Tests.Requirements;

/// <summary>GB/T 42460-2023 and PIPL art. 55: person-related data cannot become 无条件开放 unless the de-identification result meets the configured level and risk threshold.</summary>
public sealed class Requirement34
{
    [Theory, EveryStore]
    public async Task Requirement_34_person_related_data_open_only_by_a_passing_release_of_the_rows_that_stand(Store store)
    {
        await using var lab = await LawNode.Start(store);
        var (entries, gate, versions) = (lab.Get<Entries>(), lab.Get<ReleaseGate>(), lab.Get<Versions>());
        var closed = Content();
        var entry = await lab.Publish(closed, "visits");
        EntryContent Open(string? release) => closed with { Opening = new Tongxiang.Catalog.Opening(OpenClass.Open, "", "", "", []) { Release = release } };
        Task<Outcome<Entry>> Edit(string? release) => entries.Edit(lab.Steward, entry.Id, 1, Open(release), default);

        // Without an assessment, or with a made-up one, the class cannot even be written into a draft.
        Faults("catalog.personal-open", await Edit(null));
        Faults("catalog.release-unknown", await Edit(Guid.CreateVersion7().ToString()));

        // The worked example: classes of 6, 5, 3 and 1.
        Assert.Equal(RunState.Done, (await lab.Land(entry, Rows(6, 5, 3, 1))).State);
        var first = Good(await gate.Assess(lab.Steward, entry.Id, Wish(1), default));
        Assert.Equal((15L, 4L, 1L, 1.0), (first.Sizes.Rows, first.Sizes.Classes, first.Sizes.Smallest, first.MostRisk));
        Assert.Equal((0.2667, 0.2667), (Math.Round(first.MeanRisk, 4), Math.Round(first.SmallShare, 4)));
        Assert.Equal((ReleaseLevel.Removed, false, 5, "RISK-PUBLIC"), (first.Level, first.Passes, first.ThresholdPercent, first.ThresholdRule));
        Faults("catalog.release-unknown", await Edit(first.Id.ToString()));

        // The classes of 3 and 1 suppressed: enough for controlled sharing, not for the public.
        Assert.Equal(RunState.Done, (await lab.Land(entry, Rows(6, 5))).State);
        var second = Good(await gate.Assess(lab.Steward, entry.Id, Wish(2) with { Use = ReleaseUse.Controlled }, default));
        Assert.Equal((5L, 0.2, ReleaseLevel.Acceptable, true), (second.Sizes.Smallest, second.MostRisk, second.Level, second.Passes));
        Assert.False(Good(await gate.Assess(lab.Steward, entry.Id, Wish(2), default)).Passes);
        Faults("catalog.release-unknown", await Edit(second.Id.ToString()));

        // Classes of 20 pass for the public; the entry names that result, and is still held while the rows that readers would get are others.
        Assert.Equal(RunState.Done, (await lab.Land(entry, Rows(20, 20, 21), promotes: false)).State);
        var third = Good(await gate.Assess(lab.Steward, entry.Id, Wish(3), default));
        Assert.Equal((20L, 0.05, ReleaseLevel.Acceptable, true), (third.Sizes.Smallest, third.MostRisk, third.Level, third.Passes));
        var draft = Good(await Edit(third.Id.ToString()));
        foreach (var kind in Enum.GetValues<AssessmentKind>()) Good(await entries.Assess(lab.Steward, entry.Id, kind, "已去标识化，风险可接受", default));
        Good(await entries.Submit(lab.Steward, entry.Id, draft.LatestRevision, default));
        Good(await entries.Approve(lab.Head, entry.Id, draft.LatestRevision, default));
        Assert.Equal("GB/T 42460-2023", Refuses("protect.release-fails", await entries.Publish(lab.Reviewer, entry.Id, draft.LatestRevision, default)).Article);
        Good(await versions.Promote(lab.Steward.Actor, null, (await versions.Find(entry.Id, 3, default))!.Id, default));
        Good(await entries.Publish(lab.Reviewer, entry.Id, draft.LatestRevision, default));
        Assert.Contains("\"birth_year\"", await lab.Node.Http.GetStringAsync("/data/visits?limit=1"), StringComparison.Ordinal);
        Assert.DoesNotContain("\"birth_year\"", await lab.Node.Http.GetStringAsync("/data/visits@1?limit=1"), StringComparison.Ordinal);

        // A new version that fails is not promoted, by whichever way it comes; the steward sees why and readers keep the old one.
        var failed = await lab.Land(entry, Rows(20, 20, 3));
        Assert.Equal((RunState.Refused, "protect.release-fails"), (failed.State, failed.Refusal!.Code));
        Assert.Equal(["4", "3", "0.3333", "20", "5"], failed.Refusal.Args);
        Refuses("protect.release-fails", await versions.Promote("system", null, (await versions.Find(entry.Id, 4, default))!.Id, default));
        Refuses("protect.release-fails", await versions.Promote("system", null, (await versions.Find(entry.Id, 1, default))!.Id, default));
        Assert.Equal(3, versions.Current(entry.Id)!.Number);
        Assert.Equal(RunState.Done, (await lab.Land(entry, Rows(25, 30))).State);

        // Whoever writes the row: the store itself keeps what is not released from being open.
        await Assert.ThrowsAnyAsync<DbException>(() => lab.Get<Db>().Run($"update catalog_revision set release = null where entry = {entry.Id} and revision = {draft.LatestRevision}", default));
        await Assert.ThrowsAnyAsync<DbException>(() => lab.Get<Db>().Run($"update catalog_revision set open_class = 'Open' where entry = {entry.Id} and revision = 1", default));
        await Assert.ThrowsAnyAsync<DbException>(() => lab.Get<Db>().Run($"update catalog_release set smallest = 19 where entry = {entry.Id}", default));
        await Assert.ThrowsAnyAsync<DbException>(() => lab.Get<Db>().Run($"update protect_release set passes = 1 where id = {first.Id}", default));

        // A laxer question about the rows that failed does not let them in: only the way in which the entry's own release was judged counts.
        Faults("protect.release-count", await gate.Assess(lab.Steward, entry.Id, Wish(4) with { CountField = "birth_year" }, default));
        Assert.False(ReleaseRules.IsSameWay(Wish(4), Wish(3) with { Sensitive = [] }));
        Assert.False(ReleaseRules.IsSameWay(Wish(4), Wish(3) with { CountField = "persons" }));
        Assert.False(ReleaseRules.IsSameWay(Wish(4), Wish(3) with { Use = ReleaseUse.Controlled }));
        Assert.True(ReleaseRules.IsSameWay(Wish(4), Wish(3) with { Quasi = [] }));

        // Other fields need another assessment.
        var wider = Open(third.Id.ToString()) with { Fields = [.. closed.Fields, LawNode.Field("occupation", "职业", personal: true)] };
        Faults("catalog.release-fields", await entries.Edit(lab.Steward, entry.Id, draft.LatestRevision, wider, default));
    }

    [Theory, EveryStore]
    public async Task Requirement_34_direct_identifiers_never_pass_groups_do_and_strangers_see_nothing(Store store)
    {
        await using var lab = await LawNode.Start(store);
        var gate = lab.Get<ReleaseGate>();
        var named = await lab.Publish(Content() with { Fields = [.. Content().Fields, LawNode.Field("name", "姓名", "person-name", personal: true)] }, "named");
        var csv = new StringBuilder("code,sex,birth_year,diagnosis,name\n");
        for (var i = 1; i <= 40; i++) csv.Append(CultureInfo.InvariantCulture, $"V{i},1,1950,J06,张三\n");
        await lab.Land(named, csv.ToString());
        Assert.Equal((ReleaseLevel.Direct, false), (Good(await gate.Assess(lab.Steward, named.Id, Wish(1), default)) is var made ? (made.Level, made.Passes) : default));

        var counts = await lab.Publish(Content() with { Name = "就诊统计", Fields = [LawNode.Field("code", "编号", required: true), LawNode.Field("sex", "性别", "sex", personal: true, length: 1), LawNode.Field("persons", "人数", type: FieldType.Integer)] }, "counts");
        await lab.Land(counts, "code,sex,persons\nA,1,25\nB,2,40\n");
        var aggregate = Good(await gate.Assess(lab.Steward, counts.Id, new ReleaseWish(1, ReleaseUse.Public, CountField: "persons"), default));
        Assert.Equal((ReleaseLevel.Aggregate, true, 65L, 25L), (aggregate.Level, aggregate.Passes, aggregate.Sizes.Rows, aggregate.Sizes.Smallest));
        await lab.Land(counts, "code,sex,persons\nA,1,25\nB,2,\n");
        Assert.Equal((ReleaseLevel.Removed, 0L), Good(await gate.Assess(lab.Steward, counts.Id, new ReleaseWish(2, ReleaseUse.Public, CountField: "persons"), default)) is var empty ? (empty.Level, empty.Sizes.Smallest) : default);

        // What a type makes an identifier cannot be argued away; what is not there cannot be named.
        Faults("protect.release-not-sensitive", await gate.Assess(lab.Steward, counts.Id, new ReleaseWish(1, ReleaseUse.Public, Sensitive: ["sex"]), default));
        Faults("protect.release-field", await gate.Assess(lab.Steward, counts.Id, new ReleaseWish(1, ReleaseUse.Public, Quasi: ["nothing"]), default));
        Faults("protect.release-count", await gate.Assess(lab.Steward, counts.Id, new ReleaseWish(1, ReleaseUse.Public, CountField: "sex"), default));
        Faults("protect.release-both", await gate.Assess(lab.Steward, named.Id, new ReleaseWish(1, ReleaseUse.Public, ["diagnosis"], ["diagnosis"]), default));
        Faults("protect.release-version", await gate.Assess(lab.Steward, counts.Id, Wish(9) with { Sensitive = null }, default));
        Refuses("kernel.not-found", await gate.Assess(lab.Stranger, counts.Id, Wish(1), default));
        Refuses("protect.release-steward", await gate.Assess(lab.Reviewer, counts.Id, Wish(1), default));
        Assert.Equal(2, Good(await gate.Of(lab.Reviewer, counts.Id, default)).Count);

        var steward = await lab.SignIn("transport.steward");
        var answer = await Api.Post(steward, $"/api/entries/{counts.Id}/releases", new { version = 1, use = "Public", countField = "persons" }, HttpStatusCode.Created);
        Assert.Equal((4, true, true), ((int)answer["level"]!, (bool)answer["passes"]!, (bool)answer["isUnverified"]!));
        Assert.Equal(3, (await Api.Get(steward, $"/api/entries/{counts.Id}/releases"))["items"]!.AsArray().Count);
        using var hidden = await (await lab.SignIn("police.steward")).GetAsync($"/api/entries/{counts.Id}/releases");
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
    }

    private static ReleaseWish Wish(long version) => new(version, ReleaseUse.Public, Sensitive: ["diagnosis"]);

    private static EntryContent Content() => Samples.Open("去标识就诊记录", "Visits") with
    {
        Fields = [
            LawNode.Field("code", "编号", required: true), LawNode.Field("sex", "性别", "sex", personal: true, length: 1), LawNode.Field("birth_year", "出生年份", type: FieldType.Integer, personal: true),
            LawNode.Field("diagnosis", "诊断", personal: true)],
        Key = ["code"],
        LongitudeField = null,
        LatitudeField = null,
        Sharing = new Sharing(ShareClass.Conditional, [Mode.Api], "因履行法定职责确需使用的政务部门", "办理政务服务事项", "", []),
        Opening = new Tongxiang.Catalog.Opening(OpenClass.Closed, "", "", "含个人信息", []),
    };

    // One class a size: the classes differ in sex and year of birth, and only there.
    private static string Rows(params int[] sizes)
    {
        var csv = new StringBuilder("code,sex,birth_year,diagnosis\n");
        var n = 0;
        for (var c = 0; c < sizes.Length; c++)
            for (var i = 0; i < sizes[c]; i++) csv.Append(CultureInfo.InvariantCulture, $"V{++n:000},{(c % 2) + 1},{1950 + (c / 2)},D{n}\n");
        return csv.ToString();
    }
}
