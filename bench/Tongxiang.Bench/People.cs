using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Core.Elements;
using Tongxiang.Gateway;
using Tongxiang.Ingest;
using Tongxiang.Warehouse;

namespace Tongxiang.Bench;

/// <summary>Lands generated people, makes them current, then asks for single ones: each call decided, masked and witnessed durably before it is answered.</summary>
internal static class People
{
    private const int Wanted = 5_000;

    public static async Task<int> Run(string[] args)
    {
        var rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5_000_000;
        var root = System.IO.Directory.CreateTempSubdirectory("tongxiang-people-").FullName;
        try
        {
            var file = Path.Combine(root, "people.csv");
            Landing.Write(file, rows);
            var ids = Sample(file, rows);
            await using var place = new LandingPlace(Path.Combine(root, "data"));
            var clock = Stopwatch.StartNew();
            Tongxiang.Warehouse.Version version;
            await using (var upload = File.OpenRead(file))
            {
                var run = (await place.Landings.Receive(Caller.Platform, place.Entry, "people.csv", upload, new LandingWish(true, true, Landing.rowsLimit), default)).Value;
                await place.Landings.Work(default);
                run = await place.Landings.Finish(run.Id, default);
                version = place.Versions.Current(place.Entry.Id) ?? throw new InvalidOperationException($"{run.State} {run.Refusal?.Code}");
                Print($"{run.RowsRead:N0} people landed and made current after {clock.Elapsed.TotalSeconds:F1} s; {run.RowsBad:N0} rows in quarantine");
            }
            await using var copies = new ServingCopies(place.Settings, place.Home);
            var caller = new Place(version);
            var calls = caller.Calls(place.Db, place.Log, copies, place.Key);
            await Ask(calls, caller, ids, 1);
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var single = await Ask(calls, caller, ids, 1);
            var cpu = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds / single.Count;
            Say("one caller", single);
            Print($"CPU per call {cpu:F3} ms; on a machine with other work only this and p50 tell of the node");
            Say("16 callers", await Ask(calls, caller, ids, 16));
            return single[single.Count * 99 / 100] < 10 ? 0 : 1;
        }
        finally
        {
            System.IO.Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<List<double>> Ask(Calls calls, Place place, string[] ids, int callers)
    {
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(worker => Task.Run(async () =>
        {
            var own = new List<double>();
            for (var i = worker; i < ids.Length; i += callers)
            {
                var started = Stopwatch.GetTimestamp();
                var call = place.Call("?id_card=eq." + ids[i]);
                if (await calls.Run(call, default) is { } stop) throw new InvalidOperationException(stop.Code);
                using (var page = call.Page!)
                    if (page.Rows != 1) throw new InvalidOperationException($"{page.Rows} rows of one person.");
                own.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            return own;
        })));
        return [.. times.SelectMany(t => t).Order()];
    }

    private static void Say(string who, List<double> times) =>
        Print($"{who}: {times.Count:N0} people by their number, p50 {times[times.Count / 2]:F2} ms, p99 {times[times.Count * 99 / 100]:F2} ms, worst {times[^1]:F1} ms (p99 below 10 wanted)");

    // Numbers that passed the check, from all over the file, in no order.
    private static string[] Sample(string file, int rows)
    {
        var around = new Surroundings(new DateOnly(2026, 9, 18));
        var step = Math.Max(1, rows / Wanted);
        var ids = File.ReadLines(file).Skip(1).Where((_, i) => i % step == 0).Select(l => l[..18]).Where(id => CitizenId.Check(Encoding.ASCII.GetBytes(id), around) == Flaw.None).ToArray();
        new Random(7).Shuffle(ids);
        return ids;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
