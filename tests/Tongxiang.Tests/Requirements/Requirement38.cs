using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Catalog;
using Tongxiang.Federation;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Requirements.LawNode;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 30–32: catalogue, grants and statistics are exchanged with the superior platform by the cascade interface and re-sent without duplicates.</summary>
public sealed class Requirement38
{
    private const string Origin = "city.example/log";

    [Theory, EveryStore]
    public async Task Requirement_38_two_nodes_exchange_catalogue_grants_and_statistics_and_a_repeat_changes_nothing(Store store)
    {
        await using var city = await LawNode.Start(store, settings: new Dictionary<string, string> { ["Node:LogOrigin"] = Origin, ["Node:Division"] = "290100" });
        var key = await Api.Get(city.Node.Http, "/api/cascade/key");
        await using var province = await LawNode.Start(store, settings: new Dictionary<string, string>
        {
            ["Node:LogOrigin"] = "province.example/log",
            ["Cascade:Below:0:Origin"] = (string)key["origin"]!,
            ["Cascade:Below:0:PublicKey"] = (string)key["publicKey"]!,
        });
        var (cityBureau, bureau) = (await city.SignIn("bureau.reviewer"), await province.SignIn("bureau.reviewer"));
        var entry = await city.Publish(Samples.Open("公交站点", "Bus stops"), "stops");
        var grant = await Granted(city, entry);
        await city.Get<ResourceUses>().Save(default);
        city.Get<ResourceUses>().Add(entry.Id, 40);
        await city.Get<ResourceUses>().Save(default);

        // The bundle carries all three, nothing personal, and verifies with the key alone.
        var made = await Api.Post(cityBureau, "/api/cascade/bundles", new { }, HttpStatusCode.Created);
        var signed = await Api.Get(cityBureau, "/api/cascade/bundles/1");
        var body = (string)signed["body"]!;
        Assert.True(CascadeKey.Verify((string)key["publicKey"]!, body, (string)signed["signature"]!));
        var told = JsonNode.Parse(body)!;
        Assert.Equal((1, 1, 1, 1L), (told["entries"]!.AsArray().Count, told["grants"]!.AsArray().Count, told["uses"]!.AsArray().Count, (long)told["sequence"]!));
        Assert.Equal((grant.Number, 1L, 40L), ((string)told["grants"]![0]!["number"]!, (long)told["uses"]![0]!["calls"]!, (long)told["uses"]![0]!["rows"]!));
        foreach (var secret in new[] { "某人", "张三", grant.Purpose, grant.Matter }.Where(s => s.Length > 0)) Assert.DoesNotContain(secret, body, StringComparison.Ordinal);
        using (var nothing = await cityBureau.PostAsync("/api/cascade/bundles", null)) Assert.Equal(HttpStatusCode.NoContent, nothing.StatusCode);

        // Taken in once; sent again it is known and changes nothing.
        var first = await Api.Post(province.Node.Http, "/api/cascade/inbox", signed);
        Assert.Equal((true, 2L), ((bool)first["isNew"]!, (long)first["next"]!));
        var before = await State(bureau);
        for (var i = 0; i < 3; i++) Assert.False((bool)(await Api.Post(province.Node.Http, "/api/cascade/inbox", signed))["isNew"]!);
        Assert.Equal(before, await State(bureau));
        Assert.Contains(entry.Code, before, StringComparison.Ordinal);

        // Altered, unsigned, strange or written another way: refused, and nothing changes.
        async Task Refused(string changed, string signature, string code, HttpStatusCode status) =>
            Assert.Equal(code, (string)(await Api.Post(province.Node.Http, "/api/cascade/inbox", new { body = changed, signature }, status))["code"]!);
        await Refused(body.Replace("公交站点", "公交站台", StringComparison.Ordinal), (string)signed["signature"]!, "federation.forged", HttpStatusCode.Forbidden);
        await Refused(body, Convert.ToBase64String(new byte[64]), "federation.forged", HttpStatusCode.Forbidden);
        await Refused(body.Replace(Origin, "other.example/log", StringComparison.Ordinal), (string)signed["signature"]!, "federation.unknown-origin", HttpStatusCode.Forbidden);
        await Refused(" " + body, (string)signed["signature"]!, "federation.no-bundle", HttpStatusCode.BadRequest);
        await Refused("{}", "", "federation.no-bundle", HttpStatusCode.BadRequest);

        // A gap is asked for again; in order it goes on, and what ended there ends here.
        // A running service does not stop unfiled (Order 809 art. 27): the consumer needs it no more.
        Good(await city.Get<Applications>().End(city.Staff["police.steward"], grant.Application!.Value, null, EndGround.NoLongerNeeded, "事项办结", null, default));
        Good(await city.Get<Entries>().Retire(city.Head, entry.Id, 1, "职责调整", default));
        var second = (await city.Get<Sending>().Make(city.Reviewer, default))!;
        await city.Publish(Samples.Open("空气质量", "Air quality"), "air");
        var third = (await city.Get<Sending>().Make(city.Reviewer, default))!;
        Refuses("federation.gap", await province.Get<Receiving>().Take(third.Signed, default));
        Assert.Equal(2, await province.Get<Receiving>().Next(Origin, default));
        Good(await province.Get<Receiving>().Take(second.Signed, default));
        Assert.True(Good(await province.Get<Receiving>().Take(third.Signed, default)).IsNew);
        var entries = await province.Get<Receiving>().Entries(10, default);
        Assert.Equal([("公交站点", EntryState.Retired), ("空气质量", EntryState.Published)], entries.OrderBy(e => e.Sequence).Select(e => (e.Name, e.State)));
        Assert.Equal((3L, 1L, 0L, 1L), (await province.Get<Receiving>().Sources(default)).Select(s => (s.Sequence, s.Entries, s.Grants, s.Calls)).Single());

        // What the origin signs and what contradicts itself is a fork: people look at it, nothing is taken.
        var fork = BundleForm.Write(BundleForm.Read(third.Signed.Body)! with { Division = "290000" });
        Refuses("federation.forked", await province.Get<Receiving>().Take(new SignedBundle(fork, city.Get<CascadeKey>().Sign(fork)), default));
        var broken = BundleForm.Write(BundleForm.Read(third.Signed.Body)! with { Sequence = 4, Previous = new string('0', 64) });
        Refuses("federation.forked", await province.Get<Receiving>().Take(new SignedBundle(broken, city.Get<CascadeKey>().Sign(broken)), default));

        // Only the bureau handles it.
        using var steward = await (await city.SignIn("transport.steward")).GetAsync("/api/cascade/bundles");
        Assert.Equal(HttpStatusCode.Forbidden, steward.StatusCode);
        Assert.Equal(3, (await Api.Get(cityBureau, "/api/cascade/bundles?after=0"))["items"]!.AsArray().Count);
    }

