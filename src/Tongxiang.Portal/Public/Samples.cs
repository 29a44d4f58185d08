using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Public;

/// <summary>Samples that run as they stand: the first ten rows of a resource, in five languages.</summary>
public static class Samples
{
    /// <param name="site">Scheme and host of this site.</param>
    /// <param name="slug">The resource.</param>
    /// <param name="needsToken">Whether a token must be sent; it is read from the environment variable TOKEN, never pasted into code.</param>
    public static IReadOnlyList<Sample> Of(string site, string slug, bool needsToken)
    {
        var url = $"{site}/data/{slug}?limit=10";
        return
        [
            new("curl", needsToken ? $"curl -H \"Authorization: Bearer $TOKEN\" \"{url}\"" : $"curl \"{url}\""),
            new("Python", Python(url, needsToken)),
            new("JavaScript", JavaScript(url, needsToken)),
            new("Java", Java(url, needsToken)),
            new("C#", CSharp(url, needsToken)),
        ];
    }

    static string Python(string url, bool token) => $"""
        import json{(token ? ", os" : "")}, urllib.request

        request = urllib.request.Request("{url}"{(token ? """, headers={"Authorization": "Bearer " + os.environ["TOKEN"]}""" : "")})
        with urllib.request.urlopen(request) as answer:
            for row in json.load(answer):
                print(row)
        """;

    static string JavaScript(string url, bool token) => $$"""
        const answer = await fetch("{{url}}"{{(token ? ", { headers: { Authorization: `Bearer ${process.env.TOKEN}` } }" : "")}});
        if (!answer.ok) throw new Error((await answer.json()).title);
        console.table(await answer.json());
        """;

    static string Java(string url, bool token) => $$"""
        import java.net.URI;
        import java.net.http.*;

        class Sample {
            public static void main(String[] args) throws Exception {
                var request = HttpRequest.newBuilder(URI.create("{{url}}")){{(token ? """
        .header("Authorization", "Bearer " + System.getenv("TOKEN"))
        """.Trim() : "")}}.build();
                var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
                System.out.println(answer.statusCode() + " " + answer.body());
            }
        }
        """;

    static string CSharp(string url, bool token) => $$"""
        using System.Text.Json.Nodes;

        using var http = new HttpClient();
        {{(token ? "http.DefaultRequestHeaders.Authorization = new(\"Bearer\", Environment.GetEnvironmentVariable(\"TOKEN\"));\n" : "")}}var rows = JsonNode.Parse(await http.GetStringAsync("{{url}}"))!.AsArray();
        foreach (var row in rows)
            Console.WriteLine(row);
        """;
}
