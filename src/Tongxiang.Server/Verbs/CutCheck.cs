using System.Globalization;
using System.Text;
using System.Text.Json;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Watch;

namespace Tongxiang.Server.Verbs;

/// <summary>Checks offline that no row left to a cut scope: every opening of the package is an entry of the checked log, none is missing between its ends, and none after the cut took effect gave rows.</summary>
internal sealed class CutCheck(TreeHash hash, Func<string, CancellationToken, Task<byte[]?>> read, Checkpoint checkpoint)
{
    private readonly SortedDictionary<long, Happening> opened = [];
    private (TileAddress Address, byte[] Bytes)? tile;

    /// <summary>The cut as its own entry of the log says.</summary>
    private sealed record Cut(long Index, string Number, FuseScope Scope, string Subject, string? Slug, DateTimeOffset At, string About)
    {
        public DateTimeOffset EffectAt => At + CutRule.Effect;
    }

    public async Task<IReadOnlyList<string>> Run(string file, CancellationToken ct)
    {
        var cut = CutOf(await Load(file, ct));
        var (first, last) = EndsOf(cut);
        var end = Range(first, last).Where(o => o.Happening.Subject == cut.About && o.Happening.Kind is "watch.eased" or "watch.restored").Select(o => (DateTimeOffset?)o.Happening.At).Min();
        // The order of the log is that of the moments but for the second in which a change is sequenced.
        var newest = Range(first, last).Max(o => o.Happening.At);
        var until = end ?? newest;
        if (newest < cut.EffectAt) throw new InvalidDataException($"The package ends at {Said(newest)}, before the cut took effect at {Said(cut.EffectAt)}: it shows nothing. / 核验包在切断生效前即结束");
        if (newest < end && last + 1 < checkpoint.Size) throw new InvalidDataException($"Entry {last + 1} is not opened, and the package ends before the cut was lifted at {Said(until)}. / 缺少第 {last + 1} 条的原始记录");
        var (calls, refused, inFlight, vital) = Examine(cut, first, last, end);
        return
        [
            $"fuse / 熔断: {cut.Number}, {cut.Scope} {cut.Subject}",
            $"in effect / 生效: {Said(cut.EffectAt)} – {Said(until)}{(end is null ? " (end of the package, the cut stands / 核验包末尾，切断仍在)" : " (eased or restored / 已放行或恢复)")}",
            $"openings / 原始记录: {first}–{last}, none missing / 无缺漏",
            $"calls of the scope / 该范围的调用: {calls}, refused / 拒绝 {refused}; rows served / 流出 0; rows of calls before the effect / 生效前在途 {inFlight}",
            .. vital > 0 ? (string[])[$"rows that left all the same because lives depend on them / 因生命相关仍放行: {vital}"] : [],
        ];
    }

    private async Task<string> Load(string file, CancellationToken ct)
    {
        var number = "";
        var at = 0;
        // Line by line: what a line proves is kept, its salt and text are not.
        await foreach (var line in File.ReadLinesAsync(file, Encoding.UTF8, ct))
        {
            if (++at == 1)
            {
                number = Head(line, file);
                continue;
            }

            if (line.Length == 0) continue;
            var opening = OpeningLine.Read(line);
            if (opening.Index >= checkpoint.Size) throw new InvalidDataException($"Line {at} opens entry {opening.Index}; the signed log has {checkpoint.Size}. Fetch the log again. / 日志需重新取回");
            if (hash.Leaf(OpeningLine.Entry(opening)) != await Leaf(opening.Index, ct)) throw new InvalidDataException($"Line {at} is not entry {opening.Index} of the log. / 第 {at} 行与日志第 {opening.Index} 条不符");
            opened[opening.Index] = opening.Happening;
        }

        return number;
    }

