namespace Tongxiang.Server.Demo.Resources;

/// <summary>Draws the cells of one place that stand between its name and its address.</summary>
internal delegate void PlaceCells(ref Chance chance);

/// <summary>Rows of places: code, name, what the kind of place adds, address, phone when it has one, division, longitude, latitude.</summary>
internal static class Places
{
    public static void Write(Scale scale, Pen pen, string kind, int number, string[] endings, PlaceCells cells, bool hasPhone = false, City? city = null)
    {
        for (var i = 0; i < number; i++)
        {
            var chance = scale.Chance(kind, i);
            var county = In(city, ref chance);
            var place = chance.Hits(1, 2) ? county.Towns[chance.Below(county.Towns.Count)] : county.Name;
            var (longitude, latitude) = Region.Point(county, ref chance);
            pen.Cell($"{county.Code}{i + 1:00000}").Cell($"{place}{Mark(ref chance)}{endings[chance.Below(endings.Length)]}");
            cells(ref chance);
            pen.Cell(Region.Site(county, ref chance));
            if (hasPhone) pen.Cell(FictionalNumbers.Phone(ref chance));
            pen.Cell(county.Code).Cell(longitude, 6).Cell(latitude, 6).End();
        }
    }

    public static County In(City? city, ref Chance chance)
    {
        while (true)
        {
            var county = Region.AnyCounty(ref chance);
            if (city is null || county.City == city) return county;
        }
    }

    private static string Mark(ref Chance chance)
    {
        const string First = "安康和乐明德仁爱春晖朝阳新华育才清源向阳文汇金桂翠微";
        var at = chance.Below(First.Length / 2) * 2;
        return First.Substring(at, 2);
    }
}
