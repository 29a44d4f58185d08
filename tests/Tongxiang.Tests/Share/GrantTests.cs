using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

public sealed class GrantTests
{
    [Theory, EveryStore]
    public async Task A_grant_is_signed_and_names_both_sign_offs(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var consented = await lab.Consented(Facts.Consent(new("id_number", FieldAnswer.Masked, null), new("name", FieldAnswer.NotGiven, "用途不需要")) with { Rows = "division=like.2901*" });
        var grant = (await lab.Grants.Find(Facts.CivilHead, consented.Grant!.Value, default))!;
        Assert.True(lab.Grants.IsGenuine(grant));
        Assert.True(GrantKey.Verify(lab.Grants.PublicKey.Span, grant.Record, grant.Signature));
        Assert.Equal([new GrantedField("id_number", FieldForm.Masked)], grant.Fields);
        Assert.Equal(("division=like.2901*", true, "王警官", "civil-steward"), (grant.Rows, grant.NeedsCase, grant.ProviderResponsible, grant.ConsumerResponsible));
        var steps = await lab.Applications.Steps(consented.Id, default);
        var signOffs = JsonNode.Parse(grant.Record)!["signOffs"]!;
        Assert.Equal(steps.Single(s => s.Step == Tongxiang.Share.Step.Agree).Evidence, (string)signOffs["applicant"]!);
        Assert.Equal(steps.Single(s => s.Step == Tongxiang.Share.Step.Consent).Evidence, (string)signOffs["provider"]!);
        Assert.Single(await lab.Grants.Held(Facts.CivilSteward, default));
        Assert.Single(await lab.Grants.Given(Facts.PoliceSteward, default));
        Assert.Null(await lab.Grants.Find(Facts.HealthSteward, grant.Id, default));
    }

    [Fact]
    public void A_right_is_used_by_those_whose_work_it_is_and_by_no_other_role()
    {
        var grant = new Grant(
            new Id<Grant>(Guid.Empty), "SQ20260212-0001", Facts.Entry().Id, Facts.Police.Id, Facts.Civil.Id, null, [], "", "", "", true, [Mode.Api], new GrantLimits(null, [], null, null, 60), Assurance.Key,
            Facts.At("2026-02-12"), Facts.At("2026-12-31"), "", "", GrantState.Active, null, "", "", Facts.At("2026-02-12"));
        var (bought, own) = (grant with { ConsumerAgency = Facts.Company.Id }, grant with { ConsumerAgency = null, ConsumerPerson = Facts.Citizen.Person });
        foreach (var role in Enum.GetValues<Role>())
        {
            Assert.Equal((role, role is Role.Operative or Role.Steward or Role.SharingOfficeHead), (role, grant.IsUsableBy(Facts.CivilSteward with { Roles = new HashSet<Role> { role } })));
            Assert.Equal((role, role is Role.CompanyUser), (role, bought.IsUsableBy(Facts.CompanyPerson with { Roles = new HashSet<Role> { role } })));
            Assert.Equal((role, false), (role, grant.IsUsableBy(Facts.HealthSteward with { Roles = new HashSet<Role> { role } })));
        }
        Assert.False(grant.IsUsableBy(Facts.CivilSteward with { Roles = new HashSet<Role>() }));
        Assert.True(grant.IsUsableBy(Facts.CivilSteward with { Person = null, Roles = new HashSet<Role>(), Client = new Id<Client>(Guid.Empty) }));
        Assert.True(own.IsUsableBy(Facts.Citizen));
        Assert.False(own.IsUsableBy(Facts.CompanyPerson));
        Assert.False(own.IsUsableBy(Caller.Anonymous));
    }

    [Theory, EveryStore]
    public async Task A_row_changed_behind_our_back_is_left_out(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var consented = await lab.Consented();
        await lab.Db.Run($"update share_grant set fields = {"[{\"name\":\"case_note\",\"form\":\"Plain\"}]"} where id = {consented.Grant}", default);
        using var restarted = lab.NewGrants();
        await restarted.Follow(default);
        Assert.Empty(restarted.Active.Of(lab.Entry.Id, Facts.CivilSteward));
        Assert.False(restarted.IsGenuine((await restarted.Load(consented.Grant!.Value, default))!));
    }

    [Theory, EveryStore]
    public async Task P0_13_one_right_holds_for_all_modes_that_were_agreed(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var consented = await lab.Consented(wish: Facts.Wish() with { Modes = [Mode.Api, Mode.Batch, Mode.File] });
        var grant = Assert.Single(lab.Grants.Active.Of(lab.Entry.Id, Facts.CivilHead));
        Assert.Equal([Mode.Api, Mode.Batch, Mode.File], grant.Modes);
        Assert.Equal(consented.Grant, grant.Id);
        Assert.Empty(lab.Grants.Active.Of(lab.Entry.Id, Facts.HealthSteward));
    }

    [Theory, EveryStore]
    public async Task A_second_right_on_the_same_resource_stands_beside_the_first(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var one = await lab.Consented(wish: Facts.Wish() with { Until = new DateOnly(2026, 6, 30) });
        var two = await lab.Consented();
        Assert.Equal([two.Grant!.Value, one.Grant!.Value], lab.Grants.Active.Of(lab.Entry.Id, Facts.CivilHead).Select(g => g.Id));
    }

    [Fact]
    public void A_changed_record_a_changed_signature_and_another_key_do_not_verify()
    {
        var home = new Home(StoreLab.Folder());
        var key = GrantKey.Of(home, NodeKey.Of(home));
        Assert.Equal(key.PublicKey, GrantKey.Of(home, NodeKey.Of(home)).PublicKey);
        var signature = key.Sign("{\"a\":1}");
        Assert.True(key.Verify("{\"a\":1}", signature));
        Assert.False(key.Verify("{\"a\":2}", signature));
        Assert.False(key.Verify("{\"a\":1}", "AAAA" + signature[4..]));
        Assert.False(key.Verify("{\"a\":1}", "no base64 at all"));
        var other = new Home(StoreLab.Folder());
        Assert.False(GrantKey.Of(other, NodeKey.Of(other)).Verify("{\"a\":1}", signature));
    }
}
