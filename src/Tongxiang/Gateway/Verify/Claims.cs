using System.Security.Cryptography;
using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway.Verify;

/// <summary>One question: the key of a row, and the values that should stand in it.</summary>
internal sealed record Claim(IReadOnlyDictionary<string, string> Key, IReadOnlyDictionary<string, string> Values);

/// <summary>The answer to one question: whether all values stand in the row. No row and another value are the same answer.</summary>
internal readonly record struct Verdict(bool IsMatch, Refusal? Error);

/// <summary>A subject and what is claimed of it, as keyed digests.</summary>
/// <param name="Identifies">Whether the claim points at a person by itself – a name, a phone – so that trying it on many subjects is a search for whom it fits.</param>
internal readonly record struct Attempt(ulong Subject, ulong Claim, bool Identifies);

/// <summary>The questions of one call, made ready before anything is read and decided over the rows that were found.</summary>
internal sealed class Claims(IReadOnlyList<Claim> items, bool isBatch)
{
    public const int Most = 1_000;

    private readonly Verdict[] verdicts = new Verdict[items.Count];
    private Ready?[] ready = [];

    public IReadOnlyList<Claim> Items => items;

    /// <summary>Whether the answer is a list.</summary>
    public bool IsBatch => isBatch;

    public IReadOnlyList<Verdict> Verdicts => verdicts;

    public int Matches { get; private set; }

    /// <summary>Questions that were asked of the data and whose answer is no.</summary>
    public int Misses { get; private set; }

    /// <summary>Compared values: the same for a hit, another value and a missing row, so that the time tells nothing.</summary>
    public int Comparisons { get; private set; }

    private sealed record Ready(IReadOnlyList<(string Text, Predicate Where)> Keys, IReadOnlyList<(int Column, string Form)> Values, Attempt Attempt);

    /// <summary>The questions that were asked of the data: the condition on the key, and whether the answer was yes. Another value and no row are both a miss.</summary>
    public IEnumerable<(Predicate Key, bool IsMatch)> Asked =>
        ready.Select((asked, i) => (asked, verdicts[i].IsMatch)).Where(one => one.asked is not null).Select(one => (one.asked!.Keys[0].Where, one.IsMatch));

    /// <summary>The plan that finds every row asked about; a stop when a column is not the caller's to ask about.</summary>
    public Stop? Plan(Version version, QueryScope scope, Func<Attempt, Refusal?> takes, Func<string, ulong> digest, out Plan plan)
    {
        plan = new Plan([], Predicate.All([new Predicate(PlanOperator.Never, null, [], [], false)]), [], 2L * items.Count, 0, null, PlanCount.None) { Granted = scope.Rows };
        if (version.Key.Count == 0) return new Refusal(409, "gateway.verify-no-key", scope.Resource);
        if (Columns(version, scope, out var columns) is { } stop) return stop;
        ready = new Ready?[items.Count];
        var found = new List<Predicate>();
        for (var i = 0; i < items.Count; i++)
        {
            var made = Prepare(items[i], version, columns, digest);
            var refusal = made.Refusal ?? takes(made.Value.Attempt);
            if (refusal is not null)
            {
                verdicts[i] = new Verdict(false, refusal);
                continue;
            }

            ready[i] = made.Value;
            found.AddRange(made.Value.Keys.Select(key => key.Where));
        }

        plan = plan with { Columns = [.. columns.Select(field => new PlanColumn(field, field.Name))], Where = found.Count == 0 ? plan.Where : KeyFilter.Any(found) };
        return null;
    }

    /// <summary>Decides every question over the rows; a question without a row is compared too, with what it says itself.</summary>
    public void Decide(ServedPage page, int keyColumns, Action<Attempt, bool> settled)
    {
        var rows = new Dictionary<string, int>(page.Rows, StringComparer.Ordinal);
        for (var row = 0; row < page.Rows; row++) rows[string.Join('\u001f', Enumerable.Range(0, keyColumns).Select(column => page.Text(row, column)))] = row;
        for (var i = 0; i < items.Count; i++)
        {
            if (ready[i] is not { } asked) continue;
            var isMatch = false;
            foreach (var (text, _) in asked.Keys) isMatch |= Holds(page, rows.TryGetValue(text, out var row) ? row : -1, asked);
            verdicts[i] = new Verdict(isMatch, null);
            (Matches, Misses) = (Matches + (isMatch ? 1 : 0), Misses + (isMatch ? 0 : 1));
            settled(asked.Attempt, isMatch);
        }
    }

