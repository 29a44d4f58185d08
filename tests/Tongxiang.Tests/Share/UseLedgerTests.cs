using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

public sealed class UseLedgerTests
{
    [Theory, EveryStore]
    public async Task Provider_and_consumer_see_the_same_uses_and_strangers_none(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var grant = (await lab.Consented()).Grant!.Value;
        var ledger = new UseLedger(new Openings(lab.Db, lab.Evidence), lab.Grants);
        for (var i = 1; i <= 5; i++) await Used(lab, "gateway.answered", grant, Facts.Civil, rows: i);
        await Used(lab, "gateway.refused", grant, Facts.Civil, code: "gateway.outside-hours");
        await Used(lab, "gateway.answered", Id<Grant>.New(lab.Clock), Facts.Police, rows: 99);
        await new Sequencer(lab.Db, lab.Evidence, lab.Clock).Run(default);

        var provider = await All(ledger.AsProvider, Facts.PoliceHead);
        Assert.Equal([0L, 5, 4, 3, 2, 1], provider.Select(u => u.Rows));
        Assert.Equal(("refused", "gateway.outside-hours", "CASE-1", Facts.Civil.Id), (provider[0].Outcome, provider[0].Code, provider[0].Case, provider[0].Agency!.Value));
        Assert.Equal(provider.Select(u => u.Index), (await All(ledger.AsConsumer, Facts.CivilSteward)).Select(u => u.Index));
        Assert.Empty(await All(ledger.AsProvider, Facts.HealthSteward));
        Assert.Empty(await All(ledger.AsConsumer, Facts.Citizen));
        Assert.Equal(6, (await ledger.OfGrant(Facts.CivilHead, grant, null, 50, default)).Value.Items.Count);
        Assert.Equal(404, (await ledger.OfGrant(Facts.HealthSteward, grant, null, 50, default)).Refusal!.Status);
    }

    private static async Task<List<Use>> All(Func<Caller, string?, int, CancellationToken, Task<Page<Use>>> read, Caller caller)
    {
        var all = new List<Use>();
        string? after = null;
        do
        {
            var page = await read(caller, after, 2, default);
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    private static async Task Used(ShareLab lab, string kind, Id<Grant> grant, Agency consumer, int rows = 0, string? code = null)
    {
        var facts = new Dictionary<string, string> { ["resource"] = "population", ["grant"] = "SQ20260212-0001", ["case"] = "CASE-1", ["rows"] = rows.ToString(CultureInfo.InvariantCulture) };
        if (code is not null) facts["code"] = code;
        await lab.Evidence.Witness(new Happening(kind, "client-1", consumer.Id.ToString(), $"grant:{grant}", lab.Clock.GetUtcNow(), facts) { Parties = [Facts.Police.Id.ToString()] }, default);
    }
}
