using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Catalog;

namespace Tongxiang.Tests.Requirements;

/// <summary>GB 11643 and GB 32100: every check vector (citizen number, credit code, Luhn, dates, mobile, division) gives the stated result in the rules, over the interface and in landing.</summary>
public sealed class Requirement28
{
    // Element, value, flaw. What warns is taken; what errs goes to quarantine.
    private static readonly (ElementKind Kind, string Value, Flaw Flaw)[] vectors =
    [
        (ElementKind.CitizenId, "110101190001010014", Flaw.None), (ElementKind.CitizenId, "370102190402290031", Flaw.None),
        (ElementKind.CitizenId, "110101190001010015", Flaw.Checksum), (ElementKind.CitizenId, "370102190302290034", Flaw.Calendar),
        (ElementKind.CreditCode, "92370102MA0ABCDE67", Flaw.None), (ElementKind.CreditCode, "52440300MJ0D202642", Flaw.None), (ElementKind.CreditCode, "113300000026000182", Flaw.None),
        (ElementKind.CreditCode, "91350100M000100Y43", Flaw.None), (ElementKind.CreditCode, "92370102MA0ABCDE68", Flaw.Checksum), (ElementKind.CreditCode, "92370102MAOABCDE67", Flaw.Characters),
        (ElementKind.CreditCode, "92370102MA0ABCDE54", Flaw.OrganisationCheck), (ElementKind.OrganisationCode, "D2143569-X", Flaw.None),
        (ElementKind.BankCard, "6222000000000000012", Flaw.None), (ElementKind.BankCard, "6217000012345678907", Flaw.None),
        (ElementKind.BankCard, "6222000000000000011", Flaw.CardCheck), (ElementKind.BankCard, "4111111111111112", Flaw.CardCheck),
        (ElementKind.Mobile, "13000000000", Flaw.None), (ElementKind.Mobile, "19000000000", Flaw.None), (ElementKind.Mobile, "12000000000", Flaw.Form), (ElementKind.Mobile, "1390000000", Flaw.Length),
        (ElementKind.DivisionCode, "330106", Flaw.None), (ElementKind.DivisionCode, "110101", Flaw.None), (ElementKind.DivisionCode, "990101", Flaw.UnknownDivision), (ElementKind.DivisionCode, "33010", Flaw.Length),
        (ElementKind.Date, "2024-02-29", Flaw.None), (ElementKind.Date, "2021-02-30", Flaw.Calendar), (ElementKind.Date, "1903-02-29", Flaw.Calendar),
    ];

    [Theory, EveryStore]
    public async Task Requirement_28_every_vector_gives_the_stated_result_in_rules_in_the_interface_and_in_landing(Store store)
    {
        await using var lab = await LawNode.Start(store);
        var around = new Surroundings(new DateOnly(2026, 9, 18), lab.Get<Tongxiang.Agencies.Directory>().DivisionsForChecks);
        var steward = await lab.SignIn("transport.steward");
        foreach (var kind in vectors.GroupBy(v => v.Kind))
        {
            Assert.Equal(kind.Select(v => (v.Value, v.Flaw)), kind.Select(v => (v.Value, new ElementRule(v.Kind) { IsRequired = true }.Check(v.Value, around))));

            var answer = await Api.Post(steward, "/api/elements/check", new { element = kind.Key.Code(), values = kind.Select(v => v.Value) });
            Assert.Equal(kind.Select(v => (v.Flaw.Code(), v.Flaw.Severity().ToString())), answer["items"]!.AsArray().Select(i => ((string)i!["code"]!, (string)i["severity"]!)));
            Assert.All(kind.Where(v => v.Kind.IsPersonal()), v => Assert.DoesNotContain(v.Value, answer.ToJsonString(), StringComparison.Ordinal));

            // In landing an error sends the row to quarantine with that reason, a warning lets it through.
            var type = kind.Key == ElementKind.Date ? FieldType.Date : FieldType.Text;
            var entry = await lab.Publish(Samples.Personal() with
            {
                Name = kind.Key.Code(),
                NameEn = kind.Key.Code(),
                Key = ["code"],
                Fields = [LawNode.Field("code", "编号", required: true), LawNode.Field("value", "值", kind.Key.Code(), type, kind.Key.IsPersonal(), length: null) with { Grade = Grade.General3 }],
            }, "v-" + kind.Key.Code());
            var run = await lab.Land(entry, "code,value\n" + string.Concat(kind.Select((v, i) => $"R{i:00},{v.Value}\n")));
            Assert.Equal((RunState.Done, kind.Count(v => !v.Flaw.IsError()) + 0L), (run.State, run.RowsRead - run.RowsBad));
            var set = (await Api.Get(steward, $"/api/entries/{entry.Id}/landings/{run.Id}/quarantine"))["items"]!.AsArray();
            Assert.Equal(kind.Where(v => v.Flaw.IsError()).Select(v => v.Flaw.Code()), set.Select(line => (string)line!["flaw"]!));
        }

        var stranger = await lab.SignIn("operator.user");
        await Api.Post(stranger, "/api/elements/check", new { element = "mobile", values = new[] { "13000000000" } }, System.Net.HttpStatusCode.Forbidden);
        await Api.Post(steward, "/api/elements/check", new { element = "nothing", values = new[] { "1" } }, System.Net.HttpStatusCode.BadRequest);
        await Api.Post(steward, "/api/elements/check", new { element = "mobile", values = Array.Empty<string>() }, System.Net.HttpStatusCode.BadRequest);
    }
}
