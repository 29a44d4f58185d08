using System.Net.Http.Json;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class HeaderKeyTests
{
    [Theory, EveryStore]
    public async Task A_header_key_is_shown_once_known_by_its_digest_and_ends_when_it_is_withdrawn(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var clients = lab.Node.Get<Clients>();
        var made = (await clients.AddHeaderKey(Caller.Platform, lab.Client.Id, default)).Value;
        Assert.Matches("^txk_[A-Za-z0-9_-]{43}$", made.Secret);
        Assert.Equal(200, await Call(lab, made.Secret));
        Assert.DoesNotContain(made.Secret, string.Join('\n', await lab.Node.Get<Db>().List($"select digest from agencies_header_key", r => r.GetString(0), default)), StringComparison.Ordinal);
        Assert.True(clients.OfHeaderKey(made.Secret) is { IsHeaderKey: true, IsAsserted: false, IsBound: false, IsStillGood: true });

        foreach (var wrong in (string[])[made.Secret + "x", made.Secret[..^1], made.Secret.ToUpperInvariant(), "txk_" + new string('A', 43), "", new string('k', 9_000)]) Assert.Equal(401, await Call(lab, wrong));
        // Two ways to say who one is are one too many.
        Assert.Equal(401, await Call(lab, made.Secret, await lab.Token()));
        using var address = await lab.Send(HttpMethod.Get, "/data/none?api_key=" + made.Secret);
        Assert.Equal((400, "agencies.key-in-address"), ((int)address.StatusCode, (await address.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));

        // Changing over: both are good until the first is withdrawn; a stream that began with it ends too.
        var second = (await clients.AddHeaderKey(Caller.Platform, lab.Client.Id, default)).Value;
        var bearer = clients.OfHeaderKey(made.Secret)!;
        Assert.Equal((200, 200), (await Call(lab, made.Secret), await Call(lab, second.Secret)));
        Assert.Null((await clients.WithdrawHeaderKey(Caller.Platform, lab.Client.Id, made.Key.Id, default)).Refusal);
        Assert.Equal((401, 200), (await Call(lab, made.Secret), await Call(lab, second.Secret)));
        Assert.False(bearer.IsStillGood);
        Assert.Equal("kernel.not-found", (await clients.WithdrawHeaderKey(Caller.Platform, lab.Client.Id, made.Key.Id, default)).Refusal?.Code);
        for (var i = 0; i < 4; i++) await clients.AddHeaderKey(Caller.Platform, lab.Client.Id, default);
        Assert.Equal("agencies.header-key-many", (await clients.AddHeaderKey(Caller.Platform, lab.Client.Id, default)).Refusal?.Code);
        Assert.Null((await clients.Revoke(Caller.Platform, lab.Client.Id, default)).Refusal);
        Assert.Equal(401, await Call(lab, second.Secret));
    }

    private static async Task<int> Call(TokenLab lab, string key, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/session");
        request.Headers.TryAddWithoutValidation("Api-Key", key);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var answer = await lab.Node.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