    private static string Head(string line, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<CutHead>(line, Wire.Json)?.Fuse ?? throw new JsonException("no fuse");
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"{file} is no package of a cut (first line {{\"fuse\":\"RD…\"}}); fetch /api/watch/fuses/ID/proof/openings. / 不是切断核验包", e);
        }
    }

    private async Task<Digest> Leaf(long index, CancellationToken ct)
    {
        var (number, within) = Math.DivRem(index, Tiles.Width);
        var address = new TileAddress(0, number, (int)Math.Min(Tiles.Width, checkpoint.Size - number * Tiles.Width));
        if (tile is not { } known || known.Address != address)
            tile = known = (address, await read(address.ToString(), ct) ?? throw new InvalidDataException($"{address}: missing; entry {index} needs it, save the log from there on (--from {number * Tiles.Width}). / 日志缺少第 {index} 条"));
        return new Digest(known.Bytes.AsSpan((int)within * Digest.Size, Digest.Size));
    }

    // What the fuse reaches is read in its own entry: the package cannot say another scope than the one that was cut.
    private Cut CutOf(string number)
    {
        var found = opened.FirstOrDefault(o => o.Value.Kind == "watch.tripped" && o.Value.Facts.GetValueOrDefault("number") == number);
        if (found.Value is not { } tripped) throw new InvalidDataException($"The package does not open the entry by which {number} tripped. / 缺少熔断 {number} 的存证");
        var facts = tripped.Facts;
        if (facts.GetValueOrDefault("action") != nameof(FuseAction.Cut) || facts.GetValueOrDefault("bites") == "false" || facts.GetValueOrDefault("dark") == "true" || !Enum.TryParse<FuseScope>(facts.GetValueOrDefault("scope"), out var scope))
            throw new ArgumentException($"{number} cut nothing ({facts.GetValueOrDefault("action")}): there is nothing to prove. / 该熔断没有切断任何共享");
        return new Cut(found.Key, number, scope, facts.GetValueOrDefault("subject", ""), facts.GetValueOrDefault("resource"), tripped.At, tripped.Subject);
    }

    // Whoever leaves an entry out of the package might leave out the one that breaks it.
    private (long First, long Last) EndsOf(Cut cut)
    {
        var (first, last) = (cut.Index, cut.Index);
        while (opened.ContainsKey(first - 1)) first--;
        while (opened.ContainsKey(last + 1)) last++;
        if (first > 0 && opened[first].At >= cut.At) throw new InvalidDataException($"Entry {first - 1} is not opened: a call after the cut may stand there. / 缺少第 {first - 1} 条的原始记录");
        if (opened.Keys.Last() > last) throw new InvalidDataException($"Entry {last + 1} is not opened: a call after the cut may stand there. / 缺少第 {last + 1} 条的原始记录");
        return (first, last);
    }

    private (long Calls, long Refused, long InFlight, long Vital) Examine(Cut cut, long first, long last, DateTimeOffset? end)
    {
        var (calls, refused, inFlight, vital) = (0L, 0L, 0L, 0L);
        var flagged = Flagged();
        foreach (var (index, happening) in Range(first, last))
        {
            if (happening.At < cut.At || happening.At >= end || !CutRule.IsOf(cut.Scope, cut.Subject, cut.Slug, happening)) continue;
            var rows = CutRule.Rows(happening);
            if (flagged.Any(flag => flag.At <= happening.At && (flag.Until is not { } off || happening.At < off) && (happening.Subject == flag.Subject || flag.Slug is not null && happening.Facts.GetValueOrDefault("resource") == flag.Slug))) vital += rows;
            else if (happening.At < cut.EffectAt) inFlight += rows;
            else if (rows > 0)
                throw new InvalidDataException(
                    $"Entry {index}: {rows} rows left to {cut.Scope} {cut.Subject} at {Said(happening.At)}, after the cut {cut.Number} took effect at {Said(cut.EffectAt)}. / 第 {index} 条：切断生效后仍流出 {rows} 行");
            else (calls, refused) = (calls + 1, refused + (CutRule.IsRefusal(happening) ? 1 : 0));
        }

        return (calls, refused, inFlight, vital);
    }

    // What the bureau had flagged as vital by then, on record like everything else: it is only slowed.
    private List<(string Subject, string? Slug, DateTimeOffset At, DateTimeOffset? Until)> Flagged()
    {
        var flags = new List<(string Subject, string? Slug, DateTimeOffset At, DateTimeOffset? Until)>();
        foreach (var happening in opened.Values.Where(h => h.Kind == "watch.vital"))
        {
            var subject = happening.Subject.Replace("resource:", "entry:", StringComparison.Ordinal);
            if (happening.Facts.GetValueOrDefault("vital") == "true") flags.Add((subject, happening.Facts.GetValueOrDefault("resource"), happening.At, null));
            else if (flags.FindLastIndex(f => f.Subject == subject && f.Until is null) is >= 0 and var at) flags[at] = flags[at] with { Until = happening.At };
        }

        return flags;
    }

    private IEnumerable<(long Index, Happening Happening)> Range(long first, long last) => opened.Where(o => o.Key >= first && o.Key <= last).Select(o => (o.Key, o.Value));

    private static string Said(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
