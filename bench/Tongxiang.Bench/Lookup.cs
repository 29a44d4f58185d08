using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Bench;

/// <summary>Single people by key out of a serving copy: query text to cells, against a prepared statement of the bare driver on the same file.</summary>
internal static class Lookup
{
    internal static readonly Field[] Fields = [Make("id", FieldType.Text), Make("name", FieldType.Text), Make("sex", FieldType.Text), Make("birth", FieldType.Date), Make("division", FieldType.Text), Make("phone", FieldType.Text)];

    public static async Task<int> Run(string[] args)
    {
        var rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var folder = Directory.CreateTempSubdirectory("tongxiang-lookup-").FullName;
        try
        {
            var settings = new NodeSettings { Data = folder };
            var home = new Home(folder);
            var version = new Version(Id<Version>.New(TimeProvider.System), Id<Entry>.New(TimeProvider.System), 1, VersionState.Current, Fields, ["id"], rows, 0, "", 0, "{}", default, null, null, "");
            Fill(ServeLayout.SqliteFile(home, version.Id), version, rows);
            await using var copies = new ServingCopies(settings, home);
            var (ours, bare) = (new List<double>(), new List<double>());
            for (var round = 0; round < 5; round++)
            {
                ours.Add(await Measure(async seed => await Ours(copies, version, rows, seed)));
                bare.Add(await Measure(seed => Task.FromResult(Bare(ServeLayout.SqliteFile(home, version.Id), rows, seed))));
            }

            var (we, they) = (ours.Max(), bare.Max());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows; per CPU-second: plan and serving copy {we:N0}, bare prepared driver {they:N0}, ratio {we / they:F2}; 80,000 wanted, ratio {we / 80_000:F2}"));
            return we >= 80_000 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private const int lookups = 60_000;

    private static async Task<double> Measure(Func<int, Task<int>> run)
    {
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var found = await run(7);
        var cpu = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        return found == lookups ? lookups / cpu : throw new InvalidOperationException($"{found} of {lookups} found.");
    }

    private static async Task<int> Ours(ServingCopies copies, Version version, int rows, int seed)
    {
        var scope = new QueryScope("people", [.. Fields.Select(field => new ScopeColumn(field, false))]);
        var continuation = new Continuation(new byte[32]);
        var random = new Random(seed);
        var found = 0;
        for (var i = 0; i < lookups; i++)
        {
            var fault = QueryReader.Read(new QueryText("?id=eq." + Key(random.Next(rows))), scope, continuation, out var plan);
            if (fault is not null) throw new InvalidOperationException(fault.Message);
            using var page = (await copies.Read(version, plan, default)).Value;
            found += page.Rows;
        }

        return found;
    }

    private static int Bare(string file, int rows, int seed)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select id, name, sex, birth, division, phone from serving where id = @id";
        var id = command.Parameters.Add("@id", SqliteType.Text);
        command.Prepare();
        var random = new Random(seed);
        var (found, length) = (0, 0);
        for (var i = 0; i < lookups; i++)
        {
            id.Value = Key(random.Next(rows));
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                found++;
                for (var column = 0; column < 6; column++) length += reader.GetString(column).Length;
            }
        }

        return length > 0 ? found : 0;
    }

    internal static void Fill(string file, Version version, int rows)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using (var transaction = connection.BeginTransaction())
        {
            using var create = connection.CreateCommand();
            ServeLayout.Create(version, Store.Sqlite).Fill(create);
            create.ExecuteNonQuery();
            using var insert = connection.CreateCommand();
            insert.CommandText = "insert into serving values (@a, @b, @c, @d, @e, @f)";
            foreach (var name in (string[])["@a", "@b", "@c", "@d", "@e", "@f"]) insert.Parameters.Add(name, SqliteType.Text);
            for (var i = 0; i < rows; i++)
            {
                string[] cells = [Key(i), "某某某", i % 2 == 0 ? "1" : "2", $"19{i % 90 + 10}-0{i % 9 + 1}-1{i % 10}", $"2901{i % 90 + 10}", $"139000{i % 100_000:00000}"];
                for (var column = 0; column < 6; column++) insert.Parameters[column].Value = cells[column];
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }
    }

    internal static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"2901011980{i:00000000}");

    private static Field Make(string name, FieldType type) => new(name, name, name, type, null, null, "", null, null, false, false, null, null, Grade.General1);
}
