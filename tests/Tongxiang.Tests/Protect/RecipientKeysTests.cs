using System.Text.Json;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Protect;

public sealed class RecipientKeysTests
{
    // RFC 7518 appendix C, Bob's public key; and the generator of GB/T 32918.5.
    private const string p256 = """{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}""";
    private const string sm2 = """{"kty":"EC","crv":"SM2","x":"MsSuLB8ZgRlfmQRGajnJlI_jC7_yZgvhcVpFiTNMdMc","y":"vDc2ovT2d5xZvc7ja2khU9Cph3zGKkdAAt8y5SE58KA"}""";

    [Theory]
    [InlineData(p256, false, null)]
    [InlineData(sm2, true, null)]
    [InlineData(sm2, false, "protect.key-curve")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ"}""", false, "protect.key-curve")]
    [InlineData("""{"kty":"EC","crv":"P-256","d":"x","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}""", false, "protect.key-private")]
    [InlineData("""{"kty":"EC","crv":"P-256","use":"sig","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}""", false, "protect.key-use")]
    [InlineData("""{"kty":"EC","crv":"P-256","kid":"\"},{\"alg\":\"none","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}""", false, "protect.key-kid")]
    [InlineData("""{"kty":"RSA","n":"x","e":"AQAB"}""", false, "protect.key-form")]
    [InlineData("[]", false, "protect.key-form")]
    public void Only_a_public_key_on_the_curve_is_taken(string jwk, bool national, string? wrong) =>
        Assert.Equal(wrong, RecipientKeys.Read(JsonDocument.Parse(jwk).RootElement, national, default).Refusal?.Fields[0].Key);

    [Theory, EveryStore]
    public async Task The_newest_key_of_a_consumer_counts_on_every_copy(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var log = new EvidenceLog(lab.Db, lab.Home, lab.Key, lab.Settings, lab.Clock);
        var (keys, copy) = (new RecipientKeys(lab.Db, log, lab.Settings, lab.Clock), new RecipientKeys(lab.Db, log, lab.Settings, lab.Clock));
        var jwk = JsonDocument.Parse(p256).RootElement;
        Assert.Equal("protect.not-giving-keys", (await keys.Give(Facts.CivilSteward, jwk, default)).Refusal?.Code);
        var first = (await keys.Give(Facts.CivilHead, jwk, default)).Value;
        lab.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = (await keys.Give(Facts.CivilHead, JsonDocument.Parse(p256.Replace("{", """{"kid":"new",""", StringComparison.Ordinal)).RootElement, default)).Value;
        Assert.NotEqual(first.Kid, second.Kid);
        Assert.Equal("new", keys.Of(Facts.CivilSteward)?.Kid);
        Assert.Null(copy.Of(Facts.CivilSteward));
        await copy.Follow(default);
        Assert.Equal("new", copy.Of(Facts.CivilSteward)?.Kid);
        Assert.Null(copy.Of(Facts.HealthSteward));
        Assert.False((await keys.Give(Facts.Citizen, jwk, default)).IsRefused);
    }
}
