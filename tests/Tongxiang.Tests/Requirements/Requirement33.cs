using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Provincial ordinances (reference §2.2): the open attribute and its local names.</summary>
public sealed class Requirement33
{
    /// <summary>Reference §2.2: opening is decided apart from sharing; what a place calls the three classes is a setting, the class itself stays one code.</summary>
    [Theory, EveryStore]
    public async Task Requirement_33_The_open_attribute_is_independent_of_the_share_attribute_and_its_local_names_are_configurable(Store store)
    {
        await using (var lab = await CatalogLab.Open(store))
        {
            var (open, personal, withheld) = (Samples.Open(), Samples.Personal(), Samples.Withheld());
            var some = new Opening(OpenClass.Conditional, "签订开放利用协议", "专机专用", "", []);
            foreach (var sharing in new[] { open.Sharing, personal.Sharing, withheld.Sharing })
                foreach (var opening in new[] { open.Opening, some, withheld.Opening })
                {
                    var content = open with { Sharing = sharing, Opening = opening };
                    var (_, findings) = lab.Entries.Look(content);
                    // The one contradiction: open to everyone and withheld from the departments.
                    var contradicts = sharing.Class == ShareClass.Withheld && opening.Class == OpenClass.Open;
                    Assert.Equal(contradicts ? ["catalog.contradictory-classes"] : [], findings.Errors.Select(e => e.Key));
                }
            var kept = await lab.Publish(open with { Sharing = personal.Sharing });
            var changed = (await lab.Entries.Edit(lab.Steward, kept.Id, 1, kept.Content with { Opening = withheld.Opening }, default)).Value;
            Assert.Equal((ShareClass.Conditional, OpenClass.Closed), (changed.Draft!.Sharing.Class, changed.Draft.Opening.Class));
        }

        await Named(store, "非开放", "受限开放");
        await Named(store, "禁止开放", "有条件开放");
    }

    private static async Task Named(Store store, string closed, string conditional)
    {
        var settings = new Dictionary<string, string> { ["OpenClasses:Closed"] = closed, ["OpenClasses:Conditional"] = conditional, ["OpenClasses:ClosedEn"] = "Not open" };
        await using var lab = await CatalogNode.Start(store, settings: settings);
        var steward = await lab.SignIn("transport.steward");
        var lists = await Api.Get(lab.Public, "/api/registers");
        Assert.Equal([("Open", "无条件开放"), ("Conditional", conditional), ("Closed", closed)], lists["openClasses"]!.AsArray().Select(t => (t!["key"]!.GetValue<string>(), t["name"]!.GetValue<string>())));
        using var made = await steward.PostAsync("/api/entries", new StringContent(JsonSerializer.Serialize(new NewEntry(Samples.Personal()), Wire.Json), Encoding.UTF8, "application/json"));
        var answer = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        Assert.Equal((closed, "Closed"), (answer["openName"]!.GetValue<string>(), answer["entry"]!["content"]!["opening"]!["class"]!.GetValue<string>()));
        var id = answer["entry"]!["id"]!.GetValue<string>();
        Assert.Contains(closed, await steward.GetStringAsync($"/desk/entries/{id}"), StringComparison.Ordinal);
        Assert.Contains(conditional, await steward.GetStringAsync("/desk/entries/new"), StringComparison.Ordinal);
        Assert.Contains("Not open", await steward.GetStringAsync($"/en/desk/entries/{id}"), StringComparison.Ordinal);
        await lab.Publish(Samples.Open("站点二", "Stops two") with { Opening = new Opening(OpenClass.Conditional, "签订协议", "专机专用", "", []) });
        Assert.Contains(conditional, await lab.Public.GetStringAsync("/datasets/stops-two"), StringComparison.Ordinal);
        Assert.Contains(conditional, await lab.Public.GetStringAsync("/catalog.ttl"), StringComparison.Ordinal);
    }
}
