using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tongxiang.Tests.Journeys;

/// <summary>A file that is one line without end is taken in and refused with the reason, in memory that does not grow with it.</summary>
public sealed class OneLongLine
{
    private static readonly long Bytes = Environment.GetEnvironmentVariable("TONGXIANG_TEST_FULL") is null ? 64L << 20 : 2L << 30;

    [Fact]
    public async Task A_line_of_two_gigabytes_is_refused_in_flat_memory()
    {
        await using var town = await Town.Found();
        using var server = new ServerProcess(town.Data, town.Settings);
        var address = await server.Address;
        var cookie = await Crowd.SignIn(address, "transport.steward");
        var before = server.PeakMegabytes;
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(10) };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/entries/{town.Open["stops-a"]}/landings?name=endless.csv&confirms=true&promotes=true") { Content = new Line(Bytes) };
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        using var answer = await http.SendAsync(request);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "ingest.row-too-long"), (answer.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Contains("16,777,216", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var grown = server.PeakMegabytes - before;
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{Bytes >> 20} MB in one line: peak {before} MB before, {grown} MB more after"));
        Assert.InRange(grown, 0, 120);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(town.Data, "scratch")));
        Assert.Empty(server.Faults);
        await server.Kill();
    }

    // Made while it is sent.
    private sealed class Line : HttpContent
    {
        private readonly long length;

        public Line(long length)
        {
            this.length = length;
            Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var block = new byte[1 << 20];
            Array.Fill(block, (byte)'x');
            for (var left = length; left > 0; left -= block.Length) await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(block.Length, left)));
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
