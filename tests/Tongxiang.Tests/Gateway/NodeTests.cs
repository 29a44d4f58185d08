using System.Net;
using System.Net.Http.Headers;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class NodeTests
{
    [Theory, EveryStore]
    public async Task A_whole_node_answers_on_the_data_API_with_problems_that_clients_of_PostgREST_read(Store store)
    {
        await using var lab = await NodeLab.Start(store);
        var missing = await lab.Http.GetAsync("/data/nothing");
        var problem = await DataFaceTests.Problem(missing);

        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        foreach (var name in (string[])["code", "message", "details", "title", "status", "traceId"]) Assert.True(problem.TryGetProperty(name, out _), name);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await lab.Http.PostAsync("/data/nothing", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Http.GetAsync("/data/nothing/openapi.json")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Http.GetAsync("/data/nothing/download.csv")).StatusCode);
    }

    [Fact]
    public async Task A_forged_token_is_refused_and_not_taken_for_nobody()
    {
        await using var lab = await NodeLab.Start(Store.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/data/nothing");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.");

        Assert.Equal(HttpStatusCode.Unauthorized, (await lab.Http.SendAsync(request)).StatusCode);
    }
}
