using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;

namespace Tongxiang.Gateway.Verify;

/// <summary>The one form in which two writings of the same value agree: what is compared is the form, never the writing.</summary>
internal static class ClaimForms
{
    private const char middleDot = '·';
    private static readonly FrozenSet<char> dots = "·•‧∙⋅・･᛫‒●․".ToFrozenSet();
    private static readonly string[] dateForms = ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyyMMdd", "yyyy年M月d日"];

    private static readonly FrozenDictionary<ElementKind, Func<string, string>> rules = new Dictionary<ElementKind, Func<string, string>>
    {
        [ElementKind.PersonName] = Name,
        [ElementKind.OrganisationName] = text => Without(text, char.IsWhiteSpace).ToUpperInvariant(),
        [ElementKind.Address] = text => Without(text, c => char.IsWhiteSpace(c) || c is ',' or '，' or '、' or '。').ToUpperInvariant(),
        [ElementKind.CitizenId] = Code,
        [ElementKind.CreditCode] = Code,
        [ElementKind.OrganisationCode] = Code,
        [ElementKind.BankCard] = Code,
        [ElementKind.DivisionCode] = Code,
        [ElementKind.Postcode] = Code,
        [ElementKind.Plate] = text => Without(Code(text), dots.Contains),
        [ElementKind.Mobile] = Mobile,
        [ElementKind.Phone] = text => Without(Mobile(text), c => c is '(' or ')'),
        [ElementKind.Email] = text => Without(text, char.IsWhiteSpace).ToLowerInvariant(),
        [ElementKind.Date] = Date,
    }.ToFrozenDictionary();

    /// <summary>The form of a value of this field, given or stored.</summary>
    public static string Of(Field field, string text)
    {
        var plain = Plain(text);
        if (field.Type is FieldType.Integer or FieldType.Decimal) return Number(plain);
        if (field.Type == FieldType.Date) return Date(plain);
        return ElementKinds.TryParse(field.Element, out var kind) && rules.TryGetValue(kind, out var rule) ? rule(plain) : plain;
    }

    /// <summary>What holds for every value: full-width signs as half-width, all kinds of blanks as one, no marks that cannot be seen, composed characters, no blanks around.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var (value, category) = (rune.Value, Rune.GetUnicodeCategory(rune));
            if (category is UnicodeCategory.Control or UnicodeCategory.Format || value is >= 0xfe00 and <= 0xfe0f or >= 0xe0100 and <= 0xe01ef) continue;
            if (category is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) Blank(plain);
            else if (value is >= 0xff01 and <= 0xff5e) plain.Append((char)(value - 0xfee0));
            else plain.Append(rune.ToString());
        }

        return plain.ToString().Trim().Normalize(NormalizationForm.FormC);
    }

    private static void Blank(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
    }

    // 欧阳 修 is 欧阳修, 買買提・艾力 is 买买提·艾力; of a name in letters the case does not count, the blanks between its words do.
    private static string Name(string text)
    {
        var name = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var sign = dots.Contains(text[i]) ? middleDot : SimplifiedForms.Of(text[i]);
            if (sign == ' ' && !(char.IsAsciiLetter(text[i - 1]) && i + 1 < text.Length && char.IsAsciiLetter(text[i + 1]))) continue;
            name.Append(char.ToUpperInvariant(sign));
        }

        return name.ToString();
    }

    private static string Code(string text) => Without(text, c => char.IsWhiteSpace(c) || c is '-' or '‐' or '–' or '—').ToUpperInvariant();

    private static string Mobile(string text)
    {
        var digits = Code(text);
        foreach (var prefix in (string[])["+86", "0086", "86"])
            if (digits.StartsWith(prefix, StringComparison.Ordinal) && digits.Length - prefix.Length == 11) return digits[prefix.Length..];
        return digits;
    }

    private static string Date(string text) =>
        DateOnly.TryParseExact(Without(text, char.IsWhiteSpace), dateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : text;

    // 0120.50 is 120.5, and a thousands comma is none of the number.
    private static string Number(string text)
    {
        var bare = Without(text, c => c is ',' or ' ');
        if (!decimal.TryParse(bare, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return bare;
        var written = number.ToString(CultureInfo.InvariantCulture);
        return written.Contains('.', StringComparison.Ordinal) ? written.TrimEnd('0').TrimEnd('.') : written;
    }

    private static string Without(string text, Func<char, bool> gone)
    {
        foreach (var sign in text)
            if (gone(sign)) return string.Concat(text.Where(c => !gone(c)));
        return text;
    }
}
