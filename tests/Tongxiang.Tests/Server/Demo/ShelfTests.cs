using System.Text;
using Sylvan.Data.Csv;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Server.Demo;
using Tongxiang.Server.Demo.Resources;

namespace Tongxiang.Tests.Server.Demo;

/// <summary>The demonstration's resources: entries that could stand before a bureau, rows that fit them.</summary>
public sealed class ShelfTests
{
    private static readonly Scale Small = new(1_000, new DateOnly(2026, 9, 18));

    public static TheoryData<string> Slugs => [.. Shelf.All.Select(r => r.Slug)];

    public static TheoryData<string> SlugsWithRows => [.. Shelf.All.Where(r => r.Rows is not null).Select(r => r.Slug)];

    [Fact]
    public void There_are_forty_and_more_of_every_class_and_both_axes_are_independent()
    {
        Assert.InRange(Shelf.All.Count, 40, 200);
        Assert.Equal(Shelf.All.Count, Shelf.All.Select(r => r.Slug).Distinct().Count());
        Assert.Equal(Shelf.All.Count, Shelf.All.Select(r => r.Content.Name).Distinct().Count());
        var pairs = Shelf.All.Select(r => (r.Content.Sharing.Class, r.Content.Opening.Class)).ToHashSet();
        (ShareClass, OpenClass)[] wanted = [
            (ShareClass.Unconditional, OpenClass.Open), (ShareClass.Unconditional, OpenClass.Conditional), (ShareClass.Conditional, OpenClass.Conditional),
            (ShareClass.Conditional, OpenClass.Closed), (ShareClass.Withheld, OpenClass.Closed)];
        Assert.All(wanted, pair => Assert.Contains(pair, pairs));
        Assert.True(Shelf.All.Count(r => r.Content.LongitudeField is not null) >= 10);
        Assert.Contains(Shelf.All.SelectMany(r => r.Content.Fields), f => f.OpenClass == OpenClass.Closed);
    }

    [Theory, MemberData(nameof(Slugs))]
    public void An_entry_says_what_the_law_wants_to_know(string slug)
    {
        var resource = Shelf.Find(slug);
        var content = resource.Content;
        Assert.Contains(Organisations.All, o => o.Slug == resource.Organisation && o.Kind != AgencyKind.Company);
        Assert.Matches("^[a-z][a-z0-9-]{2,60}$", slug);
        var ready = content with { ContactPhone = FictionalNumbers.Phone(1), ContactEmail = "data@yunting.example" };
        Assert.Empty(EntryRules.Check(ready, Readiness.Complete, code => Region.Divisions.Any(d => d.Code == code && d.ValidTo is null)).Errors);
        Assert.NotEmpty(content.Key);
        if (content.Sharing.Class == ShareClass.Withheld) Assert.Equal(OpenClass.Closed, content.Opening.Class);
        if (content.Opening.Class == OpenClass.Closed) Assert.True(content.Opening is { Reason.Length: > 0, Bases.Count: > 0 });
        if (content.HasPersonalData) Assert.All(content.Fields.Where(f => f.IsPersonal), f => Assert.True(content.Opening.Class == OpenClass.Closed || f.OpenClass == OpenClass.Closed, f.Name));
    }

    [Theory, MemberData(nameof(SlugsWithRows))]
    public void Every_row_fits_its_entry_and_every_key_stands_once(string slug)
    {
        var resource = Shelf.Find(slug);
        // The two great registers carry planted errors; their own tests know which.
        var mayErr = slug is "population" or "legal-persons";
        using var stream = new MemoryStream();
        var written = resource.Write(Small, stream);
        Assert.True(written > 0);
        using var csv = CsvDataReader.Create(new StringReader(Encoding.UTF8.GetString(stream.ToArray())), new CsvDataReaderOptions { MaxBufferSize = 1 << 20 });
        var fields = resource.Content.Fields;
        Assert.Equal(fields.Select(f => f.Name), csv.GetColumnSchema().Select(c => c.ColumnName));
        var rules = fields.Select(Rule).ToArray();
        var around = new Surroundings(Small.Today.AddYears(mayErr ? 200 : 0), Region.DatedList);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        long rows = 0, errors = 0;
        while (csv.Read())
        {
            Assert.Equal(fields.Count, csv.RowFieldCount);
            rows++;
            for (var i = 0; i < fields.Count; i++)
            {
                var flaw = rules[i].Check(csv.GetString(i), around);
                if (!flaw.IsError()) continue;
                errors++;
                Assert.True(mayErr, $"{slug} row {rows}, {fields[i].Name} = '{csv.GetString(i)}': {flaw}");
            }
            Assert.True(keys.Add(string.Join('\u001f', resource.Content.Key.Select(k => csv.GetString(csv.GetOrdinal(k))))) || mayErr, $"{slug} row {rows}: the key stands twice.");
        }
        Assert.Equal(written, rows);
        Assert.InRange(errors, 0, rows / 50 + 3);
    }

    [Fact]
    public void Every_department_has_a_steward_and_every_sign_in_a_long_password()
    {
        var people = Organisations.People(Scale.DefaultSeed);
        Assert.All(Organisations.All.Where(o => o.Kind != AgencyKind.Company), o => Assert.Contains(people, p => p.Organisation == o.Slug && p.Roles.Contains(Role.Steward)));
        Assert.All(people, p => Assert.True(p.Password.Length >= 12));
        Assert.Equal(people.Count, people.Select(p => p.UserName).Distinct().Count());
        Assert.Equal(people.Count, people.Select(p => p.Password).Distinct().Count());
        Assert.All(Organisations.All, o => Assert.Equal(Flaw.None, CreditCode.Check(o.CreditCode)));
        Assert.All(Organisations.All, o => Assert.Equal(Flaw.None, Phone.Check(o.Phone)));
        Assert.All(Organisations.All, o => Assert.Equal("29", o.CreditCode[2..4]));
    }

    private static ElementRule Rule(Field field)
    {
        Assert.True(ElementKinds.TryParse(field.Element, out var kind));
        var rule = new ElementRule(kind) { IsRequired = field.IsRequired, MaxLength = field.Length ?? 0 };
        return field.Scale is { } scale ? rule with { Scale = scale } : rule;
    }
}
