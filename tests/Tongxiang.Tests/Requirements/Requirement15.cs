using System.Net;
using System.Net.Http.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Server.Demo;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 26: a correction request has ten working days and no extension; its result is fed back and pushed to all other users.</summary>
public sealed class Requirement15
{
    [Theory, EveryStore]
    public async Task Requirement_15_a_correction_has_ten_working_days_without_extension_and_its_result_is_fed_back_and_pushed_to_all_other_users(Store store)
    {
        await using var lab = await NodeLab.Start(store, people: 300);
        using var consumer = await SignIn(lab, "civil-affairs.steward");
        using var provider = await SignIn(lab, "police.steward");
        using var stranger = await SignIn(lab, "health.steward");
        using var other = await SignIn(lab, "human-resources.steward");
        var entry = lab.Get<Catalogue>().BySlug("population")!;
        var grant = GrantOf(lab, entry, "civil-affairs");
        var (person, second) = await People(lab, entry);
        // Another department looks the same person up: it is a user of that record from here on.
        Assert.Null((await LookUp(lab, "human-resources.steward", entry, person)).Stop);
        Assert.Empty((await LookUp(lab, "civil-affairs.steward", entry, person)).Corrections);

        object Said(string record) => new { grant = grant.Id, key = new Dictionary<string, string> { ["citizen_id"] = record }, fields = new[] { "name" }, wrong = "姓名与居民身份证不一致", proposed = "张叁", proof = "身份证复印件" };
        await Api.Post(stranger, "/api/corrections", Said(person), HttpStatusCode.NotFound);
        await Api.Post(consumer, "/api/corrections", Said("110101199003070011"), HttpStatusCode.UnprocessableEntity);
        var made = await Api.Post(consumer, "/api/corrections", Said(person), HttpStatusCode.Created, key: "once");
        Assert.Equal((string)made["id"]!, (string)(await Api.Post(consumer, "/api/corrections", Said(person), HttpStatusCode.Created, key: "once"))["id"]!);
        var path = $"/api/corrections/{made["id"]}";
        var reported = DateTimeOffset.Parse((string)made["reportedAt"]!, null);
        var due = lab.Get<Calendar>().Current.Add(WorkCalendar.Day(reported), 10);
        Assert.Equal((due.Day, due.IsProvisional), (WorkCalendar.Day(DateTimeOffset.Parse((string)made["dueAt"]!, null)), (bool)made["dueIsProvisional"]!));
        var extended = await Api.Post(provider, path + "/extend", new { }, HttpStatusCode.Conflict);
        Assert.Contains("第二十六条", (string)extended["article"]!, StringComparison.Ordinal);

        // While it is open the served record says so to whoever is shown it, and only that record does.
        Assert.Equal(["name"], Assert.Single((await LookUp(lab, "human-resources.steward", entry, person)).Corrections).Fields);
        Assert.Empty((await LookUp(lab, "human-resources.steward", entry, second)).Corrections);

        using (var hidden = await other.GetAsync(path)) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        await Api.Post(consumer, path + "/correct", new { words = "自己更正自己的申请" }, HttpStatusCode.Forbidden);
        var corrected = await Api.Post(provider, path + "/correct", new { revision = 1, words = "已按身份证更正，随下一版本更新" });
        Assert.Equal(("Corrected", 1), ((string)corrected["state"]!, (int)corrected["told"]!));
        var fed = await Api.Get(consumer, path);
        Assert.Equal("已按身份证更正，随下一版本更新", (string)fed["steps"]![1]!["words"]!);
        Assert.Contains(await Notices(consumer), n => n.Contains("CorrectionResult", StringComparison.Ordinal));
        Assert.Contains(await Notices(other), n => n.Contains("CorrectionMade", StringComparison.Ordinal));
        Assert.DoesNotContain(await Notices(stranger), n => n.Contains("Correction", StringComparison.Ordinal));
        // Now the other user may know of it: which record, for its own right gives the key in clear, and nothing of who reported it.
        var told = await Api.Get(other, path);
        Assert.Equal(("Told", person, (string?)null), ((string)told["side"]!, (string)told["key"]!["citizen_id"]!, (string?)told["wrong"]));
        Assert.Null((string?)told["correction"]!["consumer"]);
    }

    private static async Task<HttpClient> SignIn(NodeLab lab, string user)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = lab.Http.BaseAddress };
        var password = Manifest.Load(lab.Get<Home>())!.Persons.Single(p => p.User == user).Password;
        using var answer = await client.PostAsJsonAsync("/api/session", new { user, password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return client;
    }

    private static async Task<IReadOnlyList<string>> Notices(HttpClient client) => [.. (await Api.Get(client, "/api/inbox/notices")).AsArray().Select(n => n!.ToJsonString())];

    private static Grant GrantOf(NodeLab lab, Entry entry, string consumer) =>
        lab.Get<Grants>().Active.All.Single(g => g.Entry == entry.Id && g.ConsumerAgency == lab.Get<Directory>().BySlug(consumer)!.Id);

    private static Task<LookUpAnswer> LookUp(NodeLab lab, string user, Entry entry, string person)
    {
        var directory = lab.Get<Directory>();
        var caller = Caller.Of(directory.People.Single(p => p.UserName == user), directory);
        var grant = GrantOf(lab, entry, directory.Find(caller.Agency!.Value)!.Slug);
        return Ask(lab.Get<LookUps>(), caller, new LookUpWish(grant.Id, "BJ2026-1", new Dictionary<string, string> { ["citizen_id"] = person }, null));
    }

    private static async Task<LookUpAnswer> Ask(LookUps looks, Caller caller, LookUpWish wish)
    {
        var asked = await looks.Ask(caller, null, wish, default);
        Assert.False(asked.IsRefused, asked.Refusal?.Code);
        return asked.Value;
    }

    private static async Task<(string, string)> People(NodeLab lab, Entry entry)
    {
        var version = lab.Get<Versions>().Current(entry.Id)!;
        using var page = (await lab.Get<ServingCopies>().Read(version, new Plan([], null, [], 4, 0, null, PlanCount.None) { Subject = Subjects.Of(version) }, default)).Value;
        var all = new List<string>();
        foreach (var one in page.Subjects!) all.Add(System.Text.Encoding.UTF8.GetString(one.Utf8));
        return (all[2], all[3]);
    }
}
