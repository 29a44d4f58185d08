using System.Globalization;
using System.Text;
using Tongxiang.Catalog;

namespace Tongxiang.Tests.Journeys;

/// <summary>The resource of the walk: counts by day and city, from the real file that lies beside a checkout or, where it is absent, from a small one made here.</summary>
internal sealed record CityDays(string FileName, Func<Stream> Open, long Rows)
{
    private const long RealRows = 50_172;

    private const string Header = "date,country,countryCode,province,provinceCode,city,cityCode,confirmed,suspected,cured,dead";

    public static CityDays Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var real = Path.GetFullPath(Path.Combine(at.FullName, "..", "shared", "data", "cn", "gov-open", "covid_city_daily_2020-01_04.csv"));
            if (File.Exists(Path.Combine(at.FullName, "Tongxiang.slnx")) && File.Exists(real)) return new CityDays(Path.GetFileName(real), () => File.OpenRead(real), RealRows);
        }
        var made = Encoding.UTF8.GetBytes(Made());
        return new CityDays("city-days.csv", () => new MemoryStream(made), 2_000);
    }

    public static EntryContent Content() => new(
        "城市每日疫情统计", "City daily counts", "按日期、国家、省份和城市统计的每日人数，逐日累计。", "Counts by day, country, province and city.", ["疫情", "统计"],
        "306001", "health", "Q", "290000", ["csv", "json"], UpdatePromise.Daily,
        new Sharing(ShareClass.Conditional, [Mode.Api, Mode.File], "因履行法定职责确需使用的政务部门", "办理政务服务事项", "", []),
        new Opening(OpenClass.Conditional, "说明用途并签订开放利用协议", "专人保管，不得转让", "", []), Grade.General2, null, Secrecy.None,
        [
            Text("date", "日期", 10) with { Type = FieldType.Date, Length = null, IsRequired = true }, Text("country", "国家", 60), Text("country_code", "国家代码", 10), Text("province", "省份", 60),
            Text("province_code", "省份代码", 12), Text("city", "城市", 60), Text("city_code", "城市代码", 12), Number("confirmed", "确诊"), Number("suspected", "疑似"), Number("cured", "治愈"), Number("dead", "死亡"),
        ],
        ["date", "country", "province", "city"], null, null, [], "0290-8888 1234", "data@health.example", "agreement", null);

    private static Field Text(string name, string title, int length) => new(name, title, null, FieldType.Text, length, null, title + "，按来源原样", null, null, false, false, null, null, Grade.General2);

    private static Field Number(string name, string title) => new(name, title, null, FieldType.Integer, null, null, title + "人数", null, null, false, false, null, null, Grade.General2);

    // A hundred days of twenty places; the first of each day is a whole country, with empty parts in its key.
    private static string Made()
    {
        var text = new StringBuilder(Header).Append('\n');
        for (var row = 0; row < 2_000; row++)
        {
            var day = new DateOnly(2020, 1, 1).AddDays(row / 20).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var place = row % 20;
            text.Append(CultureInfo.InvariantCulture, $"{day},中国,CN,{(place == 0 ? "," : "云岭省,290000")},{(place == 0 ? "," : $"第{place}市,2901{place:00}")},{row},0,{row / 2},{row / 50}\n");
        }
        return text.ToString();
    }
}
