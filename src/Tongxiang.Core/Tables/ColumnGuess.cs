using Tongxiang.Core.Elements;

namespace Tongxiang.Core.Tables;

/// <summary>What a column seems to be, with the share of values that say so; a person confirms it.</summary>
/// <param name="Shape">Text whenever a value would not come back the same, so leading zeros stay.</param>
/// <param name="Confidence">Share of the filled cells that fit, from 0 to 1.</param>
/// <param name="Why">Text key of the reason: <c>table.guess.…</c>.</param>
public sealed record Guess(string Name, ValueShape Shape, ElementKind Element, double Confidence, int Scale, int MaxLength, bool HasGaps, string Why);

/// <summary>Looks at every value of one column and proposes type and element.</summary>
public sealed class ColumnGuess(string name, Surroundings around)
{
    private static readonly ElementKind[] Candidates =
        [ElementKind.CitizenId, ElementKind.CreditCode, ElementKind.OrganisationCode, ElementKind.Mobile, ElementKind.Phone, ElementKind.DivisionCode, ElementKind.Date, ElementKind.Timestamp,
         ElementKind.Sex, ElementKind.Email, ElementKind.Postcode, ElementKind.Plate, ElementKind.BankCard, ElementKind.Longitude, ElementKind.Latitude];

    // Elements that bare numbers fit by chance: the name of the column must say so too.
    private static readonly (ElementKind Kind, string[] Words)[] Hints =
    [
        (ElementKind.CitizenId, ["身份证", "公民身份", "证件号", "id_card", "idcard", "citizen"]),
        (ElementKind.CreditCode, ["信用代码", "社会信用", "uscc", "credit_code"]),
        (ElementKind.OrganisationCode, ["组织机构代码", "机构代码"]),
        (ElementKind.Mobile, ["手机", "移动电话", "mobile"]),
        (ElementKind.Phone, ["电话", "联系方式", "phone", "tel"]),
        (ElementKind.DivisionCode, ["区划", "行政区", "地区代码", "省代码", "市代码", "县代码", "provincecode", "citycode", "division", "addr_code"]),
        (ElementKind.Date, ["日期", "年月日", "生日", "出生", "date", "birth"]),
        (ElementKind.Timestamp, ["时间", "time"]),
        (ElementKind.Sex, ["性别", "sex", "gender"]),
        (ElementKind.Email, ["邮箱", "电子邮件", "email"]),
        (ElementKind.Postcode, ["邮编", "邮政编码", "postcode", "zip"]),
        (ElementKind.Plate, ["车牌", "号牌", "plate"]),
        (ElementKind.BankCard, ["银行卡", "卡号"]),
        (ElementKind.Longitude, ["经度", "longitude", "lng", "lon"]),
        (ElementKind.Latitude, ["纬度", "latitude", "lat"]),
        (ElementKind.PersonName, ["姓名", "联系人", "法定代表人", "负责人"]),
        (ElementKind.OrganisationName, ["单位名称", "机构名称", "企业名称", "公司名称", "部门名称"]),
        (ElementKind.Address, ["地址", "住址", "住所", "address"]),
        (ElementKind.Money, ["金额", "费用", "价格", "money", "amount", "price", "(元)", "（元）"]),
    ];

    private static readonly HashSet<ElementKind> NeedsName = [ElementKind.Postcode, ElementKind.DivisionCode, ElementKind.Sex, ElementKind.BankCard, ElementKind.Longitude, ElementKind.Latitude, ElementKind.OrganisationCode, ElementKind.Phone];
    private readonly ElementRule[] rules = [.. Candidates.Select(k => new ElementRule(k))];
    private readonly ElementRule decimals = new(ElementKind.Decimal) { Scale = 8 };
    private readonly long[] hits = new long[Candidates.Length];
    private long filled, missing, integers, numbers, leadingZeros, serials;
    private int scale, longest;

    public void Add(ReadOnlySpan<byte> value)
    {
        if (value.Length == 0 || Blank.IsPlaceholder(value) || Blank.IsFormulaError(value))
        {
            missing++;
            return;
        }
        filled++;
        longest = Math.Max(longest, Blank.Characters(value));
        for (var i = 0; i < rules.Length; i++)
            if (value.Length <= 64 && IsPossible(Candidates[i]) && !rules[i].Check(value, around).IsError()) hits[i]++;
        if (value.Length > 40 || decimals.Check(value, around).IsError()) return;
        numbers++;
        var digits = value[0] == (byte)'-' ? value[1..] : value;
        var point = digits.IndexOf((byte)'.');
        if (point >= 0) scale = Math.Max(scale, digits.Length - point - 1);
        else integers++;
        if (digits.Length > 1 && digits[0] == (byte)'0' && point != 1) leadingZeros++;
        if (point < 0 && digits.Length == 5 && digits[0] is (byte)'2' or (byte)'3' or (byte)'4' or (byte)'5') serials++;
    }

    public Guess Propose()
    {
        var gaps = missing > 0;
        if (filled == 0) return new Guess(name, ValueShape.Text, ElementKind.Text, 0, 0, 0, true, "table.guess.empty");
        var named = Named();
        var best = Best(named);
        if (best is { } kind)
        {
            var share = (double)hits[Array.IndexOf(Candidates, kind)] / filled;
            return new Guess(name, kind.Shape(), kind, Math.Round(share, 4), kind.Shape() == ValueShape.Decimal ? Math.Max(scale, 6) : 0, longest, gaps, "table.guess.element");
        }
        if (named is ElementKind.PersonName or ElementKind.OrganisationName or ElementKind.Address)
            return new Guess(name, ValueShape.Text, named.Value, 0.8, 0, longest, gaps, "table.guess.name");
        if (named == ElementKind.Date && serials == filled) return new Guess(name, ValueShape.Date, ElementKind.Date, 0.7, 0, longest, gaps, "table.guess.serial");
        if (leadingZeros > 0) return new Guess(name, ValueShape.Text, ElementKind.Text, 1, 0, longest, gaps, "table.guess.leading-zeros");
        if (integers == filled && longest <= 15) return new Guess(name, ValueShape.Integer, named == ElementKind.Money ? ElementKind.Money : ElementKind.Integer, 1, 0, longest, gaps, "table.guess.integer");
        if (numbers == filled && scale <= 8 && longest <= 17)
            return new Guess(name, ValueShape.Decimal, named == ElementKind.Money ? ElementKind.Money : ElementKind.Decimal, 1, scale, longest, gaps, "table.guess.decimal");
        return new Guess(name, ValueShape.Text, ElementKind.Text, 1, 0, longest, gaps, "table.guess.text");
    }

    // Checks that fit nearly every value, strictest first; weak ones only under a fitting name.
    private ElementKind? Best(ElementKind? named)
    {
        if (named is { } own && Array.IndexOf(Candidates, own) is >= 0 and var at && hits[at] * 10 >= filled * 8) return own;
        for (var i = 0; i < Candidates.Length; i++)
            if (hits[i] * 100 >= filled * 95 && !NeedsName.Contains(Candidates[i]) && (Candidates[i] is not ElementKind.Date || integers < filled)) return Candidates[i];
        return null;
    }

    private ElementKind? Named()
    {
        foreach (var (kind, words) in Hints)
            if (words.Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase))) return kind;
        return null;
    }

    // After enough misses a candidate costs nothing more.
    private bool IsPossible(ElementKind kind) => filled < 2000 || hits[Array.IndexOf(Candidates, kind)] * 2 > filled;
}
