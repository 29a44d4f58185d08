using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Core.Tracing;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway.Tracing;

/// <summary>What a leaked file says about one release.</summary>
/// <param name="Rows">Rows whose order was compared.</param>
/// <param name="OrderLog10">log10 of the chance that the order fits a foreign release as well.</param>
/// <param name="Cells">Cells whose form was compared.</param>
/// <param name="FormLog10">The same of the forms of cells.</param>
/// <param name="Log10">log10 of the chance that among all releases compared one fits this well by chance, whichever of the two marks speaks.</param>
public sealed record TraceFinding(Release Release, int Rows, double OrderLog10, int Cells, double FormLog10, double Log10)
{
    /// <summary>Named: by chance less than once in a million leaked files.</summary>
    public bool IsNamed => Log10 <= -6;
}

/// <summary>How much of the file stands in a slice: which rows, columns and masks the leaker's copy had.</summary>
/// <param name="Grants">Numbers of the rights under which this slice was handed out.</param>
/// <param name="Share">Part of the file's rows that stand in it.</param>
public sealed record TracedSlice(string Slug, long VersionNumber, double Share, long MatchedRows, IReadOnlyList<string> Columns, IReadOnlyList<string> Grants);

/// <summary>The outcome of a trace.</summary>
/// <param name="Compared">Releases that were compared.</param>
/// <param name="LeftOut">Releases that were not: older than the newest compared, or of a version whose rows are destroyed.</param>
public sealed record TraceReport(string Digest, int Rows, IReadOnlyList<string> Columns, int Compared, int LeftOut, IReadOnlyList<TraceFinding> Findings, IReadOnlyList<TracedSlice> Slices)
{
    public IEnumerable<TraceFinding> Named => Findings.Where(finding => finding.IsNamed);
}

/// <summary>Tells from a leaked file, or a part of one, to whom it was given: by the order of its rows, the forms of its cells, and the slice its rows come from.</summary>
public sealed partial class Traces(Releases releases, Slices slices, Db db, EvidenceLog evidence, TimeProvider clock, ILogger<Traces> log)
{
    private const int mostReleases = 20_000;
    private const int mostSlices = 300;
    private const int mostShown = 20;

    /// <summary>Traces for the guards of the node.</summary>
    /// <param name="slug">Only releases of this resource; null: of all.</param>
    public async Task<Outcome<TraceReport>> Of(Caller caller, Stream file, string? slug, CancellationToken ct)
    {
        if (!MayTrace(caller)) return Refusal.Forbidden("gateway.trace-role");
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
        file.Position = 0;
        LeakedTable table;
        try
        {
            table = slices.Read(file);
        }
        catch (Exception e) when (e is InvalidDataException or DuckDB.NET.Data.DuckDBException)
        {
            Unread(log, digest, e);
            return new Refusal(422, "gateway.trace-form");
        }

        if (table.Rows.Count == 0) return new Refusal(422, "gateway.trace-form");
        var report = await Compare(digest, table, await releases.List(slug, mostReleases, ct), ct);
        await Record(caller, report, ct);
        return report;
    }

    /// <summary>Security and audit of the bureau, and whoever runs the node's own command line.</summary>
    public static bool MayTrace(Caller caller) => caller == Caller.Platform || caller.IsBureau && (caller.Has(Role.SecurityAdmin) || caller.Has(Role.AuditAdmin));

    private async Task<TraceReport> Compare(string digest, LeakedTable table, IReadOnlyList<Release> all, CancellationToken ct)
    {
        var (findings, traced) = (new List<(Release Release, OrderTest Order, FormTest Forms)>(), new List<TracedSlice>());
        var leaked = new LeakedRows(table);
        var groups = (await slices.Group(all, ct)).ToList();
        foreach (var group in groups.Take(mostSlices))
        {
            if (leaked.Columns(await slices.Sample(group, leaked, ct)) is not { Count: > 0 } map) continue;
            var matches = await slices.Match(group, leaked, map, ct);
            if (matches.Count == 0) continue;
            traced.Add(new TracedSlice(group.Slug, group.VersionNumber, (double)matches.Count / table.Rows.Count, matches.Count, [.. map.Values.Select(c => group.Shown[c])], [.. group.Releases.Select(r => r.GrantNumber).Distinct()]));
            // What the file says is the same for all these releases; only their keys differ.
            var orders = group.Releases.GroupBy(r => r.BlockRows).ToDictionary(g => g.Key, g => LeakedRows.Order(matches, g.Key));
            var forms = group.Releases.GroupBy(r => r.Form).ToDictionary(g => g.Key, g => leaked.Forms(matches, map, isCsv: g.Key == "csv"), StringComparer.Ordinal);
            foreach (var release in group.Releases) findings.Add((release, orders[release.BlockRows], forms[release.Form]));
        }

        var compared = groups.Take(mostSlices).Sum(g => g.Releases.Count);
        return new TraceReport(digest, table.Rows.Count, table.Names, compared, all.Count - compared, [.. Judge(findings, Math.Max(1, compared)).Take(mostShown)], [.. traced.OrderByDescending(s => s.Share).Take(mostShown)]);
    }

    // Two tests for each release: the better one counts, and is paid for by both and by every release that was looked at (Bonferroni).
    private IEnumerable<TraceFinding> Judge(List<(Release Release, OrderTest Order, FormTest Forms)> all, int compared) =>
        from f in all
        let key = releases.KeyOf(f.Release.Id)
        let order = f.Release.HasOrder ? f.Order.Log10(key) : 0
        let form = f.Forms.Log10(key)
        let both = Math.Min(0, Math.Min(order, form) + Math.Log10(2.0 * compared))
        orderby both, f.Release.At descending
        select new TraceFinding(f.Release, f.Release.HasOrder ? f.Order.Rows : 0, order, f.Forms.Speaks ? f.Forms.Cells : 0, form, both);

    private Task<string> Record(Caller caller, TraceReport report, CancellationToken ct)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["file"] = report.Digest,
            ["rows"] = report.Rows.ToString(CultureInfo.InvariantCulture),
            ["compared"] = report.Compared.ToString(CultureInfo.InvariantCulture),
            ["named"] = string.Join(',', report.Named.Select(f => f.Release.GrantNumber).Distinct()),
        };
        return db.Commit(tx => evidence.Append(tx, new Happening("gateway.traced", caller.Actor, caller.Agency?.ToString(), $"file:{report.Digest}", clock.GetUtcNow(), facts)), ct);
    }

    [LoggerMessage(1845, LogLevel.Information, "The leaked file {Digest} could not be read.")]
    private static partial void Unread(ILogger log, string digest, Exception e);
}
