using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Bench.Wire;

/// <summary>Our data API beside a static file, a bare server and its peers: the same rows, the same load, in turns, in one run. CPU per answer is of the servers and their database.</summary>
internal sealed class Table(string[] args)
{
    private const int Connections = 64;
    private readonly string work = CallNode.Text(args, "--work")!;
    private readonly string postgres = CallNode.Text(args, "--postgres")!;
    private readonly int rows = CallNode.Number(args, "--rows", 1_000_000);
    private readonly int seconds = CallNode.Number(args, "--seconds", 4);
    private readonly int warm = CallNode.Number(args, "--warm", 20);
    private readonly int rounds = CallNode.Number(args, "--rounds", 3);
    private readonly List<Child> children = [];
    private readonly List<Arm> arms = [];
    private Arm? polite;

    private sealed record Arm(string Name, string Group, Uri Address, IReadOnlyList<int> Servers, string? Script, params string[] Headers)
    {
        public List<Turn> Turns { get; } = [];
        public double PerSecond => Middle(Turns.Select(t => t.PerSecond));
        public double Cpu => Middle(Turns.Select(t => t.CpuMicros));
        public double P50 => Middle(Turns.Select(t => t.P50));
        public double P99 => Middle(Turns.Select(t => t.P99));
    }

    public static async Task<int> Run(string[] args)
    {
        var table = new Table(args);
        try
        {
            return await table.Run();
        }
        finally
        {
            foreach (var child in table.children) child.Dispose();
        }
    }

    private async Task<int> Run()
    {
        var only = CallNode.Text(args, "--only")?.Split(',');
        bool Wanted(string name) => only is null || only.Contains(name);
        var flush = FlushP99(Path.Combine(work, "flush"));
        if (Wanted("nginx")) await Nginx(8101);
        if (Wanted("plain")) await Own("plain Kestrel, fixed answer", "row", 8102, "plain", null);
        if (Wanted("hand") || Wanted("postgraphile") || Wanted("postgres")) await Peers.Fill(postgres, rows);
        if (Wanted("hand")) await Hand(8103);
        if (Wanted("postgraphile")) await PostGraphile(8104);
        if (Wanted("ours")) await Ours("Tongxiang", 8105, CallNode.Number(args, "--grants", 10), null);
        if (Wanted("many")) await Ours("Tongxiang, 10,000 grants", 8106, 10_000, null);
        if (Wanted("postgres")) await Ours("Tongxiang on PostgreSQL", 8107, 10, await Database("node"));
        // A node runs for weeks: each arm first gets the time its compiler wants, and what keeps something of every resource has met them all.
        foreach (var arm in arms) await Load.Run(arm.Address, arm.Servers, Connections, arm.Group == "still" ? 2 : warm, arm.Script, arm.Headers);
        for (var round = 0; round < rounds; round++)
            foreach (var arm in arms) arm.Turns.Add(await Load.Run(arm.Address, arm.Servers, Connections, seconds, arm.Script, arm.Headers));
        var isGood = Say(flush) == 0;
        if (CallNode.Number(args, "--soak", 0) is > 0 and var minutes) return await Soak(minutes);
        if (polite is not null && Wanted("flood")) isGood &= await Flood();
        return isGood ? 0 : 1;
    }

    // One consumer asks over 64 connections as fast as it is answered, with no limit of its own; the other has one connection.
    private async Task<bool> Flood()
    {
        var crowd = arms.First(a => a.Headers.Length > 0);
        var flood = Load.Run(crowd.Address, crowd.Servers, Connections, seconds, crowd.Script, crowd.Headers);
        var seen = await Load.Run(polite!.Address, polite.Servers, 1, seconds, polite.Script, polite.Headers);
        var by = await flood;
        Print($"while another consumer takes {by.PerSecond:N0} answers/s over {Connections} connections: p50 {seen.P50:F2} ms, p99 {seen.P99:F2} ms, ratio {seen.P99 / seen.P50:F1} (10 allowed)");
        return seen.P99 <= 10 * seen.P50;
    }

    private int Say(double flush)
    {
        var still = arms.FirstOrDefault(a => a.Group == "still");
        Print($"{rows:N0} rows, {Connections} connections, {rounds} turns of {seconds} s; the disk's own flush p99 {flush:F2} ms");
        Print($"| server | answers/s | to nginx | CPU µs per answer | p50 ms | p99 ms | wrong |");
        Print($"|---|---|---|---|---|---|---|");
        foreach (var arm in arms)
            Print($"| {arm.Name} | {arm.PerSecond:N0} | {(still is null ? double.NaN : arm.PerSecond / still.PerSecond):F3} | {arm.Cpu:F1} | {arm.P50:F2} | {arm.P99:F2} | {arm.Turns.Sum(t => t.Wrong)} |");
        return arms.Sum(a => a.Turns.Sum(t => t.Wrong)) == 0 ? 0 : 1;
    }

