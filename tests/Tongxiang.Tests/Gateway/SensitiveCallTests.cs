using System.Net.Http.Json;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

/// <summary>What personal data and high grades demand of a call, whatever its grant says.</summary>
public sealed class SensitiveCallTests
{
    private static readonly AssuranceSettings Usual = AssuranceSettings.Default;

    [Theory]
    [InlineData(Grade.General1, false, Grade.General1, Assurance.Key)]
    [InlineData(Grade.General2, false, Grade.General2, Assurance.Key)]
    [InlineData(Grade.General1, true, Grade.General1, Assurance.SignedAssertion)]
    [InlineData(Grade.General3, false, Grade.General3, Assurance.SignedAssertion)]
    [InlineData(Grade.General1, false, Grade.General3, Assurance.SignedAssertion)]
    [InlineData(Grade.General1, false, Grade.General4, Assurance.SignedAssertion)]
    [InlineData(Grade.General4, false, Grade.General4, Assurance.BoundToken)]
    [InlineData(Grade.General4, true, Grade.General4, Assurance.BoundToken)]
    [InlineData(Grade.Important, false, Grade.Important, Assurance.BoundToken)]
    [InlineData(Grade.Core, false, Grade.Core, Assurance.BoundToken)]
    public void The_grade_of_what_is_given_sets_the_lowest_assurance(Grade field, bool isPersonal, Grade whole, Assurance floor) =>
        Assert.Equal(floor, AssuranceRules.Floor(new Sensitivity(isPersonal, field, whole), Usual));

    [Fact]
    public void Only_granted_fields_count_and_a_masked_name_is_still_somebody_s()
    {
        var content = new EntryContent("n", null, "", null, [], "306001", "t", "G", "290000", [], UpdatePromise.Daily, new Sharing(ShareClass.Unconditional, [], "", "", "", []), new Opening(OpenClass.Conditional, "", "", "", []),
            Grade.General2, null, Secrecy.None, [Query.Sample.Make("a", FieldType.Text), Query.Sample.Make("b", FieldType.Text) with { Grade = Grade.General4 }, Query.Sample.Make("c", FieldType.Text) with { IsPersonal = true }], [], null, null, [], "", "", "", null);
        Assert.Equal(new Sensitivity(false, Grade.General1, Grade.General2), AssuranceRules.Of(["a", "gone"], content));
        Assert.Equal(new Sensitivity(true, Grade.General4, Grade.General2), AssuranceRules.Of(["a", "b", "c"], content));
        Assert.Equal((true, false, false, false), (
            AssuranceRules.TakesHeaderKey(AssuranceRules.Of(["a"], content), OpenClass.Conditional), AssuranceRules.TakesHeaderKey(AssuranceRules.Of(["a"], content), OpenClass.Closed),
            AssuranceRules.TakesHeaderKey(AssuranceRules.Of(["b"], content), OpenClass.Conditional), AssuranceRules.TakesHeaderKey(AssuranceRules.Of(["c"], content), OpenClass.Conditional)));
    }

    [Theory]
    [InlineData("clerk-7", false)]
    [InlineData("工号0042", false)]
    [InlineData("0192f7a4-7c1e-7b1e-9d3a-13912345678a", false)]
    [InlineData("20260918001", false)]
    [InlineData("110101199003071238", false)]
    [InlineData("110101199003071233", true)]
    [InlineData("11010119900307123３", true)]
    [InlineData("110101 19900307 1233", true)]
    [InlineData("110101-19900307-1233", true)]
    [InlineData("id:110101199003071233;", true)]
    [InlineData("13912345678", true)]
    [InlineData("139-1234-5678", true)]
    [InlineData("+8613912345678", true)]
    [InlineData("１３９１２３４５６７８", true)]
    [InlineData("张三13912345678", true)]
    public void A_pseudonym_holds_no_number_of_a_person(string text, bool isPerson) => Assert.Equal(isPerson, Operators.NamesAPerson(text));

    [Theory, EveryStore]
    public async Task Personal_data_always_need_an_operator_and_a_case_also_under_a_grant_that_does_not_say_so(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["name"]);
        async Task<(int, string?)> Call(params (string Name, string Value)[] headers)
        {
            using var answer = await lab.Call("/data/people?limit=1", GatewayLab.Consumer, change: r =>
            {
                r.Headers.Add("Test-Bare", "1");
                foreach (var (name, value) in headers) r.Headers.Add(name, value);
            });
            return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }

