using System.Text;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Tables;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Ingest;

public sealed class LandingTests
{
    private const string Header = "id_card,name,sex,birth,division,score\n";

    [Theory, EveryStore]
    public async Task Good_rows_are_served_and_bad_ones_wait_in_quarantine_with_masked_reasons(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        var good = LandingLab.Id(1);
        var twin = LandingLab.Id(2);
        var run = await lab.Land(Header
            + $"{good},𠮷𪛖,男,1990/1/1,290101,007.50\n"
            + $"{good[..17]}{(good[17] == '1' ? '2' : '1')},张三丰,1,1990-01-01,290101,1\n"
            + $"{twin},\"李,四\",2,1990-02-30,290103,1\n"
            + $"{twin},李四,2,,290102,\n"
            + $"{twin},王五,1,,290101,2\n"
            + "1,2\n", mostBad: 10);
        Assert.Equal((RunState.Done, 6, 4, 1), (run.State, run.RowsRead, run.RowsBad, run.VersionNumber));
        var version = lab.Versions.Current(lab.Entry.Id)!;
        Assert.Equal((2, 4, VersionState.Current), (version.Rows, version.QuarantinedRows, version.State));
        Assert.Equal([$"{good}|𠮷𪛖|1|1990-01-01|290101|7.50", $"{twin}|李四|2|null|290102|null"], await lab.Rows(version));
        Assert.Equal(
            [
                new BadCell(3, "id_card", "checksum", $"290***********{good[14..17]}{(good[17] == '1' ? '2' : '1')}"), new BadCell(4, "birth", "calendar", "1990-**-**"), new BadCell(4, "division", "future-division", "290103"),
                new BadCell(6, "id_card", "duplicate-key", $"290***********{twin[14..]}"), new BadCell(7, "", "column-count", "2 ≠ 6"),
            ], await lab.Landings.Quarantine(run, 0, 100, default));
        var profile = JsonSerializer.Deserialize<Profile>(version.ProfileJson, Wire.Json)!;
        Assert.Equal((2, 1, 1), (profile.Rows, profile.Columns[3].Values, profile.Columns[3].Missing));
        Assert.Equal("1990-01-01", profile.Columns[3].Min);
        Assert.Null(profile.Columns[0].Min);
        Assert.Empty(profile.Columns[0].Top);
        Assert.Empty(new DirectoryInfo(lab.Store.Home.Scratch).EnumerateFiles());
        Assert.All(System.IO.Directory.EnumerateFiles(lab.Store.Home.Root, "*.sealed", SearchOption.AllDirectories), f => Assert.True(File.ReadAllBytes(f).AsSpan().IndexOf(Encoding.UTF8.GetBytes(good)) < 0));
    }

    [Theory, EveryStore]
    public async Task A_clean_file_is_loaded_as_it_is_and_keeps_its_order_without_a_key(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        lab.Entry = lab.EntryOf([LandingLab.Field("code", "代码"), LandingLab.Field("n", "数", FieldType.Integer), LandingLab.Field("at", "时间", FieldType.Timestamp), LandingLab.Field("x", "值", FieldType.Real)], []);
        var run = await lab.Land("code,n,at,x\r\n007,3,2020-01-05T08:30:00,1.5e-3\r\n\"a\r\nb\",,2020-01-05T08:30:00.12,\r\n001,-5,,120.25\r\n");
        Assert.Equal(RunState.Done, run.State);
        Assert.Equal(["007|3|2020-01-05T08:30:00|0.0015", "a\r\nb|null|2020-01-05T08:30:00.12|null", "001|-5|null|120.25"], await lab.Rows(lab.Versions.Current(lab.Entry.Id)!));
    }

    [Theory, EveryStore]
    public async Task Titles_joined_headers_totals_and_notes_wait_for_a_person(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        lab.Entry = lab.EntryOf([LandingLab.Field("city", "城市"), LandingLab.Field("men", "人口_男", FieldType.Integer), LandingLab.Field("women", "人口_女", FieldType.Integer)], ["city"]);
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        var run = await lab.Land(gb.GetBytes("人口统计表,,\n城市,人口,\n,男,女\n甲市,10,20\n乙市,30,40\n合计,40,60\n注：年末数,,\n"));
        Assert.Equal(RunState.Proposed, run.State);
        Assert.Equal(("Gb18030", 2L, 4L), (run.Proposal!.Encoding, run.Proposal.Layout.HeaderRow, run.Proposal.Layout.FirstRow));
        Assert.Equal(["城市", "人口_男", "人口_女"], run.Proposal.Layout.Names);
        Assert.Equal([6L, 7], run.Proposal.Layout.LeaveOut.Select(l => l.Row));
        Assert.Equal(["ingest.doubt.header-row", "ingest.doubt.left-out"], run.Proposal.Doubts.Select(d => d.Key));
        var layout = run.Proposal.Layout;
        Assert.True((await lab.Landings.Confirm(lab.Steward, lab.Entry, run.Id, new Confirmation(null, 0, [], new Dictionary<string, int>()), default)).IsRefused);
        var confirmed = await lab.Landings.Confirm(lab.Steward, lab.Entry, run.Id, new Confirmation(null, layout.FirstRow, [6, 7], run.Proposal.PlaceOfField), default);
        Assert.Equal(RunState.Queued, confirmed.Value.State);
        Assert.Equal("ingest.not-waiting", (await lab.Landings.Confirm(lab.Steward, lab.Entry, run.Id, new Confirmation(null, 4, [], run.Proposal.PlaceOfField), default)).Refusal!.Code);
        await lab.Landings.Work(default);
        Assert.Equal(["乙市|30|40", "甲市|10|20"], await lab.Rows(lab.Versions.Current(lab.Entry.Id)!));
    }

