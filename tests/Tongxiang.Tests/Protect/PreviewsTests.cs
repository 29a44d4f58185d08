using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Tests.Gateway;
using Tongxiang.Tests.Lab;
using People = Tongxiang.Tests.Gateway.People;

namespace Tongxiang.Tests.Protect;

public sealed class PreviewsTests
{
    [Theory, EveryStore]
    public async Task The_providers_people_see_both_sides_of_made_up_and_of_real_rows_and_nobody_else(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = People.Entry(lab);
        await lab.Land(entry, "29010119800101001X,张三,290101,13900000001\n290102198001010020,欧阳修,290102,13900000002\n", 2);
        var steward = Caller.Anonymous with { Actor = "steward", Person = Id<Person>.New(TimeProvider.System), Agency = entry.Agency, AgencyKind = AgencyKind.Department, Roles = new HashSet<Role> { Role.Steward } };
        var previews = lab.Get<Previews>();
        PreviewWish[] wishes = [new("name", FieldForm.Masked), new("id", FieldForm.Pseudonym), new("division", FieldForm.Generalised, "city"), new("phone", FieldForm.Encrypted)];
        Task<Outcome<IReadOnlyList<PreviewColumn>>> Show(Caller caller, PreviewRows rows) => previews.Show(caller, entry, Audience.Departments, wishes, rows, default);

        var current = (await Show(steward, PreviewRows.Current)).Value;
        Assert.Equal(["张三", "欧阳修"], current[0].Before);
        Assert.Equal(["张*", "欧阳*"], current[0].After);
        Assert.Equal(["290100", "290100"], current[2].After);
        Assert.All(current[1].After, pseudonym => Assert.Matches("^[a-z2-7]{26}$", pseudonym));
        Assert.All(current[3].After, cell => Assert.Equal(5, cell!.Split('.').Length));
        var made = (await Show(steward, PreviewRows.Generated)).Value;
        Assert.Equal(["张**", "欧阳**", "阿***·***"], made[0].After);

        // The keys of a preview are its own: what it shows is nobody's pseudonym.
        lab.Grant(entry, GatewayLab.Consumer, [], change: g => g with { Fields = [new("id", FieldForm.Pseudonym)] });
        var real = await (await lab.Call("/data/people", GatewayLab.Consumer)).Content.ReadAsStringAsync();
        Assert.All(current[1].After, pseudonym => Assert.DoesNotContain(pseudonym!, real, StringComparison.Ordinal));

        foreach (var stranger in (Caller[])[steward with { Agency = GatewayLab.Other }, steward with { Roles = new HashSet<Role> { Role.Operative } }, Caller.Anonymous])
            Assert.Equal("protect.own-data-only", (await Show(stranger, PreviewRows.Current)).Refusal?.Code);
        var wrong = await previews.Show(steward, entry, Audience.Departments, [new("name", FieldForm.Token, "whole"), new("gone", FieldForm.Plain)], PreviewRows.Generated, default);
        Assert.Equal(["fields.gone", "fields.name"], wrong.Refusal!.Fields.Select(f => f.Field).Order());
        Assert.Equal("protect.no-rows", (await previews.Show(steward, lab.Entry("empty", People.Fields, ["id"]), Audience.Departments, [new("name", FieldForm.Masked)], PreviewRows.Current, default)).Refusal?.Code);
    }
}