        Assert.Equal((403, "gateway.needs-case"), await Call());
        Assert.Equal((403, "gateway.needs-case"), await Call(("Data-Operator", "clerk-7")));
        Assert.Equal((403, "gateway.needs-case"), await Call(("Data-Case", "BJ-1")));
        Assert.Equal((200, null), await Call(("Data-Operator", "clerk-7"), ("Data-Case", "BJ-1")));
        Assert.Equal((200, null), await Call(("Data-Operator", "clerk-7"), ("Data-Case", "BJ-1"), ("Data-Operator-Assurance", "face")));
        Assert.Equal("face", lab.Witnessed[^1].Facts["operatorAssurance"]);
        Assert.Equal((403, "gateway.operator-assurance"), await Call(("Data-Operator", "clerk-7"), ("Data-Case", "BJ-1"), ("Data-Operator-Assurance", "trust me")));
        Assert.Equal((403, "gateway.operator-personal"), await Call(("Data-Operator", "13912345678"), ("Data-Case", "BJ-1")));
        Assert.DoesNotContain(lab.Witnessed, w => w.Facts.Values.Any(v => v.Contains("clerk-7", StringComparison.Ordinal) || v.Contains("13912345678", StringComparison.Ordinal)));
    }

    [Theory, EveryStore]
    public async Task A_caller_known_by_a_mere_key_gets_no_personal_data_under_an_old_grant(Store store)
    {
        await using var lab = await GatewayLab.Open(store, floors: Usual);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        var grant = lab.Grant(entry, GatewayLab.Consumer, ["name"]);
        using var refused = await lab.Call("/data/people?limit=1", GatewayLab.Consumer);
        Assert.Equal((403, "gateway.grade-assurance"), ((int)refused.StatusCode, (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
        Assert.Null(Why(grant, entry, Assurance.SignedAssertion));
        Assert.Equal("gateway.grade-assurance", Why(grant, entry, Assurance.Key));

        // What became more sensitive since is guarded as it is today.
        var stricter = entry with { Content = entry.Content with { Fields = [.. entry.Content.Fields.Select(f => f with { Grade = Grade.General4 })] } };
        Assert.Equal("gateway.grade-assurance", Why(grant, stricter, Assurance.SignedAssertion));
        Assert.Null(Why(grant, stricter, Assurance.BoundToken));
        Assert.Null(Why(grant, entry, Assurance.SignedAssertion));

        string? Why(Grant of, Entry about, Assurance assurance, bool isHeaderKey = false) => GrantChoice.Choose([of], new Call
        {
            Resource = about.Slug,
            Query = new QueryText("", null, null, ""),
            Caller = Tongxiang.Agencies.Caller.Anonymous with { Actor = "x", Client = Id<Tongxiang.Agencies.Client>.New(TimeProvider.System) },
            Assurance = assurance,
            IsHeaderKey = isHeaderKey,
            Context = new CallPurpose(null, "BJ-1", "clerk-7"),
            At = lab.Store.Clock.GetUtcNow(),
            Entry = about,
        }).Refusal?.Code;

        var stops = await lab.Add(lab.Entry("conditional", People.StopFields, ["id"], OpenClass.Conditional), People.StopRows);
        var low = lab.Grant(stops, GatewayLab.Consumer, ["name"]);
        Assert.Null(Why(low, stops, Assurance.Key, isHeaderKey: true));
        Assert.Equal("gateway.header-key", Why(low, stops with { Content = stops.Content with { Grade = Grade.General3 } }, Assurance.Key, isHeaderKey: true));
        Assert.Equal("gateway.header-key", Why(grant, entry, Assurance.Key, isHeaderKey: true));
    }

    [Theory, EveryStore]
    public async Task A_long_answer_ends_at_the_page_after_its_caller_was_revoked(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id", "name"]);
        var isGood = true;
        var call = new Call
        {
            Resource = "people",
            Query = new QueryText("", null, null, ""),
            Caller = Tongxiang.Agencies.Caller.Anonymous with { Actor = "x", Agency = GatewayLab.Consumer, AgencyKind = Tongxiang.Agencies.AgencyKind.Department, Client = Id<Tongxiang.Agencies.Client>.New(TimeProvider.System) },
            Context = new CallPurpose(null, "BJ-1", "clerk-7"),
            Mode = Mode.File,
            At = lab.Store.Clock.GetUtcNow(),
            IsStillGood = () => isGood,
        };
        var calls = lab.Get<Calls>();
        Assert.Null(await calls.Permit(call, Tongxiang.Warehouse.BulkFormat.Csv, default));
        var rows = 0;
        await foreach (var page in calls.Pages(call, 1, default))
        {
            rows += page.Rows;
            isGood = false;
        }
        Assert.Equal((1, true, "gateway.revoked"), (rows, call.IsCutOff, call.CutOff?.Code));
    }
}
