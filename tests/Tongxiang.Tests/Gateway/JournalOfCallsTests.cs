using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class JournalOfCallsTests
{
    private static async Task<DisclosureCount> Count(GatewayLab lab) =>
        await new Disclosures(lab.Store.Db, lab.Get<EvidenceLog>()).Count(new DisclosureScope(), lab.Store.Clock.GetUtcNow().AddDays(-1), lab.Store.Clock.GetUtcNow().AddDays(1), default);

    [Theory, EveryStore]
    public async Task Each_person_of_an_answer_is_in_the_journal_shown_masked_or_not_shown_at_all(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var people = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(people, GatewayLab.Consumer, ["name"], ["id"]);
        Assert.Equal("[{\"name\":\"张三\"},{\"name\":\"欧阳修\"}]", await (await lab.Call("/data/people?select=name&limit=2", GatewayLab.Consumer)).Content.ReadAsStringAsync());
        Assert.Equal(2, (await Count(lab)).PersonsAtMost);
        Assert.DoesNotContain("29010119800101001X", await (await lab.Call("/data/people", GatewayLab.Consumer)).Content.ReadAsStringAsync());
        var count = await Count(lab);
        Assert.Equal((2, 5, 3, 0), (count.Calls, count.Records, count.PersonsAtMost, count.Changed));
    }

    [Theory, EveryStore]
    [InlineData(Store.Sqlite, "?id=eq.110101199003070011", 200)]
    public async Task Who_was_asked_for_and_is_not_there_is_in_the_journal_too(Store store, string query = "?id=in.(110101199003070011,29010119800101001X)", int status = 200)
    {
        await using var lab = await GatewayLab.Open(store);
        var people = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(people, GatewayLab.Consumer, ["id", "name"]);
        Assert.Equal(status, (int)(await lab.Call("/data/people" + query, GatewayLab.Consumer)).StatusCode);
        Assert.Equal(query.Contains("in.", StringComparison.Ordinal) ? 2 : 1, (await Count(lab)).PersonsAtMost);
    }

    [Theory, EveryStore]
    public async Task No_row_no_count_and_no_single_object_hides_who_was_asked_for(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var people = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(people, GatewayLab.Consumer, ["id", "name"]);
        foreach (var (query, accept, change) in new (string, string?, string?)[]
        {
            ("id=eq.100000000000000001&limit=0", null, "count=exact"), ("id=eq.100000000000000002", "application/vnd.pgrst.object+json", null),
            ("id=gte.100000000000000003&id=lte.100000000000000003", null, null), ("id=like.100000000000000004", null, null), ("or=(id.eq.100000000000000005,name.eq.张三)", null, null),
            ("id=neq.100000000000000006&limit=1", null, "count=exact"), ("not.or=(id.eq.100000000000000007)&limit=0", null, null),
        })
        {
            var before = (await Count(lab)).PersonsAtMost;
            await lab.Call("/data/people?" + query, GatewayLab.Consumer, accept, r => r.Headers.Add("Prefer", change ?? "count=none"));
            var after = await Count(lab);
            Assert.True(after.PersonsAtMost > before, query);
        }
    }

    [Theory, EveryStore]
    public async Task A_file_names_its_persons_before_they_leave_in_every_form(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var people = People.Entry(lab);
        await lab.Land(people, "29010119800101001X,张三,290101,13900000001\n290102198001010020,欧阳修,290102,13900000002\n", 2);
        lab.Grant(people, GatewayLab.Consumer, ["id", "name", "division", "phone"]);
        foreach (var form in new[] { "csv", "parquet", "xlsx" })
        {
            lab.Witnessed.Clear();
            Assert.Equal(HttpStatusCode.OK, (await lab.Call($"/data/people/download.{form}", GatewayLab.Consumer)).StatusCode);
            await lab.Until(3);
            Assert.Equal(["gateway.permitted", Disclosures.PartKind, "gateway.closed"], lab.Witnessed.Select(w => w.Kind));
        }
        var count = await Count(lab);
        Assert.Equal((2, 3, 6), (count.PersonsAtMost, count.Calls, count.Records));
        lab.LogStands = false;
        Assert.False((await lab.Call("/data/people/download.csv", GatewayLab.Consumer)).IsSuccessStatusCode);
    }

    [Theory, EveryStore]
    public async Task Data_about_nobody_leave_no_journal(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var stops = await lab.Add(People.Stops(lab), People.StopRows);
        lab.Grant(stops, GatewayLab.Consumer, ["id", "name"]);
        await lab.Call("/data/stops", GatewayLab.Consumer);
        Assert.Null(Assert.Single(lab.Witnessed).Disclosed);
    }
}
