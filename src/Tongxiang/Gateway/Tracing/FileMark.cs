using Tongxiang.Core.Tracing;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Tracing;

/// <summary>One file that leaves under a right of use, and can be told from every other by the marks in it.</summary>
/// <param name="Consumer">Id of the department, company or citizen that receives it.</param>
/// <param name="BlockRows">Rows of a block of the order mark in the slice; 0 when the blocks are not those of the slice, as in a package of changes.</param>
/// <param name="HasOrder">Whether the order of the rows carries a mark: not when the receiver asked for an order.</param>
/// <param name="Receipt">The receipt of the permission, or the id of the evidence.</param>
public sealed record Release(
    Id<Release> Id, Id<Share.Grant> Grant, string GrantNumber, Id<Catalog.Entry> Entry, string Slug, long VersionNumber, string Consumer, string Actor, Catalog.Mode Mode, string Form, string Query,
    long BlockRows, bool HasOrder, string? Receipt, string? Package, DateTimeOffset At);

/// <summary>Puts the marks of one release into its pages: rows get their order within a block, cells one of two forms that mean the same. No value changes and no row is added or left out.</summary>
internal sealed class FileMark(Release release, FileMarkKey key)
{
    /// <summary>Rows of a block: a page of a file.</summary>
    public const int BlockRows = 5_000;

    public Release Release => release;

    /// <summary>Notes what each row is before anything in it is masked.</summary>
    public static void Note(ServedPage page) => page.Ids = Ids(page);

    /// <summary>Puts the rows of a page that was noted into the order of the mark.</summary>
    public void Arrange(ServedPage page)
    {
        if (release.HasOrder && page.Ids is { } ids) page.Reorder(key.Arrange(ids.AsSpan(0, page.Rows)));
    }

    /// <summary>Whether a cell takes the second of its two forms.</summary>
    public bool Chooses(ServedPage page, int row, int column) => page.Ids is { } ids && key.Chooses(ids[row], column);

    /// <summary>What each row is: the same in every release of the same columns of the version.</summary>
    public static ulong[] Ids(ServedPage page)
    {
        var ids = new ulong[page.Rows];
        Span<byte> number = stackalloc byte[8];
        for (var row = 0; row < page.Rows; row++)
        {
            var id = 0UL;
            for (var column = 0; column < page.Columns.Count; column++)
            {
                var chain = new SipKey(id, (ulong)column);
                switch (page.Kind(row, column))
                {
                    case CellKind.Null:
                        id = chain.Hash([]);
                        break;
                    case CellKind.Text:
                        id = chain.Hash(page.Utf8(row, column));
                        break;
                    default:
                        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(number, page.Bits(row, column));
                        id = chain.Hash(number);
                        break;
                }
            }

            ids[row] = id;
        }

        return ids;
    }
}
