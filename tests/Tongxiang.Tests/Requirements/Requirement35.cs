using System.Net;
using System.Text;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Shenzhen data regulations art. 45, 47: an open dataset's page shows every field of §2.3 and offers at least one non-proprietary, machine-readable format without charge.</summary>
public sealed class Requirement35
{
    [Theory, EveryStore]
    public async Task Requirement_35_the_page_shows_every_field_and_the_csv_is_free_for_anyone(Store store)
    {
        await using var lab = await LawNode.Start(store);
        var entry = await lab.Publish(Samples.Open("公交站点", "Bus stops") with
        {
            Fields = [LawNode.Field("code", "站点编号", required: true) with { Meaning = "站牌上的编号" }, LawNode.Field("name", "站点名称") with { TitleEn = "Stop name" }],
            Key = ["code"],
            LongitudeField = null,
            LatitudeField = null,
            Terms = "注明来源即可使用。",
        }, "stops");
        await lab.Land(entry, "code,name\nS1,人民广场\nS2,火车站\n");
        var page = WebUtility.HtmlDecode(await lab.Node.Http.GetStringAsync("/datasets/stops"));
        var digest = lab.Get<Tongxiang.Warehouse.Versions>().Current(entry.Id)!.Digest;
        string[] shown =
        [
            "公交站点", entry.Content.Abstract, "云岭省交通运输厅", entry.Content.ContactPhone, entry.Content.ContactEmail, "无条件开放", "主题领域", "行业分类", "关键词", "公交", "更新周期", "每月",
            "首次发布", "2026-09-18", "最近更新", "数据量（行）", "数据格式", "CSV", "用户评分", "站点编号", "code", "站牌上的编号", "站点名称", "人民广场", "使用条款", "注明来源即可使用。",
            "调用次数", "开放许可", "使用费用", "免费", "质量（落地检查合格率）", "100.0%", digest, "/datasets/stops/versions", "/datasets/stops/report", "利用成果",
        ];
        Assert.All(shown, text => Assert.Contains(text, page, StringComparison.Ordinal));

        // No account, no key, no fee: CSV and JSON, open formats both.
        using var csv = await lab.Node.Http.GetAsync("/data/stops/download.csv");
        Assert.Equal((HttpStatusCode.OK, "text/csv"), (csv.StatusCode, csv.Content.Headers.ContentType!.MediaType));
        Assert.Contains("S1,人民广场", Encoding.UTF8.GetString(await csv.Content.ReadAsByteArrayAsync()), StringComparison.Ordinal);
        Assert.Contains("人民广场", await lab.Node.Http.GetStringAsync("/data/stops"), StringComparison.Ordinal);
        var english = WebUtility.HtmlDecode(await lab.Node.Http.GetStringAsync("/en/datasets/stops"));
        Assert.All(new[] { "Bus stops", "Stop name", "free of charge", "Licence" }, text => Assert.Contains(text, english, StringComparison.Ordinal));
    }
}
