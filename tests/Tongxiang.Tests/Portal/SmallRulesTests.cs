using CsCheck;
using Microsoft.AspNetCore.Http;
using Tongxiang.Catalog;
using Tongxiang.Portal;
using Tongxiang.Portal.Kit;
using Tongxiang.Portal.Public;

namespace Tongxiang.Tests.Portal;

public sealed class SmallRulesTests
{
    [Theory]
    [InlineData(268, 300, 100), InlineData(1, 1, 0.25), InlineData(0, 1, 0.25), InlineData(4000, 4000, 1000), InlineData(37.8, 40, 10), InlineData(0.03, 0.03, 0.01)]
    public void A_scale_ends_on_a_round_mark(double largest, double top, double step)
    {
        var scale = ChartScale.For([largest]);
        Assert.Equal(top, scale.Top, 6);
        Assert.Equal(step, scale.Step, 6);
    }

    [Fact]
    public void Every_value_stays_inside_its_chart() => Gen.Double[0, 1e12].Array[1, 40].Sample(values =>
    {
        var scale = ChartScale.For(values);
        return values.All(v => scale.Y(v) is >= ChartScale.Ceiling - 0.01 and <= ChartScale.Floor + 0.01) && scale.Marks.Count() is >= 2 and <= 11;
    }, seed: "0000KOIPeX3P");

    [Theory]
    [InlineData(UpdatePromise.Daily, 1, true, 0), InlineData(UpdatePromise.Daily, 5, true, 4), InlineData(UpdatePromise.Monthly, 35, true, 0), InlineData(UpdatePromise.Monthly, 40, true, 9), InlineData(UpdatePromise.AsNeeded, 900, false, 0)]
    public void Punctuality_counts_days_beyond_the_promise(UpdatePromise promise, int daysAgo, bool promised, int late)
    {
        var now = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(new Punctuality(promised, late), Punctuality.Of(promise, now.AddDays(-daysAgo), now));
    }

    [Fact]
    public void Data_that_never_came_are_neither_late_nor_on_time() => Assert.False(Punctuality.Of(UpdatePromise.Daily, null, DateTimeOffset.UnixEpoch).IsPromised);

    [Theory]
    [InlineData("plain", "plain"), InlineData("a,b", "\"a,b\""), InlineData("say \"so\"", "\"say \"\"so\"\"\""), InlineData("=1+1", "'=1+1"), InlineData("@x,y", "\"'@x,y\"")]
    public void A_cell_of_the_listing_is_quoted_and_never_a_formula(string text, string cell) => Assert.Equal(cell, Takeaway.Cell(text));

    [Theory]
    [InlineData("/", true), InlineData("/datasets?q=1", true), InlineData("//x", false), InlineData("/\\x", false), InlineData("https://x", false), InlineData("", false), InlineData(null, false), InlineData("/a\r\nb", false)]
    public void Only_a_path_of_this_site_is_local(string? path, bool local) => Assert.Equal(local, Preferences.IsLocal(path));

    [Theory]
    [InlineData("/datasets", true), InlineData("/data/bus-stops", false), InlineData("/data", false), InlineData("/en/datasets", true), InlineData("/api/3/action/package_list", false), InlineData("/apply/x", true), InlineData("/log/checkpoint", false), InlineData("/catalog.ttl", false), InlineData("/", true)]
    public void Pages_are_told_from_the_faces_of_machines(string path, bool page) => Assert.Equal(page, Faces.IsPage(new DefaultHttpContext { Request = { Path = path } }));

    [Theory]
    [InlineData("name", "eq", "公交&x=1", "", "/data/s?limit=10&name=eq.%E5%85%AC%E4%BA%A4%26x%3D1"), InlineData("name", "like", "*站", "name.desc", "/data/s?limit=10&name=like.*%E7%AB%99&order=name.desc"), InlineData("name", "is", "", "", "/data/s?limit=10&name=is.null"), InlineData("", "eq", "x", "", "/data/s?limit=10")]
    public void The_try_out_form_makes_the_query_a_program_would_send(string column, string op, string value, string order, string query) =>
        Assert.Equal(query, new TryOut(column, op, value, order, 10).Query("s"));

    [Theory]
    [InlineData(1023, "1023 B"), InlineData(1536, "1.5 KB"), InlineData(3L << 30, "3 GB")]
    public void Sizes_are_read_in_their_unit(long bytes, string text) => Assert.Equal(text, Visit.Size(bytes));

    [Fact]
    public void The_stylesheet_stays_below_ten_kilobytes_compressed()
    {
        using var stream = typeof(Bundle).Assembly.GetManifestResourceStream("bundle/app.css")!;
        using var packed = new MemoryStream();
        using (var brotli = new System.IO.Compression.BrotliStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
            stream.CopyTo(brotli);
        Assert.InRange(packed.Length, 1, 10_000);
    }
}
