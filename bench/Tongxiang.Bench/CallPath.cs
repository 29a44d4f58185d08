using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;
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
            var place = new Place(rows);
            Lookup.Fill(ServeLayout.SqliteFile(home, place.Version.Id), place.Version, rows);
            var calls = new Calls(place.Sources(log), new GatewaySettings { RowsPerDay = long.MaxValue, CallsPerDay = long.MaxValue }, copies, new Rates(TimeProvider.System), new DayUses(db, TimeProvider.System), new ResourceUses(db, TimeProvider.System), [], key, NullLogger<Calls>.Instance);
            await Measure(calls, place, rows, 20_000, decideOnly: true);
            await Measure(calls, place, rows, 20_000, decideOnly: false);
            var decision = await Measure(calls, place, rows, 200_000, decideOnly: true);
            var whole = await Measure(calls, place, rows, 100_000, decideOnly: false);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CPU per call: decision {decision:F1} µs of 10 allowed, ratio {decision / 10:F2}; one row by key, masked, witnessed {whole:F1} µs (60 allowed with the network)"));
            return decision <= 10 && whole <= 60 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task<double> Measure(Calls calls, Place place, int rows, int count, bool decideOnly)
    {
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

    private sealed class Place(int rows)
    {
        private readonly Entry entry = MakeEntry();
        private readonly Caller caller = Caller.Anonymous with { Actor = "client", Agency = Id<Agency>.New(TimeProvider.System), AgencyKind = AgencyKind.Department, Client = Id<Client>.New(TimeProvider.System) };
        private Grant? grant;

        public Version Version { get; } = new(
            Id<Version>.New(TimeProvider.System), Id<Entry>.New(TimeProvider.System), 1, VersionState.Current, Lookup.Fields, ["id"], rows, 0, new string('a', 64), 0, "{}", default, null, null, "");

        public Call Call(string query) => new()
        {
            Resource = entry.Slug,
            Query = new QueryText(query),
            Caller = caller,
            Assurance = Assurance.SignedAssertion,
            Context = new CallPurpose(null, "BJ-2026-1", "operator-7"),
            At = DateTimeOffset.UnixEpoch,
        };

        public GatewaySources Sources(EvidenceLog log)
        {
            grant = new Grant(
                Id<Grant>.New(TimeProvider.System), "SQ-1", entry.Id, entry.Agency, caller.Agency, null, [.. Lookup.Fields.Select(f => new GrantedField(f.Name, f.Name is "name" or "phone" ? FieldForm.Masked : FieldForm.Plain))],
                "", "核验", "助学金核验", true, [Mode.Api], new GrantLimits(null, [], null, null, int.MaxValue), Assurance.Key, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, "", "", GrantState.Active, null, "", "", default);
            IReadOnlyList<Grant> grants = [grant];
            return new GatewaySources(
                _ => caller, _ => entry, _ => Version, (_, _, _) => ValueTask.FromResult<Version?>(Version), (_, _) => Task.CompletedTask, (_, _) => grants,
                log.Witness, (_, _, _) => ValueTask.CompletedTask, log.Count, () => log.Stopped, async (id, ct) => await log.Of(id, ct));
        }

        private static Entry MakeEntry() => new(
            Id<Entry>.New(TimeProvider.System), "1/1", "people", Id<Agency>.New(TimeProvider.System), EntryState.Published, 1,
            new EntryContent("人口", null, "", null, [], "1", "people", "S", "290000", [], UpdatePromise.Daily, new Sharing(ShareClass.Conditional, [Mode.Api], "", "", "", []),
                new Tongxiang.Catalog.Opening(OpenClass.Closed, "", "", "", []), Grade.General3, null, Secrecy.None, Lookup.Fields, ["id"], null, null, [], "", "", "", null),
            null, null, default, default, default);
    }
}
