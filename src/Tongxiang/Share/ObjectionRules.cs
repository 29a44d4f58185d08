using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Who objects, by which clock, and who answers.</summary>
public static class ObjectionRules
{
    /// <summary>The local clock that holds where nothing more special does.</summary>
    public const string Rule = "OBJECTION-01";

    /// <summary>The clock for credit information, where the province has one.</summary>
    public const string CreditRule = "CREDIT-01";

    /// <summary>With an extension, in total: the same rule under this ending.</summary>
    public const string Total = "-TOTAL";

    /// <summary>Open objections of one person.</summary>
    public const int MostOpen = 20;

    /// <summary>Complaints of citizens and legal persons are handled (Order 809 art. 37).</summary>
    public static string Article => Law.Order809(37);

    /// <summary>The rule for this objection, here and on that day.</summary>
    public static Rule ClockOf(ObjectionAbout about, RulePack rules, DateOnly on) =>
        (about == ObjectionAbout.CreditData ? rules.TryFind(CreditRule, on) : null) ?? rules.Find(Rule, on);

    public static IReadOnlyList<FieldError> Check(NewObjection said)
    {
        List<FieldError?> found = [WordRules.Check("words", said.Words, 10, 2000), WordRules.Check("wish", said.Wish, 0, 1000), WordRules.Check("reference", said.Reference, said.About == ObjectionAbout.Decision ? 2 : 0, 100)];
        if (!Enum.IsDefined(said.About)) found.Add(new FieldError("about", "share.objection-field.about"));
        return [.. found.OfType<FieldError>()];
    }

    /// <summary>Whether the caller filed it, alone or for the company.</summary>
    public static bool IsOwn(Caller caller, Objection now) =>
        caller is { Client: null, Person: { } person } && (person == now.Person || (now.Company is { } company && caller.Agency == company && caller.Has(Role.CompanyUser)));

    public static bool IsProviders(Caller caller, Objection now) => caller is { Client: null, Person: not null, IsGovernment: true, Agency: { } agency } && agency == now.Provider && Sides.IsOffice(caller) && !RoleRules.ReadsNoContent(caller.Roles);

    /// <summary>The steps the caller can take now.</summary>
    public static IReadOnlyList<ObjectionStep> Possible(Caller caller, Objection now)
    {
        if (!now.IsOpen) return [];
        var steps = new List<ObjectionStep>();
        if (IsOwn(caller, now)) steps.AddRange([ObjectionStep.Say, ObjectionStep.Withdraw]);
        if (!IsProviders(caller, now) || !(caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead))) return steps;
        steps.Add(ObjectionStep.Answer);
        if (!now.IsExtended) steps.Add(ObjectionStep.Extend);
        if (now is { Correction: null, Entry: not null }) steps.Add(ObjectionStep.OpenCorrection);
        return steps;
    }

    /// <summary>Why the step cannot be taken; null when it can.</summary>
    public static Refusal? Check(Caller caller, Objection now, ObjectionStep step)
    {
        if (Possible(caller, now).Contains(step)) return null;
        if (!now.IsOpen) return Refusal.Conflict("share.objection-closed", now.Number);
        if (step == ObjectionStep.Extend && now.IsExtended) return Refusal.Conflict("share.objection-extended", now.Number);
        if (step == ObjectionStep.OpenCorrection && IsProviders(caller, now)) return Refusal.Conflict(now.Entry is null ? "share.objection-no-entry" : "share.objection-has-correction", now.Number);
        return Refusal.Forbidden("share.objection-not-yours", now.Number) with { Article = Article };
    }
}
