using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Journeys;

/// <summary>The main job from end to end on a whole node: a department's file becomes a governed, granted, witnessed interface, and a third party checks it.</summary>
public sealed class NewcomerWalk
{
    private const string Matter = "最低生活保障审核确认";
    private static readonly string[] Granted = ["date", "province", "city", "confirmed"];

    [Theory, EveryStore]
    public async Task A_file_is_catalogued_landed_found_granted_called_and_its_receipt_verified_offline(Store store)
    {
        await using var province = await Province.Open(store);
        var days = CityDays.Find();
        var (id, slug) = await Publish(province);
        await Land(province, id, slug, days);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (token, otherToken) = (await Register(province, "civil.steward", "civil-01", key), await Register(province, "police.steward", "police-01", otherKey));
        Assert.Equal(HttpStatusCode.Forbidden, (await province.Call($"/data/{slug}?limit=1", token, Matter)).StatusCode);

        var (application, grant) = await Apply(province, slug);
        await StrangersFindNothing(province, id, slug, application, grant, otherToken);
        await TheRightIsNotEverybodysOfTheConsumer(province, slug);

        Assert.Equal("Delivering", await StateOf(province, application));
        using var answer = await province.Call($"/data/{slug}?city=eq.武汉市&order=date.desc&limit=5", token, Matter);
        await HoldsOnlyWhatWasGranted(answer, days);
        Assert.Equal("InUse", await StateOf(province, application));

        await HiddenColumnsDoNotExist(province, slug, token);
        await TheReceiptHoldsOffline(province, answer);
        await SuspensionCountsAtOnce(province, slug, application, grant, token);
    }

    private static async Task<(string Id, string Slug)> Publish(Province province)
    {
        var (steward, head, reviewer, stranger) = (await province.SignIn("health.steward"), await province.SignIn("health.head"), await province.SignIn("reviewer"), await province.SignIn("police.steward"));
        var made = await Province.Post(steward, "/api/entries", new NewEntry(CityDays.Content(), "city-days"), HttpStatusCode.Created);
        var id = (string)made["entry"]!["id"]!;
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/api/entries/{id}")).StatusCode);
        await Province.Post(steward, $"/api/entries/{id}/submit", new { revision = 1 }, HttpStatusCode.Conflict);
        await Province.Post(steward, $"/api/entries/{id}/assessments", new { kind = "SecrecyRisk", conclusion = "不涉及国家秘密" });
        await Province.Post(steward, $"/api/entries/{id}/assessments", new { kind = "PersonalInformationImpact", conclusion = "不含个人信息" });
        await Province.Post(steward, $"/api/entries/{id}/submit", new { revision = 1 });
        await Province.Post(steward, $"/api/entries/{id}/approve", new { revision = 1 }, HttpStatusCode.Forbidden);
        await Province.Post(head, $"/api/entries/{id}/approve", new { revision = 1 });
        Assert.Contains((await Province.Get(reviewer, "/api/entries/reviews"))["items"]!.AsArray(), e => (string)e!["id"]! == id);
        var published = await Province.Post(reviewer, $"/api/entries/{id}/publish", new { revision = 1 });
        Assert.Equal("Published", (string)published["entry"]!["state"]!);
        return (id, (string)published["entry"]!["slug"]!);
    }

