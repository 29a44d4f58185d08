using System.Security.Cryptography;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Who takes which step of a registration, what its dossier must say, and what a change of the entry calls for.</summary>
public static class RegistrationRules
{
    public const int TextMost = 2000;
    public const int NoteMost = 1000;
    private const int textLeast = 2;

    /// <summary>What every dossier says before it can be applied for.</summary>
    public static IReadOnlyList<FieldError> Check(RegistrationDossier dossier, Readiness readiness)
    {
        var book = new RuleBook(readiness);
        foreach (var (name, text) in Parts(dossier)) book.Text(name, text, textLeast, TextMost, isNeeded: true);
        return book.Findings.Errors;
    }

    public static IReadOnlyList<FieldError> CheckText(string field, string? text)
    {
        var book = new RuleBook(Readiness.Complete);
        book.Text(field, text, textLeast, NoteMost, isNeeded: true, always: true);
        return book.Findings.Errors;
    }

    /// <summary>Whether the caller may begin a registration of the entry; the registrant is the department that holds it.</summary>
    public static Refusal? Begin(Caller caller, Entry entry, RegistrationKind kind, bool renews, RegistrationCode? valid)
    {
        if (!IsRegistrant(caller, entry.Agency)) return caller.Agency == entry.Agency ? Refusal.Forbidden("catalog.registration-registrant") : Refusal.NotFound("catalog.entry");
        if (kind != RegistrationKind.Cancellation && !entry.IsPublished) return Refusal.Conflict("catalog.registration-unpublished", entry.Code);
        if (kind == RegistrationKind.First && valid is not null) return Refusal.Conflict("catalog.registration-stands", valid.Code);
        if (kind != RegistrationKind.First && valid is null) return Refusal.Conflict("catalog.registration-none", entry.Code);
        return renews && kind != RegistrationKind.Change ? Refusal.Invalid(new FieldError("renews", "catalog.registration-renews")) : null;
    }

    /// <summary>The step, if it is the caller's and fits; the five in their order, back with a reason, or taken back.</summary>
    public static Refusal? Step(Caller caller, Registration now, RegistrationState to)
    {
        if (!Sees(caller, now)) return Refusal.NotFound("catalog.registration");
        var fits = to switch
        {
            RegistrationState.Applied => now.State is RegistrationState.Draft or RegistrationState.Returned,
            RegistrationState.Accepted => now.State == RegistrationState.Applied,
            RegistrationState.Noticed => now.State == RegistrationState.Accepted,
            RegistrationState.Issued => now.State == RegistrationState.Noticed,
            RegistrationState.Returned => now.State is RegistrationState.Applied or RegistrationState.Accepted or RegistrationState.Noticed,
            RegistrationState.Withdrawn => !now.IsOver,
            _ => false,
        };
        if (!fits) return Refusal.Conflict("catalog.registration-state", now.Number);
        return to is RegistrationState.Applied or RegistrationState.Withdrawn
            ? IsRegistrant(caller, now.Agency) ? null : Refusal.Forbidden("catalog.registration-registrant")
            : IsRegistrar(caller, now.Bureau) ? null : Refusal.Forbidden("catalog.registration-registrar");
    }

    /// <summary>A code comes only after the whole notice, with every objection answered and none upheld.</summary>
    public static Refusal? Issue(Registration now, IReadOnlyList<RegistrationObjection> objections, DateTimeOffset at) =>
        now.NoticeUntil is not { } end || at < end ? new Refusal(409, "catalog.registration-notice", now.NoticeUntil?.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)) { Article = "发改数据规〔2025〕26号" }
        : objections.Any(o => o.IsUpheld is null) ? Refusal.Conflict("catalog.registration-objections", objections.Count(o => o.IsUpheld is null))
        : objections.Any(o => o.IsUpheld == true && o.MadeAt >= now.NoticeFrom) ? Refusal.Conflict("catalog.registration-upheld") : null;

    public static bool Sees(Caller caller, Registration registration) =>
        caller.Actor == Caller.Platform.Actor || (ReadingRights.OwnPapers(caller) && caller.Agency == registration.Agency) || (ReadingRights.OwnPapers(caller) && caller.Agency == registration.Bureau && registration.State != RegistrationState.Draft);

    public static bool IsRegistrant(Caller caller, Id<Agency> agency) => caller.Has(Role.Steward, agency) || caller.Has(Role.SharingOfficeHead, agency);

    public static bool IsRegistrar(Caller caller, Id<Agency> bureau) => caller.Person is not null && (caller.Has(Role.BureauReviewer, bureau) || caller.Has(Role.BureauHead, bureau));

    /// <summary>What differs between the entry as registered and as it stands now.</summary>
    public static IReadOnlyList<RegistrationDrift> Drifts(RegistrationCode code, EntryContent registered, Entry now)
    {
        var found = new List<RegistrationDrift>();
        var content = now.Content;
        if (now.State == EntryState.Retired) found.Add(RegistrationDrift.Retired);
        if (Structure(registered) != Structure(content)) found.Add(RegistrationDrift.Structure);
        if ((registered.ClassPath, registered.Region, registered.Industry, registered.UpdatePromise) != (content.ClassPath, content.Region, content.Industry, content.UpdatePromise)) found.Add(RegistrationDrift.Source);
        if (now.Agency != code.Agency) found.Add(RegistrationDrift.Holder);
        return found;
    }

    public static string Digest(RegistrationDossier dossier) => Convert.ToHexStringLower(SHA256.HashData(Canonical.Json(JsonSerializer.SerializeToNode(dossier, Wire.Json))));

    private static string Structure(EntryContent content) =>
        string.Join(',', content.Fields.Select(f => $"{f.Name}:{f.Type}:{f.Length}:{f.Scale}")) + "/" + string.Join(',', content.Key);

    private static IEnumerable<(string Name, string Text)> Parts(RegistrationDossier d) =>
    [
        ("dossier.source", d.Source), ("dossier.content", d.Content), ("dossier.scale", d.Scale), ("dossier.update", d.Update), ("dossier.grade", d.Grade), ("dossier.useScene", d.UseScene),
        ("dossier.deposit", d.Deposit), ("dossier.safety", d.Safety), ("dossier.compliance", d.Compliance),
    ];
}
