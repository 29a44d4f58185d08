using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Public;

/// <summary>Samples that run as they stand: some rows of a resource, in five languages. What is secret or of one case comes from the environment, never pasted into code.</summary>
public static class Samples
{
    /// <param name="url">Address of the rows.</param>
    /// <param name="needsToken">Whether a token must be sent; it is read from the environment variable TOKEN.</param>
    /// <param name="needsCase">Whether operator and case number must be sent; they are read from OPERATOR and CASE.</param>
    public static IReadOnlyList<Sample> Of(string url, bool needsToken, bool needsCase)
    {
        List<(string Header, string Prefix, string Variable)> headers = [];
        if (needsToken) headers.Add(("Authorization", "Bearer ", "TOKEN"));
        if (needsCase) headers.AddRange([("Data-Operator", "", "OPERATOR"), ("Data-Case", "", "CASE")]);
        return [new("curl", Curl(url, headers)), new("Python", Python(url, headers)), new("JavaScript", JavaScript(url, headers)), new("Java", Java(url, headers)), new("C#", CSharp(url, headers))];
    }

    static string Curl(string url, List<(string Header, string Prefix, string Variable)> headers) =>
        $"curl --fail-with-body \"{url}\"" + string.Concat(headers.Select(h => $" \\\n  -H \"{h.Header}: {h.Prefix}${h.Variable}\""));

    static string Python(string url, List<(string Header, string Prefix, string Variable)> headers)
    {
        var sent = string.Concat(headers.Select(h => $",\n    \"{h.Header}\": {(h.Prefix.Length > 0 ? $"\"{h.Prefix}\" + " : "")}os.environ[\"{h.Variable}\"]"));
        return $$"""
            import json{{(headers.Count > 0 ? ", os" : "")}}, urllib.request

            request = urllib.request.Request("{{url}}"{{(headers.Count > 0 ? ", headers={" + sent[1..] + "\n}" : "")}})
            with urllib.request.urlopen(request) as answer:
                for row in json.load(answer):
                    print(row)
            """;
    }

    static string JavaScript(string url, List<(string Header, string Prefix, string Variable)> headers)
    {
        var sent = string.Concat(headers.Select(h => $"\n    \"{h.Header}\": {(h.Prefix.Length > 0 ? $"\"{h.Prefix}\" + " : "")}process.env.{h.Variable},"));
        return $$"""
            const answer = await fetch("{{url}}"{{(headers.Count > 0 ? ", {\n  headers: {" + sent + "\n  },\n}" : "")}});
            if (!answer.ok) throw new Error((await answer.json()).title);
            for (const row of await answer.json()) console.log(row);
            """;
    }

    static string Java(string url, List<(string Header, string Prefix, string Variable)> headers)
    {
        var sent = string.Concat(headers.Select(h => $"\n            .header(\"{h.Header}\", {(h.Prefix.Length > 0 ? $"\"{h.Prefix}\" + " : "")}System.getenv(\"{h.Variable}\"))"));
        return $$"""
            import java.net.URI;
            import java.net.http.*;

            class Sample {
                public static void main(String[] args) throws Exception {
                    var request = HttpRequest.newBuilder(URI.create("{{url}}")){{sent}}.build();
                    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
                    if (answer.statusCode() != 200) throw new IllegalStateException(answer.body());
                    System.out.println(answer.body());
                }
            }
            """;
    }

    static string CSharp(string url, List<(string Header, string Prefix, string Variable)> headers)
    {
        var sent = string.Concat(headers.Select(h => $"http.DefaultRequestHeaders.Add(\"{h.Header}\", {(h.Prefix.Length > 0 ? $"\"{h.Prefix}\" + " : "")}Environment.GetEnvironmentVariable(\"{h.Variable}\"));\n"));
        return $$"""
            using System.Text.Json.Nodes;

            using var http = new HttpClient();
            {{sent}}foreach (var row in JsonNode.Parse(await http.GetStringAsync("{{url}}"))!.AsArray())
                Console.WriteLine(row!.ToJsonString());
            """;
    }
}