    private static async Task Land(Province province, string id, string slug, CityDays days)
    {
        var (steward, head) = (await province.SignIn("health.steward"), await province.SignIn("health.head"));
        await using var file = days.Open();
        var run = await Province.Send(steward, $"/api/entries/{id}/landings", file, days.FileName);
        Assert.Equal("Proposed", (string)run["state"]!);
        var names = run["proposal"]!["layout"]!["names"]!.AsArray().Select(n => (string)n!).ToList();
        var places = new JsonObject();
        foreach (var field in CityDays.Content().Fields) places[field.Name] = names.FindIndex(n => n.Equals(field.Name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
        var path = $"/api/entries/{id}/landings/{(string)run["id"]!}";
        await Province.Post(steward, path + "/confirmation", new { firstRow = run["proposal"]!["layout"]!["firstRow"], leaveOut = Array.Empty<long>(), placeOfField = places }, HttpStatusCode.Accepted);
        var done = await Province.Until(async () => await Province.Get(steward, path) is var now && (string)now["state"]! is "Done" or "Refused" ? now : null, "the end of the landing");
        Assert.True((string)done["state"]! == "Done", done.ToJsonString());
        Assert.Equal((days.Rows, 0L), ((long)done["rowsRead"]!, (long)done["rowsBad"]!));

        // Landed is not served: one more step makes the version current, and only the provider's steward takes it.
        Assert.Equal(HttpStatusCode.NotFound, (await province.Call($"/data/{slug}", null)).StatusCode);
        await Province.Post(head, $"/api/entries/{id}/versions/1/promotion", new { }, HttpStatusCode.Forbidden);
        var promoted = await Province.Post(steward, $"/api/entries/{id}/versions/1/promotion", new { });
        Assert.Equal(("Current", days.Rows), ((string)promoted["state"]!, (long)promoted["rows"]!));
        Assert.Equal(HttpStatusCode.Unauthorized, (await province.Call($"/data/{slug}", null)).StatusCode);
    }

    private static async Task<string> Register(Province province, string steward, string client, ECDsa key)
    {
        await Province.Post(await province.SignIn(steward), "/api/clients", new { clientId = client, name = "业务系统", jwk = Province.PublicJwk(key) }, HttpStatusCode.Created);
        return await province.Token(client, key);
    }

    private static async Task<(string Application, string Grant)> Apply(Province province, string slug)
    {
        var (applicant, head) = (await province.SignIn("civil.steward"), await province.SignIn("civil.head"));
        var (clerk, chief) = (await province.SignIn("health.steward"), await province.SignIn("health.head"));
        var found = (await Province.Get(applicant, "/api/search?q=" + Uri.EscapeDataString("疫情统计")))["items"]!.AsArray().Single(i => (string)i!["slug"]! == slug)!;
        var wish = new
        {
            basis = "《社会救助暂行办法》第五十八条",
            scenario = "审核时核对申请人所在城市当日情况",
            matter = Matter,
            purpose = "核对",
            fields = (string[])[.. Granted, "dead"],
            modes = (string[])["Api"],
            until = TimeProvider.System.GetUtcNow().AddMonths(6).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        };
        var draft = await Province.Post(applicant, "/api/applications", new { lane = "Sharing", entry = (string)found["id"]!, wish }, HttpStatusCode.Created);
        var id = (string)draft["application"]!["id"]!;
        await Province.Post(applicant, $"/api/applications/{id}/propose", new { });
        await Province.Post(clerk, $"/api/applications/{id}/propose-reply", new { reply = Reply() }, HttpStatusCode.NotFound);
        Assert.Single((await Province.Get(head, "/api/inbox"))["items"]!.AsArray());
        await Province.Post(head, $"/api/applications/{id}/agree", new { });
        Assert.Single((await Province.Get(clerk, "/api/inbox"))["items"]!.AsArray());
        await Province.Post(clerk, $"/api/applications/{id}/propose-reply", new { reply = Reply() });
        var signed = await Province.Post(chief, $"/api/applications/{id}/consent", new { });
        var grant = (string)signed["application"]!["grant"]!;

        var record = await Province.Get(applicant, $"/api/grants/{grant}");
        Assert.Equal("Active", (string)record["state"]!);
        Assert.Equal(Granted, record["fields"]!.AsArray().Select(f => (string)f!["name"]!));
        var publicKey = Convert.FromBase64String((string)(await Province.Get(applicant, "/api/grants/key"))["publicKey"]!);
        Assert.True(GrantKey.Verify(publicKey, (string)record["record"]!, (string)record["signature"]!));
        Assert.False(GrantKey.Verify(publicKey, ((string)record["record"]!).Replace("city", "dead", StringComparison.Ordinal), (string)record["signature"]!));
        return (id, grant);
    }

    private static object Reply() => new
    {
        isConsent = true,
        reason = "",
        fields = Granted.Select(f => new { name = f, answer = "Plain", reason = (string?)null }).Append(new { name = "dead", answer = "NotGiven", reason = (string?)"与事项无关" }),
        rows = "",
        needsCase = true,
        lowestAssurance = "SignedAssertion",
        providerResponsible = "卫生健康数据专员",
    };

    private static async Task<string> StateOf(Province province, string application) =>
        (string)(await Province.Get(await province.SignIn("civil.steward"), $"/api/applications/{application}"))["application"]!["state"]!;

    private static async Task StrangersFindNothing(Province province, string id, string slug, string application, string grant, string token)
    {
        var stranger = await province.SignIn("police.steward");
        foreach (var path in new[] { $"/api/applications/{application}", $"/api/grants/{grant}", $"/api/grants/{grant}/uses", $"/api/entries/{id}/landings", $"/api/entries/{id}/versions" })
            Assert.True((await stranger.GetAsync(path)).StatusCode == HttpStatusCode.NotFound, path);
        foreach (var (path, body) in new (string, object)[]
        {
            ($"/api/applications/{application}/withdraw", new { }), ($"/api/applications/{application}/consent", new { }), ($"/api/grants/{grant}/suspend", new { reason = "x" }),
            ($"/api/grants/{grant}/end", new { ground = "Misuse", reason = "x" }),
        })
            await Province.Post(stranger, path, body, HttpStatusCode.NotFound);
        await Province.Post(stranger, $"/api/entries/{id}/versions/1/promotion", new { }, HttpStatusCode.Forbidden);
        foreach (var query in new[] { "", "?limit=1", "?select=city", "@1" })
            Assert.Equal(HttpStatusCode.Forbidden, (await province.Call($"/data/{slug}{query}", token, Matter)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync($"/data/{slug}")).StatusCode);
    }

    // Signed in is no system's signature, a token that a person fetched is none either, and an administrator is no operative.
    private static async Task TheRightIsNotEverybodysOfTheConsumer(Province province, string slug)
    {
        async Task Refuses(string code, HttpResponseMessage answer)
        {
            Assert.Equal((HttpStatusCode.Forbidden, code), (answer.StatusCode, (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!));
            answer.Dispose();
        }
        async Task<HttpResponseMessage> As(string user)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/data/{slug}?limit=1");
            request.Headers.Add("Data-Case", "BJ-2026-0001");
            return await (await province.SignIn(user)).SendAsync(request);
        }
        await Refuses("gateway.reads-no-content", await As("civil.admin"));
        await Refuses("gateway.low-assurance", await As("civil.steward"));
        var node = province.Node;
        var (client, steward) = (node.Get<Clients>().Find("civil-01")!, node.Get<Tongxiang.Agencies.Directory>().People.Single(p => p.UserName == "civil.steward"));
        var caller = Caller.Platform with { Actor = steward.Id.ToString(), Person = steward.Id, Agency = steward.Agency, Roles = steward.Roles };
        var fetched = await node.Get<DeskTokens>().Issue(caller, client.Id, default);
        Assert.Null(fetched.Refusal);
        await Refuses("gateway.low-assurance", await province.Call($"/data/{slug}?limit=1", fetched.Value.Token, Matter));
    }

    private static async Task HoldsOnlyWhatWasGranted(HttpResponseMessage answer, CityDays days)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent, $"{(int)answer.StatusCode} {text}");
        var rows = JsonNode.Parse(text)!.AsArray();
        Assert.All(rows, row => Assert.Equal(Granted, row!.AsObject().Select(p => p.Key)));
        if (days.FileName.StartsWith("covid", StringComparison.Ordinal)) Assert.Equal(5, rows.Count);
    }

