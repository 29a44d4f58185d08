using System.Data.Common;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Tests.Warehouse;

/// <summary>Serving copies of small tables, filled row by row without the landing.</summary>
internal static class ServingLab
{
    public static Version Version(StoreLab lab, IReadOnlyList<Field> columns, IReadOnlyList<string> key, long rows, Id<Entry>? entry = null, long number = 1) => new(
        Id<Version>.New(lab.Clock), entry ?? Id<Entry>.New(lab.Clock), number, VersionState.Current, columns, key, rows, 0, new string('a', 64), 1_000, "{}", lab.Clock.GetUtcNow(), lab.Clock.GetUtcNow(), null, "");

    public static async Task<Version> Fill(StoreLab lab, IReadOnlyList<Field> columns, IReadOnlyList<string> key, IReadOnlyList<object?[]> rows, Id<Entry>? entry = null, long number = 1)
    {
        var version = Version(lab, columns, key, rows.Count, entry, number);
        var sqlite = lab.Db.Store == Store.Sqlite;
        var address = sqlite ? Dialect.SqliteFile(ServeLayout.SqliteFile(lab.Home, version.Id)) : lab.Settings.Database!;
        await using (var connection = await Dialect.Open(lab.Db.Store, address, default))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await Run(connection, transaction, ServeLayout.Create(version, lab.Db.Store));
            var table = Sql.Name(sqlite ? ServeLayout.SqliteTable : ServeLayout.PostgresTable(version.Id));
            for (var i = 0; i < rows.Count; i++)
            {
                var cells = key.Count == 0 ? rows[i].Prepend((long)i + 1) : rows[i];
                await Run(connection, transaction, Insert(table, cells));
            }

            await transaction.CommitAsync();
            if (sqlite) await Run(connection, null, Text("pragma journal_mode = delete"));
        }

        return version;
    }

    private static Sql Insert(Sql table, IEnumerable<object?> cells)
    {
        var values = Sql.Join(", ", cells.Select(cell => Hole(cell)));
        return Sql.Join("", [Text("insert into "), table, Text(" values ("), values, Text(")")]);
    }

    private static Sql Hole(object? cell)
    {
        if (cell is null) return Text("null");
        var sql = new Sql();
        sql.AppendFormatted(cell);
        return sql;
    }

    private static Sql Text(string text)
    {
        var sql = new Sql();
        sql.AppendLiteral(text);
        return sql;
    }

    private static async Task Run(DbConnection connection, DbTransaction? transaction, Sql sql)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        sql.Fill(command);
        await command.ExecuteNonQueryAsync();
    }
}
