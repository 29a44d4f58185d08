using System.Diagnostics;
using System.Globalization;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Directory = System.IO.Directory;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Bench;

/// <summary>The steps of a granted call without the network: the decision alone, then one row by key with mask and durable evidence, 64 at a time.</summary>
internal static class CallPath
{
    public static async Task<int> Run(string[] args)
    {
        var rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var folder = Directory.CreateTempSubdirectory("tongxiang-calls-").FullName;
        try
        {
            var settings = new NodeSettings { Data = folder };
            var home = new Home(folder);
            Schema.Upgrade(Store.Sqlite, settings.ConnectionString(home));
            await using var db = new Db(Store.Sqlite, settings.ConnectionString(home));
            var key = NodeKey.Of(home);
            await using var log = new EvidenceLog(db, home, key, settings, TimeProvider.System);
            await using var copies = new ServingCopies(settings, home);
            var place = new Place(new Version(
                Id<Version>.New(TimeProvider.System), Id<Entry>.New(TimeProvider.System), 1, VersionState.Current, Lookup.Fields, ["id"], rows, 0, new string('a', 64), 0, "{}", default, null, null, ""));
            Lookup.Fill(ServeLayout.SqliteFile(home, place.Version.Id), place.Version, rows);
            var calls = place.Calls(db, log, copies, key);
            var receipt = await log.Witness(new Happening("bench", "bench", null, "bench", DateTimeOffset.UnixEpoch, new Dictionary<string, string>()), default);
            var unwitnessed = place.Calls(db, log, copies, key, (_, _) => ValueTask.FromResult(receipt));
            // A node runs for weeks: what is measured is the code as the compiler leaves it at last, not its first seconds.
            for (var round = 0; round < 4; round++)
            {
                await Measure(calls, place, rows, 50_000, decideOnly: true);
                await Measure(unwitnessed, place, rows, 50_000, decideOnly: false);
                await Measure(calls, place, rows, 50_000, decideOnly: false);
            }
            var decision = await Measure(calls, place, rows, 200_000, decideOnly: true);
            var silent = await Measure(unwitnessed, place, rows, 100_000, decideOnly: false);
            var allocated = GC.GetTotalAllocatedBytes();
            var whole = await Measure(calls, place, rows, 100_000, decideOnly: false);
            allocated = (GC.GetTotalAllocatedBytes() - allocated) / 100_000;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CPU per call: decision {decision:F1} µs of 10 allowed, ratio {decision / 10:F2}; one row by key, masked {silent:F1} µs; and witnessed {whole:F1} µs (60 allowed with the network), {allocated:N0} bytes allocated"));
            return decision <= 10 && whole <= 60 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task<double> Measure(Calls calls, Place place, int rows, int count, bool decideOnly)
    {
        await place.Look();
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < count / 64; i++)
            {
                var call = place.Call("?id=eq." + Lookup.Key(random.Next(rows)));
                var stop = decideOnly ? await calls.Decide(call, default) : await calls.Run(call, default);
                if (stop is not null) throw new InvalidOperationException(stop.Code);
                call.Page?.Dispose();
            }
        })));
        return (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds / count;
    }
}
