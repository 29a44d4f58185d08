using System.Globalization;

namespace Tongxiang.Server.Demo;

/// <summary>A resident who does not exist.</summary>
/// <param name="Relation">To the head of the household, GB/T 4761: 02 head, 10 spouse, 20 son, 30 daughter, 51 father, 52 mother, 90 other.</param>
/// <param name="Marital">GB/T 2261.2: 10 single, 20 married, 30 widowed, 40 divorced.</param>
/// <param name="Ethnicity">GB/T 3304 number, 01 Han.</param>
public sealed record Resident(
    string Id, string Name, bool IsMale, DateOnly Birth, string Ethnicity, County County, string Household, string Relation, string Marital, string Address, string Phone, DateOnly Registered)
{
    public string Sex => IsMale ? "1" : "2";

    public int Age(DateOnly on) => on.Year - Birth.Year - (on.DayOfYear < Birth.DayOfYear ? 1 : 0);
}

/// <summary>Streams the residents household by household; a larger population begins with the people of a smaller one.</summary>
public static class Population
{
    private const int FirstYear = 1915;
    private const int LastYear = 2120;

    // Heads of households by age from 20 in steps of five, in per mille.
    private static ReadOnlySpan<int> HeadAges => [22, 66, 104, 118, 102, 96, 112, 108, 84, 74, 56, 32, 16, 8, 2];
    private static ReadOnlySpan<int> Sizes => [253, 297, 210, 132, 66, 42];
    private static readonly string[] OtherEthnicities = ["03", "05", "06", "08", "11", "15", "22", "02"];

    public static IEnumerable<Resident> People(Scale scale)
    {
        var births = new Births(scale.Today);
        var made = 0;
        for (var household = 0; made < scale.People; household++)
        {
            foreach (var resident in Settle(scale, births, household))
            {
                yield return resident;
                if (++made == scale.People) yield break;
            }
        }
    }

    private static List<Resident> Settle(Scale scale, Births births, int number)
    {
        var chance = scale.Chance("household", number);
        var county = Region.AnyCounty(ref chance);
        var house = new House(scale.Today, county, county.Code + number.ToString("00000000", CultureInfo.InvariantCulture), Region.Address(county, ref chance), births);
        var size = chance.Weighted(Sizes) + 1;
        var age = 20 + chance.Weighted(HeadAges) * 5 + chance.Below(5);
        var isMale = chance.Hits(size == 1 ? 51 : 78, 100);
        var isCouple = size > 1 && age >= 22 && chance.Hits(82, 100);
        var surname = Names.Surname(ref chance);
        var ethnicity = chance.Hits(7, 100) ? chance.Of<string>(OtherEthnicities) : "01";

        var marital = isCouple ? "20" : age < 27 ? "10" : age > 66 ? "30" : chance.Hits(1, 2) ? "10" : "40";
        house.Add(surname, isMale, age, "02", marital, ethnicity, ref chance);
        if (isCouple)
        {
            var spouse = Math.Clamp(age + (isMale ? -2 : 2) + (int)(chance.Bell() * 2.4), 20, 99);
            house.Add(Names.Surname(ref chance), !isMale, spouse, "10", "20", chance.Hits(96, 100) ? ethnicity : "01", ref chance);
        }
        while (house.Members.Count < size) AddKin(house, surname, age, ethnicity, ref chance);
        return house.Members;
    }

    // Children first, as long as the head's age allows; then the head's parents; then somebody else.
    private static void AddKin(House house, string surname, int headAge, string ethnicity, ref Chance chance)
    {
        var child = headAge - chance.Between(22, 35);
        if (child is >= 0 and <= 34 && chance.Hits(85, 100))
        {
            var isSon = chance.Hits(52, 100);
            house.Add(surname, isSon, child, isSon ? "20" : "30", child > 28 ? "20" : "10", ethnicity, ref chance);
            return;
        }
        var parent = headAge + chance.Between(22, 33);
        if (parent <= 97)
        {
            var isFather = !house.Members.Any(m => m.Relation == "51") && chance.Hits(44, 100);
            house.Add(isFather ? surname : Names.Surname(ref chance), isFather, parent, isFather ? "51" : "52", parent > 76 && !isFather ? "30" : "20", ethnicity, ref chance);
            return;
        }
        house.Add(Names.Surname(ref chance), chance.Hits(1, 2), chance.Between(18, 70), "90", "10", ethnicity, ref chance);
    }

    /// <summary>A household while it is filled.</summary>
    private sealed class House(DateOnly today, County county, string number, string address, Births births)
    {
        public List<Resident> Members { get; } = new(6);

        public void Add(string surname, bool isMale, int age, string relation, string marital, string ethnicity, ref Chance chance)
        {
            var birth = today.AddYears(-age).AddDays(-chance.Between(1, 364));
            // Thirteen in a hundred were born elsewhere in the province and carry that county's code.
            var birthplace = chance.Hits(13, 100) ? Region.AnyCounty(ref chance) : county;
            var region = Region.CodeAtBirth(birthplace, birth, ref chance);
            (birth, var sequence) = births.Take(region, birth, isMale);
            var given = Names.Given(isMale, birth.Year, ref chance);
            var registered = chance.Hits(3, 4) ? birth.AddDays(chance.Between(3, 40)) : birth.AddDays(chance.Below(Math.Max(1, today.DayNumber - birth.DayNumber)));
            Members.Add(new Resident(
                FictionalNumbers.Citizen(region, birth, sequence, isMale), surname + given, isMale, birth, ethnicity, county, number, relation,
                age < 20 ? "10" : marital, address, age < 12 ? "" : FictionalNumbers.Phone(ref chance), registered > today ? today : registered));
        }
    }

    /// <summary>Counts the births of each county, day and sex, so that no identity number comes twice.</summary>
    private sealed class Births(DateOnly today)
    {
        private static readonly int First = new DateOnly(FirstYear, 1, 1).DayNumber;
        private static readonly int Days = new DateOnly(LastYear, 1, 1).DayNumber - First;
        private readonly Dictionary<string, ushort[]> counts = new(StringComparer.Ordinal);

        public (DateOnly Birth, int Sequence) Take(string region, DateOnly birth, bool isMale)
        {
            if (!counts.TryGetValue(region, out var days)) counts[region] = days = new ushort[Days * 2];
            // A full day sends the birth to the day before: 499 of a county, day and sex fit into the number.
            while (true)
            {
                ref var count = ref days[(birth.DayNumber - First) * 2 + (isMale ? 1 : 0)];
                if (count < 499 && birth <= today) return (birth, ++count);
                birth = birth.AddDays(-1);
            }
        }
    }
}
