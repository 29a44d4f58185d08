using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>One printable letter of a dossier: plain HTML without scripts or anything from elsewhere, headings in Chinese and English.</summary>
internal sealed class LetterHtml
{
    private const string Style =
        "body{font:12pt/1.6 'Noto Serif SC','SimSun',serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111}h1{font-size:18pt;text-align:center;margin:.2em 0}h2{font-size:13pt;border-bottom:1px solid #999}"
        + "p.en{color:#444;text-align:center;margin:0 0 1em}table{border-collapse:collapse;width:100%;font-size:10pt}th,td{border:1px solid #888;padding:.25em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
        + "th{background:#f2f2f2}.no{text-align:right;font-size:10pt}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:9pt;border:1px solid #888;padding:.5em}thead{display:table-header-group}tr{break-inside:avoid}"
        + "@page{size:A4;margin:20mm 18mm}@media print{body{margin:0;max-width:none}}";

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder html = new();

    public LetterHtml(string number, TextKey title)
    {
        var (zh, en) = Both(title.Key);
        html.Append("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>");
        Add(number + " " + zh);
        html.Append("</title><style>").Append(Style).Append("</style></head><body><p class=\"no\">");
        Add(number);
        html.Append("</p><h1>");
        Add(zh);
        html.Append("</h1><p class=\"en\" lang=\"en\">");
        Add(en);
        html.Append("</p>");
    }

    public LetterHtml Heading(string key)
    {
        var (zh, en) = Both(key);
        html.Append("<h2>");
        Add(zh);
        html.Append(" <span lang=\"en\">/ ");
        Add(en);
        html.Append("</span></h2>");
        return this;
    }

    public LetterHtml Text(string text) => Block("p", text);

    public LetterHtml Pre(string text) => Block("pre", text);

    /// <summary>Label and value; the label is a text of both languages.</summary>
    public LetterHtml Facts(params IEnumerable<(string Key, string? Value)> facts)
    {
        html.Append("<table><tbody>");
        foreach (var (key, value) in facts)
        {
            var (zh, en) = Both(key);
            html.Append("<tr><th scope=\"row\">");
            Add($"{zh} / {en}");
            html.Append("</th><td>");
            Add(value is { Length: > 0 } ? value : "–");
            html.Append("</td></tr>");
        }
        html.Append("</tbody></table>");
        return this;
    }

    /// <summary>A table; heads are texts of both languages.</summary>
    public LetterHtml Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        html.Append("<table><thead><tr>");
        foreach (var head in heads)
        {
            var (zh, en) = Both(head);
            html.Append("<th scope=\"col\">");
            Add($"{zh} / {en}");
            html.Append("</th>");
        }
        html.Append("</tr></thead><tbody>");
        var any = false;
        foreach (var row in rows)
        {
            any = true;
            html.Append("<tr>");
            foreach (var cell in row)
            {
                html.Append("<td>");
                Add(cell);
                html.Append("</td>");
            }
            html.Append("</tr>");
        }
        if (!any) html.Append(CultureInfo.InvariantCulture, $"<tr><td colspan=\"{heads.Count}\">无 / none</td></tr>");
        html.Append("</tbody></table>");
        return this;
    }

    public byte[] Bytes() => Encoding.UTF8.GetBytes(html + "</body></html>\n");

    public static string Said(string key) => Texts.Parts.Get(Texts.Chinese, key) + " / " + Texts.Parts.Get(Texts.English, key);

    private LetterHtml Block(string tag, string text)
    {
        html.Append('<').Append(tag).Append('>');
        Add(text);
        html.Append("</").Append(tag).Append('>');
        return this;
    }

    private void Add(string text) => html.Append(Encoder.Encode(text));

    private static (string Chinese, string English) Both(string key) => (Texts.Parts.Get(Texts.Chinese, key), Texts.Parts.Get(Texts.English, key));
}
