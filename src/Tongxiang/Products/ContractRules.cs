using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Products;

/// <summary>What a contract of authorised operation must be like, and who may touch it.</summary>
public static class ContractRules
{
    public const int TitleMost = 120;
    public const int ScenarioMost = 1000;
    public const int ResourcesMost = 500;
    private const int least = 2;

    /// <param name="termYears">Longest term, from the rule pack.</param>
    [Enforces(39)]
    public static IReadOnlyList<FieldError> Check(NewContract wish, Agency? implementing, Agency? operating, int termYears)
    {
        var found = new List<FieldError>();
        Text("title", wish.Title, TitleMost, found);
        Text("scenario", wish.Scenario, ScenarioMost, found);
        if (implementing is not { IsGovernment: true }) found.Add(new FieldError("implementing", "products.implementing"));
        // 27号: whoever implements does not operate; the operating body is an organisation outside government.
        if (operating is not { Kind: AgencyKind.Company }) found.Add(new FieldError("operating", "products.operating"));
        if (wish.Until <= wish.From) found.Add(new FieldError("until", "products.until-before"));
        else if (wish.Until > wish.From.AddYears(termYears)) found.Add(new FieldError("until", "products.term", termYears, wish.From.AddYears(termYears).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        if (wish.FeeCeilingFen < 0) found.Add(new FieldError("feeCeilingFen", "products.fee-negative"));
        if ((wish.Resources ?? []).Distinct().Count() is < 1 or > ResourcesMost) found.Add(new FieldError("resources", "products.resources", ResourcesMost));
        return found;
    }

    /// <summary>Contracts are made and kept by the data authority in charge of the implementing body.</summary>
    public static bool Keeps(Caller caller, Id<Agency>? bureau) =>
        bureau is { } own && caller.Person is not null && (caller.Has(Role.BureauReviewer, own) || caller.Has(Role.BureauHead, own));

    /// <summary>Who sees a contract: the bureau, the implementing and the operating body.</summary>
    public static bool Sees(Caller caller, OperationContract contract, Id<Agency>? bureau) =>
        ReadingRights.OwnPapers(caller) && caller.Agency is { } agency && (agency == bureau || agency == contract.Implementing || agency == contract.Operating);

    public static void Text(string field, string? text, int most, List<FieldError> found)
    {
        var length = (text ?? "").Trim().Length;
        if (length < least) found.Add(new FieldError(field, "products.short", least));
        else if (length > most) found.Add(new FieldError(field, "kernel.too-long", most, length));
        else if (text!.EnumerateRunes().Any(r => Rune.IsControl(r) && r.Value is not ('\n' or '\r'))) found.Add(new FieldError(field, "products.control"));
    }
}
