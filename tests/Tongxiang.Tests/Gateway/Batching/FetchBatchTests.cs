using System.Net;
using System.Net.Http.Json;
using Tongxiang.Gateway.Batching;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway.Batching;

public sealed class FetchBatchTests
{
    [Theory]
    [InlineData("../away", "rows-0001.csv", "/batch/PL1/1/rows-0001.csv")]
    [InlineData("..", "rows-0001.csv", "/batch/PL1/1/rows-0001.csv")]
    [InlineData("", "rows-0001.csv", "/batch/PL1/1/rows-0001.csv")]
    [InlineData("/tmp", "rows-0001.csv", "/batch/PL1/1/rows-0001.csv")]
    [InlineData("PL1", "../rows-0001.csv", "/batch/PL1/1/rows-0001.csv")]
    [InlineData("PL1", "rows-0001.csv", "http://elsewhere.example/rows-0001.csv")]
    [InlineData("PL1", "rows-0001.csv", "/http://elsewhere.example/rows-0001.csv")]
    public async Task A_manifest_leads_neither_out_of_the_folder_nor_to_another_host(string batch, string part, string path)
    {
        var root = Directory.CreateDirectory(StoreLab.Folder()).FullName;
        var to = Directory.CreateDirectory(Path.Combine(root, "to")).FullName;
        var node = new Node(new Manifest(
            "tongxiang-package-1", batch, "SQ1", "fees", 1, nameof(PackageState.Ready), "full", new ManifestVersion(1, ""), null, "csv", ["id"], 1, 0, 1,
            [new ManifestPart(part, "rows", 1, 5, "", "", path)], null, default, null, null));
        using var http = new HttpClient(node) { BaseAddress = new Uri("http://node.example/") };
        var said = new StringWriter();
        Assert.Equal(1, await FetchBatch.Run(http, "PL1", to, acknowledges: true, said, default));
        Assert.StartsWith("Could not fetch", said.ToString(), StringComparison.Ordinal);
        // Nothing was asked for but the list and the manifest, and nothing was written.
        Assert.Equal(["http://node.example/batch/PL1", "http://node.example/batch/PL1/1"], node.Asked);
        Assert.Empty(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories));
        Directory.Delete(root, recursive: true);
    }

    private sealed class Node(Manifest manifest) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.ToString());
            HttpContent content = Asked.Count == 1 ? JsonContent.Create(new PackageList([new PackageLine(1, nameof(PackageState.Ready), 1, null, 1, 0, 5, null, null, null, null)], null), options: Wire.Json)
                : Asked.Count == 2 ? JsonContent.Create(manifest, options: Wire.Json) : new StringContent("1,2,3");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        }
    }
}