    private bool Holds(ServedPage page, int row, Ready asked)
    {
        var same = row >= 0;
        foreach (var (column, form) in asked.Values)
        {
            var stands = row >= 0 ? page.Text(row, column) ?? "" : form;
            Comparisons++;
            // Digests have one length: the comparison ends at the same place whatever differs.
            same &= CryptographicOperations.FixedTimeEquals(Hash(ClaimForms.Of(page.Columns[column].Field, stands)), Hash(form));
        }

        return same;
    }

    // Key columns first, then every column that some question names.
    private Stop? Columns(Version version, QueryScope scope, out List<Field> columns)
    {
        columns = [];
        var names = version.Key.Concat(items.SelectMany(item => item.Values.Keys).Concat(items.SelectMany(item => item.Key.Keys))).Distinct(StringComparer.Ordinal);
        foreach (var name in names)
        {
            // A masked column compared in clear would be unmasked guess by guess.
            if (scope.Find(name) is not { } column) return QueryFault.NoColumn(scope.Resource, name);
            if (column.IsMasked) return new QueryFault(400, "gateway.masked-column", $"column {scope.Resource}.{name} is masked and cannot be verified", null, "gateway.verify-masked", name);
            columns.Add(column.Field);
        }

        return null;
    }

    private static Outcome<Ready> Prepare(Claim item, Version version, List<Field> columns, Func<string, ulong> digest)
    {
        if (item.Key.Count != version.Key.Count || version.Key.Any(name => !item.Key.ContainsKey(name))) return new Refusal(422, "gateway.verify-key", string.Join(", ", version.Key));
        List<(string Text, Predicate Where)> keys = [("", Predicate.All())];
        foreach (var (name, place) in version.Key.Select((name, place) => (name, place)))
        {
            var written = Writings(columns[place], item.Key[name]).ToList();
            if (written.Count == 0) return new Refusal(422, "gateway.verify-key-value", name, Literals.Example(columns[place]));
            keys = [.. keys.SelectMany(known => written.Select(more => place == 0 ? more : (known.Text + '\u001f' + more.Text, Predicate.All(known.Where, more.Where))))];
        }

        var values = item.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (Column: columns.FindIndex(field => field.Name == pair.Key), Form: ClaimForms.Of(columns.First(field => field.Name == pair.Key), pair.Value))).ToList();
        if (values.Find(value => value.Form.Length == 0) is { Form: not null } empty) return new Refusal(422, "gateway.verify-value", columns[empty.Column].Name);
        var subject = string.Join('\u001f', version.Key.Select((name, place) => ClaimForms.Of(columns[place], item.Key[name])));
        var said = string.Join('\u001f', values.Select(value => columns[value.Column].Name + "=" + value.Form));
        return new Ready(keys, values, new Attempt(digest(subject), digest(said), values.Exists(value => ElementKinds.TryParse(columns[value.Column].Element, out var kind) && kind.IsPersonal())));
    }

    // The form first; a stored key of another writing is found by what was given.
    private static IEnumerable<(string Text, Predicate Where)> Writings(Field field, string given)
    {
        foreach (var text in new[] { ClaimForms.Of(field, given), given.Trim() }.Distinct(StringComparer.Ordinal))
            if (Literals.Compare(field, PlanOperator.Eq, text) is { Operator: PlanOperator.Eq } where && text.Length > 0) yield return (Stored(field, where.Values[0]), where);
    }

    private static string Stored(Field field, object value) => value switch
    {
        long whole => ServedPage.Scaled(whole, field),
        double real => real.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
