using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Proxying;
using Tongxiang.Tests.Gateway.Query;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Gateway.Proxying;

public sealed class ProviderApiRulesTests
{
    private static readonly Field Id = Sample.Make("id", FieldType.Text);
    private static readonly Field Fee = Sample.Make("fee", FieldType.Decimal, 2);

    [Theory]
    [InlineData("https://api.example.cn/persons/{id}", "")]
    [InlineData("http://api.example.cn/persons/{id}", "share.field.url-https")]
    [InlineData("ftp://api.example.cn/{id}", "share.field.url-https")]
    [InlineData("https://{id}.example.cn/x", "share.field.url")]
    [InlineData("https://api.example.cn:{id}/x", "share.field.url")]
    [InlineData("https://user:secret@api.example.cn/{id}", "share.field.url")]
    [InlineData("https://api.example.cn\\@evil.cn/{id}", "share.field.url")]
    [InlineData("https://api.example.cn/{id}#x", "share.field.url")]
    [InlineData("https://127.0.0.1/{id}", "share.field.url-private")]
    [InlineData("https://[::1]/{id}", "share.field.url-private")]
    [InlineData("https://169.254.169.254/{id}", "share.field.url-private")]
    [InlineData("https://10.1.2.3/{id}", "share.field.url-private")]
    [InlineData("https://api.example.cn/{other}", "gateway.provider-hole")]
    [InlineData("", "share.field.url")]
    public void An_address_leads_where_it_was_declared_and_nowhere_else(string address, string error)
    {
        var wrong = ProviderApiRules.Wrong(new ProviderApiWish("fees", address, [new ProviderParameter("id", "id", true)]), Entry(), new GatewaySettings());
        Assert.Equal(error, wrong.FirstOrDefault()?.Key ?? "");
    }

    [Theory]
    [InlineData("Host", "gateway.provider-header"), InlineData("Cookie", "gateway.provider-header"), InlineData("Content-Length", "gateway.provider-header"), InlineData("X-Key\r\nX-Other", "gateway.provider-header"), InlineData("X-Api-Key", "")]
    public void A_credential_stands_in_a_header_of_its_own(string name, string error)
    {
        var wish = new ProviderApiWish("fees", "https://api.example.cn/", Auth: ProviderAuth.Header, AuthName: name, Secret: "s");
        Assert.Equal(error, ProviderApiRules.Wrong(wish, Entry(), new GatewaySettings()).FirstOrDefault()?.Key ?? "");
        Assert.Equal("gateway.provider-secret", ProviderApiRules.Wrong(wish with { AuthName = "X-Key", Secret = "a\r\nb" }, Entry(), new GatewaySettings()).Single().Key);
    }

    [Theory]
    [InlineData("2901", "https://h/p/2901?kind=full")]
    [InlineData("a/b?c#d", "https://h/p/a%2Fb%3Fc%23d?kind=full")]
    [InlineData("张 三", "https://h/p/%E5%BC%A0%20%E4%B8%89?kind=full")]
    [InlineData("..", "gateway.provider-value")]
    [InlineData(".", "gateway.provider-value")]
    [InlineData("", "gateway.provider-value")]
    [InlineData(null, "gateway.provider-needs")]
    public void A_value_stays_in_its_place_of_the_address(string? value, string expected)
    {
        var made = ProviderApiRules.Address(Api("https://h/p/{id}?kind=full", new ProviderParameter("id", "id", true)), value is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["id"] = value });
        Assert.Equal(expected, made.Refusal?.Code ?? made.Value.AbsoluteUri);
    }

    [Fact]
    public void Only_declared_equalities_that_hold_for_every_row_travel()
    {
        var api = Api("https://h/", new ProviderParameter("id", "pid", false), new ProviderParameter("fee", "fee", false));
        string Sent(Predicate? where) => string.Join('&', ProviderApiRules.Forwarded(api, where).Select(p => $"{p.Key}={p.Value}"));
        var (id, fee) = (Predicate.On(Id, PlanOperator.Eq, "a"), Predicate.On(Fee, PlanOperator.Eq, 1250L));
        Assert.Equal("", Sent(null));
        Assert.Equal("pid=a", Sent(id));
        Assert.Equal("pid=a&fee=12.50", Sent(Predicate.All(id, fee)));
        Assert.Equal("", Sent(Predicate.Any(id, fee)));
        Assert.Equal("", Sent(id.Not()));
        Assert.Equal("", Sent(Predicate.All(id, fee).Not()));
        Assert.Equal("fee=12.50", Sent(Predicate.All(Predicate.On(Id, PlanOperator.Gt, "a"), fee)));
    }

    private static ProviderApi Api(string address, params IReadOnlyList<ProviderParameter> parameters) => new(
        default, 1, "fees", default, ProviderApiState.Approved, address, parameters, "", new Dictionary<string, string>(), ProviderAuth.None, null, 1_000, 1_000, 10, false, "", default, null, null);

    private static Entry Entry() => new(
        default, "", "fees", default, EntryState.Published, 1,
        new EntryContent("", null, "", null, [], "", "", "", "", [], UpdatePromise.Daily, new Sharing(ShareClass.Conditional, [Mode.Api], "", "", "", []), new Tongxiang.Catalog.Opening(OpenClass.Closed, "", "", "", []),
            Grade.General1, null, Secrecy.None, [Id, Fee], ["id"], null, null, [], "", "", "", null),
        null, null, default, default, default);
}
