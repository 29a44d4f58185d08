using System.Net;
using System.Net.Http.Json;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Core.Crypto;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 24: superiors return the data of a lower region in time, in full and without conditions of their own.</summary>
public sealed class Requirement18
{
    private static async Task<ReturnFlow> Agreed(GrantNode law)
    {
        var door = law.Get<ReturnFlows>();
        var asked = (await door.Ask(law.CallerOf("nanhu.steward"), law.Entry.Id, "division", default)).Value;
        Assert.Equal("share.return-only-head", (await door.Agree(law.CallerOf("nanhu.steward"), asked.Id, 1, default)).Refusal?.Code);
        return (await door.Agree(law.CallerOf("nanhu.head"), asked.Id, 1, default)).Value;
    }

    [Theory, EveryStore]
    public async Task Requirement_18_a_return_flow_delivers_exactly_the_rows_of_the_region_and_they_can_be_counted_on_both_sides(Store store)
    {
        await using var law = await GrantNode.Open(store);
        var agreed = await Agreed(law);
        using var chief = await law.SignIn("police.head");
        using var opened = await chief.PostAsJsonAsync($"/api/return-flows/{agreed.Id}/open", new { revision = agreed.Revision });
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        var package = await law.Package("nanhu");
        var received = JsonNode.Parse((await law.Call("nanhu", "/data/relief", "")).Body)!.AsArray();
        Assert.Equal(["A1", "A2", "A3"], received.Select(r => (string)r!["code"]!).Order());
        foreach (var way in GrantNode.Ways(package))
        {
            var (status, _, body) = await law.Call("nanhu", way, "");
            Assert.Equal((way, HttpStatusCode.OK), (way, status));
            Assert.DoesNotContain("B1", body, StringComparison.Ordinal);
        }
        Assert.Empty(JsonNode.Parse((await law.Call("nanhu", "/data/relief?division=like.2902*", "")).Body)!.AsArray());

        // The receiver counts by itself, in any order, and both figures are kept.
        using var steward = await law.SignIn("nanhu.steward");
        var sheet = (await steward.GetFromJsonAsync<JsonObject>($"/api/return-flows/{agreed.Id}/sheet"))!;
        var columns = sheet["columns"]!.AsArray().Select(c => (string)c!).ToList();
        Assert.Equal(["amount", "code", "division"], columns);
        var digest = Digest(received.Reverse().Select(r => columns.Select(c => r![c]!.ToString())));
        Assert.Equal((3L, digest), ((long)sheet["rows"]!, (string)sheet["digest"]!));
        using var whole = await steward.PostAsJsonAsync($"/api/return-flows/{agreed.Id}/reconciliations", new { version = (long)sheet["version"]!, rows = 3, digest });
        Assert.True((bool)(await whole.Content.ReadFromJsonAsync<JsonObject>())!["isComplete"]!);
        using var part = await steward.PostAsJsonAsync($"/api/return-flows/{agreed.Id}/reconciliations", new { version = (long)sheet["version"]!, rows = 2, digest = Digest(received.Take(2).Select(r => columns.Select(c => r![c]!.ToString()))) });
        Assert.False((bool)(await part.Content.ReadFromJsonAsync<JsonObject>())!["isComplete"]!);
        Assert.Equal(2, (await chief.GetFromJsonAsync<JsonObject>($"/api/return-flows/{agreed.Id}/reconciliations"))!["items"]!.AsArray().Count);
        // Supervision reads that the second comparison showed a gap that nobody has closed.
        var record = Assert.Single(await law.Get<ShareRecord>().Returns(agreed.AskedAt, default));
        Assert.Equal((agreed.Number, true, null), (record.Number, record.AnsweredAt >= record.SignedAt, Assert.Single(record.Gaps).Until));
        Assert.Contains(await chief.GetFromJsonAsync<JsonArray>("/api/inbox/notices") is { } told ? told.Select(n => (string)n!["kind"]!) : [], k => k == "ReturnMoved");
        using var stranger = await law.SignIn("civil.steward");
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/api/return-flows/{agreed.Id}")).StatusCode);
    }

    [Theory, EveryStore]
    public async Task Requirement_18_a_return_flow_rejects_every_extra_condition(Store store)
    {
        await using var law = await GrantNode.Open(store);
        var agreed = await Agreed(law);
        using var chief = await law.SignIn("police.head");
        foreach (var condition in new object[] { new { rows = "amount=gt.100" }, new { fields = new[] { "code" } }, new { until = "2026-12-31" }, new { limits = new { networks = Array.Empty<string>(), callsPerMinute = 1 } }, new { needsCase = true }, new { purpose = "只用于统计" }, new { matter = "统计" }, new { modes = new[] { "Api" } } })
        {
            using var refused = await chief.PostAsJsonAsync($"/api/return-flows/{agreed.Id}/open", new { revision = agreed.Revision, conditions = condition });
            var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
            Assert.Equal((JsonSerializer.Serialize(condition), HttpStatusCode.UnprocessableEntity, "share.return-condition", Law.Order809(24)), (JsonSerializer.Serialize(condition), refused.StatusCode, (string)problem["code"]!, (string)problem["article"]!));
        }
        var door = law.Get<ReturnFlows>();
        Assert.Equal("ground", (await door.Refuse(law.CallerOf("police.head"), agreed.Id, agreed.Revision, RefusalGround.OutsideDuty, "不想给", default)).Refusal!.Fields[0].Field);
        // A department of the same level or above has no right of return.
        Assert.Equal("receiver", (await door.Ask(law.CallerOf("civil.steward"), law.Entry.Id, "division", default)).Refusal!.Fields[0].Field);
        Assert.Equal("regionField", (await door.Ask(law.CallerOf("nanhu.steward"), law.Entry.Id, "amount", default)).Refusal!.Fields[0].Field);
        Assert.Equal(ReturnState.Refused, (await door.Refuse(law.CallerOf("police.head"), agreed.Id, agreed.Revision, RefusalGround.NotHeld, "已划转", default)).Value.State);
        Assert.Equal("share.return-changed", (await door.Open(law.CallerOf("police.head"), agreed.Id, agreed.Revision, null, default)).Refusal!.Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await law.Call("nanhu", "/data/relief", "")).Status);
    }

    private static string Digest(IEnumerable<IEnumerable<string>> rows)
    {
        var sum = rows.Select(r => "[" + string.Join(',', r.Select(v => $"\"{v}\"")) + "]").Aggregate(BigInteger.Zero, (s, line) => s + new BigInteger(Sm3.Hash(System.Text.Encoding.UTF8.GetBytes(line)), isUnsigned: true, isBigEndian: true)) & ((BigInteger.One << 256) - 1);
        return Convert.ToHexStringLower(sum.ToByteArray(isUnsigned: true, isBigEndian: true)).PadLeft(64, '0');
    }
}
