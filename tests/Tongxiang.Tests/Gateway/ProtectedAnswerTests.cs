using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;
using Tongxiang.Tests.Gateway.Query;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class ProtectedAnswerTests
{
    private static readonly IReadOnlyList<Field> fields =
    [
        Sample.Make("id", FieldType.Text) with { Element = "citizen-id", IsPersonal = true }, Sample.Make("name", FieldType.Text) with { Element = "person-name", IsPersonal = true },
        Sample.Make("phone", FieldType.Text) with { Element = "mobile", IsPersonal = true }, Sample.Make("division", FieldType.Text) with { Element = "division-code" },
        Sample.Make("born", FieldType.Date) with { IsPersonal = true }, Sample.Make("income", FieldType.Decimal, 2) with { IsPersonal = true }, Sample.Make("key", FieldType.Integer),
    ];

    private static readonly IReadOnlyList<object?[]> rows =
    [
        [Id("29010119800101001"), "张三", "13900000001", "290101", "1980-01-01", 123456L, 1L],
        [Id("29010219900203002"), "欧阳修", "13900000002", "290102", "1990-02-03", 9900L, 2L],
        [Id("29020120000607003"), "阿卜杜拉·买买提", null, "290201", "2000-06-07", null, 3L],
    ];

    [Theory, EveryStore]
    public async Task Every_form_leaves_as_granted_and_none_can_be_asked_about(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(lab.Entry("people", fields, ["key"], OpenClass.Conditional), rows);
        Grant(lab, entry, GatewayLab.Consumer,
            new("id", FieldForm.Token) { Detail = "division" }, new("name", FieldForm.Masked), new("phone", FieldForm.Pseudonym), new("division", FieldForm.Generalised) { Detail = "city" },
            new("born", FieldForm.Generalised) { Detail = "year" }, new("income", FieldForm.Suppressed), new("key", FieldForm.Plain));
        var answer = await Rows(lab, "/data/people?order=key", GatewayLab.Consumer);
        Assert.Equal(["张*", "欧阳*", "阿***·***"], answer.Select(r => r.GetProperty("name").GetString()!));
        Assert.Equal(["290100", "290100", "290200"], answer.Select(r => r.GetProperty("division").GetString()!));
        Assert.Equal(["1980", "1990", "2000"], answer.Select(r => r.GetProperty("born").GetString()!));
        Assert.All(answer, r => Assert.Equal(JsonValueKind.Null, r.GetProperty("income").ValueKind));
        Assert.Matches("^[a-z2-7]{26}$", answer[0].GetProperty("phone").GetString());
        Assert.Equal(JsonValueKind.Null, answer[2].GetProperty("phone").ValueKind);
        foreach (var (row, i) in answer.Select((r, i) => (r, i)))
        {
            var (token, real) = (row.GetProperty("id").GetString()!, (string)rows[i][0]!);
            Assert.Equal(real[..6], token[..6]);
            Assert.NotEqual(real[6..17], token[6..17]);
        }

        // Filters, orders and counts on what is hidden answer alike whether they would hit or not, and repeat nothing of a value.
        foreach (var column in (string[])["id", "name", "phone", "division", "born", "income"])
            foreach (var query in (string[])[$"{column}=eq.290101", $"{column}=not.is.null", $"order={column}", $"or=({column}.gt.0,key.eq.1)", $"{column}=in.(1980-01-01,13900000001)"])
            {
                var refused = await lab.Call("/data/people?" + query, GatewayLab.Consumer, change: r => r.Headers.Add("Prefer", "count=exact"));
                Assert.Equal((HttpStatusCode.BadRequest, "gateway.masked-column"), (refused.StatusCode, (await DataFaceTests.Problem(refused)).GetProperty("code").GetString()));
                Assert.False(refused.Content.Headers.Contains("Content-Range"));
                Assert.DoesNotContain("张三", await refused.Content.ReadAsStringAsync());
            }
    }

    [Theory, EveryStore]
    public async Task A_file_holds_the_same_forms_as_an_answer(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(lab.Entry("people", fields, ["key"], OpenClass.Conditional), rows);
        Grant(lab, entry, GatewayLab.Consumer, new("id", FieldForm.Token) { Detail = "whole" }, new("name", FieldForm.Pseudonym), new("born", FieldForm.Generalised) { Detail = "month" }, new("income", FieldForm.Generalised) { Detail = "100" }, new("key", FieldForm.Plain));
        var answer = await Rows(lab, "/data/people?order=key", GatewayLab.Consumer);
        var lines = answer.Select(r => string.Join(',', ((string[])["id", "name", "born"]).Select(c => r.GetProperty(c).GetString())) + $",{(r.GetProperty("income").GetString() is { } band ? $"\"{band}\"" : "")},{r.GetProperty("key").GetInt64()}").ToList();
        Assert.Equal("[1200,1300)", answer[0].GetProperty("income").GetString());
        var csv = await (await lab.Call("/data/people/download.csv?order=key", GatewayLab.Consumer)).Content.ReadAsStringAsync();
        Assert.Equal(["id,name,born,income,key", .. lines.Select(Unmarked)], Unmarked(csv.TrimStart('\uFEFF')).TrimEnd('\n').Split('\n'));
        var ndjson = await (await lab.Call("/data/people/download.ndjson?order=key", GatewayLab.Consumer)).Content.ReadAsStringAsync();
        Assert.Equal(answer.Select(r => r.GetRawText()), Unmarked(ndjson).TrimEnd('\n').Split('\n'));
        foreach (var format in (string[])["parquet", "xlsx"]) Assert.Equal(HttpStatusCode.OK, (await lab.Call($"/data/people/download.{format}?order=key", GatewayLab.Consumer)).StatusCode);
    }

    [Theory, EveryStore]
    public async Task Pseudonyms_join_for_one_consumer_where_the_grant_says_so_and_never_across_consumers(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var (one, two) = (await lab.Add(lab.Entry("people", fields, ["key"], OpenClass.Conditional), rows), await lab.Add(lab.Entry("patients", fields, ["key"], OpenClass.Conditional), rows));
        foreach (var consumer in (Id<Agency>[])[GatewayLab.Consumer, GatewayLab.Other])
            foreach (var entry in (Entry[])[one, two]) Grant(lab, entry, consumer, new("id", FieldForm.Pseudonym) { Detail = Forms.Joinable }, new("name", FieldForm.Pseudonym), new("phone", FieldForm.Token) { Detail = "segment" }, new("key", FieldForm.Plain));
        async Task<string[]> Seen(string slug, Id<Agency> consumer, string column) => [.. (await Rows(lab, $"/data/{slug}?order=key&select={column}", consumer)).Select(r => r.GetProperty(column).GetString() ?? "")];
        Assert.Equal(await Seen("people", GatewayLab.Consumer, "id"), await Seen("people", GatewayLab.Consumer, "id"));
        Assert.Equal(await Seen("people", GatewayLab.Consumer, "id"), await Seen("patients", GatewayLab.Consumer, "id"));
        foreach (var column in (string[])["name", "phone"]) Assert.Empty((await Seen("people", GatewayLab.Consumer, column)).Where(c => c.Length > 0).Intersect(await Seen("patients", GatewayLab.Consumer, column)));
        foreach (var slug in (string[])["people", "patients"])
            foreach (var column in (string[])["id", "name", "phone"])
                Assert.Empty((await Seen(slug, GatewayLab.Consumer, column)).Where(c => c.Length > 0).Intersect(await Seen(slug, GatewayLab.Other, column)));
    }

    [Theory, EveryStore]
    public async Task A_changed_key_gives_other_pseudonyms_at_once(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(lab.Entry("people", fields, ["key"], OpenClass.Conditional), rows);
        Grant(lab, entry, GatewayLab.Consumer, new("id", FieldForm.Pseudonym), new("phone", FieldForm.Pseudonym) { Detail = Forms.Joinable }, new("key", FieldForm.Plain));
        async Task<(string? Own, string? Joined)> Seen() => (await Rows(lab, "/data/people?key=eq.1", GatewayLab.Consumer))[0] is var r ? (r.GetProperty("id").GetString(), r.GetProperty("phone").GetString()) : default;
        var before = await Seen();
        var head = Caller.Anonymous with { Actor = "head", Agency = entry.Agency, AgencyKind = AgencyKind.Department, Roles = new HashSet<Role> { Role.SharingOfficeHead } };
        var officer = head with { Agency = GatewayLab.Other, AgencyKind = AgencyKind.Bureau, Roles = new HashSet<Role> { Role.SecurityAdmin } };
        var keys = lab.Get<ProtectKeys>();
        Assert.Equal("protect.not-rotating", (await keys.Rotate(officer, GatewayLab.Consumer, entry, "疑似泄露", default)).Refusal?.Code);
        Assert.Equal("protect.not-rotating", (await keys.Rotate(head, GatewayLab.Consumer, null, "疑似泄露", default)).Refusal?.Code);
        Assert.Equal(1, (await keys.Rotate(head, GatewayLab.Consumer, entry, "疑似泄露", default)).Value);
        var after = await Seen();
        Assert.NotEqual(before.Own, after.Own);
        Assert.Equal(before.Joined, after.Joined);
        Assert.Equal(1, (await keys.Rotate(officer, GatewayLab.Consumer, null, "疑似泄露", default)).Value);
        Assert.Equal(2, (await keys.Rotate(head, GatewayLab.Consumer, entry, "再次更换", default)).Value);
        Assert.NotEqual(before.Joined, (await Seen()).Joined);
    }

    [Theory, EveryStore]
    public async Task A_field_graded_higher_today_is_protected_today(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(lab.Entry("people", fields, ["key"], OpenClass.Conditional), rows);
        Grant(lab, entry, GatewayLab.Consumer, new("id", FieldForm.Plain), new("name", FieldForm.Plain) { Exception = new FieldException(Grade.Important, "依法办理案件需要核对姓名") }, new("phone", FieldForm.Plain), new("key", FieldForm.Plain));
        async Task<JsonElement> First() => (await Rows(lab, "/data/people?order=key&limit=1", GatewayLab.Consumer))[0];
        Assert.Equal(rows[0][0], (await First()).GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/people?phone=eq.13900000001", GatewayLab.Consumer)).StatusCode);

        // A draft that suspects important data counts before it is published; the ground that the head gave holds up to that grade.
        var suspected = entry with { ChangedAt = entry.ChangedAt.AddMinutes(1), Suspected = new Suspicion(fields.ToDictionary(f => f.Name, _ => Grade.Important), null, null) };
        lab.Change(suspected);
        var row = await First();
        Assert.Matches("^[a-z2-7]{26}$", row.GetProperty("id").GetString());
        Assert.Equal(("张三", "139****0001", 1), (row.GetProperty("name").GetString(), row.GetProperty("phone").GetString(), row.GetProperty("key").GetInt64()));
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.Call("/data/people?phone=eq.13900000001", GatewayLab.Consumer)).StatusCode);

        // Core data never leave: the column is as if it had never been granted.
        lab.Change(entry with { Revision = 2, Content = entry.Content with { Fields = [.. fields.Select(f => f.Name == "name" ? f with { Grade = Grade.Core } : f)] } });
        Assert.False((await First()).TryGetProperty("name", out _));
        Assert.Equal("42703", (await DataFaceTests.Problem(await lab.Call("/data/people?select=name", GatewayLab.Consumer))).GetProperty("code").GetString());
        lab.Change(entry with { Revision = 3, Content = entry.Content with { Grade = Grade.Core } });
        Assert.Equal("gateway.grant-fields", (await DataFaceTests.Problem(await lab.Call("/data/people", GatewayLab.Consumer))).GetProperty("code").GetString());
    }

    [Theory, EveryStore]
    public async Task Open_data_graded_higher_today_are_protected_for_the_public_too(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        Field[] open = [Sample.Make("key", FieldType.Integer), Sample.Make("plate", FieldType.Text) with { Element = "plate" }, Sample.Make("note", FieldType.Text)];
        var entry = await lab.Add(lab.Entry("cars", open, ["key"]), [[1L, "京A12345", "内部"]]);
        Assert.Equal("""[{"key":1,"plate":"京A12345","note":"内部"}]""", await (await lab.Call("/data/cars")).Content.ReadAsStringAsync());
        lab.Change(entry with { ChangedAt = entry.ChangedAt.AddMinutes(1), Suspected = new Suspicion(new Dictionary<string, Grade> { ["plate"] = Grade.General3, ["note"] = Grade.Important }, null, null) });
        Assert.Equal("""[{"key":1,"plate":"京A****5"}]""", await (await lab.Call("/data/cars")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.Call("/data/cars?plate=eq.京A12345")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.Call("/data/cars?note=eq.内部")).StatusCode);
        Assert.Equal("key,plate\n1,京A****5\n", (await (await lab.Call("/data/cars/download.csv")).Content.ReadAsStringAsync()).TrimStart('\uFEFF'));
    }

    [Theory, EveryStore]
    public async Task The_signed_lane_says_to_whom_data_go_whoever_calls_for_the_consumer(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(lab.Entry("people", [.. fields.Select(f => f with { Grade = f.Name == "name" ? Grade.General3 : f.Grade })], ["key"], OpenClass.Conditional), rows);
        async Task<string?> Name(string record, Id<Agency> consumer)
        {
            lab.Grants.Clear();
            lab.Grant(entry, consumer, ["name", "key"], change: g => g with { Record = record });
            return (await Rows(lab, "/data/people?key=eq.1", consumer))[0].GetProperty("name").GetString();
        }

        foreach (var consumer in (Id<Agency>[])[GatewayLab.Consumer, GatewayLab.Company])
        {
            Assert.Equal("张三", await Name("""{"lane":"Sharing"}""", consumer));
            Assert.Equal("张*", await Name("""{"lane":"Opening"}""", consumer));
            Assert.Equal("张*", await Name("""{"lane":"Opening","purpose":"\"lane\":\"Sharing\""}""", consumer));
        }
    }

    [Theory, EveryStore]
    public async Task A_sealed_field_leaves_only_to_a_consumer_with_a_key_and_opens_with_it(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = lab.Entry("people", [.. fields.Select(f => f with { Grade = f.Name == "key" ? Grade.General1 : Grade.General4 })], ["key"], OpenClass.Conditional);
        entry = await lab.Add(entry with { Content = entry.Content with { LocalLabel = "核心数据" } }, rows);
        Grant(lab, entry, GatewayLab.Consumer, new("name", FieldForm.Plain), new("key", FieldForm.Plain));
        var refused = await lab.Call("/data/people", GatewayLab.Consumer);
        Assert.Equal((HttpStatusCode.Conflict, "protect.no-recipient-key"), (refused.StatusCode, (await DataFaceTests.Problem(refused)).GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.Conflict, (await lab.Call("/data/people/download.csv", GatewayLab.Consumer)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/people?select=key", GatewayLab.Consumer)).StatusCode);

        using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = own.ExportParameters(false).Q;
        var jwk = JsonDocument.Parse($$"""{"kty":"EC","crv":"P-256","kid":"k1","use":"enc","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""").RootElement;
        var head = Caller.Anonymous with { Actor = "head", Agency = GatewayLab.Consumer, AgencyKind = AgencyKind.Department, Roles = new HashSet<Role> { Role.SharingOfficeHead } };
        Assert.False((await lab.Get<RecipientKeys>().Give(head, jwk, default)).IsRefused);
        var cell = (await Rows(lab, "/data/people?order=key&limit=1", GatewayLab.Consumer))[0].GetProperty("name").GetString()!;
        Assert.Equal("张三", Open(own, cell));
        var file = await (await lab.Call("/data/people/download.csv?select=name&order=key", GatewayLab.Consumer)).Content.ReadAsStringAsync();
        Assert.Equal(["张三", "欧阳修", "阿卜杜拉·买买提"], file.TrimStart('\uFEFF').TrimEnd('\n').Split('\n')[1..].Select(line => Open(own, line.Trim('"'))));
    }

    // The marks of a file: quotes that a text would not need, a space behind a name.
    private static string Unmarked(string file) => file.Replace("\":  ", "\":", StringComparison.Ordinal).Replace("\": ", "\":", StringComparison.Ordinal) is var text && text.StartsWith('{') ? text : text.Replace("\"", "", StringComparison.Ordinal);

    [Theory, EveryStore]
    public async Task A_city_sees_no_row_of_another_neither_listed_nor_counted_nor_in_a_file(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        Field[] local = [Sample.Make("key", FieldType.Integer), Sample.Make("division", FieldType.Text) with { Element = "division-code" }, Sample.Make("matter", FieldType.Text)];
        object?[][] held = [[1L, "290101", "低保&救助"], [2L, "290102003", "低保&救助"], [3L, "290201", "低保&救助"], [4L, null, "低保&救助"], [5L, "2901", "其他"], [6L, "300100", "低保"]];
        var entry = await lab.Add(lab.Entry("cases", local, ["key"], OpenClass.Conditional), held);
        lab.Grant(entry, GatewayLab.Consumer, ["key"], rows: RowBindings.Filter(new RowBinding("division", "matter"), "290100", "低保&救助"));
        async Task<(string Body, string Range)> Ask(string query, string prefer) =>
            await lab.Call("/data/cases?" + query, GatewayLab.Consumer, change: r => r.Headers.Add("Prefer", prefer)) is var answer ? (await answer.Content.ReadAsStringAsync(), answer.Content.Headers.GetValues("Content-Range").Single()) : default;
        foreach (var prefer in (string[])["count=exact", "count=planned"])
        {
            Assert.Equal(("""[{"key":1},{"key":2}]""", "0-1/2"), await Ask("order=key", prefer));
            Assert.Equal(("[]", "*/0"), await Ask("key=eq.3", prefer));
            Assert.Equal(("[]", "*/0"), await Ask("or=(key.eq.4,key.eq.5,key.eq.6)", prefer));
            Assert.Equal(("""[{"key":2}]""", "0-0/1"), await Ask("not.or=(key.eq.1,key.eq.9)", prefer));
        }

        foreach (var probe in (string[])["division=eq.290201", "order=division", "select=division", "matter=neq.x"]) Assert.Equal(HttpStatusCode.BadRequest, (await lab.Call("/data/cases?" + probe, GatewayLab.Consumer)).StatusCode);
        Assert.Equal("key\n1\n2\n", Unmarked((await (await lab.Call("/data/cases/download.csv?order=key", GatewayLab.Consumer)).Content.ReadAsStringAsync()).TrimStart('\uFEFF')));
        Assert.Equal("{\"key\":1}\n{\"key\":2}\n", Unmarked(await (await lab.Call("/data/cases/download.ndjson?order=key", GatewayLab.Consumer)).Content.ReadAsStringAsync()));
    }

    private static string Open(ECDiffieHellman own, string compact)
    {
        var parts = compact.Split('.');
        var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement;
        Assert.Equal("people/name", header.GetProperty("field").GetString());
        var epk = header.GetProperty("epk");
        using var theirs = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(epk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(epk.GetProperty("y").GetString()) },
        });
        byte[] after = [0, 0, 0, 7, .. "A256GCM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        using var aes = new AesGcm(own.DeriveKeyFromHash(theirs.PublicKey, HashAlgorithmName.SHA256, [0, 0, 0, 1], after), 16);
        var cipher = Base64Url.DecodeFromChars(parts[3]);
        var text = new byte[cipher.Length];
        aes.Decrypt(Base64Url.DecodeFromChars(parts[2]), cipher, Base64Url.DecodeFromChars(parts[4]), text, Encoding.ASCII.GetBytes(parts[0]));
        return Encoding.UTF8.GetString(text);
    }

    private static void Grant(GatewayLab lab, Entry entry, Id<Agency> consumer, params GrantedField[] given) => lab.Grant(entry, consumer, [], change: g => g with { Fields = given });

    private static async Task<JsonElement[]> Rows(GatewayLab lab, string path, Id<Agency> consumer)
    {
        var answer = await lab.Call(path, consumer);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return [.. JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.EnumerateArray()];
    }

    private static string Id(string seventeen) => seventeen + CitizenId.CheckCharacter(Encoding.ASCII.GetBytes(seventeen));
}
