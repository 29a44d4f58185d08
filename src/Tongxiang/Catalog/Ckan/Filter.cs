namespace Tongxiang.Catalog.Ckan;

/// <summary>The part of CKAN's filter queries that clients use: <c>organization:police +tags:"公交" groups:(transport OR weather) -res_format:XLSX</c>.</summary>
internal sealed record Filter(IReadOnlyList<Filter.Clause> Clauses)
{
    private const int MostClauses = 50;

    /// <param name="Values">Any of these.</param>
    public sealed record Clause(string Field, IReadOnlyList<string> Values, bool IsNot);

    public static Filter Nothing { get; } = new([]);

    /// <summary>Null when the text is no filter query.</summary>
    public static Filter? Parse(string text)
    {
        var clauses = new List<Clause>();
        var reader = new Reader(text);
        while (reader.Skip())
        {
            if (reader.Word("AND")) continue;
            var isNot = reader.Take('-') || reader.Word("NOT");
            if (!isNot) reader.Take('+');
            if (reader.Name() is not { } field || !reader.Take(':') || reader.Values() is not { } values) return null;
            clauses.Add(new Clause(field, values, isNot));
            if (clauses.Count > MostClauses) return null;
        }
        return new Filter(clauses);
    }

    public bool Fits(Listing listing) => Clauses.All(clause => clause.Values.Any(value => Has(listing, clause.Field, value)) != clause.IsNot);

    /// <summary>The values a listing has in a field, as facets count them.</summary>
    public static IEnumerable<string> Values(Listing listing, string field) => field switch
    {
        "organization" => listing.Provider is { } p ? [p.Slug] : [],
        "owner_org" => [listing.Entry.Agency.ToString()],
        "groups" => [listing.Content.Theme],
        "tags" => listing.Content.Keywords,
        "res_format" => listing.Content.Formats.Select(f => Themes.Formats.NameOf(f, Kernel.Texts.English)),
        "license_id" => [listing.Content.Licence],
        "name" => [listing.Entry.Slug],
        "id" => [listing.Entry.Id.ToString()],
        "title" => [listing.Content.Name],
        "dataset_type" or "type" => ["dataset"],
        "state" => ["active"],
        "capacity" => ["public"],
        "private" => ["false"],
        "isopen" => [listing.Content.Opening.Class == OpenClass.Open ? "true" : "false"],
        "share_class" => [listing.Content.Sharing.Class.ToString()],
        "open_class" => [listing.Content.Opening.Class.ToString()],
        "update_frequency" => [listing.Content.UpdatePromise.ToString()],
        "region" => [listing.Content.Region],
        _ => [],
    };

    private static bool Has(Listing listing, string field, string value) =>
        value == "*" ? Values(listing, field).Any()
        : value.EndsWith('*') ? Values(listing, field).Any(v => v.StartsWith(value[..^1], StringComparison.OrdinalIgnoreCase))
        : Values(listing, field).Any(v => v.Equals(value, StringComparison.OrdinalIgnoreCase));

    private sealed class Reader(string text)
    {
        private int at;

        /// <summary>Leaves white space behind; false at the end.</summary>
        public bool Skip()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            return at < text.Length;
        }

        public bool Take(char c)
        {
            if (at >= text.Length || text[at] != c) return false;
            at++;
            return true;
        }

        public bool Word(string word)
        {
            var end = at + word.Length;
            if (end >= text.Length || !char.IsWhiteSpace(text[end]) || string.CompareOrdinal(text, at, word, 0, word.Length) != 0) return false;
            at = end;
            Skip();
            return true;
        }

        public string? Name()
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.')) at++;
            return at > start ? text[start..at] : null;
        }

        public List<string>? Values()
        {
            if (!Take('(')) return Value() is { } only ? [only] : null;
            var values = new List<string>();
            while (Skip())
            {
                if (Take(')')) return values.Count > 0 ? values : null;
                if (Word("OR")) continue;
                if (Value() is not { } value || values.Count >= MostClauses) return null;
                values.Add(value);
            }
            return null;
        }

        private string? Value()
        {
            if (Take('"')) return Quoted();
            var start = at;
            while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (')' or '(' or '"')) at++;
            return at > start ? text[start..at].Replace("\\", "", StringComparison.Ordinal) : null;
        }

        private string? Quoted()
        {
            var value = new System.Text.StringBuilder();
            for (; at < text.Length; at++)
            {
                if (text[at] == '"')
                {
                    at++;
                    return value.ToString();
                }
                if (text[at] == '\\' && at + 1 < text.Length) at++;
                value.Append(text[at]);
            }
            return null;
        }
    }
}
