using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Core.Protect;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Protect;

/// <summary>A column that leaves, and the form it leaves in.</summary>
/// <param name="Cell">What is done to each cell; null for plain, suppressed and sealed ones.</param>
/// <param name="Key">The consumer's key of a sealed column; null when it gave none.</param>
internal sealed record ProtectedColumn(Field Field, GivenForm Form, CellOperator? Cell, RecipientKey? Key, string Resource);

/// <summary>How the cells of one grant and version are changed: worked out once, applied to every page, file, batch and message alike.</summary>
public sealed class Protection
{
    private readonly Dictionary<string, ProtectedColumn> byName;
    private readonly bool isPlain;

    internal Protection(IReadOnlyList<ProtectedColumn> columns)
    {
        byName = columns.ToDictionary(c => c.Field.Name, StringComparer.Ordinal);
        Fields = [.. columns.Select(c => c.Field)];
        isPlain = columns.All(c => c.Form.Form == FieldForm.Plain);
    }

    /// <summary>The fields that leave at all.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>The form a field leaves in today.</summary>
    public GivenForm FormOf(string field) => byName[field].Form;

    /// <summary>Why these columns cannot leave now: a sealed one needs the consumer's key.</summary>
    public Refusal? Lacks(IReadOnlyList<PlanColumn> columns)
    {
        if (isPlain) return null;
        foreach (var column in columns)
            if (byName.TryGetValue(column.Field.Name, out var known) && known is { Form.Form: FieldForm.Encrypted, Key: null }) return Refusal.Conflict("protect.no-recipient-key", column.Field.Name);
        return null;
    }

    /// <summary>Changes the cells of a page where they stand; nothing of the hidden value stays behind a changed cell.</summary>
    public void Apply(ServedPage page)
    {
        if (isPlain) return;
        ArrayBufferWriter<byte>? writer = null;
        for (var column = 0; column < page.Columns.Count; column++)
        {
            // A column nobody spoke of does not leave: absence means nothing, never plain.
            if (!byName.TryGetValue(page.Columns[column].Field.Name, out var known)) Suppress(page, column);
            else if (known.Form.Form == FieldForm.Suppressed) Suppress(page, column);
            else if (known.Form.Form == FieldForm.Encrypted) Seal(page, column, known, writer ??= new ArrayBufferWriter<byte>(256));
            else if (known.Cell is { } cell) Change(page, column, cell, writer ??= new ArrayBufferWriter<byte>(256));
        }
    }

    private static void Suppress(ServedPage page, int column)
    {
        for (var row = 0; row < page.Rows; row++) page.Clear(row, column);
    }

    private static void Seal(ServedPage page, int column, ProtectedColumn known, ArrayBufferWriter<byte> writer)
    {
        var key = known.Key ?? throw new InvalidOperationException($"Column {known.Field.Name} is sealed and the consumer has no key.");
        if (key.Algorithm == RecipientAlgorithm.Sm2)
        {
            Change(page, column, Sm2Cell.Of(key.Point, key.Kid), writer);
            return;
        }

        using var jwe = new Jwe(new ECPoint { X = key.Point[1..33], Y = key.Point[33..] }, key.Kid, $"{known.Resource}/{known.Field.Name}");
        Change(page, column, jwe.Seal, writer);
    }

    private static void Change(ServedPage page, int column, CellOperator cell, ArrayBufferWriter<byte> writer)
    {
        for (var row = 0; row < page.Rows; row++)
        {
            switch (page.Kind(row, column))
            {
                case CellKind.Null:
                    continue;
                case CellKind.Text:
                    var text = page.Utf8(row, column);
                    if (text.Length == 0) continue;
                    cell(text, writer);
                    break;
                default:
                    cell(Encoding.UTF8.GetBytes(page.Text(row, column)!), writer);
                    break;
            }

            page.Replace(row, column, writer.WrittenSpan);
            writer.ResetWrittenCount();
        }
    }
}
