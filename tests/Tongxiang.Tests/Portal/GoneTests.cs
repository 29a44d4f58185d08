using System.Net;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Journeys;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Portal;

public sealed class GoneTests
{
    [Theory, EveryStore]
    public async Task The_page_of_a_retired_dataset_names_it_its_code_its_day_and_what_took_its_place(Store store)
    {
        await using var lab = await NodeLab.Start(store);
        var staff = await Staff.Enrol(lab.Services);
        var entries = lab.Get<Entries>();
        var made = (await entries.Enrol([staff.Whole(Town.Content("站点甲", "Stops A"), "stops-a"), staff.Whole(Town.Content("站点乙", "Stops B"), "stops-b")], default)).Value;
        Assert.Null((await entries.Retire(staff["transport.head"], made[0].Id, 1, "并入站点乙", default, made[1].Code)).Refusal);
        var day = Tongxiang.Portal.Visit.Day((await entries.Tombstone("stops-a", default))!.RetiredAt);
        foreach (var path in (string[])["/datasets/stops-a", "/en/datasets/stops-a", "/datasets/stops-a/api", "/datasets/stops-a/versions"])
        {
            using var answer = await lab.Http.GetAsync(path);
            var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
            Assert.Equal((path, HttpStatusCode.Gone), (path, answer.StatusCode));
            foreach (var word in (string[])[path.StartsWith("/en", StringComparison.Ordinal) ? "Stops A" : "站点甲", made[0].Code, day, "/datasets/stops-b", made[1].Code]) Assert.Contains(word, page, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Http.GetAsync("/datasets/never-was")).StatusCode);
    }
}
