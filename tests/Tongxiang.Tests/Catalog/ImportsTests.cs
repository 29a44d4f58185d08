using System.Globalization;
using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class ImportsTests
{
    [Theory, EveryStore]
    public async Task Ten_thousand_lines_with_errors_in_some_name_each_and_are_taken_as_a_whole(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        // The generator knows what is wrong with which line.
        var (text, wrong) = (new StringBuilder("kind,name,purpose,basis,runBy,parent,attaches,opens,code\n"), new Dictionary<long, string>());
        for (var i = 1; i <= 10_000; i++)
        {
            var fault = i % 997 == 0 ? (i / 997 % 5) : -1;
            var line = fault switch
            {
                0 => $"Sistem,系统{i},,依据第{i}条,中心,,,,",
                1 => $"System,,用途,依据第{i}条,中心,,,,",
                2 => $"Resource,资源{i},,,,没有的系统,yes,no,",
                3 => $"Resource,资源{i},,,,,maybe,no,",
                4 => $"Resource,资源{i},,,,,yes,no,999999/1",
                _ => i == 1 ? "System,调度系统,调度,《某办法》第三条,中心,,,," : $"Resource,资源{i},,,,调度系统,yes,no,",
            };
            if (fault >= 0) wrong[i + 1] = new[] { "kind", "name", "parent", "attaches", "code" }[fault];
            text.Append(CultureInfo.InvariantCulture, $"{line}\n");
        }
        var view = (await lab.Imports.Check(lab.Steward, ImportTarget.Inventory, new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())), default)).Value;
        Assert.Equal((10_000 - wrong.Count, wrong.Count), (view.Good, view.Refused.Count));
        Assert.Equal(wrong.OrderBy(w => w.Key).Select(w => (w.Key, w.Value)), view.Refused.Select(r => (r.Line, r.Field)));
        Assert.Empty((await lab.Inventory.List(lab.Steward, null, null, null, 10, default)).Value.Items);
        var taken = (await lab.Imports.Take(lab.Steward, view.Id, view.Good, default)).Value;
        Assert.Equal((ImportState.Taken, (long)view.Good), (taken.State, taken.Taken));
        Assert.Equal(view.Good - 1, (await lab.Inventory.Coverage(lab.Steward, default)).Value.Single().Resources);
        Assert.Equal("catalog.import-changed", (await lab.Imports.Take(lab.Steward, view.Id, view.Good, default)).Refusal!.Code);
        text.Append("Resource,一行,,,,,yes,no,\n");
        Assert.Equal("file", (await lab.Imports.Check(lab.Steward, ImportTarget.Inventory, text.ToString(), default)).Refusal!.Fields.Single().Field);
    }

    [Theory, EveryStore]
    public async Task A_line_that_became_wrong_before_the_confirmation_stops_all_of_them(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        const string list = "类别,名称,依据,运行单位\n系统,甲系统,《某办法》第三条,中心\n系统,乙系统,《某办法》第四条,中心\n";
        var view = (await lab.Imports.Check(lab.Steward, ImportTarget.Inventory, list, default)).Value;
        Assert.Equal(2, view.Good);
        await lab.Inventory.Add(lab.Steward, new InventoryWish(InventoryKind.System, "乙系统", "", "《某办法》第四条", "中心"), default);
        Assert.Equal("catalog.import-changed", (await lab.Imports.Take(lab.Steward, view.Id, 2, default)).Refusal!.Code);
        Assert.Single((await lab.Inventory.List(lab.Steward, null, null, null, 10, default)).Value.Items);
        var again = (await lab.Imports.Find(lab.Steward, view.Id, default))!;
        Assert.Equal((1, "name", "乙系统"), (again.Good, again.Refused.Single().Field, again.Refused.Single().Value));
        Assert.Equal(ImportState.Taken, (await lab.Imports.Take(lab.Steward, view.Id, 1, default)).Value.State);
        Assert.Equal("catalog.import-decided", (await lab.Imports.Drop(lab.Steward, view.Id, default)).Refusal!.Code);
        var second = (await lab.Imports.Check(lab.Steward, ImportTarget.Inventory, list.Replace("系统,", "职责,"), default)).Value;
        Assert.Equal(ImportState.Dropped, (await lab.Imports.Drop(lab.Steward, second.Id, default)).Value.State);
        foreach (var kind in new[] { "checked", "taken", "dropped" }) Assert.Contains(await lab.Evidenced(), e => e.Contains("catalog.import-" + kind, StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task A_plan_is_imported_by_department_and_for_others_only_by_the_bureau(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        var list = $"年度,类别,名称,完成日期,目录代码,单位\n2026,开放,站点,2026-12-31,{entry.Code},\n2026,开放,案件,2026-12-31,,police\n2026,开放,站点,2026-12-31,,\n2026,编目,线路,2026-02-30,,\n二零二六,编目,线路,2026-12-31,,\n2026,出售,线路,2026-12-31,,\n";
        var view = (await lab.Imports.Check(lab.Steward, ImportTarget.Plan, list, default)).Value;
        Assert.Equal(1, view.Good);
        Assert.Equal([(3L, "agency"), (4L, "name"), (5L, "dueOn"), (6L, "year"), (7L, "kind")], view.Refused.Select(r => (r.Line, r.Field)));
        Assert.False((await lab.Imports.Take(lab.Steward, view.Id, 1, default)).IsRefused);
        Assert.Equal(entry.Id, (await lab.Plans.Of(lab.Steward, 2026, default)).Value.Items.Single().Entry);

        var bureau = (await lab.Imports.Check(lab.Reviewer, ImportTarget.Plan, "年度,类别,名称,完成日期,单位\n2026,开放,案件,2026-12-31,police\n2026,共享,名录,2026-12-31,云岭省交通运输厅\n", default)).Value;
        Assert.Equal(2, bureau.Good);
        Assert.False((await lab.Imports.Take(lab.Reviewer, bureau.Id, 2, default)).IsRefused);
        Assert.Equal(3, (await lab.Plans.Of(lab.Reviewer, 2026, default)).Value.Items.Count);
        Assert.Equal(403, (await lab.Imports.Check(lab.Company, ImportTarget.Plan, list, default)).Refusal!.Status);
        Assert.Equal(403, (await lab.Imports.Check(lab.Reviewer, ImportTarget.Inventory, list, default)).Refusal!.Status);
        Assert.Null(await lab.Imports.Find(lab.Stranger, view.Id, default));
        Assert.Equal(404, (await lab.Imports.Take(lab.Stranger, view.Id, 1, default)).Refusal!.Status);
        Assert.Equal(404, (await lab.Imports.Drop(lab.Stranger, view.Id, default)).Refusal!.Status);
    }

    [Theory]
    [InlineData("", "catalog.import-empty")]
    [InlineData("类别,名称,价格\n", "catalog.import-heading")]
    [InlineData("类别,名称,name\n", "catalog.import-twice")]
    public async Task A_file_that_is_no_list_is_refused_with_what_would_be_right(string content, string key)
    {
        await using var lab = await CatalogLab.Open(Store.Sqlite);
        Assert.Equal(key, (await lab.Imports.Check(lab.Steward, ImportTarget.Inventory, content, default)).Refusal!.Fields.Single().Key);
    }

    [Fact]
    public async Task A_file_of_a_spreadsheet_in_GB_18030_is_read_and_a_torn_line_is_named()
    {
        await using var lab = await CatalogLab.Open(Store.Sqlite);
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var bytes = Encoding.GetEncoding("gb18030").GetBytes("类别,名称,依据,运行单位\r\n系统,公共交通运行调度系统,《城市公共汽车和电车客运管理规定》第三十七条,运输服务中心\r\n系统,少一格\r\n");
        var view = (await lab.Imports.Check(lab.Steward, ImportTarget.Inventory, new MemoryStream(bytes), default)).Value;
        Assert.Equal((1, 3L, "catalog.import-broken"), (view.Good, view.Refused.Single().Line, view.Refused.Single().Error.Key));
        Assert.Equal("catalog.import-encoding", (await lab.Imports.Check(lab.Steward, ImportTarget.Inventory, new MemoryStream([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00, 0xff, 0xfd]), default)).Refusal!.Fields.Single().Key);
    }
}
