using System.Globalization;
using System.Text;

namespace Tongxiang.Catalog.Rdf;

/// <summary>Writes nodes as Turtle.</summary>
internal static class TurtleWriter
{
    public static async Task Write(IEnumerable<RdfNode> nodes, Stream to, CancellationToken ct)
    {
        await using var writer = new StreamWriter(to, new UTF8Encoding(false), 1 << 15, leaveOpen: true);
        var text = new StringBuilder();
        foreach (var (prefix, space) in RdfNames.Prefixes) text.Append(CultureInfo.InvariantCulture, $"@prefix {prefix}: <{space}> .\n");
        foreach (var node in nodes)
        {
            Node(node, text);
            if (text.Length < 1 << 14) continue;
            await writer.WriteAsync(text, ct);
            text.Clear();
        }
        await writer.WriteAsync(text, ct);
    }

    private static void Node(RdfNode node, StringBuilder text)
    {
        text.Append("\n<").Append(node.Subject).Append('>');
        var first = true;
        foreach (var group in node.ByPredicate)
        {
            text.Append(first ? "\n    " : " ;\n    ").Append(group.Key == RdfNames.Type ? "a" : Name(group.Key)).Append(' ');
            first = false;
            text.AppendJoin(", ", group.Select(Value));
        }
        text.Append(" .\n");
    }

    private static string Value(RdfValue value) => value switch
    {
        { IsIri: true } => Name(value.Text),
        { Language: { } language } => $"\"{Escape(value.Text)}\"@{language}",
        { Datatype: { } datatype } => $"\"{Escape(value.Text)}\"^^{Name(datatype)}",
        _ => $"\"{Escape(value.Text)}\"",
    };

    private static string Name(string iri) => RdfNames.Short(iri) is var (prefix, _, local) ? $"{prefix}:{local}" : $"<{iri}>";

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
            switch (c)
            {
                case '"': escaped.Append("\\\""); break;
                case '\\': escaped.Append("\\\\"); break;
                case '\n': escaped.Append("\\n"); break;
                case '\r': escaped.Append("\\r"); break;
                case < ' ' or '\u007f': escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"); break;
                default: escaped.Append(c); break;
            }
        return escaped.ToString();
    }
}
