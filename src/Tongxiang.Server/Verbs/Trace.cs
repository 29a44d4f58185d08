using System.CommandLine;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Tracing;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Server.Verbs;

/// <summary>Tells from the terminal which delivered copy a leaked file comes from, beside a running node or without one.</summary>
internal static class Trace
{
    public static Command Verb()
    {
        var file = new Argument<FileInfo>("file") { Description = "The leaked file or a part of it: CSV, NDJSON, XLSX, Parquet / 泄露的文件或其一部分" };
        var resource = new Option<string?>("--resource") { Description = "Only copies of this resource / 仅比对该资源" };
        var data = new Option<string?>("--data") { Description = "Folder of all data of the node / 数据目录" };
        var settings = new Option<string?>("--settings") { Description = "A JSON file with settings / 配置文件" };
        var command = new Command("trace", "Tell to whom a leaked file was given / 泄露文件溯源") { file, resource, data, settings };
        command.SetAction((parsed, ct) => Run(new NodeOptions("http://127.0.0.1:0", parsed.GetValue(data), parsed.GetValue(settings), null), parsed.GetValue(file)!, parsed.GetValue(resource), Console.Out, ct));
        return command;
    }

    /// <summary>0: somebody is named; 1: nobody; 2: the question itself is wrong.</summary>
    internal static async Task<int> Run(NodeOptions options, FileInfo file, string? resource, TextWriter output, CancellationToken ct)
    {
        if (!file.Exists) return await Complain(output, $"{file.FullName}: no such file. / 文件不存在。");
        if (!Node.TryBuild(options, out var app, out var complaint)) return await Complain(output, complaint);
        await using (app)
        {
            // Not started: a node may be running on the same data. Tracing only reads, and puts itself on record through the outbox.
            var directory = app.Services.GetRequiredService<Directory>();
            await directory.Refresh(ct);
            await app.Services.GetRequiredService<Catalogue>().Follow(ct);
            await app.Services.GetRequiredService<Versions>().Follow(ct);
            await app.Services.GetRequiredService<Grants>().Follow(ct);
            await using var stream = file.OpenRead();
            var traced = await app.Services.GetRequiredService<Traces>().Of(Caller.Platform, stream, resource, ct);
            if (traced.Refusal is { } no) return await Complain(output, $"{Texts.Parts.Get(Texts.Chinese, no.Code, no.Args)} / {Texts.Parts.Get(Texts.English, no.Code, no.Args)}");
            return await Say(traced.Value, directory, output);
        }
    }

    private static async Task<int> Say(TraceReport report, Directory directory, TextWriter output)
    {
        await output.WriteLineAsync($"{report.Rows} rows, {report.Compared} copies compared, {report.LeftOut} left out / {report.Rows} 行，比对 {report.Compared} 份，未比对 {report.LeftOut} 份");
        foreach (var f in report.Findings.Take(5))
        {
            var who = Id<Agency>.TryParse(f.Release.Consumer, null, out var id) && directory.Find(id) is { } agency ? agency.Name : f.Release.Consumer;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{(f.IsNamed ? "NAMED / 认定" : "–")} {who} {f.Release.GrantNumber} {f.Release.Slug}@{f.Release.VersionNumber} {f.Release.At:yyyy-MM-dd HH:mm}Z chance/巧合 1e{f.Log10:0.0} (order/行序 1e{f.OrderLog10:0.0} of {f.Rows}, forms/写法 1e{f.FormLog10:0.0} of {f.Cells})"));
        }

        foreach (var s in report.Slices.Take(5))
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"content / 内容: {s.Slug}@{s.VersionNumber} holds / 含 {s.Share:0.0%}: {string.Join(' ', s.Grants.Take(12))}"));
        return report.Named.Any() ? 0 : 1;
    }

    private static async Task<int> Complain(TextWriter output, string message)
    {
        await output.WriteLineAsync(message);
        return 2;
    }
}
