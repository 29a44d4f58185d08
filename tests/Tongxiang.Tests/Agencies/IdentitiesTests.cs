using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Agencies;

public sealed class IdentitiesTests
{
    private const string Number = "29010119800101001X";

    [Theory, EveryStore]
    public async Task A_counter_confirms_one_account_for_one_number_and_can_take_it_back(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var door = new Identities(lab.Db, lab.Clock, lab.Evidence, lab.Directory, lab.NodeKey);
        var citizen = Facts.Citizen.Person!.Value;
        var number = Valid();
        Assert.Null(await door.Of(citizen, default));
        Assert.False((await door.Verify(Facts.Reviewer, citizen, number.ToLowerInvariant(), "居民身份证原件", default)).IsRefused);
        Assert.Equal(number, await door.Of(citizen, default));
        ShareLab.Refuses("agencies.identity-taken", await door.Verify(Facts.Reviewer, citizen, number, "居民身份证原件", default));
        // Neither the row nor the evidence shows the number.
        Assert.DoesNotContain(await lab.Evidenced(), r => r.Contains(number, StringComparison.Ordinal));
        Assert.Contains(await lab.Evidenced(), r => r.Contains("agencies.identity-verified", StringComparison.Ordinal));
        ShareLab.Refuses("kernel.invalid-input", await door.Withdraw(Facts.Reviewer, citizen, "", default));
        Assert.False((await door.Withdraw(Facts.Reviewer, citizen, "证件核验有误", default)).IsRefused);
        Assert.Null(await door.Of(citizen, default));
        ShareLab.Refuses("kernel.not-found", await door.Withdraw(Facts.Reviewer, citizen, "证件核验有误", default));
    }

    [Theory, EveryStore]
    public async Task Nobody_else_confirms_and_no_official_stands_for_a_number(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var door = new Identities(lab.Db, lab.Clock, lab.Evidence, lab.Directory, lab.NodeKey);
        foreach (var other in new[] { Facts.Citizen, Facts.PoliceHead, Facts.CivilSteward, Caller.Anonymous })
            ShareLab.Refuses("agencies.identity-only-counter", await door.Verify(other, Facts.Citizen.Person!.Value, Valid(), "居民身份证原件", default));
        ShareLab.Refuses("agencies.identity-own", await door.Verify(Facts.Reviewer, Facts.Reviewer.Person!.Value, Valid(), "居民身份证原件", default));
        ShareLab.Refuses("kernel.not-found", await door.Verify(Facts.Reviewer, Facts.PoliceSteward.Person!.Value, Valid(), "居民身份证原件", default));
    }

    [Theory]
    [InlineData("", "居民身份证原件", "number")]
    [InlineData("290101198001010011", "居民身份证原件", "number")]
    [InlineData("110105491231002", "居民身份证原件", "number")]
    [InlineData(null, "x", "document")]
    public void A_number_that_cannot_be_one_is_refused_by_name(string? number, string document, string field) =>
        Assert.Equal(field, Assert.Single(IdentityRules.Check(number ?? Valid(), document, new DateOnly(2026, 2, 12))).Field);

    internal static string Valid() => Number[..17] + Tongxiang.Core.Elements.CitizenId.CheckCharacter(System.Text.Encoding.ASCII.GetBytes(Number[..17]));
}
