using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Kernel;

public sealed class IdempotencyTests
{
    public sealed record Order(string What, int Amount);

    [Theory, EveryStore]
    public async Task The_same_key_and_body_do_the_work_once_and_get_the_first_answer(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var app = await Shop.Open(lab);
        var first = await app.Post("k-1", new Order("数据", 3));
        var second = await app.Post("k-1", new Order("数据", 3));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal("true", second.Headers.GetValues("Idempotent-Replay").Single());
        Assert.Equal(1, app.Done);
    }

    [Theory, EveryStore]
    public async Task A_kept_answer_is_sealed_and_forgotten_after_a_week(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var app = await Shop.Open(lab);
        await app.Post("k-1", new Order("a secret shown once", 3));
        var kept = await lab.Db.One($"select body from kernel_idempotency", r => r.Bytes(0), default);
        Assert.DoesNotContain("shown once", System.Text.Encoding.UTF8.GetString(kept!), StringComparison.Ordinal);
        lab.Clock.Advance(TimeSpan.FromDays(6));
        await new Idempotency(lab.Db, lab.Clock, lab.Key).Forget(default);
        Assert.Equal("true", (await app.Post("k-1", new Order("a secret shown once", 3))).Headers.GetValues("Idempotent-Replay").Single());
        lab.Clock.Advance(TimeSpan.FromDays(2));
        await new Idempotency(lab.Db, lab.Clock, lab.Key).Forget(default);
        Assert.Equal(0, await lab.Db.One($"select count(*) from kernel_idempotency", r => r.GetInt64(0), default));
    }

    [Theory, EveryStore]
    public async Task Another_body_under_a_used_key_is_refused(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var app = await Shop.Open(lab);
        await app.Post("k-1", new Order("数据", 3));
        var other = await app.Post("k-1", new Order("数据", 4));
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Contains("kernel.key-reused", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, app.Done);
    }

    [Theory, EveryStore]
    public async Task Twenty_at_once_under_one_key_do_the_work_once(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var app = await Shop.Open(lab);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.Post("k-2", new Order("数据", 3))));
        Assert.Equal(1, app.Done);
        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict));
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Created);
    }

    [Theory, EveryStore]
    public async Task What_was_refused_or_failed_may_be_tried_again_under_its_key(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        await using var app = await Shop.Open(lab);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Post("k-3", new Order("", 3))).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await app.Post("k-3", new Order("数据", 3))).StatusCode);
    }

    [Theory]
    [InlineData("a key with spaces")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x")]
    public async Task A_malformed_key_is_refused(string key)
    {
        await using var lab = await StoreLab.Open(Store.Sqlite);
        await using var app = await Shop.Open(lab);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Post(key, new Order("数据", 3))).StatusCode);
        Assert.Equal(0, app.Done);
    }

    /// <summary>The smallest application with one creating endpoint.</summary>
    private sealed class Shop(WebApplication app) : IAsyncDisposable
    {
        private readonly HttpClient http = new() { BaseAddress = new Uri(app.Urls.First()) };
        private int done;

        public int Done => done;

        public static async Task<Shop> Open(StoreLab lab)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton<TimeProvider>(lab.Clock);
            builder.Services.AddSingleton(lab.Db);
            builder.Services.AddSingleton(lab.Key);
            builder.Services.AddSingleton<Idempotency>();
            builder.Services.ConfigureHttpJsonOptions(o => Wire.Apply(o.SerializerOptions));
            var app = builder.Build();
            Shop? shop = null;
            app.MapPost("/orders", (Order order) => shop!.Take(order)).WithIdempotency();
            await app.StartAsync();
            return shop = new Shop(app);
        }

        public async Task<HttpResponseMessage> Post(string key, Order order)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = JsonContent.Create(order) };
            request.Headers.TryAddWithoutValidation(Idempotency.Header, key);
            return await http.SendAsync(request);
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }

        private IResult Take(Order order)
        {
            if (order.What.Length == 0) return Refusal.Invalid(new FieldError("what", "kernel.required")).ToProblem();
            var number = Interlocked.Increment(ref done);
            return TypedResults.Created($"/orders/{number}", new { number, order.What });
        }
    }
}
