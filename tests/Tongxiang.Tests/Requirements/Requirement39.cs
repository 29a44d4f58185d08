using System.Data.Common;
using System.Text.Json.Nodes;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Products;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Requirements.LawNode;

namespace Tongxiang.Tests.Requirements;

/// <summary>发改数据规〔2025〕26号、27号: a resource under authorised operation cannot be marked complete without registration code, its term is at most five years, and the 31-March disclosure is generated.</summary>
public sealed class Requirement39
{
    [Theory, EveryStore]
    public async Task Requirement_39_no_completion_without_code_no_term_beyond_five_years_and_the_disclosure_of_March(Store store)
    {
        await using var lab = await LawNode.Start(store);
        var (contracts, registrations) = (lab.Get<Contracts>(), lab.Get<Registrations>());
        var entry = await lab.Publish(Samples.Open("公交站点", "Bus stops"), "stops");
        var from = new DateOnly(2026, 10, 1);
        NewContract Wish(DateOnly until) => new("公交数据授权运营", lab.Agency("transport").Id, lab.Company.Id, from, until, "出行服务产品", 500_000_00, [entry.Id]);

        Faults("products.term", await contracts.Make(lab.Reviewer, Wish(new DateOnly(2031, 10, 2)), default));
        Faults("products.until-before", await contracts.Make(lab.Reviewer, Wish(from), default));
        Faults("products.operating", await contracts.Make(lab.Reviewer, Wish(new DateOnly(2031, 10, 1)) with { Operating = lab.Agency("police").Id }, default));
        Refuses("products.keeper", await contracts.Make(lab.Steward, Wish(new DateOnly(2031, 10, 1)), default));
        var contract = Good(await contracts.Make(lab.Reviewer, Wish(new DateOnly(2031, 10, 1)), default));
        await Assert.ThrowsAnyAsync<DbException>(() => lab.Get<Db>().Run($"update products_contract set until_day = '2031-10-02' where id = {contract.Id}", default));
        Assert.Null(await contracts.Find(lab.Stranger, contract.Id, default));
        Assert.NotNull(await contracts.Find(lab.CompanyPerson, contract.Id, default));

        // Delivered: the clock of the first registration runs; complete only with a code that is valid.
        contract = Good(await contracts.Deliver(lab.Reviewer, contract.Id, 1, entry.Id, default));
        Assert.NotNull(contract.Resources[0].DueAt);
        Assert.Equal("发改数据规〔2025〕26号", Refuses("products.no-code", await contracts.Complete(lab.Reviewer, contract.Id, 2, entry.Id, default)).Article);
        await Assert.ThrowsAnyAsync<DbException>(() => lab.Get<Db>().Run($"update products_contract_resource set completed_at = 1 where contract = {contract.Id}", default));
        var code = await RegistrationsTests.Registered(lab, entry);
        Refuses("products.changed", await contracts.Complete(lab.Reviewer, contract.Id, 1, entry.Id, default));
        contract = Good(await contracts.Complete(lab.Reviewer, contract.Id, 2, entry.Id, default));
        Assert.Equal((code.Code, true), (contract.Resources[0].Code, contract.Resources[0].CompletedAt is not null));

        // Actual fees stay under the ceiling, over all products together.
        contract = Good(await contracts.AddProduct(lab.Reviewer, contract.Id, 3, "到站预测", ProductKind.Service, default));
        contract = Good(await contracts.AddProduct(lab.Reviewer, contract.Id, 4, "客流指数", ProductKind.Product, default));
        Refuses("products.product-there", await contracts.AddProduct(lab.Reviewer, contract.Id, 5, "客流指数", ProductKind.Product, default));
        var (service, index) = (contract.Products[0].Id, contract.Products[1].Id);
        contract = Good(await contracts.SayFee(lab.Reviewer, contract.Id, 5, service, 2026, 400_000_00, default));
        Refuses("products.fee-ceiling", await contracts.SayFee(lab.Reviewer, contract.Id, 6, index, 2026, 100_000_01, default));
        contract = Good(await contracts.SayFee(lab.Reviewer, contract.Id, 6, index, 2026, 100_000_00, default));
        Faults("products.fee-year", await contracts.SayFee(lab.Reviewer, contract.Id, 7, index, 2032, 1, default));

        // The disclosure of a year comes when it is over, and is due on 31 March.
        Faults("products.disclosure-year", await contracts.Disclose(lab.Reviewer, 2026, default));
        lab.Clock.AdjustTime(new DateTimeOffset(2027, 3, 1, 9, 0, 0, TimeSpan.FromHours(8)));
        Refuses("products.keeper", await contracts.Disclose(lab.Steward, 2026, default));
        var told = Good(await contracts.Disclose(lab.Reviewer, 2026, default));
        var body = JsonNode.Parse(told.Body)!;
        Assert.Equal("2027-03-31", (string)body["due"]!);
        var one = body["contracts"]!.AsArray().Single()!;
        Assert.Equal((50_000_000L, 50_000_000L, 2), ((long)one["implementing"]!["feeCeilingFen"]!, (long)one["operating"]!["feesFen"]!, one["operating"]!["products"]!.AsArray().Count));
        Assert.Equal(code.Code, (string)one["implementing"]!["resources"]![0]!["registrationCode"]!);
        Assert.Contains(body["rules"]!.AsArray(), r => (string)r!["id"]! == "REG-FIRST" && (bool)r["unverified"]! && (string)r["grade"]! == "C");
        Assert.Equal(2, Good(await contracts.Disclose(lab.Reviewer, 2026, default)).Edition);
        Assert.Equal((2026, 2L), (await contracts.Disclosed(default)).Select(d => (d.Year, d.Edition)).Single());
        Assert.Single((await Api.Get(lab.Node.Http, "/api/operation/disclosures"))["items"]!.AsArray());

        contract = Good(await contracts.End(lab.Reviewer, contract.Id, 7, "双方协商终止", default));
        Refuses("products.ended", await contracts.End(lab.Reviewer, contract.Id, 8, "再次终止", default));
        Assert.Single(await contracts.List(lab.CompanyPerson, default));
        Assert.Empty(await contracts.List(lab.Stranger, default));
    }
}