    [Theory, EveryStore]
    public async Task Cells_of_a_file_stand_nowhere_in_the_store_and_go_when_the_landing_is_over(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        lab.Entry = lab.EntryOf([LandingLab.Field("name", "姓名", personal: true), LandingLab.Field("age", "年龄", FieldType.Integer)], ["name"]);
        var waiting = await lab.Land("名册,\n姓名,年龄\n欧阳长庚,41\n");
        var refused = await lab.Land("欧阳长庚,四十一\n欧阳长庚,四十二\n", "b.csv");
        Assert.Equal((RunState.Proposed, RunState.Refused), (waiting.State, refused.State));
        Assert.Contains(waiting.Proposal!.Sample, line => line.Contains("欧阳长庚"));
        Assert.Contains("欧阳长庚", string.Join(' ', refused.Refusal!.Args), StringComparison.Ordinal);
        var kept = await lab.Store.Db.List(
            $"select proposal, refusal, wish, confirmation, fields, file_name from ingest_run",
            r => string.Concat(Enumerable.Range(0, 6).Select(i => r.IsDBNull(i) ? "" : r.GetValue(i) is byte[] bytes ? Encoding.UTF8.GetString(bytes) : r.GetString(i))), default);
        Assert.Equal(2, kept.Count);
        Assert.All(kept, row => Assert.DoesNotContain("欧阳长庚", row, StringComparison.Ordinal));

        // A sealed proposal moved to another landing does not open there.
        await lab.Store.Db.Run($"update ingest_run set proposal = (select proposal from ingest_run where id = {waiting.Id}) where id = {refused.Id}", default);
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => lab.Landings.Find(refused.Id, default));
        await lab.Store.Db.Run($"update ingest_run set proposal = null where id = {refused.Id}", default);

