using System.Net;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class DownloadRangeTests
{
    private static readonly string[] Ranges =
    [
        "bytes=0-0", "bytes=0-10", "bytes=-5", "bytes=-999999999999", "bytes=5-", "bytes=999999-", "bytes=0-99999999999999999999", "bytes=9223372036854775807-", "bytes=-9223372036854775808", "bytes=10-5", "bytes=0-0,0-0",
        "bytes=0-,0-0", "bytes=0-5,3-9,-4", "bytes=", "bytes", "rows=0-0", "items=0-0", "items=1-1", "items=0-999999999", "0-0", "1-", "2-2", "-1", "0-0,1-1", "bytes=a-b",
    ];

    [Theory, EveryStore]
    public async Task A_range_takes_no_other_bytes_of_a_file_than_the_permitted_ones_and_each_file_is_on_record_as_it_left(Store store)
    {
        await using var lab = await HiddenRowsTests.Open(store);
        var grant = lab.Grants[0].Id;
        var whole = await (await lab.Call("/data/mixed/download.csv", GatewayLab.Consumer)).Content.ReadAsByteArrayAsync();
        var text = System.Text.Encoding.UTF8.GetString(whole);
        Assert.Equal(3, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("隐", text);
        var tag = (await lab.Call("/data/mixed/download.csv", GatewayLab.Consumer)).Headers.ETag!.ToString();
        var overlapping = "bytes=" + string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"{i % 7}-{i % 7 + 9}"));
        foreach (var range in Ranges.Append(overlapping))
            foreach (var condition in (string?[])[null, tag, "\"another\"", "Wed, 21 Oct 2015 07:28:00 GMT", "W/" + tag])
            {
                var before = lab.Witnessed.Count;
                using var answer = await lab.Call("/data/mixed/download.csv", GatewayLab.Consumer, change: r =>
                {
                    r.Headers.TryAddWithoutValidation("Range", range);
                    if (condition is not null) r.Headers.TryAddWithoutValidation("If-Range", condition);
                });
                var bytes = await answer.Content.ReadAsByteArrayAsync();
                // A server may pass over ranges (RFC 9110, 14.2): the file is then what was permitted, whole.
                Assert.True(answer.StatusCode == HttpStatusCode.OK && Rows(bytes) == Rows(whole), $"{range} {condition}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(bytes)}");
                Assert.Null(answer.Content.Headers.ContentRange);
                await lab.Until(before + 3);
                Assert.Equal(["gateway.permitted", Tongxiang.Evidence.Disclosures.PartKind, "gateway.closed"], lab.Witnessed.Skip(before).Select(h => h.Kind));
                var facts = lab.Witnessed[^1].Facts;
                Assert.Equal(("2", $"{bytes.Length}", "whole"), (facts["rows"], facts["bytes"], facts["outcome"]));
            }

        var files = 2 + 5 * (Ranges.Length + 1);
        Assert.Equal((files, 2L * files), lab.Get<Tongxiang.Gateway.DayUses>().Today(grant));
        Assert.Equal(files, lab.Delivered.Count);
    }

    // Each file is marked for itself: in the order of its rows and in quotes that a text would not need.
    internal static string Rows(byte[] csv) => string.Join('\n', System.Text.Encoding.UTF8.GetString(csv).Replace("\"", "", StringComparison.Ordinal).Split('\n').Order(StringComparer.Ordinal));
}
