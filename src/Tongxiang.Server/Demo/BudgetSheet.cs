using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace Tongxiang.Server.Demo;

/// <summary>A spreadsheet as offices make them: title rows, a head of two merged lines, a total and notes below, codes stored as text, a second sheet that is not meant.</summary>
public static class BudgetSheet
{
    private static readonly string[] Departments = ["公安厅", "民政厅", "人力资源和社会保障厅", "卫生健康委员会", "教育厅", "交通运输厅", "生态环境厅", "自然资源厅", "住房和城乡建设厅", "应急管理厅", "农业农村厅", "文化和旅游厅"];

    public static void Write(Scale scale, Stream stream)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Part(zip, "[Content_Types].xml",
            """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>""");
        Part(zip, "_rels/.rels",
            """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
        Part(zip, "xl/workbook.xml",
            """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="说明" sheetId="1" r:id="rId1"/><sheet name="预算执行" sheetId="2" r:id="rId2"/></sheets></workbook>""");
        Part(zip, "xl/_rels/workbook.xml.rels",
            """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>""");
        Part(zip, "xl/worksheets/sheet1.xml", Sheet([["填报说明"], ["一、本表由各部门按月填报。"], ["二、金额单位为元。"]], []));
        Part(zip, "xl/worksheets/sheet2.xml", Sheet(Rows(scale), ["A1:G1", "A2:G2", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:G4"]));
    }

    private static List<object?[]> Rows(Scale scale)
    {
        List<object?[]> rows =
        [
            [string.Create(CultureInfo.InvariantCulture, $"{Region.ProvinceName}{scale.Today.Year}年部门预算执行情况表")],
            ["编制单位：云汀省财政厅（演示数据）"],
            ["部门代码", "部门", "年初预算", null, "累计执行", null, "执行率"],
            [null, null, "基本支出", "项目支出", "基本支出", "项目支出", null],
        ];
        var total = new long[4];
        for (var i = 0; i < Departments.Length; i++)
        {
            var chance = scale.Chance("budget sheet", i);
            long basic = chance.Between(2_000, 40_000) * 10_000L, projects = chance.Between(1_000, 90_000) * 10_000L;
            long[] amounts = [basic, projects, basic * chance.Between(60, 92) / 100, projects * chance.Between(40, 88) / 100];
            for (var j = 0; j < 4; j++) total[j] += amounts[j];
            rows.Add([string.Create(CultureInfo.InvariantCulture, $"0{i + 1:00}0"), Region.ProvinceName + Departments[i], amounts[0], amounts[1], amounts[2], amounts[3], Math.Round((amounts[2] + amounts[3]) / (double)(basic + projects), 4)]);
        }
        rows.Add(["合计", null, total[0], total[1], total[2], total[3], Math.Round((total[2] + total[3]) / (double)(total[0] + total[1]), 4)]);
        rows.Add(["注：1. 金额单位为元。"]);
        rows.Add(["　　2. 执行率＝累计执行÷年初预算。"]);
        return rows;
    }

    private static string Sheet(List<object?[]> rows, IReadOnlyList<string> merged)
    {
        var xml = new StringBuilder("""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>""");
        for (var r = 0; r < rows.Count; r++)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<row r=\"{r + 1}\">");
            for (var c = 0; c < rows[r].Length; c++) Cell(xml, (char)('A' + c), r + 1, rows[r][c]);
            xml.Append("</row>");
        }
        xml.Append("</sheetData>");
        if (merged.Count > 0) xml.Append(CultureInfo.InvariantCulture, $"<mergeCells count=\"{merged.Count}\">{string.Concat(merged.Select(m => $"<mergeCell ref=\"{m}\"/>"))}</mergeCells>");
        return xml.Append("</worksheet>").ToString();
    }

    private static void Cell(StringBuilder xml, char column, int row, object? value)
    {
        if (value is null) return;
        if (value is string text) xml.Append(CultureInfo.InvariantCulture, $"<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{SecurityElement.Escape(text)}</t></is></c>");
        else xml.Append(CultureInfo.InvariantCulture, $"<c r=\"{column}{row}\"><v>{value}</v></c>");
    }

    private static void Part(ZipArchive zip, string name, string content)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open(), new UTF8Encoding(false));
        writer.Write("""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""");
        writer.Write(content);
    }
}