        await lab.Landings.Confirm(lab.Steward, lab.Entry, waiting.Id, new Confirmation(null, waiting.Proposal.Layout.FirstRow, [], waiting.Proposal.PlaceOfField), default);
        await lab.Landings.Work(default);
        var done = (await lab.Landings.Find(waiting.Id, default))!;
        Assert.Equal((RunState.Done, 1L, null), (done.State, done.RowsRead, done.Proposal));
        Assert.Equal(0, await lab.Store.Db.One($"select count(*) from ingest_run where proposal is not null", r => r.GetInt64(0), default));
        if (store != Store.Sqlite) return;
        foreach (var file in System.IO.Directory.GetFiles(lab.Store.Home.Root, "control.db*"))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var all = new MemoryStream();
            await open.CopyToAsync(all);
            Assert.Equal(-1, all.GetBuffer().AsSpan(0, (int)all.Length).IndexOf("欧阳长庚"u8));
        }
    }

    [Theory, EveryStore]
    public async Task The_pointer_moves_to_the_newer_version_and_the_old_stays_readable(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        lab.Entry = lab.EntryOf([LandingLab.Field("k", "键"), LandingLab.Field("v", "值", FieldType.Integer)], ["k"]);
        await lab.Land("k,v\na,1\nb,2\nc,3\n");
        var second = await lab.Land("k,v\nb,2\nc,4\nd,5\n", promotes: false);
        Assert.Equal(1, lab.Versions.Current(lab.Entry.Id)!.Number);
        await lab.Versions.Promote("steward", null, (await lab.Versions.Find(lab.Entry.Id, 2, default))!.Id, default);
        Assert.Equal(2, second.VersionNumber);
        var all = await lab.Versions.Of(lab.Entry.Id, default);
        Assert.Equal([VersionState.Current, VersionState.Superseded], all.Select(v => v.State));
        Assert.Equal(["a|1", "b|2", "c|3"], await lab.Rows(all[1]));
        var difference = (await new Differences(lab.Store.Home, lab.Files).Between(all[1], all[0], new DifferenceAsk(null, 0, 10, null), default)).Value;
        Assert.Equal((1, 1, 1), (difference.Added, difference.Removed, difference.Changed));
        Assert.Equal(["added d", "removed a", "changed c"], difference.Items.Select(d => $"{d.Kind} {d.Key[0]}"));
        Assert.Equal([new DifferentCell("v", "3", "4")], difference.Items[2].Cells);
        Assert.Null(difference.Next);
        lab.Open();
        await lab.Versions.Start(default);
        Assert.Equal(2, lab.Versions.Current(lab.Entry.Id)!.Number);
    }

    [Fact]
    public async Task A_difference_names_each_changed_cell_page_by_page_and_only_of_columns_that_may_be_seen()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        lab.Entry = lab.EntryOf(
            [LandingLab.Field("a", "甲", FieldType.Integer), LandingLab.Field("b", "乙"), LandingLab.Field("t", "时间", FieldType.Timestamp), LandingLab.Field("n", "数", FieldType.Decimal), LandingLab.Field("inner", "内部")], ["a", "b"]);
        await lab.Land("a,b,t,n,inner\n2,x,2026-01-01T08:00:00,1.50,p\n10,x,,2,p\n10,y,,3,p\n11,z,,4,p\n");
        await lab.Land("a,b,t,n,inner\n2,x,2026-01-02T08:00:00,,q\n10,x,,2,q\n10,y,,3,p\n12,z,,4,p\n");
        var all = await lab.Versions.Of(lab.Entry.Id, default);
        var differences = new Differences(lab.Store.Home, lab.Files);
        async Task<Difference> Ask(string? kind, long skip, int take, params string[] columns) =>
            (await differences.Between(all[1], all[0], new DifferenceAsk(kind, skip, take, columns.Length == 0 ? null : columns.ToHashSet()), default)).Value;
        static IEnumerable<string> Said(Difference d) => d.Items.Select(r => $"{r.Kind} {string.Join('/', r.Key)} {string.Join(' ', r.Cells.Select(c => $"{c.Column}:{c.Before ?? "∅"}→{c.After ?? "∅"}"))}".TrimEnd());

        var whole = await Ask(null, 0, 10);
        Assert.Equal(["added 12/z", "removed 11/z", "changed 2/x t:2026-01-01T08:00:00→2026-01-02T08:00:00 n:1.50→∅ inner:p→q", "changed 10/x inner:p→q"], Said(whole));
        var open = await Ask(null, 0, 10, "a", "b", "t", "n");
        Assert.Equal((1, "changed 2/x t:2026-01-01T08:00:00→2026-01-02T08:00:00 n:1.50→∅"), (open.Changed, Said(open).Last()));
        Assert.DoesNotContain("inner", open.Columns);
        var (one, two) = (await Ask(null, 0, 3), await Ask(null, 3, 3));
        Assert.Equal((3, null), (one.Next, two.Next));
        Assert.Equal(Said(whole), Said(one).Concat(Said(two)));
        Assert.Equal(["changed 10/x inner:p→q"], Said(await Ask("changed", 1, 5)));
        Assert.Equal("kind", (await differences.Between(all[1], all[0], new DifferenceAsk("'; drop", 0, 1, null), default)).Refusal!.Fields[0].Field);
    }

    [Theory, EveryStore]
    public async Task A_landing_that_was_interrupted_is_done_again_and_a_broken_upload_refused(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        lab.Entry = lab.EntryOf([LandingLab.Field("k", "键")], ["k"]);
        var queued = (await lab.Landings.Receive(lab.Steward, lab.Entry, "a.csv", new MemoryStream("k\na\n"u8.ToArray()), new LandingWish(true, true), default)).Value;
        await lab.Store.Db.Run($"update ingest_run set state = {RunState.Sealing} where id = {queued.Id}", default);
        lab.Store.Clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<IOException>(() => lab.Landings.Receive(lab.Steward, lab.Entry, "b.csv", new BrokenStream(), new LandingWish(true, true), default));
        await File.WriteAllTextAsync(Path.Combine(lab.Store.Home.Versions, "half.part"), "half");
        lab.Open();
        await lab.Versions.Start(default);
        await lab.Landings.Recover(default);
        await lab.Landings.Work(default);
        var run = await lab.Landings.Finish(queued.Id, default);
        Assert.Equal((RunState.Done, 1L), (run.State, run.VersionNumber));
        Assert.Equal("ingest.broken-off", (await lab.Landings.Of(lab.Entry.Id, default))[0].Refusal!.Code);
        await lab.Landings.Work(default);
        Assert.Single(await lab.Versions.Of(lab.Entry.Id, default));
        if (store == Store.Sqlite) Assert.False(File.Exists(Path.Combine(lab.Store.Home.Versions, "half.part")));
    }

    [Theory]
    [InlineData("", "rows.csv", "ingest.empty-file")]
    [InlineData("other,columns\n1,2\n", "rows.csv", "ingest.wrong-columns")]
    [InlineData("id_card\n", "rows.csv", "ingest.no-rows")]
    [InlineData("id_card\n1\n2\n3\n4\n", "rows.csv", "ingest.no-rows")]
    [InlineData("x", "rows.dbf", "ingest.dbf")]
    [InlineData("PK\u0003\u0004 no zip", "rows.xlsx", "ingest.not-a-table")]
    [InlineData("[{\"a\":1},", "rows.json", "ingest.not-a-table")]
    [InlineData("[1,2]", "rows.json", "ingest.not-an-object")]
    [InlineData("PAR1 no parquet", "rows.parquet", "ingest.not-a-table")]
    public async Task Bad_files_are_refused_with_a_reason_and_leave_nothing(string text, string name, string code)
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        lab.Entry = lab.EntryOf([LandingLab.Field("id_card", "身份证号", element: "citizen-id", personal: true)], ["id_card"]);
        var run = await lab.Land(text, name);
        Assert.Equal((RunState.Refused, code), (run.State, run.Refusal?.Code));
        Assert.Null(lab.Versions.Current(lab.Entry.Id));
        Assert.Empty(new DirectoryInfo(lab.Store.Home.Scratch).EnumerateFiles());
        Assert.True(Texts.Parts.Has(code + ".detail"));
    }

    [Fact]
    public async Task Ten_thousand_columns_and_an_endless_line_are_refused_with_row_and_limit()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        var wide = await lab.Land(string.Join(',', Enumerable.Range(0, 10_000)) + "\n1\n");
        Assert.Equal(("ingest.too-many-columns", "1", "1,000"), (wide.Refusal!.Code, wide.Refusal.Args[0], wide.Refusal.Args[1]));
        var endless = await lab.Land(new string('x', 17 << 20));
        Assert.Equal(("ingest.row-too-long", "1", "16,777,216"), (endless.Refusal!.Code, endless.Refusal.Args[0], endless.Refusal.Args[1]));
        var noise = new byte[100_000];
        new Random(3).NextBytes(noise);
        noise[0] = 200;
        Assert.Equal("ingest.unknown-encoding", (await lab.Land(noise)).Refusal!.Code);
    }

    [Fact]
    public async Task The_limit_of_bad_rows_stops_a_landing_and_the_reasons_stay_readable()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        var run = await lab.Land(Header + string.Concat(Enumerable.Range(0, 20).Select(i => $"bad{i},a,1,,290101,\n")) + $"{LandingLab.Id(1)},a,1,,290101,\n", mostBad: 5);
        Assert.Equal("ingest.too-many-bad", run.Refusal!.Code);
        Assert.Equal(6, (await lab.Landings.Quarantine(run, 0, 100, default)).Count);
        Assert.Empty(await lab.Versions.Of(lab.Entry.Id, default));
    }

    [Fact]
    public async Task A_broken_byte_costs_its_row_and_names_its_place()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        lab.Entry = lab.EntryOf([LandingLab.Field("k", "键"), LandingLab.Field("v", "值")], ["k"]);
        byte[] bytes = [.. "k,v\n1,好的好的好的好的好的好的\n2,"u8, 0xE4, (byte)'\n', .. "3,也好\n"u8];
        var run = await lab.Land(bytes, mostBad: 1);
        Assert.Equal([new BadCell(3, "", "encoding", $"@{bytes.AsSpan().IndexOf("2,"u8) + 2}")], await lab.Landings.Quarantine(run, 0, 10, default));
        Assert.Equal(2, lab.Versions.Current(lab.Entry.Id)!.Rows);
    }

    [Fact]
    public async Task Only_the_departments_own_stewards_land()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        var other = lab.Steward with { Agency = Id<Agency>.New(lab.Store.Clock) };
        Assert.Equal("ingest.only-stewards", (await lab.Landings.Receive(other, lab.Entry, "a.csv", Stream.Null, new LandingWish(), default)).Refusal!.Code);
        Assert.Equal(404, (await lab.Landings.Receive(other, lab.Entry with { State = EntryState.Draft }, "a.csv", Stream.Null, new LandingWish(), default)).Refusal!.Status);
        Assert.True((await lab.Landings.Receive(lab.Steward with { Roles = new HashSet<Role>() }, lab.Entry, "a.csv", Stream.Null, new LandingWish(), default)).IsRefused);
        Assert.Empty(await lab.Landings.Of(lab.Entry.Id, default));
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("The line broke.");
    }
}
