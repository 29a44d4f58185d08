using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Protect;

public sealed class TokenOpeningsTests
{
    private const string id = "11010519491231002X";
    private static readonly Entry entry = Facts.Entry(fields: [Facts.Field("id_number", personal: true) with { Element = "citizen-id" }]);

    [Theory, EveryStore]
    public async Task A_token_is_led_back_by_two_people_and_both_are_on_record(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var log = new EvidenceLog(lab.Db, lab.Home, lab.Key, lab.Settings, lab.Clock);
        var (protections, openings) = Doors(lab, log);
        var token = Token(protections);
        Assert.NotEqual(id, token);
        var wish = new OpeningWish("population", "id_number", "whole", Facts.Civil.Id, token, "案件倒查需要核实身份", "AJ-2026-1");

        Assert.Equal("kernel.not-found", (await openings.Ask(Facts.CivilSteward, entry, wish, default)).Refusal?.Code);
        Assert.Equal("protect.steward-asks", (await openings.Ask(Facts.PoliceHead, entry, wish, default)).Refusal?.Code);
        Assert.Equal(["shape", "token", "ground", "case"], (await openings.Ask(Facts.PoliceSteward, entry, wish with { Shape = "birth", Token = "", Ground = "要", Case = " " }, default)).Refusal!.Fields.Select(f => f.Field));
        var asked = (await openings.Ask(Facts.PoliceOther, entry, wish, default)).Value;

        Assert.Equal("protect.two-people", (await openings.Open(Facts.PoliceOther, asked.Id, _ => entry, default)).Refusal?.Code);
        Assert.Equal("protect.head-opens", (await openings.Open(Facts.PoliceSteward, asked.Id, _ => entry, default)).Refusal?.Code);
        Assert.Equal("kernel.not-found", (await openings.Open(Facts.CivilHead, asked.Id, _ => entry, default)).Refusal?.Code);
        Assert.Equal(id, (await openings.Open(Facts.PoliceHead, asked.Id, _ => entry, default)).Value);
        Assert.Equal("protect.opened-already", (await openings.Open(Facts.PoliceHead, asked.Id, _ => entry, default)).Refusal?.Code);
        var listed = Assert.Single(await openings.OfAgency(Facts.PoliceSteward, default));
        Assert.Equal((Facts.PoliceOther.Actor, Facts.PoliceHead.Actor), (listed.AskedBy, listed.DecidedBy));
        Assert.Empty(await openings.OfAgency(Facts.CivilHead, default));
        var evidence = await lab.Db.List($"select record from evidence_outbox order by id", r => r.GetString(0), default);
        Assert.Equal(2, evidence.Count);
        Assert.All(evidence, e => Assert.DoesNotContain(id, e, StringComparison.Ordinal));
        Assert.All(evidence, e => Assert.DoesNotContain(token, e, StringComparison.Ordinal));

        var late = (await openings.Ask(Facts.PoliceSteward, entry, wish, default)).Value;
        lab.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal("protect.opening-late", (await openings.Open(Facts.PoliceHead, late.Id, _ => entry, default)).Refusal?.Code);
    }

    [Theory, EveryStore]
    public async Task The_token_of_another_consumer_leads_nowhere(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var log = new EvidenceLog(lab.Db, lab.Home, lab.Key, lab.Settings, lab.Clock);
        var (protections, openings) = Doors(lab, log);
        var asked = (await openings.Ask(Facts.PoliceSteward, entry, new OpeningWish("population", "id_number", "whole", Facts.Health.Id, Token(protections), "案件倒查需要核实身份", "AJ-2026-1"), default)).Value;
        var opened = await openings.Open(Facts.PoliceHead, asked.Id, _ => entry, default);
        Assert.False(opened.Refusal is null && opened.Value == id);
        var none = (await openings.Ask(Facts.PoliceSteward, entry, new OpeningWish("population", "id_number", "whole", Facts.Civil.Id, "123", "案件倒查需要核实身份", "AJ-2026-1"), default)).Value;
        Assert.Equal("protect.no-such-token", (await openings.Open(Facts.PoliceHead, none.Id, _ => entry, default)).Refusal?.Code);
    }

    private static string Token(Protections protections)
    {
        var given = new Dictionary<string, GivenForm> { ["id_number"] = new(FieldForm.Token, "whole") };
        var protection = protections.Compile(entry, entry.Content.Fields, given, Facts.Civil.Id.ToString(), Audience.Departments);
        using var page = new Tongxiang.Warehouse.ServedPage([.. entry.Content.Fields.Select(f => new Tongxiang.Warehouse.PlanColumn(f, f.Name))]);
        page.AddTexts([id]);
        protection.Apply(page);
        return page.Text(0, 0)!;
    }

    private static (Protections, TokenOpenings) Doors(StoreLab lab, EvidenceLog log)
    {
        var protections = new Protections(new ProtectKeys(lab.Db, lab.Key, log, lab.Settings, lab.Clock), new RecipientKeys(lab.Db, log, lab.Settings, lab.Clock), lab.Clock);
        return (protections, new TokenOpenings(lab.Db, lab.Clock, log, protections));
    }
}
