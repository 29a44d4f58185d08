using System.Text.RegularExpressions;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

/// <summary>A right to some rows: whatever is asked, the answer is the one of a table that holds no others.</summary>
public sealed class HiddenRowsTests
{
    private static readonly IReadOnlyList<object?[]> Hidden =
    [
        ["00", "隐一", "290201", "13900000001"], ["290102198001010020x", "隐二", "29", "13900000008"], ["zz", "隐三", null, null], ["zzz", "张三", "", ""],
        .. Enumerable.Range(0, 40).Select(i => new object?[] { $"h{i:00}", $"隐{i}", "300000", "1" }),
    ];

    private static readonly string[] Probes =
    [
        "", "limit=0", "limit=1", "limit=2", "limit=3", "limit=44", "limit=10000", "limit=-1", "limit=1&offset=1", "offset=1", "offset=2", "offset=3", "offset=44", "offset=1000000", "offset=1000001", "offset=-1",
        "offset=9223372036854775807", "offset=9223372036854775808", "limit=9223372036854775807&offset=1", "order=id.desc&limit=1", "order=id", "order=division.desc.nullsfirst,id&limit=1", "order=division.nullslast,id.desc",
        "division=eq.290201", "division=neq.290101", "division=is.null", "division=not.is.null", "division=like.*", "division=gt.290102", "division=in.(290201,300000,290101)", "not.and=(division.eq.1,division.eq.2)",
        "or=(division.eq.290201,division.is.null,id.like.*)", "not.or=(division.eq.290101)", "id=eq.00", "id=gte.zz", "id=not.eq.zz", "id=like.h*", "or=(id.eq.00,id.eq.29010119800101001X)", "division=eq.290101&or=(id.eq.zz,id.eq.zzz)",
    ];

    private static readonly string[] Windows = ["", "0-0", "0-1", "0-2", "1-1", "2-2", "2-", "3-", "43-", "44-", "0-999999999", "999999-", "5-2", "items=0-0", "bytes=0-0", "-1", "0-0,1-1", "1-1, 0-0", "0--1", "9223372036854775807-"];

    [Theory, EveryStore]
    public async Task Nothing_that_can_be_asked_tells_of_rows_that_were_not_granted(Store store)
    {
        await using var lab = await Open(store);
        foreach (var prefer in (string[])["", "count=exact", "count=planned", "count=estimated"])
            foreach (var probe in Probes) await AssertAlike(lab, probe, ("Prefer", prefer));
        foreach (var window in Windows)
            foreach (var prefer in (string[])["", "count=exact"])
            {
                await AssertAlike(lab, "order=id", ("Range", window), ("Prefer", prefer));
                await AssertAlike(lab, "order=id&limit=1&offset=1", ("Range", window), ("Prefer", prefer), ("Range-Unit", "items"));
            }

        foreach (var probe in (string[])["id=like.29*&limit=1", "id=eq.00", "id=eq.29010119800101001X", "division=not.eq.290101", ""])
            await AssertAlike(lab, probe, ("Accept", "application/vnd.pgrst.object+json"));
        foreach (var form in (string[])["text/csv", "application/x-ndjson", "application/geo+json"]) await AssertAlike(lab, "order=id.desc", ("Accept", form), ("Prefer", "count=exact"));
        Assert.DoesNotContain(lab.Witnessed, h => h.Facts.TryGetValue("rows", out var rows) && int.Parse(rows) > 2);
    }

    [Theory, EveryStore]
    public async Task An_exact_count_is_that_of_the_granted_rows(Store store)
    {
        await using var lab = await Open(store);
        foreach (var (probe, range) in ((string, string)[])[("", "0-1/2"), ("limit=1", "0-0/2"), ("offset=2", "*/2"), ("id=like.h*", "*/0"), ("or=(id.like.*,id.is.null)", "0-1/2"), ("offset=3", "*/2")])
        {
            var answer = await Ask(lab, "mixed", probe, ("Prefer", "count=exact"));
            Assert.True(answer.Contains($"\nContent-Range: {range}\n", StringComparison.Ordinal), $"{probe}: {answer}");
        }
    }

    [Theory, EveryStore]
    public async Task A_continuation_ends_where_the_granted_rows_end_and_serves_no_other_table(Store store)
    {
        await using var lab = await Open(store);
        var seen = new List<string>();
        var next = "/data/mixed?order=id.desc&limit=1&select=id";
        string? link = null;
        while (next is not null)
        {
            var answer = await lab.Call(next, GatewayLab.Consumer);
            seen.Add(await answer.Content.ReadAsStringAsync());
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
            link ??= next;
        }

        Assert.Equal("""[{"id":"290102198001010020"}][{"id":"29010119800101001X"}]""", string.Concat(seen.Where(s => s != "[]")));
        Assert.Equal(400, (int)(await lab.Call(link!.Replace("mixed", "alone", StringComparison.Ordinal), GatewayLab.Consumer)).StatusCode);
        Assert.Equal(400, (int)(await lab.Call(link.Replace("id.desc", "id.asc", StringComparison.Ordinal).Replace("id%2Edesc", "id.asc", StringComparison.Ordinal), GatewayLab.Consumer)).StatusCode);
        Assert.Equal(400, (int)(await lab.Call(link[..^2] + "AA", GatewayLab.Consumer)).StatusCode);
    }

