using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tongxiang.Catalog;

namespace Tongxiang.Portal.Desk;

/// <summary>Between the posted form of a catalogue entry and its content; names of inputs are the paths that the rules name in their errors.</summary>
static class EntryForm
{
    const int MostRows = 1000;
    const int Bases = 3;

    /// <summary>An empty entry with the cautious choices.</summary>
    public static EntryContent Empty(string region, string phone, string email) => new(
        "", null, "", null, [], "", "", "", region, ["csv", "json"], UpdatePromise.Monthly,
        new Sharing(ShareClass.Conditional, [Mode.Api], "", "", "", []), new Opening(OpenClass.Closed, "", "", "", []), Grade.General2, null, Secrecy.None,
        [Blank(), Blank(), Blank()], [], null, null, [], phone, email, "cc-by-4.0", null);

    public static Field Blank() => new("", "", null, FieldType.Text, null, null, "", null, null, false, false, null, null, Grade.General1);

    public static EntryContent Read(IFormCollection form)
    {
        var fields = ReadFields(form);
        return new EntryContent(
            Text(form, "name"), Optional(form, "nameEn"), Text(form, "abstract"), Optional(form, "abstractEn"), Words(form, "keywords"),
            Text(form, "classPath"), Text(form, "theme"), Text(form, "industry"), Text(form, "region"), Many(form, "formats"), Kind(form, "updatePromise", UpdatePromise.Monthly),
            new Sharing(Kind(form, "sharing.class", ShareClass.Conditional), [.. Many(form, "sharing.modes").Where(m => Enum.IsDefined(typeof(Mode), m)).Select(Enum.Parse<Mode>)],
                Text(form, "sharing.scope"), Text(form, "sharing.permittedUse"), Text(form, "sharing.reason"), ReadBases(form, "sharing.bases")),
            new Opening(Kind(form, "opening.class", OpenClass.Closed), Text(form, "opening.conditions"), Text(form, "opening.safeguards"), Text(form, "opening.reason"), ReadBases(form, "opening.bases")) { Release = Optional(form, "opening.release") },
            Kind(form, "grade", Grade.General2), Optional(form, "localLabel"), Kind(form, "secrecy", Secrecy.None),
            fields, [.. fields.Where((_, i) => form[$"fields[{i}].key"] == "on").Select(f => f.Name).Where(n => n.Length > 0)],
            Optional(form, "longitudeField"), Optional(form, "latitudeField"), Words(form, "relatedCodes"),
            Text(form, "contactPhone"), Text(form, "contactEmail"), Text(form, "licence"), Optional(form, "terms"));
    }

    /// <summary>The content without field rows that were left empty.</summary>
    public static EntryContent Trimmed(EntryContent content) => content with { Fields = [.. content.Fields.Where(f => f.Name.Length > 0 || f.Title.Length > 0 || f.Meaning.Length > 0)] };

    /// <summary>Fields made of a pasted header line (from a spreadsheet or a CSV file); names that cannot be columns become c1, c2 ….</summary>
    public static IReadOnlyList<Field> FromHeader(string line)
    {
        var titles = line.Split(line.Contains('\t', StringComparison.Ordinal) ? '\t' : ',').Select(t => t.Trim().Trim('"', '\uFEFF')).Where(t => t.Length > 0).Take(MostRows);
        return [.. titles.Select((title, i) => Blank() with { Title = title, Name = Column(title, i), Meaning = title })];
    }

    static string Column(string title, int place)
    {
        var name = new string([.. title.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]).Trim('_');
        return name.Length is > 0 and <= 63 && char.IsAsciiLetterLower(name[0]) && name.Any(char.IsAsciiLetterOrDigit) && title.All(char.IsAscii)
            ? name
            : string.Create(CultureInfo.InvariantCulture, $"c{place + 1}");
    }

    static List<Field> ReadFields(IFormCollection form)
    {
        var fields = new List<Field>();
        var hasKey = false;
        for (var i = 0; i < MostRows && form.ContainsKey($"fields[{i}].name"); i++)
        {
            var at = $"fields[{i}]";
            if (form[$"{at}.remove"] == "on") continue;
            // The first part of a key is always there; further parts of text may be empty.
            var (type, isKey) = (Kind(form, $"{at}.type", FieldType.Text), form[$"{at}.key"] == "on");
            var mustBe = isKey && (!hasKey || type != FieldType.Text);
            hasKey |= isKey;
            fields.Add(new Field(
                Text(form, $"{at}.name"), Text(form, $"{at}.title"), Optional(form, $"{at}.titleEn"), type, Number(form, $"{at}.length"), Number(form, $"{at}.scale"),
                Text(form, $"{at}.meaning"), Optional(form, $"{at}.element"), Optional(form, $"{at}.codeList"), form[$"{at}.isPersonal"] == "on", form[$"{at}.isRequired"] == "on" || mustBe,
                Maybe<ShareClass>(form, $"{at}.shareClass"), Maybe<OpenClass>(form, $"{at}.openClass"), Kind(form, $"{at}.grade", Grade.General1)));
        }
        return fields;
    }

    static List<LegalBasis> ReadBases(IFormCollection form, string at)
    {
        var bases = new List<LegalBasis>();
        for (var i = 0; i < Bases; i++)
        {
            var basis = new LegalBasis(Kind(form, $"{at}[{i}].kind", BasisKind.Law), Text(form, $"{at}[{i}].title"), Text(form, $"{at}[{i}].article"));
            if (basis.Title.Length + basis.Article.Length > 0) bases.Add(basis);
        }
        return bases;
    }

    static string Text(IFormCollection form, string name) => form[name].ToString().Trim();

    static string? Optional(IFormCollection form, string name) => Text(form, name) is { Length: > 0 } text ? text : null;

    static int? Number(IFormCollection form, string name) => int.TryParse(Text(form, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    static string[] Many(IFormCollection form, string name) => [.. form[name].Where(v => !string.IsNullOrWhiteSpace(v)).Select(v => v!.Trim())];

    static string[] Words(IFormCollection form, string name) =>
        Text(form, name).Split([',', '，', '、', ';', '；', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static T Kind<T>(IFormCollection form, string name, T otherwise) where T : struct, Enum => Maybe<T>(form, name) ?? otherwise;

    static T? Maybe<T>(IFormCollection form, string name) where T : struct, Enum =>
        Enum.TryParse<T>(Text(form, name), out var kind) && Enum.IsDefined(kind) ? kind : null;
}
