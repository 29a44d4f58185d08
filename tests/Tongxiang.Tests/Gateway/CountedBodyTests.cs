using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Gateway.Forms;

namespace Tongxiang.Tests.Gateway;

public sealed class CountedBodyTests
{
    [Fact]
    public async Task A_part_under_way_ends_where_the_fuse_trips()
    {
        var isCut = false;
        using var reader = new MemoryStream();
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        using var connection = new Connection();
        var http = new DefaultHttpContext { RequestServices = services };
        http.Features.Set<IHttpRequestLifetimeFeature>(connection);
        var body = new CountedBody(reader, () => isCut);
        http.Response.Body = body;
        using var part = new Tripping(() => isCut = true);
        // As the face sends it: the result that streams the part ends the connection instead of answering half of it as whole.
        await TypedResults.Stream(part).ExecuteAsync(http);
        Assert.True(http.RequestAborted.IsCancellationRequested);
        Assert.True(reader.Length is > 0 and < Tripping.Size, $"{reader.Length}");
        Assert.Equal(reader.Length, body.Bytes);
        await Assert.ThrowsAsync<OperationCanceledException>(() => body.WriteAsync(new byte[1], 0, 1, default));
    }

    private sealed class Connection : IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource aborted = new();

        public CancellationToken RequestAborted { get => aborted.Token; set => throw new NotSupportedException(); }

        public void Abort() => aborted.Cancel();

        public void Dispose() => aborted.Dispose();
    }

    /// <summary>Bytes on disk; the fuse trips when half of them are read.</summary>
    private sealed class Tripping(Action trip) : MemoryStream(new byte[Size])
    {
        public const int Size = 1 << 20;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= Size / 2) trip();
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
