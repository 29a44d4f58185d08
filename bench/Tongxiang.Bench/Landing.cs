using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using Tongxiang.Agencies;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Tables;
using Tongxiang.Ingest;

namespace Tongxiang.Bench;

/// <summary>Lands generated people and compares its CPU time with DuckDB's own copy of the same file into Parquet, one thread, same run.</summary>
internal static class Landing
{
    private const string Columns = "{'id_card': 'varchar', 'name': 'varchar', 'sex': 'varchar', 'birth': 'date', 'division': 'varchar', 'phone': 'varchar'}";

    public static async Task<int> Run(string[] args)
    {
        var rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5_000_000;
        var root = System.IO.Directory.CreateTempSubdirectory("tongxiang-landing-").FullName;
        try
        {
            var file = Path.Combine(root, "people.csv");
            Write(file, rows);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {new FileInfo(file).Length / 1e6:N0} MB"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"scan alone: {new FileInfo(file).Length / 1e6 / Scan(file):N0} MB per CPU-s"));
            // The first landing of a process pays for compiling the program; the yardstick stands beside each, for the machine's speed changes.
            foreach (var name in (string[])["first landing of the process", "a landing of a running node"])
            {
                var (yardstick, size) = Yardstick(file, Path.Combine(root, "yardstick.parquet"));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: DuckDB copy to Parquet, one thread: {yardstick:F2} CPU-s, {size / 1e6:F1} MB"));
                var (run, version, ours) = await Land(Path.Combine(root, "data"), file);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  with sealing, digests, checks, keys, profile, quarantine: {ours:F2} CPU-s, {version.Bytes / 1e6:F1} MB; {run.RowsBad:N0} rows in quarantine"));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ratio {ours / yardstick:F2} (target 1.50), size {(double)version.Bytes / size:F2} (target 1.10), peak memory {Peak()} MB (target 512)"));
            }
            return 0;
        }
        finally
        {
            System.IO.Directory.Delete(root, recursive: true);
        }
    }

    private static (double Cpu, long Size) Yardstick(string csv, string parquet)
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using var command = duck.CreateCommand();
        command.CommandText = "set threads = 1; set memory_limit = '256MB'";
        command.ExecuteNonQuery();
        var before = Cpu();
        command.CommandText = $"copy (select columns(*) from read_csv('{csv}', header = true, columns = {Columns})) to '{parquet}' (format parquet, compression zstd)";
        command.ExecuteNonQuery();
        return (Cpu() - before, new FileInfo(parquet).Length);
    }

    private static double Scan(string csv)
    {
        var before = Cpu();
        using var scanner = new CsvScanner(File.OpenRead(csv));
        while (scanner.Read())
        {
        }
        return Cpu() - before;
    }

    private static async Task<(Run Run, Tongxiang.Warehouse.Version Version, double Cpu)> Land(string data, string csv)
    {
        await using var place = new LandingPlace(data);
        Forget();
        var before = Cpu();
        await using var upload = File.OpenRead(csv);
        var received = await place.Landings.Receive(Caller.Platform, place.Entry, "people.csv", upload, new LandingWish(true, false, rowsLimit), default);
        if (received.Refusal is { } refusal) throw new InvalidOperationException(refusal.Code);
        var proposed = Cpu();
        await place.Landings.Work(default);
        var ours = Cpu() - before;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  received, sealed and looked through: {proposed - before:F2} CPU-s; checked and made a version: {ours - proposed + before:F2}"));
        var run = await place.Landings.Finish(received.Value.Id, default);
        if (run.Refusal is { } refused) throw new InvalidOperationException($"{refused.Code} {string.Join(' ', refused.Args)}");
        return (run, (await place.Versions.Find(run.Version, default))!, ours);
    }

    internal const long rowsLimit = 10_000_000;

    // Seeded: 0.8 % bad identity numbers, 5 % missing phones, a few repeated keys.
    internal static void Write(string path, int rows)
    {
        var random = new Random(42);
        const string surnames = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗";
        const string given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文玉兰建国志红";
        using var file = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 16);
        file.Write("id_card,name,sex,birth,division,phone\n");
        var seventeen = new byte[17];
        for (var i = 0; i < rows; i++)
        {
            var day = new DateOnly(1940, 1, 1).AddDays(i % 29_000);
            var text = string.Create(CultureInfo.InvariantCulture, $"2901{1 + i / 29_000 / 999 % 40:00}{day:yyyyMMdd}{1 + i / 29_000 % 999:000}");
            Encoding.ASCII.GetBytes(text, seventeen);
            var check = CitizenId.CheckCharacter(seventeen);
            if (random.Next(1000) < 8) check = check == '1' ? '2' : '1';
            var phone = random.Next(100) < 5 ? "" : string.Create(CultureInfo.InvariantCulture, $"1{random.Next(30, 100)}{random.Next(100_000_000):00000000}");
            file.Write(string.Create(CultureInfo.InvariantCulture,
                $"{text}{check},{surnames[random.Next(surnames.Length)]}{given[random.Next(given.Length)]}{(random.Next(3) == 0 ? "" : given[random.Next(given.Length)])},{((text[16] - '0') % 2 == 1 ? 1 : 2)},{day:yyyy-MM-dd},{text[..6]},{phone}\n"));
        }
    }

    private static double Cpu()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    // Linux: the high-water mark of resident memory starts anew.
    private static void Forget()
    {
        GC.Collect();
        if (File.Exists("/proc/self/clear_refs")) File.WriteAllText("/proc/self/clear_refs", "5");
    }

    private static string Peak() => File.Exists("/proc/self/status")
        ? (long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) / 1024).ToString(CultureInfo.InvariantCulture)
        : "?";
}
