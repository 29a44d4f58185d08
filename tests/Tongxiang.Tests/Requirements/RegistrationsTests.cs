using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Requirements.LawNode;

namespace Tongxiang.Tests.Requirements;

/// <summary>发改数据规〔2025〕26号: dossier, five steps, objections in the notice, the code, its three years, and what a change of the entry calls for.</summary>
public sealed class RegistrationsTests
{
    [Theory, EveryStore]
    public async Task A_registration_walks_its_five_steps_and_objections_stop_the_code(Store store)
    {
        await using var lab = await LawNode.Start(store);
        var door = lab.Get<Registrations>();
        var entry = await lab.Publish(Samples.Open("公交站点", "Bus stops"), "stops");
        var bureauHead = await lab.Enrol("bureau.head", lab.Agency("data-bureau"), Role.BureauHead);

        Refuses("kernel.not-found", await door.Begin(lab.Stranger, new NewRegistration(entry.Id, RegistrationKind.First), default));
        Refuses("catalog.registration-none", await door.Begin(lab.Steward, new NewRegistration(entry.Id, RegistrationKind.Change), default));
        var draft = Good(await door.Begin(lab.Steward, new NewRegistration(entry.Id, RegistrationKind.First), default));
        Assert.Contains("云岭省交通运输厅", draft.Dossier.Source, StringComparison.Ordinal);
        // Everybody reads a dossier in its notice: that an assessment was made, not what it concluded.
        Assert.Equal(("已于 2026-09-18 完成保密审查", entry.Content.Abstract), (draft.Dossier.Safety, draft.Dossier.Content));
        Refuses("catalog.registration-open", await door.Begin(lab.Steward, new NewRegistration(entry.Id, RegistrationKind.First), default));
        Refuses("kernel.not-found", await door.Find(lab.Reviewer, draft.Id, default));

        var edited = Good(await door.Edit(lab.Steward, draft.Id, 1, draft.Dossier with { UseScene = "" }, default));
        Refuses("catalog.registration-changed", await door.Edit(lab.Steward, draft.Id, 1, draft.Dossier, default));
        Faults("kernel.required", await door.Take(lab.Steward, draft.Id, 2, RegistrationState.Applied, "", default));
        Good(await door.Edit(lab.Steward, edited.Id, 2, draft.Dossier, default));
        Refuses("catalog.registration-registrant", await door.Take(lab.Head with { Roles = new HashSet<Role> { Role.AgencyHead } }, draft.Id, 3, RegistrationState.Applied, "", default));
        var applied = Good(await door.Take(lab.Steward, draft.Id, 3, RegistrationState.Applied, "", default));
        Assert.Equal(("REG-ACCEPT", "2026-09-22"), (applied.DueRule, Day(applied.DueAt)));
        Refuses("catalog.registration-state", await door.Take(lab.Reviewer, draft.Id, 4, RegistrationState.Issued, "", default));
        Refuses("catalog.registration-registrar", await door.Take(lab.Steward, draft.Id, 4, RegistrationState.Accepted, "", default));
        Faults("kernel.required", await door.Take(lab.Reviewer, draft.Id, 4, RegistrationState.Returned, "", default));
        Good(await door.Take(lab.Reviewer, draft.Id, 4, RegistrationState.Accepted, "", default));
        var noticed = Good(await door.Take(lab.Reviewer, draft.Id, 5, RegistrationState.Noticed, "材料齐全", default));
        Assert.Equal(noticed.DueAt, noticed.NoticeUntil);
        Assert.Single(await door.InNotice(default));
        Refuses("catalog.registration-notice", await door.Take(lab.Reviewer, draft.Id, 6, RegistrationState.Issued, "", default));

        // An objection counts the revision up: whoever was about to issue looks again.
        var objection = Good(await door.Object(lab.CompanyPerson, draft.Id, "数据来源与公示不符", default));
        Refuses("catalog.objection-open", await door.Object(lab.CompanyPerson, draft.Id, "再说一次", default));
        lab.Clock.AdjustTime(noticed.NoticeUntil!.Value.AddSeconds(1));
        Refuses("catalog.registration-notice-over", await door.Object(lab.Stranger, draft.Id, "公示期后", default));
        Refuses("catalog.registration-objections", await door.Take(lab.Reviewer, draft.Id, 6, RegistrationState.Issued, "", default));
        Refuses("kernel.not-found", await door.Answer(lab.Stranger, objection.Id, new NoticeAnswer(true, "成立"), default));
        Good(await door.Answer(lab.Reviewer, objection.Id, new NoticeAnswer(true, "经核实，来源部门写错"), default));
        Refuses("catalog.objection-answered", await door.Answer(lab.Reviewer, objection.Id, new NoticeAnswer(false, "不成立"), default));
        Refuses("catalog.registration-upheld", await door.Take(lab.Reviewer, draft.Id, 7, RegistrationState.Issued, "", default));
        Good(await door.Take(lab.Reviewer, draft.Id, 7, RegistrationState.Returned, "请更正来源", default));

        // Corrected, applied for and noticed again, the code comes.
        Good(await door.Take(lab.Steward, draft.Id, 8, RegistrationState.Applied, "", default));
        Good(await door.Take(lab.Reviewer, draft.Id, 9, RegistrationState.Accepted, "", default));
        var again = Good(await door.Take(lab.Reviewer, draft.Id, 10, RegistrationState.Noticed, "", default));
        lab.Clock.AdjustTime(again.NoticeUntil!.Value.AddSeconds(1));
        var issued = Good(await door.Take(bureauHead, draft.Id, 11, RegistrationState.Issued, "", default));
        Assert.Equal("290000-2026-000001", issued.Code);
        var code = (await door.Code(issued.Code!, default))!;
        Assert.Equal(lab.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).AddYears(3).ToString("yyyy-MM-dd"), Day(code.ValidUntil));
        Refuses("catalog.registration-stands", await door.Begin(lab.Steward, new NewRegistration(entry.Id, RegistrationKind.First), default));
        var whole = Good(await door.Find(lab.Steward, draft.Id, default));
        Assert.Equal((8, 1), (whole.Steps.Count, whole.Objections.Count));
        Assert.NotNull(await door.Public(draft.Number, default));
    }

    [Theory, EveryStore]
    public async Task A_change_is_found_renewal_lengthens_the_term_and_an_end_is_told_once(Store store)
    {
        await using var lab = await LawNode.Start(store);
        var (door, entries) = (lab.Get<Registrations>(), lab.Get<Entries>());
        var entry = await lab.Publish(Samples.Open("公交站点", "Bus stops"), "stops");
        var code = await Registered(lab, entry);
        Assert.Empty(await door.Proposals(lab.Steward, default));

        var changed = entry.Content with { Fields = [.. entry.Content.Fields, Samples.Field("line")], Region = "290101" };
        Good(await entries.Edit(lab.Steward, entry.Id, 1, changed, default));
        foreach (var kind in Enum.GetValues<AssessmentKind>()) Good(await entries.Assess(lab.Steward, entry.Id, kind, "评估结论：可以编目", default));
        Good(await entries.Submit(lab.Steward, entry.Id, 2, default));
        Good(await entries.Approve(lab.Head, entry.Id, 2, default));
        Good(await entries.Publish(lab.Reviewer, entry.Id, 2, default));
        var proposal = Assert.Single(await door.Proposals(lab.Steward, default));
        Assert.Equal((RegistrationKind.Change, "Structure Source"), (proposal.Kind, string.Join(' ', proposal.Drifts)));
        Assert.Single(await door.Proposals(lab.Reviewer, default));
        Assert.Empty(await door.Proposals(lab.Stranger, default));
        await lab.Get<Db>().Run($"update catalog_registration_code set agency = {lab.Agency("police").Id} where code = {code.Code}", default);
        Assert.Contains(RegistrationDrift.Holder, Assert.Single(await door.Proposals(lab.Stranger, default)).Drifts);

        var renewed = await Registered(lab, entry, RegistrationKind.Change, renews: true);
        Assert.Equal((code.Code, Day(code.ValidUntil.AddYears(3))), (renewed.Code, Day(renewed.ValidUntil)));
        Assert.Empty(await door.Proposals(lab.Steward, default));
        Faults("catalog.registration-renews", await door.Begin(lab.Steward, new NewRegistration(entry.Id, RegistrationKind.Correction, true), default));
        Assert.Equal(code.Code, (await Registered(lab, entry, RegistrationKind.Correction)).Code);

        // Sixty days before the end the stewards are told, once; then the code is over and never comes again.
        await door.Watch(default);
        lab.Clock.AdjustTime(renewed.ValidUntil.AddDays(-59));
        await door.Watch(default);
        await door.Watch(default);
        Assert.Single(await lab.Get<Notices>().Of(lab.Steward, 100, default), n => n.Kind == NoticeKind.RegistrationEnding && n.Args[0] == code.Code);
        lab.Clock.AdjustTime(renewed.ValidUntil.AddDays(1));
        await door.Watch(default);
        Assert.Equal(CodeState.Expired, (await door.Code(code.Code, default))!.State);
        Assert.Null(await door.ValidOf(entry.Id, default));
        var next = await Registered(lab, entry);
        Assert.NotEqual(code.Code, next.Code);

        Good(await entries.Retire(lab.Head, entry.Id, 2, "职责调整", default));
        Assert.Equal(RegistrationKind.Cancellation, Assert.Single(await door.Proposals(lab.Steward, default)).Kind);
        await Registered(lab, entry, RegistrationKind.Cancellation);
        Assert.Equal(CodeState.Cancelled, (await door.Code(next.Code, default))!.State);
        Assert.Equal([next.Code, code.Code], (await door.Codes(null, 50, default)).Items.Select(c => c.Code));
        var page = await door.Codes(null, 1, default);
        Assert.Equal(code.Code, Assert.Single((await door.Codes(page.Next, 1, default)).Items).Code);
        Assert.Equal(4, (await door.List(lab.Steward, default)).Count - 1);
    }

    [Theory, EveryStore]
    public async Task Over_http_the_package_is_canonical_and_everybody_reads_the_codes(Store store)
    {
        await using var lab = await LawNode.Start(store);
        var entry = await lab.Publish(Samples.Open("公交站点", "Bus stops"), "stops");
        var (steward, reviewer, stranger) = (await lab.SignIn("transport.steward"), await lab.SignIn("bureau.reviewer"), await lab.SignIn("police.steward"));
        var begun = await Api.Post(steward, "/api/registrations", new { entry = entry.Id.ToString(), kind = "First" }, HttpStatusCode.Created, key: "r-1");
        var path = "/api/registrations/" + (string)begun["id"]!;
        await Api.Post(stranger, path + "/steps", new { revision = 1, to = "Applied" }, HttpStatusCode.NotFound);
        using (var put = await steward.PutAsync(path, new StringContent(new JsonObject { ["revision"] = 1, ["dossier"] = begun["dossier"]!.DeepClone() }.ToJsonString(), Encoding.UTF8, "application/json"))) Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        await Api.Post(steward, path + "/steps", new { revision = 2, to = "Applied" });
        await Api.Post(reviewer, path + "/steps", new { revision = 3, to = "Accepted" });
        var noticed = await Api.Post(reviewer, path + "/steps", new { revision = 4, to = "Noticed" });
        var objected = await Api.Post(stranger, path + "/objections", new { body = "范围不清" }, HttpStatusCode.Created);
        await Api.Post(lab.Node.Http, path + "/objections", new { body = "范围不清" }, HttpStatusCode.Unauthorized);
        await Api.Post(reviewer, $"/api/registrations/objections/{(string)objected["id"]!}/answer", new { isUpheld = false, answer = "范围以目录为准" });
        lab.Clock.AdjustTime(DateTimeOffset.Parse((string)noticed["noticeUntil"]!, System.Globalization.CultureInfo.InvariantCulture).AddSeconds(1));
        // Sessions do not outlive the notice.
        (steward, reviewer, stranger) = (await lab.SignIn("transport.steward"), await lab.SignIn("bureau.reviewer"), await lab.SignIn("police.steward"));
        var issued = await Api.Post(reviewer, path + "/steps", new { revision = 6, to = "Issued" });

        var bytes = await steward.GetByteArrayAsync(path + "/package");
        Assert.Equal(Tongxiang.Core.Ledger.Canonical.Json(JsonNode.Parse(bytes)), bytes);
        Assert.Equal((string)issued["code"]!, (string)JsonNode.Parse(bytes)!["code"]!);
        Assert.Equal("已于 2026-09-18 完成保密审查", (string)JsonNode.Parse(bytes)!["dossier"]!["safety"]!);
        using var hidden = await stranger.GetAsync(path + "/package");
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        var listed = (await Api.Get(lab.Node.Http, "/api/registrations/codes"))["items"]!.AsArray().Single()!;
        Assert.Equal(("公交站点", "/datasets/stops"), ((string)listed["name"]!, (string)listed["dataset"]!));
        Assert.Single((await Api.Get(steward, "/api/registrations"))["items"]!.AsArray());
        Assert.Empty((await Api.Get(steward, "/api/registrations/proposals"))["items"]!.AsArray());
        Assert.Single((await Api.Get(steward, path))["objections"]!.AsArray());
    }

    /// <summary>Walks a registration to its code.</summary>
    internal static async Task<RegistrationCode> Registered(LawNode lab, Entry entry, RegistrationKind kind = RegistrationKind.First, bool renews = false)
    {
        var door = lab.Get<Registrations>();
        var r = Good(await door.Begin(lab.Steward, new NewRegistration(entry.Id, kind, renews), default));
        r = Good(await door.Take(lab.Steward, r.Id, r.Revision, RegistrationState.Applied, "", default));
        foreach (var step in new[] { RegistrationState.Accepted, RegistrationState.Noticed }) r = Good(await door.Take(lab.Reviewer, r.Id, r.Revision, step, "", default));
        lab.Clock.AdjustTime(r.NoticeUntil!.Value.AddSeconds(1));
        return (await door.Code(Good(await door.Take(lab.Reviewer, r.Id, r.Revision, RegistrationState.Issued, "", default)).Code!, default))!;
    }

    private static string Day(DateTimeOffset? at) => at!.Value.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
