using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;

namespace Tongxiang.Tests.Journeys;

/// <summary>Clients that use one life of the node all at once until it is gone, and note what it has answered for.</summary>
internal sealed class Crowd(Town town, Acknowledged book, string address, string stewardCookie, string applicantCookie, int round) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(60) };
    private readonly CancellationTokenSource gone = new();
    private readonly SemaphoreSlim answers = new(0);

    public static async Task<string> SignIn(string address, string user)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var answer = await http.PostAsJsonAsync(new Uri(new Uri(address), "/api/session"), new { user, password = Staff.Password });
        answer.EnsureSuccessStatusCode();
        return answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tx-session=", StringComparison.Ordinal)).Split(';')[0];
    }

    public Task Work() => Task.WhenAll(
    [
        .. town.Open.Select(e => Until(i => Land(e.Key, e.Value, i))),
        .. town.Open.Select(e => Until(_ => Read(e.Key))),
        Until(Create), Until(Create2), Until(Apply), Calls(),
    ]);

    /// <summary>The node was killed: whoever still asks stops.</summary>
    public void Stop() => gone.Cancel();

    /// <summary>Waits for so many answers, open reads aside: a moment of the work, not of the clock, so that a slow machine is killed in the middle of it too.</summary>
    public async Task Answered(int count)
    {
        for (var i = 0; i < count; i++) Assert.True(await answers.WaitAsync(TimeSpan.FromMinutes(1)), "the node does not answer");
    }

    public void Dispose()
    {
        answers.Dispose();
        http.Dispose();
        gone.Dispose();
    }

    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers)> Ask(HttpMethod method, string path, HttpContent? body = null, string? cookie = null, string? key = null, string? bearer = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", cookie);
        if (key is not null) request.Headers.Add(Idempotency.Header, key);
        if (bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        using var answer = await http.SendAsync(request, gone.Token);
        var text = await answer.Content.ReadAsStringAsync(gone.Token);
        answers.Release();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone(), answer.Headers);
    }

    public Task<(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers)> Create(string key) =>
        Ask(HttpMethod.Post, "/api/entries", JsonContent.Create(new NewEntry(Town.Content("条目" + key, "Entry " + key)), options: Wire.Json), stewardCookie, key);

    /// <summary>All rows as the public gets them, as one text.</summary>
    public async Task<string> Rows(string slug)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/data/{slug}?select=k,batch,size&order=k&limit=10000");
        request.Headers.TryAddWithoutValidation("Accept", "text/csv; bom=0");
        using var answer = await http.SendAsync(request, gone.Token);
        var text = await answer.Content.ReadAsStringAsync(gone.Token);
        return answer.IsSuccessStatusCode ? text.Replace("\r\n", "\n", StringComparison.Ordinal) : $"{(int)answer.StatusCode} {text}";
    }

    /// <summary>What the rows are, when they are one whole delivery and nothing else; null otherwise.</summary>
    public static (string Batch, long Size)? Whole(string rows)
    {
        var first = rows.Split('\n').ElementAtOrDefault(1)?.Split(',');
        return first is [_, var batch, var size] && long.TryParse(size, out var count) && rows == Town.Rows(batch, count) ? (batch, count) : null;
    }

    // A worker goes on until the node is gone; whatever was not answered by then was not promised.
    private async Task Until(Func<int, Task> work)
    {
        for (var i = 0; !gone.IsCancellationRequested; i++)
        {
            try
            {
                await work(i);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                return;
            }
        }
    }

    private async Task Land(string slug, Id<Entry> entry, int i)
    {
        var random = new Random(round * 100_003 + i * 17 + slug[^1]);
        var (batch, size, promotes) = ($"{slug}-{round}-{i}", (long)random.Next(1, random.Next(4) == 0 ? 6000 : 600), random.Next(2) == 0);
        var landing = await Ask(HttpMethod.Post, $"/api/entries/{entry}/landings?name={batch}.csv&confirms=true&promotes={promotes}", new StringContent(Town.Rows(batch, size), Encoding.UTF8, "text/csv"), stewardCookie, batch);
        if (!Expect(landing, HttpStatusCode.Accepted, "land")) return;
        var run = landing.Body.GetProperty("id").GetString()!;
        var delivery = new Delivery(slug, run, batch, size);
        book.Deliveries[run] = delivery;
        if (await Over(entry, run) is not { } number) return;
        book.Versions[(slug, number)] = delivery;
        if (!promotes && !Expect(await Ask(HttpMethod.Post, $"/api/entries/{entry}/versions/{number}/promotion", null, stewardCookie, batch + "-p"), HttpStatusCode.OK, "promote")) return;
        book.Current[slug] = number;
        await Read(slug);
    }

    /// <summary>Waits for a landing's end; its version's number.</summary>
    public async Task<long?> Over(Id<Entry> entry, string run)
    {
        while (true)
        {
            var seen = await Ask(HttpMethod.Get, $"/api/entries/{entry}/landings/{run}", null, stewardCookie);
            if (!Expect(seen, HttpStatusCode.OK, "landing")) return null;
            var state = seen.Body.GetProperty("state").GetString();
            if (state == "Done") return seen.Body.GetProperty("versionNumber").GetInt64();
            if (state == "Refused")
            {
                book.Wrong.Enqueue($"landing {run}: {seen.Body}");
                return null;
            }
            // The node is another process, and what it says of a landing changes only when it is asked again: between two questions there is time
            // to let pass and nothing to await. Of the clock depends only how often is asked, never what is found.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, gone.Token);
        }
    }

    private async Task Read(string slug)
    {
        var rows = await Rows(slug);
        if (Whole(rows) is null) book.Wrong.Enqueue($"/data/{slug} serves a mixture: {rows[..Math.Min(rows.Length, 300)]}");
        Interlocked.Increment(ref book.OpenReads);
    }

    private Task Create2(int i) => Create(100_000 + i);

    private async Task Create(int i)
    {
        var key = $"{round}-{i}";
        try
        {
            var made = await Create(key);
            if (Expect(made, HttpStatusCode.Created, "create")) book.Entries[key] = made.Body.GetProperty("entry").GetProperty("id").GetString()!;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            book.Unanswered.Enqueue(key);
            throw;
        }
    }

    private async Task Apply(int i)
    {
        var wish = new { basis = "《办法》第五条", scenario = "核对", matter = "巡线核对", purpose = "核对站点", fields = new[] { "k" }, modes = new[] { "Api" }, until = TimeProvider.System.GetUtcNow().AddYears(1).ToString("yyyy-MM-dd") };
        var made = await Ask(HttpMethod.Post, "/api/applications", JsonContent.Create(new { lane = "Sharing", entry = town.Lent, wish }, options: Wire.Json), applicantCookie, $"a-{round}-{i}");
        if (!Expect(made, HttpStatusCode.Created, "apply")) return;
        var id = made.Body.GetProperty("application").GetProperty("id").GetString()!;
        book.Applications[id] = "Draft";
        if (Expect(await Ask(HttpMethod.Post, $"/api/applications/{id}/propose", JsonContent.Create(new { }), applicantCookie), HttpStatusCode.OK, "propose")) book.Applications[id] = "AwaitingOwnHead";
    }

    private async Task Calls()
    {
        var token = "";
        await Until(async i =>
        {
            if (token.Length == 0) token = await Token();
            var answer = await Ask(HttpMethod.Get, $"/data/lent?k=eq.{i % Town.LentRows + 1}", bearer: token);
            if (!Expect(answer, HttpStatusCode.OK, "call")) return;
            if (answer.Body.GetArrayLength() != 1) book.Wrong.Enqueue("call: " + answer.Body);
            book.Receipts.Enqueue(Receipt.Parse(answer.Headers.GetValues(Receipt.Header).Single())!);
        });
    }

    private async Task<string> Token()
    {
        using var signer = Signer.Read(town.Key.ExportECPrivateKeyPem(), "k1");
        var discovery = await Ask(HttpMethod.Get, "/.well-known/openid-configuration");
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = Town.Client,
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = Tongxiang.Server.Verbs.Token.Assertion(signer, Town.Client, discovery.Body.GetProperty("issuer").GetString()!, null, TimeProvider.System),
        };
        var answer = await Ask(HttpMethod.Post, "/connect/token", new FormUrlEncodedContent(form));
        Expect(answer, HttpStatusCode.OK, "token");
        return answer.Body.GetProperty("access_token").GetString()!;
    }

    private bool Expect((HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers) answer, HttpStatusCode wanted, string what)
    {
        if (answer.Status != wanted) book.Wrong.Enqueue($"{what}: {(int)answer.Status} {answer.Body}");
        return answer.Status == wanted;
    }
}
