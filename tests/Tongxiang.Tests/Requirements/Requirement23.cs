using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Laws;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 29: the usage ledger has five parts (scene, process, effect, storage, destruction), is append-only and cannot be purged before three years.</summary>
public sealed partial class Requirement23
{
    [Theory, EveryStore]
    public async Task Requirement_23_the_ledger_has_five_parts_only_grows_and_outlives_three_years(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var grant = (await lab.Consented()).Grant!.Value;
        var (ledger, notes) = (new UseLedger(new Openings(lab.Db, lab.Evidence), lab.Grants), new UseNotes(lab.Db, lab.Clock, lab.Evidence, lab.Grants));
        var facts = new Dictionary<string, string> { ["resource"] = "population", ["grant"] = "SQ20260212-0001", ["case"] = "CASE-1", ["operator"] = "o1", ["rows"] = "7" };
        await lab.Evidence.Witness(new Happening("gateway.answered", "client-1", Facts.Civil.Id.ToString(), $"grant:{grant}", lab.Clock.GetUtcNow(), facts) { Parties = [Facts.Police.Id.ToString()] }, default);
        await new Sequencer(lab.Db, lab.Evidence, lab.Clock).Run(default);
        foreach (var part in Enum.GetValues<NotePart>()) ShareLab.Good(await notes.Add(Facts.CivilSteward, grant, part, "按要求填报", default));
        ShareLab.Good(await notes.Add(Facts.CivilSteward, grant, NotePart.Effect, "补充填报：减少材料 2 份", default));

        // Five parts, for the provider and the consumer alike; a correction is another line, the first one stays.
        foreach (var side in new[] { Facts.PoliceHead, Facts.CivilHead })
        {
            var sheet = ShareLab.Good(await ledger.Sheet(side, grant, null, null, notes, default));
            Assert.Equal(("最低生活保障审核确认", 7L, 2, 1, 1), (sheet.Grant.Matter, sheet.Process.Rows, sheet.Effect.Count, sheet.Storage.Count, sheet.Destruction.Count));
        }

        // Nearly three years on all of it is still read, and the key that opens the disclosures of that month is still not to be destroyed.
        lab.Clock.AdjustTime(Facts.At("2029-02-10"));
        Assert.Equal(7L, ShareLab.Good(await ledger.Sheet(Facts.PoliceHead, grant, null, null, notes, default)).Process.Rows);
        var years = lab.Rules.Find(UseLedger.Years, new DateOnly(2029, 2, 10)).Value!.Value;
        Assert.False(KeyRetention.MayDestroy(202602, years, lab.Clock.GetUtcNow()));
        Assert.True(KeyRetention.MayDestroy(202602, years, Facts.At("2029-03-02")));
        Assert.Equal((3, RuleGrade.A), (years, lab.Rules.Find(UseLedger.Years, Facts.Today).Grade));
        Assert.Equal("809-23", (await lab.Rules.Tighten(Caller.Platform, UseLedger.Years, 2, "本地规定", Facts.Today, default)).Refusal!.Article);
        Assert.Contains(await lab.Evidenced(), e => e.Contains("share.use-noted", StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task Requirement_23_no_call_of_the_node_and_no_statement_it_holds_takes_a_line_away(Store store)
    {
        await using var node = await NodeLab.Start(store);
        // Whoever it is, an administrator too: there is no address to delete or replace a use, a note or an entry of the log.
        var ways =
            from endpoint in node.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let path = endpoint.RoutePattern.RawText ?? ""
            where path.Contains("ledger", StringComparison.Ordinal) || path.Contains("/uses", StringComparison.Ordinal) || path.Contains("/log/", StringComparison.Ordinal) || path.Contains("evidence", StringComparison.Ordinal)
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
            where method is "DELETE" or "PUT" or "PATCH"
            select $"{method} {path}";
        Assert.Empty(ways);
        // Nor does the product hold a statement that could: what evidence keeps beside the log is moved into it, never dropped.
        var statements =
            from file in Repository.Files("src/Tongxiang", "*.cs").Concat(Repository.Files("src/Tongxiang.Server", "*.cs"))
            from match in Purge().Matches(File.ReadAllText(file))
            select $"{Repository.Short(file)}: {match.Value}";
        Assert.Empty(statements);
    }

    [GeneratedRegex("(?:delete from|update|truncate(?: table)?|drop table) (?:share_use_note|evidence_entry|evidence_run|evidence_party)\\b")]
    private static partial Regex Purge();
}
