using Microsoft.Extensions.Time.Testing;
using Tongxiang.Kernel;

namespace Tongxiang.Tests.Lab;

/// <summary>A fresh store with the whole schema, a folder of its own and a clock that stands until it is moved.</summary>
public sealed class StoreLab : IAsyncDisposable
{
    private static readonly Lazy<string> SqliteTemplate = new(MakeSqliteTemplate);
    private readonly string connectionString;
    private readonly bool isKept;

    private StoreLab(Store store, Home home, string connectionString, bool isKept = false)
    {
        this.isKept = isKept;
        Home = home;
        this.connectionString = connectionString;
        Db = new Db(store, connectionString, Trace);
        Settings = new NodeSettings { Data = home.Root, Store = store, Database = store == Store.PostgreSql ? connectionString : null };
    }

    /// <summary>Every statement that ran in this test run, for the law that asks for each.</summary>
    public static StatementTrace Trace { get; } = new();

    public Db Db { get; }
    public Home Home { get; }
    public NodeSettings Settings { get; }

    /// <summary>Starts on Friday 2026-09-18 09:00 in Shanghai.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 9, 18, 9, 0, 0, TimeSpan.FromHours(8)));

    public NodeKey Key => NodeKey.Of(Home);

    public static async Task<StoreLab> Open(Store store)
    {
        var home = new Home(Folder());
        if (store == Store.PostgreSql) return new StoreLab(store, home, await Cluster.Create());
        File.Copy(SqliteTemplate.Value, home.ControlFile);
        return new StoreLab(store, home, Dialect.SqliteFile(home.ControlFile));
    }

    /// <summary>An embedded store in a given folder, made at its first opening and kept afterwards: for tests that end a process and look what is left.</summary>
    public static StoreLab At(string folder)
    {
        var home = new Home(folder);
        if (!File.Exists(home.ControlFile)) File.Copy(SqliteTemplate.Value, home.ControlFile);
        return new StoreLab(Store.Sqlite, home, Dialect.SqliteFile(home.ControlFile), isKept: true);
    }

    /// <summary>A new empty folder that nobody else uses.</summary>
    public static string Folder() => Directory.CreateTempSubdirectory("tongxiang-").FullName;

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        if (Db.Store == Store.PostgreSql) await Cluster.Drop(connectionString);
        if (!isKept) Directory.Delete(Home.Root, recursive: true);
    }

    private static string MakeSqliteTemplate()
    {
        var file = Path.Combine(Folder(), "template.db");
        Schema.Upgrade(Store.Sqlite, Dialect.SqliteFile(file));
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(Dialect.SqliteFile(file));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "pragma wal_checkpoint(truncate)";
        command.ExecuteNonQuery();
        return file;
    }
}
