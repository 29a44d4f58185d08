using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tongxiang.Kernel;

/// <summary>A statement whose holes are parameters: text from outside cannot become SQL.</summary>
/// <remarks>A list in a hole expands to <c>(@p0, @p1)</c>; a <see cref="Sql"/> in a hole is spliced in.</remarks>
[InterpolatedStringHandler]
public sealed class Sql
{
    private readonly List<object?> pieces = [];

    public Sql() { }

    public Sql(int literalLength, int formattedCount) => pieces.Capacity = (formattedCount * 2) + Math.Min(1, literalLength);

    public void AppendLiteral(string text) => pieces.Add(new Text(text));

    public void AppendFormatted(Sql inner) => pieces.AddRange(inner.pieces);

    public void AppendFormatted<T>(T value)
    {
        if (value is IEnumerable many and not string and not byte[])
        {
            AppendList(many);
            return;
        }
        pieces.Add(ColumnForm(value));
    }

    /// <summary>Joins two statements or parts of one.</summary>
    public Sql Then(Sql next)
    {
        var both = new Sql();
        both.pieces.AddRange(pieces);
        both.pieces.AddRange(next.pieces);
        return both;
    }

    /// <summary>A quoted identifier; only letters, digits and underscore pass, so it cannot end its quotes.</summary>
    /// <exception cref="ArgumentException">The name has another character or is longer than 63.</exception>
    public static Sql Name(string identifier)
    {
        if (identifier.Length is 0 or > 63 || !identifier.All(c => c is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9')))
            throw new ArgumentException($"'{identifier}' is no column or table name: a–z, 0–9 and _ only, up to 63.", nameof(identifier));
        var sql = new Sql();
        sql.pieces.Add(new Text($"\"{identifier}\""));
        return sql;
    }

    /// <summary>Joins parts with a fixed separator such as <c>", "</c> or <c>" and "</c>.</summary>
    public static Sql Join(string separator, IEnumerable<Sql> parts)
    {
        var all = new Sql();
        foreach (var part in parts)
        {
            if (all.pieces.Count > 0) all.pieces.Add(new Text(separator));
            all.pieces.AddRange(part.pieces);
        }
        return all;
    }

    /// <summary>Fills a command: text with numbered parameters and their values.</summary>
    public void Fill(DbCommand command)
    {
        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            if (piece is Text literal)
            {
                text.Append(literal.Value);
                continue;
            }
            var name = string.Create(CultureInfo.InvariantCulture, $"@p{command.Parameters.Count}");
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = piece ?? DBNull.Value;
            Dialect.Shape(parameter, piece);
            command.Parameters.Add(parameter);
            text.Append(name);
        }
        command.CommandText = text.ToString();
    }

    /// <summary>Puts the values of this row where those of the one before it were; both have the same form and nothing but rows has holes.</summary>
    internal void Refill(DbCommand command)
    {
        var at = 0;
        foreach (var piece in pieces)
            if (piece is not Text) command.Parameters[at++].Value = piece ?? DBNull.Value;
        if (at != command.Parameters.Count) throw new InvalidOperationException($"A row with {at} values follows one with {command.Parameters.Count}.");
    }

    private void AppendList(IEnumerable many)
    {
        var first = true;
        foreach (var item in many)
        {
            pieces.Add(new Text(first ? "(" : ", "));
            pieces.Add(ColumnForm(item));
            first = false;
        }
        pieces.Add(new Text(first ? "(null)" : ")"));
    }

    /// <summary>The one place that says how a C# value is stored.</summary>
    public static object? ColumnForm(object? value) => value switch
    {
        null => null,
        string or long or double or byte[] => value,
        int i => (long)i,
        short s => (long)s,
        bool b => b ? 1L : 0L,
        Guid g => g.ToString("D"),
        DateTimeOffset t => t.ToUnixTimeMilliseconds(),
        DateOnly d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Enum e => e.ToString(),
        _ when value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Id<>) => value.ToString(),
        _ => throw new ArgumentException($"No column form for {value.GetType().Name}."),
    };

    private sealed record Text(string Value);
}
