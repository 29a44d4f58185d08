using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using ExcelDataReader;
using Tongxiang.Core.Elements;
using Tongxiang.Server.Demo;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Server.Demo;

/// <summary>The files to land by hand, and the month of use that never happened.</summary>
public sealed class SampleFilesTests
{
    private static readonly Scale Small = new(1_000, new DateOnly(2026, 9, 18));

    [Fact]
    public void The_counts_have_about_fifty_thousand_rows_and_a_key_with_empty_parts()
    {
        using var stream = new MemoryStream();
        Assert.InRange(SampleFiles.WriteCounts(Small, stream), 49_000, 51_000);
        var keys = Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(',')).Select(c => (c[0], c[1], c[3], c[5])).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Contains(keys, k => k.Item4.Length == 0);
    }

    [Fact]
    public void The_spreadsheet_reads_in_another_library_and_has_a_title_a_double_head_a_total_and_notes()
    {
        using var stream = new MemoryStream();
        BudgetSheet.Write(Small, stream);
        stream.Position = 0;
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var reader = ExcelReaderFactory.CreateReader(stream);
        Assert.Equal(2, reader.ResultsCount);
        Assert.True(reader.NextResult());
        var rows = new List<object?[]>();
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
        Assert.Equal("部门代码", rows[2][0]);
        Assert.Equal("0010", rows[4][0]);
        Assert.Equal("合计", rows[16][0]);
        Assert.Equal((double)rows[16][2]!, rows.Skip(4).Take(12).Sum(r => (double)r[2]!));
        Assert.StartsWith("注", (string)rows[17][0]!, StringComparison.Ordinal);
        Assert.Equal(7, reader.MergeCells.Length);
    }

    [Fact]
    public void The_old_encoding_keeps_rare_characters_and_its_errors_are_told()
    {
        using var stream = new MemoryStream();
        var planted = new List<Planted>();
        SampleFiles.WriteOldEncoding(Small, stream, planted.Add);
        Assert.Throws<DecoderFallbackException>(() => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(stream.ToArray()));
        var rows = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(',')).ToList();
        Assert.Equal(2_001, rows.Count);
        Assert.Contains(rows, r => r[2].Any(char.IsSurrogate));
        Assert.InRange(planted.Count, 15, 60);
        Assert.Equal(planted.Count(p => p.Fault != Fault.Missing), rows.Skip(1).Count(r => CreditCode.Check(r[0]) != Flaw.None));
        Assert.All(planted.Where(p => p.Fault != Fault.Missing), p => Assert.Equal(p.Written, rows[(int)p.Row][0]));
    }

    [Fact]
    public void All_files_are_written_once_and_stay()
    {
        var folder = StoreLab.Folder();
        SampleFiles.Write(Small, folder);
        var before = Directory.GetFiles(folder).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Equal(6, before.Count);
        SampleFiles.Write(Small, folder);
        Assert.All(before, f => Assert.Equal(f.Value, File.GetLastWriteTimeUtc(f.Key)));
        using var zip = ZipFile.OpenRead(Path.Combine(folder, SampleFiles.Sheet));
        Assert.All(zip.Entries, e => XDocument.Load(e.Open()));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_month_has_about_a_hundred_thousand_calls_weekends_and_resources_nobody_used()
    {
        var days = History.Make(Small).ToList();
        Assert.Equal(days, History.Make(Small));
        Assert.InRange(days.Sum(d => d.Calls), 85_000, 115_000);
        Assert.Equal(History.Days, days.Select(d => d.Day).Distinct().Count());
        Assert.True(days.Max(d => d.Day) < Small.Today);
        Assert.True(days.Where(d => d.Day.DayOfWeek == DayOfWeek.Sunday).Average(d => d.Calls) < days.Where(d => d.Day.DayOfWeek == DayOfWeek.Wednesday).Average(d => d.Calls));
        Assert.All(days, d => Assert.InRange(d.Refused, 0, d.Calls));
        Assert.True(Tongxiang.Server.Demo.Resources.Shelf.All.Count(r => r.Rows is not null) > days.Select(d => d.Resource).Distinct().Count());
        Assert.Contains(days, d => d.Consumer is null);
    }
}
