using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Elements;
using Tongxiang.Server.Demo;

namespace Tongxiang.Tests.Server.Demo;

/// <summary>The generated people and companies: nobody's numbers, plausible, and the same for the same seed.</summary>
public sealed class PopulationTests(ITestOutputHelper output)
{
    private static readonly Scale Small = new(4_000, new DateOnly(2026, 9, 18));
    private static readonly Surroundings Around = new(Small.Today, Region.DatedList);

    [Fact]
    public void The_same_seed_writes_the_same_bytes_and_another_seed_others()
    {
        Assert.Equal(Digest(Small), Digest(Small));
        Assert.NotEqual(Digest(Small), Digest(Small with { Seed = 7 }));
    }

    [Fact]
    public void A_larger_population_begins_with_the_people_of_a_smaller_one() =>
        Assert.Equal(Population.People(Small).Select(p => p.Id), Population.People(Small with { People = 9_000 }).Take(4_000).Select(p => p.Id));

    [Fact]
    public void Every_number_passes_its_checks_under_the_demonstrations_list_and_stands_in_no_real_one()
    {
        var real = new Surroundings(Small.Today, new DivisionList([new DatedDivision("110101", "东城区"), new DatedDivision("330106", "西湖区")]));
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var person in Population.People(Small))
        {
            Assert.StartsWith("29", person.Id, StringComparison.Ordinal);
            Assert.True(CitizenId.Check(person.Id, Around) is Flaw.None or Flaw.HistoricalRegion, person.Id);
            Assert.Equal(Flaw.UnknownRegion, CitizenId.Check(person.Id, real));
            Assert.Equal(person.IsMale, CitizenId.IsMale(Encoding.ASCII.GetBytes(person.Id)));
            Assert.Equal(person.Birth.ToString("yyyyMMdd"), person.Id[6..14]);
            Assert.True(ids.Add(person.Id), "The same number twice: " + person.Id);
            Assert.True(person.Phone.Length == 0 || (person.Phone.StartsWith(FictionalNumbers.PhoneBlock, StringComparison.Ordinal) && Mobile.Check(person.Phone) == Flaw.None), person.Phone);
        }
        foreach (var company in Companies.All(Small))
        {
            Assert.Equal(Flaw.None, CreditCode.Check(company.CreditCode));
            Assert.Equal("29", company.CreditCode[2..4]);
            Assert.StartsWith(FictionalNumbers.PhoneBlock, company.Phone, StringComparison.Ordinal);
            Assert.True(company.Founded < Small.Today);
        }
    }

    [Fact]
    public void Some_people_carry_a_cancelled_code_and_some_a_character_beyond_the_basic_plane()
    {
        var people = Population.People(Small).ToList();
        Assert.InRange(people.Count(p => CitizenId.Check(p.Id, Around) == Flaw.HistoricalRegion), 200, 1_200);
        Assert.InRange(people.Count(p => p.Name.Any(char.IsSurrogate)), 2, 40);
    }

    [Fact]
    public void Ages_and_households_are_plausible()
    {
        var people = Population.People(Small).ToList();
        var ages = people.ConvertAll(p => p.Age(Small.Today));
        Assert.InRange(ages.Count(a => a < 15) * 100 / ages.Count, 10, 24);
        Assert.InRange(ages.Count(a => a >= 65) * 100 / ages.Count, 10, 25);
        Assert.All(ages, a => Assert.InRange(a, 0, 105));
        foreach (var house in people.GroupBy(p => p.Household).SkipLast(1))
        {
            var head = Assert.Single(house, p => p.Relation == "02");
            Assert.InRange(house.Count(), 1, 6);
            Assert.All(house.Where(p => p.Relation is "20" or "30"), child => Assert.InRange((child.Birth.DayNumber - head.Birth.DayNumber) / 365, 21, 36));
        }
    }

    [Fact]
    public void The_truth_list_names_every_planted_error_and_no_other()
    {
        var scale = Small with { People = 40_000 };
        var planted = new List<Planted>();
        var rows = Rows(pen => PopulationFile.Write(scale, pen, planted.Add));
        var clean = Population.People(scale).ToDictionary(p => p.Id, StringComparer.Ordinal);
        Assert.All(Faults.Rates, rate => Assert.InRange(planted.Where(p => p.Fault == rate.Fault).Select(p => p.Row).Distinct().Count(), rate.Rate * 2, rate.Rate * 7));

        var told = planted.ToDictionary(p => (p.Row, p.Column));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var row = 0; row < rows.Count; row++)
        {
            var cells = rows[row];
            string Right(string column, int at) => told.TryGetValue((row + 1, column), out var error) ? error.Truth : cells[at];
            Assert.All(told.Where(t => t.Key.Row == row + 1), t => Assert.Equal(t.Value.Written, cells[PopulationFile.Columns.ToList().IndexOf(t.Key.Column)]));
            var id = Right("citizen_id", 0);
            if (id.Length == 0)
            {
                Assert.Contains(cells[0], seen);
                continue;
            }
            Assert.True(seen.Add(id));
            var person = clean[id];
            Assert.Equal((person.Name, person.Sex, person.Birth.ToString("yyyy-MM-dd")), (Right("name", 1), Right("sex", 2), Right("birth_date", 3)));
        }
        Assert.Equal(scale.People, seen.Count);
    }

    [Fact]
    public void The_truth_list_of_companies_leads_back_to_clean_rows()
    {
        var scale = Small with { People = 160_000 };
        var planted = new List<Planted>();
        var rows = Rows(pen => CompaniesFile.Write(scale, pen, planted.Add));
        Assert.Equal(scale.Companies, rows.Count - planted.Count(p => p.Fault == Fault.Duplicate));
        Assert.InRange(planted.Count, scale.Companies / 800, scale.Companies / 150);
        Assert.All(planted.Where(p => p.Fault == Fault.BadChecksum), p => Assert.NotEqual(Flaw.None, CreditCode.Check(p.Written)));
        Assert.Equal(planted.Count(p => p.Column == "credit_code" && p.Fault != Fault.Duplicate), rows.Count(r => CreditCode.Check(r[0]) != Flaw.None));
    }

    [Fact]
    public void Speed_is_printed()
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        using var pen = new Pen(Stream.Null);
        PopulationFile.Write(new Scale(200_000, Small.Today), pen);
        process.Refresh();
        output.WriteLine($"{pen.Rows / (process.TotalProcessorTime - before).TotalSeconds:N0} people per CPU-second");
        Assert.True(pen.Rows >= 200_000);
    }

    private static string Digest(Scale scale)
    {
        using var stream = new MemoryStream();
        using (var pen = new Pen(stream))
        {
            PopulationFile.Write(scale, pen);
            CompaniesFile.Write(scale, pen);
        }
        return Convert.ToHexString(SHA256.HashData(stream.ToArray()));
    }

    private static List<string[]> Rows(Action<Pen> write)
    {
        using var stream = new MemoryStream();
        using (var pen = new Pen(stream)) write(pen);
        return Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToList();
    }
}
