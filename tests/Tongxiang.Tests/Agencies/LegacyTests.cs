using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

/// <summary>Clients that sign as they did on an older platform. A resource that does not exist tells: 404 to whoever is known, 401 to whoever is not.</summary>
public sealed class LegacyTests
{
    [Theory, EveryStore]
    public async Task A_system_of_the_national_platform_fetches_its_secret_and_signs_with_it(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var made = (await lab.Node.Get<LegacyKeys>().Add(Caller.Platform, lab.Client.Id, LegacyScheme.National, default)).Value;
        var secret = await Refresh(lab, made.Secret);
        var time = Time(lab);
        var sign = LegacyRules.National(secret, "none", "police-01", time);
        Assert.Equal(404, await Call(lab, "none", National("none", time, sign)));

        // The same signature again, another service, another requester, another moment, a forged one, and the application key in place of the secret.
        Assert.Equal(401, await Call(lab, "none", National("none", time, sign)));
        lab.Clock.Advance(TimeSpan.FromMilliseconds(5));
        var later = Time(lab);
        var fresh = LegacyRules.National(secret, "none", "police-01", later);
        Assert.Equal(401, await Call(lab, "other", National("none", later, fresh)));
        Assert.Equal(401, await Call(lab, "other", National("other", later, fresh)));
        Assert.Equal(401, await Call(lab, "none", National("none", later, fresh, "police-02")));
        Assert.Equal(401, await Call(lab, "none", National("none", later[..^1] + "9", fresh)));
        Assert.Equal(401, await Call(lab, "none", National("none", later, LegacyRules.National(made.Secret, "none", "police-01", later))));
        Assert.Equal(401, await Call(lab, "none", [.. National("none", later, fresh), ("Authorization", "Bearer x")]));
        Assert.Equal(401, await Call(lab, "none", [.. National("none", later, fresh), ("gjgxjhpt_rid", "police-02")]));
        Assert.Equal(404, await Call(lab, "none", National("none", later, fresh)));
        var old = Time(lab, -TimeSpan.FromMinutes(11));
        Assert.Equal(401, await Call(lab, "none", National("none", old, LegacyRules.National(secret, "none", "police-01", old))));

        // A secret of half an hour ago signs no more; a withdrawn key gives none.
        lab.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(401, await Call(lab, "none", National("none", Time(lab), LegacyRules.National(secret, "none", "police-01", Time(lab)))));
        Assert.Null(await lab.Node.Get<LegacyKeys>().Withdraw(Caller.Platform, lab.Client.Id, made.Key.Id, default));
        Assert.Equal("E-106", (await Ask(lab, made.Secret)).GetProperty("code").GetString());
    }

    [Theory, EveryStore]
    public async Task A_system_of_a_provincial_portal_signs_client_time_and_nonce(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var made = (await lab.Node.Get<LegacyKeys>().Add(Caller.Platform, lab.Client.Id, LegacyScheme.Portal, default)).Value;
        var time = Time(lab);
        (string, string)[] Signed(string nonce, string? at = null, string? sign = null) =>
            [("X-Client-Id", "police-01"), ("X-Timestamp", at ?? time), ("X-Nonce", nonce), ("X-Signature", sign ?? LegacyRules.Portal(made.Secret, "police-01", at ?? time, nonce))];
        Assert.Equal(404, await Call(lab, "none", Signed("n1")));
        Assert.Equal(401, await Call(lab, "none", Signed("n1")));
        Assert.Equal(404, await Call(lab, "none", Signed("n2")));
        Assert.Equal(401, await Call(lab, "none", Signed("n3", sign: Convert.ToBase64String(new byte[32]))));
        Assert.Equal(401, await Call(lab, "none", Signed("n4", at: Time(lab, TimeSpan.FromMinutes(11)))));
        Assert.Equal(401, await Call(lab, "none", Signed("n5", at: "now")));
        Assert.Equal(401, await Call(lab, "none", Signed("n6")[..3].Append(("X-Signature", "")).ToArray()));
        // A new key ends the one before.
        await lab.Node.Get<LegacyKeys>().Add(Caller.Platform, lab.Client.Id, LegacyScheme.Portal, default);
        Assert.Equal(401, await Call(lab, "none", Signed("n7")));
    }

    [Theory, EveryStore]
    public async Task Keys_are_kept_wrapped_and_only_the_owner_makes_them(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var keys = lab.Node.Get<LegacyKeys>();
        var made = (await keys.Add(Caller.Platform, lab.Client.Id, LegacyScheme.Portal, default)).Value;
        var kept = await lab.Node.Get<Db>().List($"select secret from agencies_legacy_key", r => r.Bytes(0), default);
        Assert.All(kept, bytes => Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(made.Secret))));
        var stranger = Caller.Anonymous with { Actor = "x", Person = Id<Person>.New(lab.Clock), Agency = Id<Agency>.New(lab.Clock), AgencyKind = AgencyKind.Department };
        Assert.Equal("kernel.not-found", (await keys.Add(stranger, lab.Client.Id, LegacyScheme.Portal, default)).Refusal?.Code);
        Assert.Equal("kernel.not-found", (await keys.Withdraw(stranger, lab.Client.Id, made.Key.Id, default))?.Code);
    }

    private static (string, string)[] National(string service, string time, string sign, string requester = "police-01") =>
        [("gjgxjhpt_rid", requester), ("gjgxjhpt_sid", service), ("gjgxjhpt_rtime", time), ("gjgxjhpt_sign", sign)];

    private static string Time(TokenLab lab, TimeSpan off = default) => (lab.Clock.GetUtcNow() + off).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static async Task<string> Refresh(TokenLab lab, string applicationKey)
    {
        var answer = await Ask(lab, applicationKey);
        Assert.Equal("0", answer.GetProperty("code").GetString());
        var data = answer.GetProperty("data");
        Assert.InRange(data.GetProperty("secretEndTime").GetInt64(), lab.Clock.GetUtcNow().ToUnixTimeMilliseconds(), lab.Clock.GetUtcNow().AddMinutes(15).ToUnixTimeMilliseconds());
        using var aes = Aes.Create();
        aes.Key = Encoding.ASCII.GetBytes(applicationKey);
#pragma warning disable CA5358 // As the programs of that platform do.
        return Encoding.ASCII.GetString(aes.DecryptEcb(Convert.FromBase64String(data.GetProperty("secret").GetString()!), PaddingMode.PKCS7));
#pragma warning restore CA5358
    }

    private static async Task<JsonElement> Ask(TokenLab lab, string applicationKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/legacy/national/secret");
        foreach (var (name, value) in National("none", Time(lab), LegacyRules.National(applicationKey, "none", "police-01", Time(lab)))) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await lab.Node.Http.SendAsync(request);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<int> Call(TokenLab lab, string resource, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/data/" + resource);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await lab.Node.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
