using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Laws;

public sealed class InterfaceLaws
{
    [Fact]
    public async Task Every_endpoint_of_the_interface_has_a_name_and_a_text()
    {
        await using var lab = await NodeLab.Start(Store.Sqlite);
        var endpoints = lab.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.StartsWith("/api/", StringComparison.Ordinal) == true && !e.RoutePattern.RawText.Contains("action", StringComparison.Ordinal));
        var wrong =
            from endpoint in endpoints
            let name = endpoint.Metadata.GetMetadata<EndpointNameMetadata>()?.EndpointName
            where name is null || !Texts.Parts.Has($"api.{name}")
            select $"{endpoint.RoutePattern.RawText}: {name ?? "no name"}";
        Law.IsKept(wrong);
    }

    [Fact]
    public async Task The_document_of_the_interface_is_OpenAPI_3_1()
    {
        await using var lab = await NodeLab.Start(Store.Sqlite);
        using var document = JsonDocument.Parse(await lab.Http.GetStringAsync("/openapi/v1.json"));
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Contains("/", document.RootElement.GetProperty("info").GetProperty("title").GetString(), StringComparison.Ordinal);
    }
}