    private async Task Nginx(int port)
    {
        var root = Directory.CreateDirectory(Path.Combine(work, "www")).FullName;
        await File.WriteAllTextAsync(Path.Combine(root, "people.json"), Peers.Row(1));
        var file = Path.Combine(work, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            worker_processes 2; pid {{work}}/nginx.pid; error_log {{work}}/nginx.log; daemon off; {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            events { worker_connections 1024; }
            http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100; client_body_temp_path {{work}}/b; proxy_temp_path {{work}}/p; fastcgi_temp_path {{work}}/f; uwsgi_temp_path {{work}}/u; scgi_temp_path {{work}}/s;
              types { application/json json; } server { listen 127.0.0.1:{{port}} backlog=1024; root {{root}}; } }
            """);
        var nginx = Process.Start(new ProcessStartInfo("nginx", ["-c", file, "-p", work]))!;
        var address = new Uri($"http://127.0.0.1:{port}/people.json");
        await Child.Answers(address);
        children.Add(Child.Of(nginx));
        arms.Add(new Arm("static nginx", "still", address, [nginx.Id], null));
    }

    private async Task Own(string name, string group, int port, string verb, string? more)
    {
        var (child, _) = await Child.Own(line => line == "READY", [verb, port.ToString(CultureInfo.InvariantCulture), .. more is null ? Array.Empty<string>() : [more]]);
        children.Add(child);
        arms.Add(new Arm(name, group, new Uri($"http://127.0.0.1:{port}/data/people"), [child.Id], null));
    }

    private async Task Hand(int port)
    {
        var (child, _) = await Child.Own(line => line == "READY", "hand-written", port.ToString(CultureInfo.InvariantCulture), postgres);
        children.Add(child);
        var address = new Uri($"http://127.0.0.1:{port}/data/people");
        IReadOnlyList<int> servers = [child.Id, .. Postmasters()];
        arms.Add(new Arm("hand-written ASP.NET + PostgreSQL, no control", "row", address, servers, Lua("hand-row", "\"/data/people?id=\" .. key()")));
        arms.Add(new Arm("– page of 100", "page", address, servers, Lua("hand-page", "\"/data/people?sex=1&from=\" .. key()")));
    }

    private async Task PostGraphile(int port)
    {
        var program = CallNode.Text(args, "--postgraphile")!;
        if (!File.Exists(program)) return;
        var parts = postgres.Split(';').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        var url = $"postgres://{parts["Username"]}@{parts["Host"]}:{parts["Port"]}/{parts["Database"]}";
        var (child, _) = await Child.Start(program, ["-P", "postgraphile/presets/amber", "-c", url, "-s", "public", "-n", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)],
            line => line.Contains("listening", StringComparison.Ordinal), new Dictionary<string, string> { ["NODE_ENV"] = "production", ["GRAPHILE_ENV"] = "production" });
        children.Add(child);
        var address = new Uri($"http://127.0.0.1:{port}/graphql");
        IReadOnlyList<int> servers = [child.Id, .. Postmasters()];
        const string query = "query q($id: String!) { personByRowId(rowId: $id) { rowId name sex birth division phone } }";
        arms.Add(new Arm("PostGraphile", "row", address, servers, Graph("graph-row", query)));
    }

    private async Task Ours(string name, int port, int grants, string? database)
    {
        string[] more = database is null ? [] : ["--postgres", database];
        var (child, line) = await Child.Own(l => l.StartsWith("READY ", StringComparison.Ordinal),
            ["node-for-calls", "--data", Path.Combine(work, "node-" + port), "--port", port.ToString(CultureInfo.InvariantCulture), "--rows", rows.ToString(CultureInfo.InvariantCulture), "--grants", grants.ToString(CultureInfo.InvariantCulture), .. more]);
        children.Add(child);
        var tokens = line["READY ".Length..].Split(' ');
        string[] headers = ["Authorization: Bearer " + tokens[0], "Data-Operator: clerk-7", "Data-Case: BJ-2026-1"];
        var address = new Uri($"http://127.0.0.1:{port}/data/people");
        IReadOnlyList<int> servers = database is null ? [child.Id] : [child.Id, .. Postmasters()];
        var resource = grants == 1 ? "\"people\"" : string.Create(CultureInfo.InvariantCulture, $"resource({grants})");
        if (database is null && grants <= 10) polite = new Arm("the other", "row", address, servers, Lua("polite-" + port, "\"/data/people?id=eq.\" .. key()"), ["Authorization: Bearer " + tokens[1], .. headers[1..]]);
        arms.Add(new Arm(name + ", all controls", "row", address, servers, Lua("our-row-" + port, $"\"/data/\" .. {resource} .. \"?id=eq.\" .. key()"), headers));
        if (grants <= 10) arms.Add(new Arm("– page of 100", "page", address, servers, Lua("our-page-" + port, $"\"/data/\" .. {resource} .. \"?limit=100&sex=eq.1&id=gte.\" .. key()"), headers));
    }

    /// <summary>An hour of calls and no more memory at its end than after its first sixth: what a call leaves behind would show.</summary>
    private async Task<int> Soak(int minutes)
    {
        var (arm, node) = (arms.First(a => a.Group == "row"), children[0]);
        var seen = new List<double>();
        long answers = 0, wrong = 0;
        for (var minute = 1; minute <= minutes; minute++)
        {
            var token = node.LastLine.Split(' ') is ["TOKEN", var fresh] ? "Authorization: Bearer " + fresh : arm.Headers[0];
            var turn = await Load.Run(arm.Address, arm.Servers, Connections, 60, arm.Script, [token, .. arm.Headers[1..]]);
            (answers, wrong) = (answers + turn.Answers, wrong + turn.Wrong);
            seen.Add(Resident(node.Id));
            Print($"minute {minute}: {seen[^1]:F0} MB, {turn.PerSecond:N0} answers/s, p99 {turn.P99:F1} ms, {wrong} wrong");
        }
        var sixth = Math.Max(1, minutes / 6);
        var (early, late) = (Middle(seen.Take(sixth)), Middle(seen.TakeLast(sixth)));
        Print($"{answers:N0} calls: {early:F0} MB in the first sixth, {late:F0} MB in the last: {late / early:F2} times");
        return wrong == 0 && late <= 1.1 * early ? 0 : 1;
    }

    private static double Resident(int process) =>
        double.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    private async Task<string> Database(string name)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(postgres);
        await using var create = source.CreateCommand($"create database {name} template postgres");
        await create.ExecuteNonQueryAsync();
        return postgres.Replace("Database=postgres", "Database=" + name, StringComparison.Ordinal);
    }

    // The server of the database and its workers.
    private List<int> Postmasters()
    {
        var port = postgres.Split(';').First(p => p.StartsWith("Port=", StringComparison.Ordinal))[5..];
        return [.. Process.GetProcessesByName("postgres").Where(p => File.ReadAllText($"/proc/{p.Id}/cmdline").Contains("-p\0" + port, StringComparison.Ordinal) || File.ReadAllText($"/proc/{p.Id}/cmdline").Contains($"-p {port}", StringComparison.Ordinal)).Select(p => p.Id)];
    }

    private string Lua(string name, string path) => Script(name, $"request = function() return wrk.format('GET', {path}) end");

    private string Graph(string name, string query) => Script(name, $$"""
        wrk.headers['Content-Type'] = 'application/json'
        request = function() return wrk.format('POST', nil, nil, '{"query":"{{query}}","variables":{"id":"' .. key() .. '"} }') end
        """);

    private string Script(string name, string body)
    {
        var file = Path.Combine(work, name + ".lua");
        File.WriteAllText(file, $$"""
            math.randomseed(7)
            function key() return string.format('2901011980%08d', math.random(0, {{rows - 200}})) end
            function resource(n) local i = math.random(0, n - 1); if i == 0 then return 'people' end return 'people-' .. i end
            {{body}}
            """);
        return file;
    }

    // What a durable entry must wait for at least, on this disk in this hour.
    private static double FlushP99(string path)
    {
        using var file = Durable.Create(path, 16 << 20);
        var bytes = RandomNumberGenerator.GetBytes(4096);
        var waits = new List<double>();
        for (var i = 0; i < 2_000; i++)
        {
            var started = Stopwatch.GetTimestamp();
            file.Append(bytes);
            file.Flush();
            waits.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        waits.Sort();
        return waits[waits.Count * 99 / 100];
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ToList() is { Count: > 0 } sorted ? sorted[sorted.Count / 2] : double.NaN;

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
