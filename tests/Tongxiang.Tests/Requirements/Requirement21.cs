using System.Net;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 27 ¶3: a running service is neither stopped nor changed without talks with its users and a filing with the bureau.</summary>
public sealed class Requirement21
{
    [Theory, EveryStore]
    public async Task Requirement_21_a_running_service_is_neither_stopped_nor_changed_incompatibly_without_consultation_and_filing_number(Store store)
    {
        await using var law = await GrantNode.Open(store);
        var granted = await law.Grant();
        Assert.Equal(HttpStatusCode.OK, (await law.Call("civil", "/data/relief")).Status);
        using var steward = await law.SignIn("police.steward");
        using var head = await law.SignIn("police.head");
        using var user = await law.SignIn("civil.steward");
        using var bureau = await law.SignIn("reviewer");

        // Unfiled: the retirement, the changed content and the end of the grant are refused with the article.
        var retire = await Api.Post(head, $"/api/entries/{law.Entry.Id}/retire", new { revision = 1, note = "系统下线" }, HttpStatusCode.Conflict);
        Assert.Equal(("share.stop-unfiled", Law.Order809(27)), ((string)retire["code"]!, (string)retire["article"]!));
        var content = law.Entry.Content with { Fields = [.. law.Entry.Content.Fields.Where(f => f.Name != "amount")] };
        var entries = law.Get<Entries>();
        var edited = (await entries.Edit(law.CallerOf("police.steward"), law.Entry.Id, 1, content, default)).Value;
        foreach (var kind in Enum.GetValues<AssessmentKind>()) Assert.Null((await entries.Assess(law.CallerOf("police.steward"), law.Entry.Id, kind, "无变化", default)).Refusal);
        var submit = await Api.Post(steward, $"/api/entries/{law.Entry.Id}/submit", new { revision = edited.LatestRevision }, HttpStatusCode.Conflict);
        Assert.Equal(("share.change-unfiled", Law.Order809(27)), ((string)submit["code"]!, (string)submit["article"]!));
        var end = await Api.Post(head, $"/api/grants/{granted.Grant}/end", new { ground = "ServiceStopped", reason = "系统下线", filing = "BA20260302-0001" }, HttpStatusCode.Conflict);
        Assert.Equal(("share.filing-unknown", Law.Order809(27)), ((string)end["code"]!, (string)end["article"]!));
        Assert.Equal(HttpStatusCode.OK, (await law.Call("civil", "/data/relief")).Status);

        // Consulted and filed, from its day on.
        var change = await Api.Post(head, "/api/service-changes", new { entry = law.Entry.Id.ToString(), kind = "Stop", reason = "系统整合", effective = "2026-03-16" }, HttpStatusCode.Created);
        var path = $"/api/service-changes/{(string)change["id"]!}";
        Assert.Equal("share.change-unanswered", (string)(await Api.Post(bureau, path + "/file", new { revision = 1 }, HttpStatusCode.Conflict))["code"]!);
        var answered = await Api.Post(user, path + "/answer", new { answer = "Agreed" });
        var filed = await Api.Post(bureau, path + "/file", new { revision = (long)answered["revision"]! });
        var filing = (string)filed["filing"]!;
        Assert.Equal("share.stop-early", (string)(await Api.Post(head, $"/api/entries/{law.Entry.Id}/retire", new { revision = edited.LatestRevision, note = "系统下线" }, HttpStatusCode.Conflict))["code"]!);
        law.Clock.Move(new DateTimeOffset(2026, 3, 16, 9, 0, 0, TimeSpan.FromHours(8)));
        using var later = await law.SignIn("police.head");
        await Api.Post(later, $"/api/grants/{granted.Grant}/end", new { ground = "ServiceStopped", reason = "系统整合", filing });
        Assert.Equal((HttpStatusCode.Forbidden, "gateway.grant-ended"), await law.Call("civil", "/data/relief") is var (s, c, _) ? (s, c) : default);
        await Api.Post(later, $"/api/entries/{law.Entry.Id}/retire", new { revision = edited.LatestRevision, note = "系统整合" });
    }
}
