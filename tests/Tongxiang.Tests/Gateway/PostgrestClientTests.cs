using System.Text.Json;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Laws;

namespace Tongxiang.Tests.Gateway;

public sealed class PostgrestClientTests
{
    [Theory, EveryStore]
    public async Task The_unchanged_npm_client_of_PostgREST_reads_the_data_API(Store store)
    {
        var folder = Path.Combine(Repository.Root, "tests", "clients", "postgrest-js");
        if (await Run("node", folder, "--version") is null) Assert.Skip("No Node.js on this machine.");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")) && await Run("npm", folder, "ci", "--no-audit", "--no-fund", "--ignore-scripts") is null)
            Assert.Skip("The npm client could not be installed.");
        await using var lab = await GatewayLab.Open(store);
        await lab.Add(People.Stops(lab), People.StopRows);

        var output = await Run("node", folder, "read.mjs", lab.Address + "data") ?? throw new InvalidOperationException("read.mjs failed.");
        var got = JsonDocument.Parse(output).RootElement;
        string Of(string name) => $"{got.GetProperty(name).GetProperty("status").GetInt32()} {got.GetProperty(name).GetProperty("code").GetString()} {got.GetProperty(name).GetProperty("count")} {got.GetProperty(name).GetProperty("data").GetRawText()}";

        Assert.Equal(3, got.GetProperty("all").GetProperty("data").GetArrayLength());
        Assert.DoesNotContain("inner_note", output);
        Assert.Equal("""200   [{"no":1,"name":"南湖公园站"}]""", Of("columns"));
        Assert.Equal("""200   {"name":"𠮷祥里"}""", Of("single"));
        Assert.Equal("406 PGRST116  null", Of("singleOfNone"));
        Assert.Equal("406 PGRST116  null", Of("singleOfMany"));
        Assert.Equal("200   null", Of("maybeNone"));
        Assert.Equal("""200   {"name":"南湖公园站"}""", Of("maybeOne"));
        Assert.StartsWith("406 PGRST116", Of("maybeMany"));
        Assert.Equal("id,name\n1,南湖公园站\n2,𠮷祥里\n", got.GetProperty("csv").GetProperty("data").GetString());
        Assert.Equal("""206  3 [{"id":2},{"id":1}]""", Of("range"));
        Assert.Equal("200  2 null", Of("counted"));
        Assert.Equal("""206  3 [{"id":1}]""", Of("planned"));
        Assert.Equal("""200   [{"id":1}]""", Of("inList"));
        Assert.Equal("""200   [{"id":1},{"id":3}]""", Of("or"));
        Assert.Equal("""200   [{"id":3},{"id":1}]""", Of("not"));
        Assert.Equal("""200   [{"id":1}]""", Of("like"));
        Assert.Equal("""200   [{"id":3}]""", Of("ilike"));
        Assert.Equal("""200   [{"id":1}]""", Of("filter"));
        Assert.Equal("""200   [{"id":2},{"id":1},{"id":3}]""", Of("nulls"));
        Assert.Contains("FeatureCollection", Of("geojson"));
        Assert.StartsWith("416 PGRST103", Of("past"));
        Assert.StartsWith("400 42703", Of("unknown"));
        Assert.True(got.GetProperty("unknown").GetProperty("hint").GetBoolean());
        Assert.StartsWith("400 PGRST100", Of("embedding"));
        Assert.StartsWith("405 gateway.read-only", Of("write"));
        Assert.StartsWith("405 gateway.read-only", Of("rpc"));
    }

    private static async Task<string?> Run(string program, string folder, params string[] arguments) => await Said.By(program, folder, null, arguments) is { Code: 0 } said ? said.Output : null;
}