    [Theory, EveryStore]
    public async Task What_a_mask_hides_cannot_be_found_by_asking_for_it(Store store)
    {
        await using var lab = await Open(store);
        foreach (var shape in (string[])
            [
                "name=eq.{0}", "name=like.{0}*", "name=ilike.*{0}*", "name=neq.{0}", "name=not.eq.{0}", "name=gt.{0}", "name=lte.{0}", "name=in.({0})", "name=is.null&division=neq.{0}", "or=(name.eq.{0},id.eq.1)", "and=(id.neq.1,or(name.like.{0}*,id.eq.2))",
                "not.or=(name.eq.{0})", "order=name&id=neq.{0}", "order=name.desc&id=neq.{0}", "select=n:name&order=n&id=neq.{0}", "select=n:name&n=eq.{0}", "select=name::text&name=eq.{0}", "NAME=eq.{0}", "%6eame=eq.{0}", "\"name\"=eq.{0}",
            ])
        {
            var (right, wrong) = (await Ask(lab, "mixed", string.Format(shape, "张三")), await Ask(lab, "mixed", string.Format(shape, "王五")));
            Assert.StartsWith("400\n", right);
            Assert.Equal(wrong, right.Replace("张三", "王五", StringComparison.Ordinal));
            // A column that was not granted at all is not even told from one that does not exist.
            string Hide(string name) => shape.Replace("NAME", name, StringComparison.Ordinal).Replace("%6eame", name, StringComparison.Ordinal).Replace("name", name, StringComparison.Ordinal);
            var (hidden, missing) = (await Ask(lab, "mixed", string.Format(Hide("phone"), "139")), await Ask(lab, "mixed", string.Format(Hide("nosuch"), "139")));
            Assert.StartsWith("400\n", hidden);
            Assert.Equal(missing.Replace("nosuch", "phone", StringComparison.Ordinal), hidden);
        }
    }

    /// <summary>Two tables, one with rows beyond the granted ones; the same right to both.</summary>
    internal static async Task<GatewayLab> Open(Store store)
    {
        var lab = await GatewayLab.Open(store);
        var mixed = await lab.Add(lab.Entry("mixed", People.Fields, ["id"], OpenClass.Conditional), [.. Hidden.Take(2), .. People.Rows, .. Hidden.Skip(2)]);
        var alone = await lab.Add(lab.Entry("alone", People.Fields, ["id"], OpenClass.Conditional), [.. People.Rows.Where(row => row[2] is "290101" or "290102")]);
        foreach (var entry in (Entry[])[mixed, alone]) lab.Grant(entry, GatewayLab.Consumer, ["id", "division"], ["name"], "division=like.2901*");
        return lab;
    }

    private static async Task AssertAlike(GatewayLab lab, string probe, params (string, string)[] headers)
    {
        var (mixed, alone) = (await Ask(lab, "mixed", probe, headers), await Ask(lab, "alone", probe, headers));
        Assert.True(mixed == alone, $"{probe} {string.Join(' ', headers)}\n{mixed}\n--\n{alone}");
    }

    // All that a caller sees, without what differs by design: names, seals and digests.
    private static async Task<string> Ask(GatewayLab lab, string resource, string query, params (string Name, string Value)[] headers)
    {
        using var answer = await lab.Call($"/data/{resource}?{query}", GatewayLab.Consumer, change: r =>
        {
            foreach (var (name, value) in headers)
                if (value.Length > 0) Assert.True(r.Headers.TryAddWithoutValidation(name, value));
        });
        var lines = answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Date" or "ETag" or "RateLimit" or "RateLimit-Remaining" or "RateLimit-Reset" or Tongxiang.Evidence.Receipt.Header))
            .Select(h => $"{h.Key}: {(h.Key == "Link" ? "…" : string.Join(", ", h.Value))}").Order(StringComparer.Ordinal);
        var body = Regex.Replace(await answer.Content.ReadAsStringAsync(), "\"traceId\":\"[^\"]*\"", "");
        return $"{(int)answer.StatusCode}\n{string.Join('\n', lines)}\n\n{body}".Replace(resource, "*", StringComparison.Ordinal);
    }
}
