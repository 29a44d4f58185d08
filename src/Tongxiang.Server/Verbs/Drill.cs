using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Tongxiang.Kernel;
using Tongxiang.Server.Demo;

namespace Tongxiang.Server.Verbs;

/// <summary>An attack that the drill replays.</summary>
internal enum Attack { Burst, Enumeration, OffHours, Bulk, Stale }

/// <summary>Replays an attack against a running demonstration node with one of its own clients, until the fuse trips, and says second by second what happened.</summary>
internal static class Drill
{
    public static Command Verb()
    {
        var attack = new Option<string>("--attack") { Description = "burst | enumeration | off-hours | bulk | stale", Required = true };
        attack.AcceptOnlyFromAmong("burst", "enumeration", "off-hours", "bulk", "stale");
        var data = new Option<string>("--data") { Description = "Folder of the demonstration node, whose demo.json holds its clients / 演示节点的数据目录", DefaultValueFactory = _ => "data" };
        var url = new Option<string?>("--url") { Description = "Address of the node; the one in demo.json by default / 节点地址" };
        var seconds = new Option<int>("--seconds") { Description = "Give up after so many seconds / 最长秒数", DefaultValueFactory = _ => 120 };
        var command = new Command("drill", "Replay an attack against a demonstration node until the fuse trips / 在演示节点上重放攻击，直到熔断") { attack, data, url, seconds };
        command.SetAction((parsed, ct) => Run(Enum.Parse<Attack>(parsed.GetValue(attack)!.Replace("-", "", StringComparison.Ordinal), ignoreCase: true), parsed.GetValue(data)!, parsed.GetValue(url), parsed.GetValue(seconds), TimeProvider.System, Console.Out, ct));
        return command;
    }

    /// <summary>0: the fuse tripped; 1: it did not in time; 2: the drill could not be held.</summary>
    internal static async Task<int> Run(Attack attack, string data, string? url, int seconds, TimeProvider clock, TextWriter output, CancellationToken ct)
    {
        try
        {
            if (Manifest.Load(new Home(data)) is not { } manifest) throw new ArgumentException($"{Path.Combine(data, Manifest.FileName)}: no demonstration there / 没有演示数据");
            var address = new Uri((url ?? manifest.BaseUrl).TrimEnd('/') + "/");
            using var guard = await DrillGuard.SignIn(address, manifest, ct);
            using var attacker = await DrillAttacker.Open(address, manifest, attack, clock, ct);
            await output.WriteLineAsync($"{attack}: {attacker.Client} → /data/{attacker.Resource}");
            var restore = await guard.PutLive(DrillGuard.RuleOf(attack), ct);
            try
            {
                return await Attacked(attacker, guard, address, seconds, clock, output, ct);
            }
            finally
            {
                if (restore) await guard.Switch(DrillGuard.RuleOf(attack), "Dark", CancellationToken.None);
            }
        }
        catch (Exception e) when (e is ArgumentException or HttpRequestException or JsonException or IOException or CryptographicException or KeyNotFoundException or InvalidOperationException)
        {
            await output.WriteLineAsync($"无法演练 / the drill cannot be held: {e.Message}");
            return 2;
        }
    }

    private static async Task<int> Attacked(DrillAttacker attacker, DrillGuard guard, Uri address, int seconds, TimeProvider clock, TextWriter output, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var (second, calls, rows, callsOfSecond, rowsOfSecond) = (0, 0L, 0L, 0, 0L);
        while (clock.GetElapsedTime(began).TotalSeconds < seconds)
        {
            var answer = await attacker.Next(ct);
            (calls, callsOfSecond) = (calls + 1, callsOfSecond + 1);
            if (answer.IsTripped)
            {
                var took = clock.GetElapsedTime(began).TotalSeconds;
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{took,6:0.0} s  {answer.Status} {answer.Code}"));
                await output.WriteLineAsync(answer.Detail);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"熔断用时 / time to the cut: {took:0.0} s; 流出 / leaked: {rows} 行 rows, {calls - 1} 次调用 calls"));
                return await Told(attacker, answer.Detail, guard, address, output, ct);
            }
            (rows, rowsOfSecond) = (rows + answer.Rows, rowsOfSecond + answer.Rows);
            if (answer.Status >= 400) await output.WriteLineAsync($"         {answer.Status} {answer.Code}: {answer.Detail}");
            if ((int)clock.GetElapsedTime(began).TotalSeconds is var now && now > second)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{now,4} s    {callsOfSecond} 次 calls, {rowsOfSecond} 行 rows"));
                (second, callsOfSecond, rowsOfSecond) = (now, 0, 0);
            }
            await Task.Delay(attacker.Pause, clock, ct);
        }
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{seconds} 秒内没有熔断 / the fuse did not trip within {seconds} s; {rows} 行 rows, {calls} 次 calls"));
        return 1;
    }

    // What stands on record of it: the fuse, its incident, and that nothing left afterwards.
    private static async Task<int> Told(DrillAttacker attacker, string refusal, DrillGuard guard, Uri address, TextWriter output, CancellationToken ct)
    {
        long after = 0;
        for (var i = 0; i < 5; i++) after += (await attacker.Next(ct)).Rows;
        await output.WriteLineAsync($"熔断后再调用 5 次，流出 / five more calls leaked: {after} 行 rows");
        if (await guard.Named(refusal, ct) is not { } trip) return 1;
        await output.WriteLineAsync($"熔断 / fuse {trip.GetProperty("number").GetString()}: {new Uri(address, "bureau/watch/fuses/" + trip.GetProperty("id").GetString())}");
        await output.WriteLineAsync(trip.TryGetProperty("incident", out var incident) && incident.GetString() is { } number ? $"事件 / incident {number}: {new Uri(address, "bureau/incidents")}" : "没有建立事件 / no incident was opened");
        return after == 0 ? 0 : 1;
    }
}
