using System.Collections.Frozen;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class CorrectionHeaderTests
{
    private static readonly byte[] Key = new byte[32];

    private static void Mark(GatewayLab lab, Entry entry, IReadOnlyList<CorrectionMark> general, params (string Record, CorrectionMark Mark)[] records) =>
        lab.Corrections = new OpenCorrections(new Dictionary<Id<Entry>, MarkedResource>
        {
            [entry.Id] = new(Key, entry.Id, general, records.GroupBy(r => CorrectionMarks.NameOf(Key, entry.Id, [r.Record])).ToFrozenDictionary(g => g.Key, g => g.Select(r => r.Mark).ToArray())),
        }.ToFrozenDictionary());

    private static CorrectionMark About(params string[] fields) => new(false, fields.ToFrozenSet(), null);

    private static async Task<string?> Header(GatewayLab lab, string path, Id<Tongxiang.Agencies.Agency>? agency, HttpMethod? method = null)
    {
        using var answer = await lab.Call(path, agency, method: method);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return answer.Headers.TryGetValues("Data-Correction", out var values) ? string.Join(", ", values) : null;
    }

    [Theory, EveryStore]
    public async Task A_record_is_marked_for_whoever_is_shown_it_and_for_nobody_else(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var people = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(people, GatewayLab.Consumer, ["id", "name", "division"]);
        lab.Grant(people, GatewayLab.Other, ["id", "name"], rows: "division=eq.290201");
        lab.Grant(people, GatewayLab.Company, ["id", "division"]);
        Assert.Null(await Header(lab, "/data/people", GatewayLab.Consumer));

        Mark(lab, people, [], ("290102198001010020", About("name", "phone")));
        // The second row of the answer; phone is not the caller's to see and is not named.
        Assert.Equal("open;row=1;fields=\"name\"", await Header(lab, "/data/people", GatewayLab.Consumer));
        Assert.Equal("open;row=0;fields=\"name\"", await Header(lab, "/data/people?id=eq.290102198001010020", GatewayLab.Consumer, HttpMethod.Head));
        // Asked for by its key, the key itself need not be among the columns.
        Assert.Equal("open;row=0;fields=\"name\"", await Header(lab, "/data/people?id=eq.290102198001010020&select=name", GatewayLab.Consumer));
        Assert.Null(await Header(lab, "/data/people?select=name", GatewayLab.Consumer));
        Assert.Null(await Header(lab, "/data/people?id=neq.290102198001010020", GatewayLab.Consumer));
        // A field that is not shown, a row that the right does not give, a right without the field: no mark.
        Assert.Null(await Header(lab, "/data/people?select=id,division", GatewayLab.Consumer));
        Assert.Null(await Header(lab, "/data/people", GatewayLab.Other));
        Assert.Null(await Header(lab, "/data/people?id=eq.290102198001010020", GatewayLab.Other));
        Assert.Null(await Header(lab, "/data/people", GatewayLab.Company));
    }

    [Theory, EveryStore]
    public async Task Records_as_a_whole_fields_in_general_and_versions_that_stay_wrong(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var people = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(people, GatewayLab.Consumer, ["id", "name"]);
        lab.Grant(people, GatewayLab.Other, ["name"], ["id"]);
        Mark(lab, people, [About("name")], ("29010119800101001X", About()), ("290201198001010031", new CorrectionMark(true, FrozenSet<string>.Empty, 1)), ("290102198001010020", new CorrectionMark(true, FrozenSet<string>.Empty, 0)));
        Assert.Equal("open;fields=\"name\", open;row=0, corrected;row=2", await Header(lab, "/data/people", GatewayLab.Consumer));
        // Whose key is masked cannot be told by a header which row it is.
        Assert.Equal("open;fields=\"name\"", await Header(lab, "/data/people", GatewayLab.Other));
        // Open data carry their marks too, and a site may read them.
        var stops = await lab.Add(People.Stops(lab), People.StopRows);
        Mark(lab, stops, [], ("2", About("name")), ("1", About("inner_note")));
        using var open = await lab.Call("/data/stops?select=id,name");
        Assert.Equal("open;row=1;fields=\"name\"", open.Headers.GetValues("Data-Correction").Single());
        Assert.Contains("Data-Correction", open.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task The_look_for_a_correction_is_a_call_under_the_right_and_on_record(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var people = await lab.Add(People.Entry(lab), People.Rows);
        var grant = lab.Grant(people, GatewayLab.Consumer, ["id", "name"], rows: "division=eq.290102");
        var hidden = lab.Grant(people, GatewayLab.Other, ["name"], ["id"]);
        var yesNo = lab.Grant(people, GatewayLab.Company, ["id", "name"], change: g => g with { Modes = [Mode.Verification] });
        var officer = Tongxiang.Agencies.Caller.Anonymous with { Actor = "p", Person = Id<Tongxiang.Agencies.Person>.New(lab.Store.Clock), Agency = GatewayLab.Consumer, AgencyKind = Tongxiang.Agencies.AgencyKind.Department, Roles = new HashSet<Tongxiang.Agencies.Role> { Tongxiang.Agencies.Role.Operative } };
        var looks = lab.Get<CorrectionLooks>();
        Task<Outcome<SeenRecord?>> See(Grant? under, string id, Tongxiang.Agencies.Caller? by = null) => looks.See(by ?? officer, people, under, new Dictionary<string, string> { ["id"] = id }, null, default).AsTask();

        var seen = (await See(grant, " 290102198001010020 ")).Value!;
        Assert.Equal(("290102198001010020", "290102198001010020"), (seen.Key["id"], seen.Subject));
        Assert.Equal(("gateway.answered", "correction", "id"), (lab.Witnessed[^1].Kind, lab.Witnessed[^1].Facts["form"], lab.Witnessed[^1].Facts["columns"]));
        Assert.NotNull(lab.Witnessed[^1].Disclosed);
        // There, but outside the rows of the right; and not there at all.
        Assert.Null((await See(grant, "29010119800101001X")).Value);
        Assert.Null((await See(grant, "100000000000000001")).Value);
        Assert.Equal("gateway.correction-key-hidden", (await See(hidden, "29010119800101001X", officer with { Agency = GatewayLab.Other })).Refusal!.Code);
        Assert.Equal("gateway.correction-no-row", (await See(yesNo, "29010119800101001X", officer with { Agency = GatewayLab.Company })).Refusal!.Code);
        // The provider reads its own, which is on record too; nobody else does so without a right.
        Assert.Equal("29010119800101001X", (await See(null, "29010119800101001X", officer with { Agency = GatewayLab.Provider })).Value!.Subject);
        Assert.Equal("share.correction-look", lab.Witnessed[^1].Kind);
        Assert.Equal(404, (await See(null, "29010119800101001X")).Refusal!.Status);
    }
}
