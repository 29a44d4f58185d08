using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Batching;

/// <summary>What changed in a consumer's slice from one version to another: both slices are read in the order of the key and merged, in constant memory.</summary>
/// <remarks>The slices are compared and not the versions: a row that leaves the granted filter is gone for the consumer, and what changes in a column it does not get is no change.</remarks>
internal sealed class SliceDifference(IReadOnlyList<PlanColumn> columns, IReadOnlyList<int> key, Func<ServedPage, ValueTask> changed, Func<ServedPage, ValueTask> removed) : IDisposable
{
    private const int pageRows = 5_000;
    private ServedPage news = new(columns);
    private ServedPage gone = new([.. key.Select(place => columns[place])]);

    /// <summary>Hands over pages of added and changed rows, and of keys that are gone; returns the rows of the new slice.</summary>
    public async Task<long> Run(IAsyncEnumerable<ServedPage> before, IAsyncEnumerable<ServedPage> now, CancellationToken ct)
    {
        await using var older = new Cursor(before.GetAsyncEnumerator(ct));
        await using var newer = new Cursor(now.GetAsyncEnumerator(ct));
        long rows = 0;
        await older.Next();
        await newer.Next();
        while (newer.Page is not null || older.Page is not null)
        {
            var order = newer.Page is null ? 1 : older.Page is null ? -1 : Compare(newer, older);
            if (order < 0 || order == 0 && !Same(newer, older)) news = await Put(news, newer, null, changed);
            else if (order > 0) gone = await Put(gone, older, key, removed);
            if (order <= 0) rows++;
            if (order >= 0) await older.Next();
            if (order <= 0) await newer.Next();
        }

        if (news.Rows > 0) await changed(news);
        if (gone.Rows > 0) await removed(gone);
        return rows;
    }

    public void Dispose()
    {
        news.Dispose();
        gone.Dispose();
    }

    private static async ValueTask<ServedPage> Put(ServedPage into, Cursor from, IReadOnlyList<int>? places, Func<ServedPage, ValueTask> full)
    {
        into.Take(from.Page!, from.Row, places);
        if (into.Rows < pageRows) return into;
        using (into) await full(into);
        return new ServedPage(into.Columns);
    }

    private int Compare(Cursor one, Cursor other)
    {
        foreach (var place in key)
        {
            var order = Compare(one.Page!, one.Row, other.Page!, other.Row, place);
            if (order != 0) return order;
        }

        return 0;
    }

    private bool Same(Cursor one, Cursor other)
    {
        for (var column = 0; column < columns.Count; column++)
            if (one.Page!.Kind(one.Row, column) != other.Page!.Kind(other.Row, column) || Compare(one.Page, one.Row, other.Page, other.Row, column) != 0) return false;
        return true;
    }

    // As both stores order a key: texts by their bytes, numbers by value.
    private static int Compare(ServedPage one, int row, ServedPage other, int otherRow, int column) => one.Kind(row, column) switch
    {
        CellKind.Text => one.Utf8(row, column).SequenceCompareTo(other.Utf8(otherRow, column)),
        CellKind.Whole => one.Whole(row, column).CompareTo(other.Whole(otherRow, column)),
        CellKind.Real => one.Real(row, column).CompareTo(other.Real(otherRow, column)),
        _ => 0,
    };

    private sealed class Cursor(IAsyncEnumerator<ServedPage> pages) : IAsyncDisposable
    {
        public ServedPage? Page { get; private set; }

        public int Row { get; private set; }

        public async ValueTask Next()
        {
            if (Page is not null && ++Row < Page.Rows) return;
            do
            {
                (Page, Row) = (await pages.MoveNextAsync() ? pages.Current : null, 0);
            } while (Page is { Rows: 0 });
        }

        public ValueTask DisposeAsync() => pages.DisposeAsync();
    }
}
