using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Tongxiang.Gateway.Forms;

/// <summary>The forms an answer can take.</summary>
internal enum FormKind { Json, Csv, NdJson, GeoJson }

/// <summary>What was agreed on by <c>Accept</c>.</summary>
/// <param name="IsSingle">One object instead of a list of one.</param>
/// <param name="HasMark">Whether CSV begins with the byte order mark that spreadsheets need to read Chinese.</param>
/// <param name="StripsNulls">Whether JSON leaves out what is null.</param>
internal readonly record struct AnswerForm(FormKind Kind, bool IsSingle, bool HasMark, bool StripsNulls)
{
    private const string single = "application/vnd.pgrst.object";
    private const string array = "application/vnd.pgrst.array";

    public string Name => Kind switch { FormKind.Json => "json", FormKind.Csv => "csv", FormKind.NdJson => "ndjson", _ => "geojson" };

    public string ContentType => Kind switch
    {
        FormKind.Json => IsSingle ? single + "+json; charset=utf-8" : "application/json; charset=utf-8",
        FormKind.Csv => "text/csv; charset=utf-8",
        FormKind.NdJson => "application/x-ndjson; charset=utf-8",
        _ => "application/geo+json; charset=utf-8",
    };

    /// <summary>The best form that both sides know; null when there is none. A browser's wish for a page is answered with JSON.</summary>
    public static AnswerForm? Of(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        if (accept is "" or "*/*" or "application/json") return new AnswerForm(FormKind.Json, false, true, false);
        if (!MediaTypeHeaderValue.TryParseList([.. request.Headers.Accept.OfType<string>()], out var wanted)) return null;
        foreach (var type in wanted!.OrderByDescending(type => type.Quality ?? 1))
            if (type.Quality is not 0 && Form(type) is { } form) return form;
        return null;
    }

    private static AnswerForm? Form(MediaTypeHeaderValue type) => type.MediaType.Value?.ToLowerInvariant() switch
    {
        "application/json" or "application/*" or "*/*" or "text/html" => new AnswerForm(FormKind.Json, false, true, Strips(type)),
        single + "+json" or single => new AnswerForm(FormKind.Json, true, true, Strips(type)),
        array + "+json" or array => new AnswerForm(FormKind.Json, false, true, Strips(type)),
        "text/csv" or "text/*" => new AnswerForm(FormKind.Csv, false, Parameter(type, "bom") != "0", false),
        "application/x-ndjson" or "application/ndjson" or "application/jsonl" => new AnswerForm(FormKind.NdJson, false, true, false),
        "application/geo+json" => new AnswerForm(FormKind.GeoJson, false, true, false),
        _ => null,
    };

    private static bool Strips(MediaTypeHeaderValue type) => Parameter(type, "nulls") == "stripped";

    private static string? Parameter(MediaTypeHeaderValue type, string name) =>
        type.Parameters.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value.Value;
}