    // What was not granted is refused word for word as what does not exist: no answer tells them apart.
    private static async Task HiddenColumnsDoNotExist(Province province, string slug, string token)
    {
        foreach (var query in new[] { "select=@", "@=gt.0", "order=@", "or=(@.gt.0,city.is.null)", "select=city&@=not.is.null&limit=0", "select=x:@" })
        {
            using var hidden = await province.Call($"/data/{slug}?" + query.Replace("@", "dead", StringComparison.Ordinal), token, Matter);
            using var absent = await province.Call($"/data/{slug}?" + query.Replace("@", "nope", StringComparison.Ordinal), token, Matter);
            Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (hidden.StatusCode, absent.StatusCode));
            Assert.Equal(await Words(absent, "nope"), await Words(hidden, "dead"));
            Assert.False(hidden.Content.Headers.Contains("Content-Range"));
        }
    }

    private static async Task<string> Words(HttpResponseMessage answer, string column)
    {
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        problem.Remove("traceId");
        problem.Remove("instance");
        return problem.ToJsonString().Replace(column, "@", StringComparison.Ordinal);
    }

    private static async Task TheReceiptHoldsOffline(Province province, HttpResponseMessage answer)
    {
        var text = Assert.Single(answer.Headers.GetValues(Receipt.Header));
        var receipt = Receipt.Parse(text)!;
        var folder = System.IO.Directory.CreateDirectory(Path.Combine(province.Node.Root, "kept")).FullName;
        var (proof, keys) = (Path.Combine(folder, "call.tlog-proof"), Path.Combine(folder, "keys"));
        await File.WriteAllTextAsync(keys, await province.Public.GetStringAsync("/log/key"));
        await Province.Until(async () =>
        {
            using var fetched = await province.Public.GetAsync($"/log/proof/{receipt.Index}.tlog-proof");
            if (!fetched.IsSuccessStatusCode) return null;
            await File.WriteAllBytesAsync(proof, await fetched.Content.ReadAsByteArrayAsync());
            return [];
        }, "the proof");
        Assert.Equal(0, await Offline(text, keys, proof));

        var forged = receipt with { Leaf = SHA256.HashData(receipt.Leaf) };
        Assert.Equal(1, await Offline(forged.ToString(), keys, proof));
        await File.WriteAllTextAsync(proof, (await File.ReadAllTextAsync(proof)).Replace($"index {receipt.Index}\n", $"index {receipt.Index + 1}\n", StringComparison.Ordinal));
        Assert.Equal(1, await Offline(text, keys, proof));
    }

    private static async Task<int> Offline(string receipt, string keys, string proof)
    {
        using var said = new StringWriter();
        return await Verify.Run(new Verification(receipt, [keys], proof, null, null, 0, TreeHash.Sha256, null), said, default);
    }

    private static async Task SuspensionCountsAtOnce(Province province, string slug, string application, string grant, string token)
    {
        var clerk = await province.SignIn("health.steward");
        var seen = await province.Call($"/data/{slug}?limit=1", token, "房产过户");
        Assert.Equal((HttpStatusCode.Forbidden, "gateway.other-matter"), (seen.StatusCode, (string)JsonNode.Parse(await seen.Content.ReadAsStringAsync())!["code"]!));
        await Province.Post(clerk, $"/api/grants/{grant}/suspend", new { reason = "发现异常" });
        using var refused = await province.Call($"/data/{slug}?limit=1", token, Matter);
        Assert.Equal((HttpStatusCode.Forbidden, "gateway.grant-suspended"), (refused.StatusCode, (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["code"]!));
        Assert.Equal("Suspended", await StateOf(province, application));
        await Province.Post(clerk, $"/api/grants/{grant}/resume", new { reason = "已整改" });
        using var again = await province.Call($"/data/{slug}?limit=1", token, Matter);
        Assert.True(again.IsSuccessStatusCode, await again.Content.ReadAsStringAsync());
        Assert.NotEmpty((await Province.Get(await province.SignIn("civil.steward"), $"/api/grants/{grant}/uses"))["items"]!.AsArray());
    }
}
