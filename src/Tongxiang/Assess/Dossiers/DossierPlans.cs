using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Watch;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>Decides who gets which dossier: the bureau's head and audit administrator those of their departments, a department's heads their own; all else does not exist for the asker.</summary>
public sealed class DossierPlans(Directory directory, Grants grants, Incidents incidents, ShareRecord share, IncidentRecord known, DossierLetters letters)
{
    private const string Nothing = "dossier";

    internal async Task<Outcome<DossierPlan>> Of(Caller caller, DossierAsk ask, CancellationToken ct)
    {
        if (!IsHead(caller)) return Refusal.Forbidden("assess.dossier-heads");
        if (ask.Until < ask.From) return Refusal.Invalid(new FieldError("until", "assess.field.period"));
        return ask.Kind switch
        {
            DossierKind.Department => Department(caller, ask),
            DossierKind.Grant => await Right(caller, ask, ct),
            DossierKind.Incident => await Incident(caller, ask, ct),
            _ => Period(caller, ask),
        };
    }

    /// <summary>Whether the caller may ask for dossiers at all.</summary>
    public static bool IsHead(Caller caller) => caller is { Person: not null, Client: null, IsGovernment: true, Agency: not null }
        && (caller.Has(Role.SharingOfficeHead) || caller.Has(Role.AgencyHead) || IsBureaus(caller));

    private static bool IsBureaus(Caller caller) => caller.IsBureau && (caller.Has(Role.BureauHead) || caller.Has(Role.AuditAdmin));

    private Outcome<DossierPlan> Department(Caller caller, DossierAsk ask)
    {
        if (directory.BySlug(ask.Key) is not { IsGovernment: true } agency || !(agency.Id == caller.Agency || (IsBureaus(caller) && agency.Bureau == caller.Agency))) return Refusal.NotFound(Nothing);
        return Plan(caller, ask, agency.Name, [new EvidenceWanted(new OpeningReader(agency.Id.ToString()), Query(ask))], (press, ct) => letters.Department(press, caller, agency, ask, ct));
    }

    private async Task<Outcome<DossierPlan>> Right(Caller caller, DossierAsk ask, CancellationToken ct)
    {
        if (await share.Numbered(ask.Key, ct) is not { } id || await grants.Find(caller, id, ct) is not { } grant) return Refusal.NotFound(Nothing);
        var reader = Wide(caller);
        List<EvidenceWanted> wanted = [new(reader, Query(ask) with { Subject = "grant:" + id })];
        if (grant.Application is { } application) wanted.Add(new EvidenceWanted(reader, Query(ask) with { Subject = "application:" + application }));
        return Plan(caller, ask, "使用权限 " + grant.Number, wanted, (press, token) => letters.Right(press, caller, grant, ask, token));
    }

    private async Task<Outcome<DossierPlan>> Incident(Caller caller, DossierAsk ask, CancellationToken ct)
    {
        if (await known.Numbered(ask.Key, ct) is not { } id || await incidents.Find(caller, id, ct) is not { } view) return Refusal.NotFound(Nothing);
        // What a department may not read of the incident on its page it does not get as a file either.
        IReadOnlyList<EvidenceWanted> wanted = view.IsWhole ? [new EvidenceWanted(Wide(caller), Query(ask) with { Subject = "incident:" + id })] : [];
        return Plan(caller, ask, "安全事件 " + view.Incident.Number, wanted, (press, _) => DossierLetters.Incident(press, view));
    }

    private static Outcome<DossierPlan> Refused(string field) => Refusal.Invalid(new FieldError(field, "assess.field.period"));

    private Outcome<DossierPlan> Period(Caller caller, DossierAsk ask)
    {
        if (ask.From is null || ask.Until is null || ask.Until.Value.DayNumber - ask.From.Value.DayNumber > 400) return Refused("from");
        return Plan(caller, ask, directory.Find(caller.Agency!.Value)!.Name, [new EvidenceWanted(Wide(caller), Query(ask))], (press, ct) => letters.Period(press, caller, ask, ct));
    }

    // The bureau oversees: it gets the proof of every entry, and the opening of those it may read.
    private static OpeningReader Wide(Caller caller) => IsBureaus(caller) ? new OpeningReader(null, IsAuditor: true) : new OpeningReader(caller.Agency.ToString());

    private static Outcome<DossierPlan> Plan(Caller caller, DossierAsk ask, string title, IReadOnlyList<EvidenceWanted> evidence, Func<LetterPress, CancellationToken, Task> write) =>
        new DossierPlan(ask, title, caller, new OpeningReader(caller.Agency.ToString(), IsAuditor: caller.IsBureau && caller.Has(Role.AuditAdmin)), evidence, write);

    private static OpeningQuery Query(DossierAsk ask) => new() { From = ask.Begin, Until = ask.End, Limit = 500 };
}
