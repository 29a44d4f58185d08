using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Batching;
using Tongxiang.Kernel;
using Tongxiang.Tests.Gateway.Query;

namespace Tongxiang.Tests.Gateway.Batching;

/// <summary>A batch of a resource with a key under a grant of the consumer.</summary>
internal static class BatchLab
{
    public static readonly IReadOnlyList<Field> Fields =
    [
        Sample.Make("id", FieldType.Integer), Sample.Make("name", FieldType.Text) with { Element = "person-name", IsPersonal = true }, Sample.Make("division", FieldType.Text), Sample.Make("fee", FieldType.Decimal, 2),
    ];

    public static Caller Consumer { get; } = Caller.Anonymous with
    {
        Actor = GatewayLab.Consumer.ToString(),
        Agency = GatewayLab.Consumer,
        AgencyKind = AgencyKind.Department,
        Client = new Id<Client>(GatewayLab.Consumer.Value),
    };

    public static Caller Steward { get; } = Consumer with { Client = null, Person = new Id<Person>(Guid.Parse("00000000-0000-7000-8000-00000000000a")), Roles = new HashSet<Role> { Role.Steward } };

    public static IReadOnlyList<object?[]> Rows(int count, int from = 1) => [.. Enumerable.Range(from, count).Select(i => new object?[] { (long)i, "张" + (char)('一' + i % 90), i % 2 == 0 ? "290101" : "290201", (long)i * 25 })];

    public static async Task<Entry> Fill(GatewayLab lab, int rows, string granted = "division=eq.290101", Func<Tongxiang.Share.Grant, Tongxiang.Share.Grant>? change = null)
    {
        var entry = await lab.Add(lab.Entry("fees", Fields, ["id"], OpenClass.Conditional), Rows(rows));
        lab.Grant(entry, GatewayLab.Consumer, ["id", "division", "fee"], ["name"], granted, g =>
        {
            var batch = g with { Modes = [Mode.Batch] };
            return change?.Invoke(batch) ?? batch;
        });
        return entry;
    }

    public static async Task<Batch> Set(GatewayLab lab, BatchWish wish)
    {
        var set = await lab.Get<Batches>().Set(Consumer, wish with { Case = wish.Case ?? "DB20260001", Operator = wish.Operator ?? "clerk-7" }, default);
        Assert.True(!set.IsRefused, set.Refusal?.Code + string.Join(' ', set.Refusal?.Fields.Select(f => f.Field + ":" + f.Key) ?? []));
        return set.Value;
    }

    public static Task Round(GatewayLab lab) => lab.Get<Packing>().Run(default);

    public static async Task<JsonObject> Manifest(GatewayLab lab, Batch batch, long sequence)
    {
        using var answer = await lab.Call($"/batch/{batch.Number}/{sequence}", GatewayLab.Consumer);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    public static async Task<byte[]> Part(GatewayLab lab, Batch batch, long sequence, string part)
    {
        using var answer = await lab.Call($"/batch/{batch.Number}/{sequence}/{part}", GatewayLab.Consumer);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Acknowledges what the manifest says, with a change.</summary>
    public static async Task<JsonObject> Acknowledge(GatewayLab lab, Batch batch, long sequence, Func<JsonObject, JsonObject>? change = null)
    {
        var manifest = await Manifest(lab, batch, sequence);
        var parts = manifest["parts"]!.AsArray().Select(p => new JsonObject { ["name"] = (string)p!["name"]!, ["rows"] = (long)p["rows"]!, ["bytes"] = (long)p["bytes"]!, ["sha256"] = (string)p["sha256"]! });
        var body = new JsonObject { ["parts"] = new JsonArray([.. parts.Select(p => (JsonNode)(change?.Invoke(p) ?? p))]) };
        using var answer = await lab.Call($"/batch/{batch.Number}/{sequence}/acknowledge", GatewayLab.Consumer, change: r => r.Content = JsonContent.Create(body), method: HttpMethod.Post);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    public static string Sha(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
