using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tongxiang.Kernel;
using Tongxiang.Portal.Public;
using Tongxiang.Server.Verbs;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Portal;

/// <summary>The samples of a node's pages, run by the languages of this machine.</summary>
public sealed partial class SamplesTests(SamplesTests.Region region) : IClassFixture<SamplesTests.Region>
{
    [Theory]
    [InlineData("curl", "curl", "--version")]
    [InlineData("Python", "python3", "--version")]
    [InlineData("JavaScript", "node", "--version")]
    [InlineData("Java", "java", "--version")]
    [InlineData("C#", "dotnet", "--version")]
    public async Task The_sample_of_the_page_prints_rows_as_it_stands(string language, string program, string question)
    {
        var version = await Said.By(program, ".", null, question);
        Assert.SkipUnless(version is { Code: 0 }, $"No {language} on this machine.");
        // The form of a sample follows from what the resource asks: nothing, a token, or a token with operator and case.
        var open = await region.Of("/datasets/air-quality/api", language);
        var granted = await region.Of("/datasets/legal-persons/api", language);
        var personal = Samples.Of(region.Node.Http.BaseAddress + "data/population?select=citizen_id,division&limit=10", needsToken: true, needsCase: true).Single(s => s.Name == language).Code;

        Assert.DoesNotContain("TOKEN", open, StringComparison.Ordinal);
        Assert.Contains("TOKEN", granted, StringComparison.Ordinal);
        foreach (var (code, column) in new[] { (open, "pm25"), (granted, "credit_code"), (personal, "citizen_id") })
        {
            var said = (await Run(language, version!.Output, code, region.Environment))!;
            Assert.True(said.Code == 0, $"{code}\n{said.Output}\n{said.Errors}");
            Assert.True(said.Output.Split(column).Length - 1 == 10, $"{code}\n{said.Output}");
        }

        var refused = (await Run(language, version!.Output, granted, new Dictionary<string, string> { ["TOKEN"] = "no-token" }))!;
        Assert.True(refused.Code != 0, "A refusal went unnoticed: " + refused.Output);
    }

    private static async Task<Said?> Run(string language, string version, string code, IReadOnlyDictionary<string, string> environment)
    {
        var folder = StoreLab.Folder();
        try
        {
            var (program, file) = language switch { "curl" => ("bash", "sample.sh"), "Python" => ("python3", "sample.py"), "JavaScript" => ("node", "sample.mjs"), "Java" => ("java", "Sample.java"), _ => ("dotnet", "sample.cs") };
            await File.WriteAllTextAsync(Path.Combine(folder, file), code);
            Assert.SkipUnless(program != "dotnet" || version.StartsWith("10.", StringComparison.Ordinal), "Single files of C# run from .NET 10 on.");
            return await Said.By(program, folder, environment, program == "dotnet" ? ["run", file] : [file]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A node with the demonstration region and a token of one of its clients.</summary>
    public sealed class Region : IAsyncLifetime
    {
        public NodeLab Node { get; private set; } = null!;

        public IReadOnlyDictionary<string, string> Environment { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Node = await NodeLab.Start(Store.Sqlite, people: 500);
            var demonstration = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Node.Get<Tongxiang.Kernel.Home>().Root, "demo.json")))!;
            var key = demonstration["clients"]!.AsArray().Single(c => (string)c!["clientId"]! == "civil-affairs-01")!["privateJwk"]!.ToJsonString();
            using var signer = Signer.Read(key, null);
            var discovery = JsonNode.Parse(await Node.Http.GetStringAsync("/.well-known/openid-configuration"))!;
            using var answer = await Node.Http.PostAsync((string)discovery["token_endpoint"]!, new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = "civil-affairs-01",
                ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ["client_assertion"] = Token.Assertion(signer, "civil-affairs-01", (string)discovery["issuer"]!, null, TimeProvider.System),
            }));
            using var token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Environment = new Dictionary<string, string> { ["TOKEN"] = token.RootElement.GetProperty("access_token").GetString()!, ["OPERATOR"] = "clerk-7", ["CASE"] = "DB20260001" };
        }

        /// <summary>What a person copies from the page.</summary>
        public async Task<string> Of(string page, string language)
        {
            var html = await Node.Http.GetStringAsync(page);
            return WebUtility.HtmlDecode(Fold().Matches(html).Single(m => WebUtility.HtmlDecode(m.Groups["name"].Value) == language).Groups["code"].Value);
        }

        public ValueTask DisposeAsync() => Node.DisposeAsync();
    }

    [GeneratedRegex("<summary>(?<name>[^<]*)</summary>.*?<code>(?<code>.*?)</code>", RegexOptions.Singleline)]
    private static partial Regex Fold();
}
