using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Journeys;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Ingest;

/// <summary>A whole node, its chores running, with a published entry of people and a draft to land into.</summary>
internal sealed class LandingNode : IAsyncDisposable
{
    private readonly Dictionary<string, string> cookies = new(StringComparer.Ordinal);

    private LandingNode(NodeLab node) => Node = node;

    public NodeLab Node { get; }
    public Entry People { get; private set; } = null!;
    public Entry Stops { get; private set; } = null!;
    public Entry Draft { get; private set; } = null!;

    public static async Task<LandingNode> Start(Store store, IReadOnlyDictionary<string, string>? settings = null)
    {
        var lab = new LandingNode(await NodeLab.Start(store, settings: settings));
        var staff = await Staff.Enrol(lab.Node.Services);
        Field Of(string name, string title, string? element, bool personal = false, FieldType type = FieldType.Text) =>
            Samples.Field(name, type) with { Title = title, TitleEn = null, Element = element, IsPersonal = personal, IsRequired = false, Length = element is null && type == FieldType.Text ? 40 : null };
        var people = Samples.Personal() with
        {
            Name = "常住人口",
            NameEn = "Residents",
            Key = ["id_card"],
            Fields = [Of("id_card", "身份证号", "citizen-id", personal: true) with { IsRequired = true, Length = 18, Grade = Grade.General3 }, Of("name", "姓名", "person-name", personal: true), Of("division", "区划代码", "division-code")],
        };
        var stops = Samples.Open("站点", "Stops") with { Fields = [Of("code", "编号", null) with { IsRequired = true }, Of("riders", "人数", null, type: FieldType.Integer)], Key = ["code"], LongitudeField = null, LatitudeField = null };
        var entries = lab.Node.Get<Entries>();
        var published = await entries.Enrol([staff.Whole(people, "residents"), staff.Whole(stops, "stops")], default);
        Assert.Null(published.Refusal);
        (lab.People, lab.Stops) = (published.Value[0], published.Value[1]);
        lab.Draft = (await entries.Draft(staff["transport.steward"], stops with { Name = "草稿", NameEn = "Draft" }, default)).Value;
        return lab;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Answer)> Ask(
        HttpMethod method, string path, HttpContent? body = null, string? user = "transport.steward", string language = "zh-CN", string? key = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (user is not null) request.Headers.TryAddWithoutValidation("Cookie", await Cookie(user));
        request.Headers.AcceptLanguage.ParseAdd(language);
        if (key is not null) request.Headers.Add(Idempotency.Header, key);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        var answer = await Node.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var isJson = answer.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json";
        return (answer.StatusCode, isJson ? JsonDocument.Parse(text).RootElement.Clone() : JsonSerializer.SerializeToElement(text), answer);
    }

    /// <summary>Delivers the file as the body itself.</summary>
    public Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Answer)> Send(Entry entry, string name, byte[] bytes, string query = "&confirms=true&promotes=true", string? user = "transport.steward", string? key = null) =>
        Ask(HttpMethod.Post, $"/api/entries/{entry.Id}/landings?name={Uri.EscapeDataString(name)}{query}", new ByteArrayContent(bytes), user, key: key);

    /// <summary>Follows the landing as a page does; the states it went through.</summary>
    public async Task<List<string>> Follow(Entry entry, string run)
    {
        var (status, body, answer) = await Ask(HttpMethod.Get, $"/api/entries/{entry.Id}/landings/{run}/progress");
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (status, answer.Content.Headers.ContentType?.MediaType));
        var events = body.GetString()!.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(events, e => Assert.StartsWith("event: progress\ndata: ", e, StringComparison.Ordinal));
        return [.. events.Select(e => JsonDocument.Parse(e.Split("data: ")[1]).RootElement.GetProperty("state").GetString()!)];
    }

    public Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Answer)> Run(Entry entry, string run, string language = "zh-CN") => Ask(HttpMethod.Get, $"/api/entries/{entry.Id}/landings/{run}", language: language);

    public static MultipartFormDataContent Form(string name, byte[] bytes)
    {
        var file = new ByteArrayContent(bytes);
        file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return new MultipartFormDataContent { { new StringContent("x"), "note" }, { file, "file", name } };
    }

    public async Task<string> Rows(string slug) => await Node.Http.GetStringAsync($"/data/{slug}?order=code");

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    private async Task<string> Cookie(string user)
    {
        if (cookies.TryGetValue(user, out var known)) return known;
        using var answer = await Node.Http.PostAsJsonAsync("/api/session", new { user, password = Staff.Password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return cookies[user] = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tx-session=", StringComparison.Ordinal)).Split(';')[0];
    }
}
