namespace Tongxiang.Server.Demo;

/// <summary>The population register as the police would hand it over: clean rows, and errors whose truth is known.</summary>
public static class PopulationFile
{
    public static IReadOnlyList<string> Columns { get; } =
        ["citizen_id", "name", "sex", "birth_date", "ethnicity", "division", "household_no", "relation", "marital_status", "address", "phone", "registered_on"];

    /// <summary>Writes the rows; every planted error is told to <paramref name="planted"/>.</summary>
    public static void Write(Scale scale, Pen pen, Action<Planted>? planted = null)
    {
        var number = 0;
        foreach (var resident in Population.People(scale))
        {
            var chance = scale.Chance("population fault", number++);
            if (Faults.Draw(ref chance) is { } fault) Spoil(resident, fault, pen, planted, ref chance);
            else Row(pen, resident);
        }
    }

    private static void Spoil(Resident truth, Fault fault, Pen pen, Action<Planted>? planted, ref Chance chance)
    {
        var row = pen.Rows + 1;
        void Tell(string column, string written, string right) => planted?.Invoke(new Planted(row, column, fault, written, right));
        switch (fault)
        {
            case Fault.BadChecksum:
                var broken = Faults.BreakChecksum(truth.Id, ref chance);
                Tell("citizen_id", broken, truth.Id);
                Row(pen, truth with { Id = broken });
                return;
            case Fault.WrongSex:
                Tell("sex", truth.IsMale ? "2" : "1", truth.Sex);
                Row(pen, truth with { IsMale = !truth.IsMale });
                return;
            case Fault.FutureBirth:
                var later = truth.Birth.AddYears(100 + chance.Below(10));
                var number = FictionalNumbers.Citizen(truth.Id[..6], later, int.Parse(truth.Id.AsSpan(14, 3), System.Globalization.CultureInfo.InvariantCulture) / 2, truth.IsMale);
                Tell("citizen_id", number, truth.Id);
                Tell("birth_date", Text(later), Text(truth.Birth));
                Row(pen, truth with { Id = number, Birth = later });
                return;
            case Fault.Missing:
                Tell("name", "", truth.Name);
                Row(pen, truth with { Name = "" });
                return;
            case Fault.Swapped:
                Tell("citizen_id", truth.Name, truth.Id);
                Tell("name", truth.Id, truth.Name);
                Row(pen, truth with { Id = truth.Name, Name = truth.Id });
                return;
            default:
                Row(pen, truth);
                row++;
                var address = Region.Address(truth.County, ref chance);
                Tell("citizen_id", truth.Id, "");
                Row(pen, truth with { Address = address });
                return;
        }
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static void Row(Pen pen, Resident resident)
    {
        pen.Cell(resident.Id).Cell(resident.Name).Cell(resident.Sex).Cell(resident.Birth).Cell(resident.Ethnicity).Cell(resident.County.Code)
            .Cell(resident.Household).Cell(resident.Relation).Cell(resident.Marital).Cell(resident.Address).Cell(resident.Phone).Cell(resident.Registered);
        pen.End();
    }
}
