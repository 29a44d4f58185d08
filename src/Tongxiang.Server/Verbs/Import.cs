using System.CommandLine;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Server.Verbs;

/// <summary>Lands a file from the terminal, beside a running node or without one; shows progress and the reasons of bad rows.</summary>
internal static class Import
{
    public static Command Verb()
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV, XLSX, XLS, JSON, NDJSON or Parquet / 数据文件" };
        var entry = new Option<string>("--entry") { Description = "URL-safe name of the entry / 目录条目的英文名", Required = true };
        var user = new Option<string>("--as") { Description = "User name of the steward / 数据专员用户名", Required = true };
        var yes = new Option<bool>("--yes") { Description = "Take the proposal as it is / 直接采用提案" };
        var promote = new Option<bool>("--promote") { Description = "Make the version current / 完成后启用" };
        var mostBad = new Option<long?>("--most-bad") { Description = "Limit of bad rows / 问题行上限" };
        var sheet = new Option<string?>("--sheet") { Description = "Sheet of a workbook / 工作表" };
        var data = new Option<string?>("--data") { Description = "Folder of all data of the node / 数据目录" };
        var settings = new Option<string?>("--settings") { Description = "A JSON file with settings / 配置文件" };
        var command = new Command("import", "Land a file in an entry / 把文件汇聚到目录条目") { file, entry, user, yes, promote, mostBad, sheet, data, settings };
        command.SetAction((parsed, ct) => Run(
            new NodeOptions("http://127.0.0.1:0", parsed.GetValue(data), parsed.GetValue(settings), null), parsed.GetValue(file)!, parsed.GetValue(entry)!, parsed.GetValue(user)!, parsed.GetValue(yes),
            new LandingWish(true, parsed.GetValue(promote), parsed.GetValue(mostBad), parsed.GetValue(sheet)), ct));
        return command;
    }

    private static async Task<int> Run(NodeOptions options, FileInfo file, string slug, string user, bool yes, LandingWish wish, CancellationToken ct)
    {
        if (!file.Exists) return await Complain($"{file.FullName}: no such file. / 文件不存在。");
        if (!Node.TryBuild(options, out var app, out var complaint)) return await Complain(complaint);
        await using (app)
        {
            // Not started: a node may be running on the same data. Landing only needs the store, the folders and the list of people.
            var directory = app.Services.GetRequiredService<Directory>();
            await directory.Refresh(ct);
            if (directory.People.FirstOrDefault(p => p.UserName == user) is not { } person) return await Complain($"{user}: no such user. / 没有这个用户。");
            var caller = Caller.Of(person, directory);
            var named = await app.Services.GetRequiredService<Entries>().BySlug(caller, slug, ct);
            if (named.Refusal is { } unknown) return await Complain(Say(unknown));
            var entry = named.Value;
            var landings = app.Services.GetRequiredService<Landings>();
            await using var upload = file.OpenRead();
            var received = await landings.Receive(caller, entry, file.Name, upload, wish, ct);
            if (received.Refusal is { } refusal) return await Complain(Say(refusal));
            var run = received.Value;
            if (run.State == RunState.Proposed)
            {
                foreach (var doubt in run.Proposal!.Doubts) Console.WriteLine("- " + Texts.Parts.Get(Texts.Chinese, doubt.Key, [.. doubt.Args]) + " / " + Texts.Parts.Get(Texts.English, doubt.Key, [.. doubt.Args]));
                if (!yes && !Agrees()) return await Complain($"Waiting for confirmation: landing {run.Id}. / 等待确认。");
                var layout = run.Proposal.Layout;
                var confirmed = await landings.Confirm(caller, entry, run.Id, new Confirmation(wish.Sheet, layout.FirstRow, [.. layout.LeaveOut.Select(l => l.Row)], run.Proposal.PlaceOfField), ct);
                if (confirmed.Refusal is { } wrong) return await Complain(Say(wrong));
            }
            return await Follow(landings, run.Id, ct);
        }
    }

    private static async Task<int> Follow(Landings landings, Id<Run> id, CancellationToken ct)
    {
        var work = landings.Work(ct);
        while (true)
        {
            var run = (await landings.Find(id, ct))!;
            var now = landings.ProgressOf(run);
            if (!Console.IsOutputRedirected) Console.Write(string.Create(CultureInfo.InvariantCulture, $"\r{now.State} {(now.Bytes == 0 ? 0 : now.BytesDone * 100 / now.Bytes)}%  {now.RowsRead:N0} rows / 行  {now.RowsBad:N0} bad / 问题行   "));
            if (run.IsOver) return await Finish(landings, run, ct);
            if (work.IsCompleted)
            {
                await work;
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, ct);
                work = landings.Work(ct);
            }
            else await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, ct));
        }
    }

    private static async Task<int> Finish(Landings landings, Run run, CancellationToken ct)
    {
        Console.WriteLine();
        foreach (var cell in await landings.Quarantine(run, 0, 20, ct))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {cell.Row:N0} {cell.Field}: {Texts.Parts.Get(Texts.Chinese, "element.flaw." + cell.Flaw, cell.Value)}"));
        if (run.Refusal is { } refusal) return await Complain(Say(refusal.ToRefusal()));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Version {run.VersionNumber}: {run.RowsRead - run.RowsBad:N0} rows, {run.RowsBad:N0} in quarantine / 第 {run.VersionNumber} 版：{run.RowsRead - run.RowsBad:N0} 行，隔离 {run.RowsBad:N0} 行"));
        return 0;
    }

    private static bool Agrees()
    {
        if (Console.IsInputRedirected) return false;
        Console.Write("Go on? / 是否继续？ [y/N] ");
        return string.Equals(Console.ReadLine()?.Trim(), "y", StringComparison.OrdinalIgnoreCase);
    }

    private static string Say(Refusal refusal) => string.Join(Environment.NewLine, ((string[])[Texts.Chinese, Texts.English]).Select(language => Problems.Of(refusal, language) is var p ? $"{p.Title}: {p.Detail}" : ""));

    private static async Task<int> Complain(string text)
    {
        await Console.Error.WriteLineAsync(text);
        return 2;
    }
}