    [Theory, EveryStore]
    public async Task Requirement_38_a_node_sends_by_itself_and_fills_what_its_superior_lost(Store store)
    {
        await using var city = await LawNode.Start(store, settings: new Dictionary<string, string> { ["Node:LogOrigin"] = Origin });
        var publicKey = city.Get<CascadeKey>().PublicKey;
        await using var province = await LawNode.Start(store, settings: new Dictionary<string, string> { ["Cascade:Below:0:Origin"] = Origin, ["Cascade:Below:0:PublicKey"] = publicKey });
        Sending To(string superior) => ActivatorUtilities.CreateInstance<Sending>(city.Node.Services, new CascadeSettings { Superior = superior }, new HttpMessageInvoker(new SocketsHttpHandler()));
        var sending = To(province.Node.Http.BaseAddress!.ToString());
        await city.Publish(Samples.Open("公交站点", "Bus stops"), "stops");

        // Cut off: it waits, and loses nothing.
        await To("http://127.0.0.1:9").Push(default);
        Assert.Null((await sending.Find(1, default))!.AcknowledgedAt);
        await sending.Push(default);
        Assert.NotNull((await sending.Find(1, default))!.AcknowledgedAt);
        await city.Publish(Samples.Open("空气质量", "Air quality"), "air");
        await sending.Push(default);
        Assert.Equal(2, (await province.Get<Receiving>().Sources(default)).Single().Sequence);

        // The superior was set back to an old backup: it names what it misses, and gets it.
        await province.Get<Db>().Run($"delete from federation_received where sequence = 2", default);
        await province.Get<Db>().Run($"delete from federation_entry where sequence = 2", default);
        await city.Publish(Samples.Open("停车场", "Car parks"), "parks");
        await sending.Push(default);
        Assert.Equal(1, (await province.Get<Receiving>().Sources(default)).Single().Sequence);
        await sending.Push(default);
        Assert.Equal((3L, 3L), (await province.Get<Receiving>().Sources(default)).Select(s => (s.Sequence, s.Entries)).Single());
        Assert.DoesNotContain(await sending.After(0, 10, default), b => b.AcknowledgedAt is null);
        await sending.Push(default);
        Assert.Equal(3, (await sending.After(0, 10, default)).Count);
    }

    private static async Task<string> State(HttpClient bureau) => string.Concat(
        (await Api.Get(bureau, "/api/cascade/sources")).ToJsonString(), (await Api.Get(bureau, "/api/cascade/entries")).ToJsonString(), (await Api.Get(bureau, "/api/cascade/grants")).ToJsonString());

    // The police applies for the stops of the transport department; everybody signs.
    private static async Task<Grant> Granted(LawNode lab, Entry entry)
    {
        var door = lab.Get<Applications>();
        var (steward, head) = (lab.Staff["police.steward"], lab.Staff["police.head"]);
        var wish = Facts.Wish([.. entry.Content.Fields.Select(f => f.Name)]) with { Until = new DateOnly(2027, 9, 17) };
        var draft = Good(await door.Draft(steward, Lane.Sharing, entry.Id, wish, default));
        Good(await door.Propose(steward, draft.Id, null, default));
        Good(await door.Agree(head, draft.Id, null, default));
        var reply = Facts.Consent([.. wish.Fields.Select(f => new FieldDecision(f, FieldAnswer.Plain, null))]) with { NeedsCase = false };
        Good(await door.ProposeReply(lab.Steward, draft.Id, null, reply, default));
        var signed = Good(await door.Sign(lab.Head, draft.Id, null, default));
        return (await lab.Get<Grants>().Load(signed.Grant!.Value, default))!;
    }
}
